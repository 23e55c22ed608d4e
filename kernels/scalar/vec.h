/* The vocabulary that the bodies are written in, in plain C: what each word means.
 *
 * T(vec), VL lanes of REAL, for the panel kernel (its tiles have MR rows of NV vectors):
 *   vec_load, vec_store   whole vectors, aligned to their size (at most 64 bytes)
 *   vec_loadu             a whole vector, not aligned
 *   vec_load_part         the first n lanes, 0 < n < VL, zero in the rest
 *   vec_sums              the sum of all lanes of v[l] in lane l, VL vectors
 *   vec_set               one value in all lanes
 *   vec_index             the integer i in all lanes, as a bit pattern of REAL's size
 *   vec_fnmadd            acc - a*b, fused where the hardware has it
 *   vec_div, vec_sqrt     lane by lane, rounded correctly
 *   vec_less, vec_select  lane by lane: a < b; mask ? yes : no, any bit pattern
 *   vec_bits              a mask as bits, lane 0 being the lowest (no KM_OWN_LIST_LANES)
 *   vec_reduce_min        smallest lane
 *   vec_find              first lane equal to a, or any lane where there is none (NaN)
 *   vec_set_lane          v with one lane replaced
 * dvec, DVL doubles, and ivec, as many uint64, for the row kernels; DVL divides 8:
 *   dvec_load_<type>      unaligned, converted to double
 *   dvec_load_part_<type> the first n lanes, zero in the rest; none for n <= 0, all for n >= DVL
 *   dvec_put_f32          rounded to float, aligned to the size of that
 *   dvec_sum8             eight lanes in DVL-sized parts: ((0+4)+(2+6))+((1+5)+(3+7))
 *   dvec_product_error    a*b - h rounded once, h being a*b rounded
 *   dvec_bits             the IEEE patterns
 *
 * Here a vec is four values in a struct, so that compilers keep them in registers and four
 * independent chains hide the latency; a dvec is one double. */
#ifndef KM_SCALAR_VEC_H
#define KM_SCALAR_VEC_H

#include <math.h>

#include "../product.h"

#define KM_OWN_TILE_PRODUCTS /* see vec_real.h */

/* 2 x 4 accumulators + 4 panel values + 2 row values of 16 registers. */
enum { VL_f32 = 4, MR_f32 = 2, NV_f32 = 1, BLOCK_ROWS_f32 = 192, DEPTH_f32 = 1024 };
enum { VL_f64 = 4, MR_f64 = 2, NV_f64 = 1, BLOCK_ROWS_f64 = 192, DEPTH_f64 = 1024 };

#define REAL    float
#define INDEX   int32_t
#define T(name) name##_f32
#include "vec_real.h"
#undef REAL
#undef INDEX
#undef T

#define REAL    double
#define INDEX   int64_t
#define T(name) name##_f64
#include "vec_real.h"
#undef REAL
#undef INDEX
#undef T

enum { DVL = 1 };
typedef double dvec;
typedef uint64_t ivec;

KM_INLINE dvec dvec_load_f32(const float *a) { return *a; }
KM_INLINE dvec dvec_load_f64(const double *a) { return *a; }
KM_INLINE dvec dvec_load_part_f32(const float *a, int64_t n) { return n > 0 ? *a : 0.0; }
KM_INLINE dvec dvec_load_part_f64(const double *a, int64_t n) { return n > 0 ? *a : 0.0; }
KM_INLINE void dvec_store(double *a, dvec v) { *a = v; }
KM_INLINE void dvec_put_f32(float *a, dvec v) { *a = (float)v; }
KM_INLINE dvec dvec_set(double a) { return a; }
KM_INLINE dvec dvec_add(dvec a, dvec b) { return a + b; }
KM_INLINE dvec dvec_sub(dvec a, dvec b) { return a - b; }
KM_INLINE dvec dvec_mul(dvec a, dvec b) { return a * b; }
KM_INLINE dvec dvec_product_error(dvec a, dvec b, dvec h) { return km_product_error(a, b, h); }
KM_INLINE double dvec_sum8(const dvec lane[8])
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}
KM_INLINE ivec dvec_bits(dvec v) { return km_bits(v); }
KM_INLINE ivec ivec_load(const uint64_t *a) { return *a; }
KM_INLINE void ivec_store(uint64_t *a, ivec v) { *a = v; }
KM_INLINE ivec ivec_zero(void) { return 0; }
KM_INLINE ivec ivec_add(ivec a, ivec b) { return a + b; }
KM_INLINE ivec ivec_sub(ivec a, ivec b) { return a - b; }
KM_INLINE uint64_t ivec_sum(ivec v) { return v; }

#include "low.h"

#endif
