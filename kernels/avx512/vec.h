/* Vector vocabulary of the AVX-512 table (F, BW, DQ, VL, CD).
 * vec_<type>: REALs of the panel kernel. dvec: doubles of the row kernels. See ../scalar/vec.h. */
#ifndef KM_AVX512_VEC_H
#define KM_AVX512_VEC_H

#include <immintrin.h>
#include "../inline.h"

/* 24 accumulators + 4 panel vectors + 1 row value of 32 registers. DEPTH by measurement at d = 768
 * and 784: 64 costs reloads of unfinished scores, no slices at all cost L1 (0.47 of peak against
 * 0.83); between 128 and 256 there is little difference. */
enum { VL_f32 = 16, MR_f32 = 6, NV_f32 = 4, BLOCK_ROWS_f32 = 192, DEPTH_f32 = 192 };
enum { VL_f64 = 8, MR_f64 = 6, NV_f64 = 4, BLOCK_ROWS_f64 = 192, DEPTH_f64 = 192 };

#define KM_OWN_HALVES
#define KM_OWN_LIST_LANES

/* Sixteen halves at a time by VCVTPH2PS. */
KM_INLINE int64_t halves_own(const uint16_t *x, int64_t count, float *out)
{
    int64_t q = 0;
    for (; q + 16 <= count; q += 16)
        _mm512_storeu_ps(out + q, _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(x + q))));
    return q;
}

typedef __m512 vec_f32;
typedef __mmask16 vec_mask_f32;

