/* Vector vocabulary of the NEON table (64-bit ARM, where NEON and FMA are always there).
 * See ../scalar/vec.h. */
#ifndef KM_NEON_VEC_H
#define KM_NEON_VEC_H

#include <arm_neon.h>
#include "../inline.h"

/* See products.h. */
enum { VL_f32 = 4, MR_f32 = 5, NV_f32 = 4, BLOCK_ROWS_f32 = 190, DEPTH_f32 = 256 };
enum { VL_f64 = 2, MR_f64 = 5, NV_f64 = 4, BLOCK_ROWS_f64 = 190, DEPTH_f64 = 256 };

typedef float32x4_t vec_f32;
typedef uint32x4_t vec_mask_f32;

KM_INLINE vec_f32 vec_load_f32(const float *a) { return vld1q_f32(a); }
KM_INLINE void vec_store_f32(float *a, vec_f32 v) { vst1q_f32(a, v); }
KM_INLINE vec_f32 vec_loadu_f32(const float *a) { return vld1q_f32(a); }
KM_INLINE vec_f32 vec_load_part_f32(const float *a, int64_t n)
{
    const float lane[4] = {a[0], n > 1 ? a[1] : 0, n > 2 ? a[2] : 0, 0};
    return vld1q_f32(lane);
}
KM_INLINE vec_f32 vec_sums_f32(const vec_f32 v[4])
{
    return vpaddq_f32(vpaddq_f32(v[0], v[1]), vpaddq_f32(v[2], v[3]));
}
KM_INLINE vec_f32 vec_set_f32(float a) { return vdupq_n_f32(a); }
KM_INLINE vec_f32 vec_index_f32(int32_t i) { return vreinterpretq_f32_s32(vdupq_n_s32(i)); }
KM_INLINE vec_f32 vec_fnmadd_f32(vec_f32 acc, vec_f32 a, vec_f32 b) { return vfmsq_f32(acc, a, b); }
KM_INLINE vec_f32 vec_min_f32(vec_f32 a, vec_f32 b) { return vminq_f32(a, b); }
KM_INLINE vec_f32 vec_max_f32(vec_f32 a, vec_f32 b) { return vmaxq_f32(a, b); }
KM_INLINE vec_f32 vec_div_f32(vec_f32 a, vec_f32 b) { return vdivq_f32(a, b); }
KM_INLINE vec_f32 vec_sqrt_f32(vec_f32 a) { return vsqrtq_f32(a); }
KM_INLINE vec_mask_f32 vec_less_f32(vec_f32 a, vec_f32 b) { return vcltq_f32(a, b); }
KM_INLINE unsigned vec_bits_f32(vec_mask_f32 mask)
{
    static const uint32_t bits[4] = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(mask, vld1q_u32(bits)));
}
KM_INLINE vec_f32 vec_select_f32(vec_mask_f32 mask, vec_f32 yes, vec_f32 no)
{
    return vbslq_f32(mask, yes, no);
}
KM_INLINE float vec_reduce_min_f32(vec_f32 v) { return vminvq_f32(v); }
KM_INLINE int vec_find_f32(vec_f32 v, float a)
{
    static const uint32_t lanes[4] = {0, 1, 2, 3};
    const uint32x4_t equal = vceqq_f32(v, vdupq_n_f32(a));
    return (int)vminvq_u32(vbslq_u32(equal, vld1q_u32(lanes), vdupq_n_u32(VL_f32 - 1)));
}
KM_INLINE vec_f32 vec_set_lane_f32(vec_f32 v, int lane, float a)
{
    static const uint32_t lanes[4] = {0, 1, 2, 3};
    const uint32x4_t mask = vceqq_u32(vld1q_u32(lanes), vdupq_n_u32((uint32_t)lane));
    return vbslq_f32(mask, vdupq_n_f32(a), v);
}

typedef float64x2_t vec_f64;
typedef uint64x2_t vec_mask_f64;

KM_INLINE vec_f64 vec_load_f64(const double *a) { return vld1q_f64(a); }
KM_INLINE void vec_store_f64(double *a, vec_f64 v) { vst1q_f64(a, v); }
KM_INLINE vec_f64 vec_loadu_f64(const double *a) { return vld1q_f64(a); }
KM_INLINE vec_f64 vec_load_part_f64(const double *a, int64_t n)
{
    (void)n; /* 1 */
    return vsetq_lane_f64(*a, vdupq_n_f64(0), 0);
}
KM_INLINE vec_f64 vec_sums_f64(const vec_f64 v[2]) { return vpaddq_f64(v[0], v[1]); }
KM_INLINE vec_f64 vec_set_f64(double a) { return vdupq_n_f64(a); }
KM_INLINE vec_f64 vec_index_f64(int32_t i) { return vreinterpretq_f64_s64(vdupq_n_s64(i)); }
KM_INLINE vec_f64 vec_fnmadd_f64(vec_f64 acc, vec_f64 a, vec_f64 b) { return vfmsq_f64(acc, a, b); }
KM_INLINE vec_f64 vec_min_f64(vec_f64 a, vec_f64 b) { return vminq_f64(a, b); }
KM_INLINE vec_f64 vec_max_f64(vec_f64 a, vec_f64 b) { return vmaxq_f64(a, b); }
KM_INLINE vec_f64 vec_div_f64(vec_f64 a, vec_f64 b) { return vdivq_f64(a, b); }
KM_INLINE vec_f64 vec_sqrt_f64(vec_f64 a) { return vsqrtq_f64(a); }
KM_INLINE vec_mask_f64 vec_less_f64(vec_f64 a, vec_f64 b) { return vcltq_f64(a, b); }
KM_INLINE unsigned vec_bits_f64(vec_mask_f64 mask)
{
    static const uint64_t bits[2] = {1, 2};
    return (unsigned)vaddvq_u64(vandq_u64(mask, vld1q_u64(bits)));
}
KM_INLINE vec_f64 vec_select_f64(vec_mask_f64 mask, vec_f64 yes, vec_f64 no)
{
    return vbslq_f64(mask, yes, no);
}
KM_INLINE double vec_reduce_min_f64(vec_f64 v) { return vminvq_f64(v); }
KM_INLINE int vec_find_f64(vec_f64 v, double a) { return vgetq_lane_f64(v, 0) == a ? 0 : 1; }
KM_INLINE vec_f64 vec_set_lane_f64(vec_f64 v, int lane, double a)
{
    return lane == 0 ? vsetq_lane_f64(a, v, 0) : vsetq_lane_f64(a, v, 1);
}

enum { DVL = 2 };
typedef float64x2_t dvec;
typedef uint64x2_t ivec;

KM_INLINE dvec dvec_load_f32(const float *a) { return vcvt_f64_f32(vld1_f32(a)); }
KM_INLINE dvec dvec_load_f64(const double *a) { return vld1q_f64(a); }
KM_INLINE dvec dvec_load_part_f32(const float *a, int64_t n)
{
    return vsetq_lane_f64(n > 0 ? a[0] : 0.0, vdupq_n_f64(n > 1 ? a[1] : 0.0), 0);
}
KM_INLINE dvec dvec_load_part_f64(const double *a, int64_t n)
{
    return vsetq_lane_f64(n > 0 ? a[0] : 0.0, vdupq_n_f64(n > 1 ? a[1] : 0.0), 0);
}
KM_INLINE void dvec_store(double *a, dvec v) { vst1q_f64(a, v); }
KM_INLINE void dvec_put_f32(float *a, dvec v) { vst1_f32(a, vcvt_f32_f64(v)); }
KM_INLINE dvec dvec_set(double a) { return vdupq_n_f64(a); }
KM_INLINE dvec dvec_add(dvec a, dvec b) { return vaddq_f64(a, b); }
KM_INLINE dvec dvec_sub(dvec a, dvec b) { return vsubq_f64(a, b); }
KM_INLINE dvec dvec_mul(dvec a, dvec b) { return vmulq_f64(a, b); }
KM_INLINE dvec dvec_product_error(dvec a, dvec b, dvec h) { return vfmaq_f64(vnegq_f64(h), a, b); }
KM_INLINE double dvec_sum8(const dvec lanes[4])
{
    const float64x2_t a = vaddq_f64(lanes[0], lanes[2]), b = vaddq_f64(lanes[1], lanes[3]);
    const float64x2_t c = vaddq_f64(a, b);
    return vgetq_lane_f64(c, 0) + vgetq_lane_f64(c, 1);
}
KM_INLINE ivec dvec_bits(dvec v) { return vreinterpretq_u64_f64(v); }
KM_INLINE ivec ivec_load(const uint64_t *a) { return vld1q_u64(a); }
KM_INLINE void ivec_store(uint64_t *a, ivec v) { vst1q_u64(a, v); }
KM_INLINE ivec ivec_zero(void) { return vdupq_n_u64(0); }
KM_INLINE ivec ivec_add(ivec a, ivec b) { return vaddq_u64(a, b); }
KM_INLINE ivec ivec_sub(ivec a, ivec b) { return vsubq_u64(a, b); }
KM_INLINE uint64_t ivec_sum(ivec v) { return vaddvq_u64(v); }

#include "low.h"

#endif