KM_INLINE vec_f32 vec_load_f32(const float *a) { return _mm512_load_ps(a); }
KM_INLINE void vec_store_f32(float *a, vec_f32 v) { _mm512_store_ps(a, v); }
KM_INLINE vec_f32 vec_loadu_f32(const float *a) { return _mm512_loadu_ps(a); }
KM_INLINE vec_f32 vec_load_part_f32(const float *a, int64_t n)
{
    return _mm512_maskz_loadu_ps((__mmask16)((1U << n) - 1), a);
}
KM_INLINE vec_f32 vec_set_f32(float a) { return _mm512_set1_ps(a); }
KM_INLINE vec_f32 vec_index_f32(int32_t i) { return _mm512_castsi512_ps(_mm512_set1_epi32(i)); }
KM_INLINE vec_f32 vec_fnmadd_f32(vec_f32 acc, vec_f32 a, vec_f32 b)
{
    return _mm512_fnmadd_ps(a, b, acc);
}
KM_INLINE vec_f32 vec_min_f32(vec_f32 a, vec_f32 b) { return _mm512_min_ps(a, b); }
KM_INLINE vec_f32 vec_max_f32(vec_f32 a, vec_f32 b) { return _mm512_max_ps(a, b); }
KM_INLINE vec_f32 vec_div_f32(vec_f32 a, vec_f32 b) { return _mm512_div_ps(a, b); }
KM_INLINE vec_f32 vec_sqrt_f32(vec_f32 a) { return _mm512_sqrt_ps(a); }
KM_INLINE vec_mask_f32 vec_less_f32(vec_f32 a, vec_f32 b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
KM_INLINE vec_f32 vec_select_f32(vec_mask_f32 mask, vec_f32 yes, vec_f32 no)
{
    return _mm512_mask_blend_ps(mask, no, yes);
}
KM_INLINE float vec_reduce_min_f32(vec_f32 v) { return _mm512_reduce_min_ps(v); }
KM_INLINE int vec_find_f32(vec_f32 v, float a)
{
    const unsigned equal = _mm512_cmp_ps_mask(v, _mm512_set1_ps(a), _CMP_EQ_OQ);
    return __builtin_ctz(equal | 1U << (VL_f32 - 1));
}
KM_INLINE vec_f32 vec_set_lane_f32(vec_f32 v, int lane, float a)
{
    return _mm512_mask_mov_ps(v, (__mmask16)(1U << lane), _mm512_set1_ps(a));
}

typedef __m512d vec_f64;
typedef __mmask8 vec_mask_f64;

KM_INLINE vec_f64 vec_load_f64(const double *a) { return _mm512_load_pd(a); }
KM_INLINE void vec_store_f64(double *a, vec_f64 v) { _mm512_store_pd(a, v); }
KM_INLINE vec_f64 vec_loadu_f64(const double *a) { return _mm512_loadu_pd(a); }
KM_INLINE vec_f64 vec_load_part_f64(const double *a, int64_t n)
{
    return _mm512_maskz_loadu_pd((__mmask8)((1U << n) - 1), a);
}
KM_INLINE vec_f64 vec_set_f64(double a) { return _mm512_set1_pd(a); }
KM_INLINE vec_f64 vec_index_f64(int32_t i) { return _mm512_castsi512_pd(_mm512_set1_epi64(i)); }
KM_INLINE vec_f64 vec_fnmadd_f64(vec_f64 acc, vec_f64 a, vec_f64 b)
{
    return _mm512_fnmadd_pd(a, b, acc);
}
KM_INLINE vec_f64 vec_min_f64(vec_f64 a, vec_f64 b) { return _mm512_min_pd(a, b); }
KM_INLINE vec_f64 vec_max_f64(vec_f64 a, vec_f64 b) { return _mm512_max_pd(a, b); }
KM_INLINE vec_f64 vec_div_f64(vec_f64 a, vec_f64 b) { return _mm512_div_pd(a, b); }
KM_INLINE vec_f64 vec_sqrt_f64(vec_f64 a) { return _mm512_sqrt_pd(a); }
KM_INLINE vec_mask_f64 vec_less_f64(vec_f64 a, vec_f64 b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}
KM_INLINE vec_f64 vec_select_f64(vec_mask_f64 mask, vec_f64 yes, vec_f64 no)
{
    return _mm512_mask_blend_pd(mask, no, yes);
}
KM_INLINE double vec_reduce_min_f64(vec_f64 v) { return _mm512_reduce_min_pd(v); }
KM_INLINE int vec_find_f64(vec_f64 v, double a)
{
    const unsigned equal = _mm512_cmp_pd_mask(v, _mm512_set1_pd(a), _CMP_EQ_OQ);
    return __builtin_ctz(equal | 1U << (VL_f64 - 1));
}
KM_INLINE vec_f64 vec_set_lane_f64(vec_f64 v, int lane, double a)
{
    return _mm512_mask_mov_pd(v, (__mmask8)(1U << lane), _mm512_set1_pd(a));
}

enum { DVL = 8 };
typedef __m512d dvec;
typedef __m512i ivec;

KM_INLINE dvec dvec_load_f32(const float *a) { return _mm512_cvtps_pd(_mm256_loadu_ps(a)); }
KM_INLINE dvec dvec_load_f64(const double *a) { return _mm512_loadu_pd(a); }
KM_INLINE dvec dvec_load_part_f32(const float *a, int64_t n)
{
    return _mm512_cvtps_pd(_mm256_maskz_loadu_ps((__mmask8)((1U << n) - 1), a));
}
KM_INLINE dvec dvec_load_part_f64(const double *a, int64_t n)
{
    return _mm512_maskz_loadu_pd((__mmask8)((1U << n) - 1), a);
}
KM_INLINE void dvec_store(double *a, dvec v) { _mm512_storeu_pd(a, v); }
KM_INLINE void dvec_put_f32(float *a, dvec v) { _mm256_store_ps(a, _mm512_cvtpd_ps(v)); }
KM_INLINE dvec dvec_set(double a) { return _mm512_set1_pd(a); }
KM_INLINE dvec dvec_add(dvec a, dvec b) { return _mm512_add_pd(a, b); }
KM_INLINE dvec dvec_sub(dvec a, dvec b) { return _mm512_sub_pd(a, b); }
KM_INLINE dvec dvec_mul(dvec a, dvec b) { return _mm512_mul_pd(a, b); }
KM_INLINE dvec dvec_product_error(dvec a, dvec b, dvec h) { return _mm512_fmsub_pd(a, b, h); }
KM_INLINE double dvec_sum8(const dvec lanes[1])
{
    const __m256d a =
        _mm256_add_pd(_mm512_castpd512_pd256(lanes[0]), _mm512_extractf64x4_pd(lanes[0], 1));
    const __m128d b = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
    return _mm_cvtsd_f64(_mm_add_sd(b, _mm_unpackhi_pd(b, b)));
}
KM_INLINE ivec dvec_bits(dvec v) { return _mm512_castpd_si512(v); }
KM_INLINE ivec ivec_load(const uint64_t *a) { return _mm512_loadu_si512(a); }
KM_INLINE void ivec_store(uint64_t *a, ivec v) { _mm512_storeu_si512(a, v); }
KM_INLINE ivec ivec_zero(void) { return _mm512_setzero_si512(); }
KM_INLINE ivec ivec_add(ivec a, ivec b) { return _mm512_add_epi64(a, b); }
KM_INLINE ivec ivec_sub(ivec a, ivec b) { return _mm512_sub_epi64(a, b); }
/* Not _mm512_reduce_add_epi64: gcc adds there as signed, where a sum modulo 2^64 is undefined. */
KM_INLINE uint64_t ivec_sum(ivec v)
{
    uint64_t lane[8];
    _mm512_storeu_si512(lane, v);
    uint64_t sum = 0;
    for (int i = 0; i < 8; i++)
        sum += lane[i];
    return sum;
}

#include "low.h"
#include "sums.h"

#endif
