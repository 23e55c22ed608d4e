/* Vector vocabulary of the AVX2 + FMA table. See ../scalar/vec.h. */
#ifndef KM_AVX2_VEC_H
#define KM_AVX2_VEC_H

#include <immintrin.h>
#include "../inline.h"

/* 12 accumulators + 2 panel vectors + 1 row value of 16 registers. */
enum { VL_f32 = 8, MR_f32 = 6, NV_f32 = 2, BLOCK_ROWS_f32 = 192, DEPTH_f32 = 256 };
enum { VL_f64 = 4, MR_f64 = 6, NV_f64 = 2, BLOCK_ROWS_f64 = 192, DEPTH_f64 = 256 };

#define KM_OWN_HALVES
#define KM_OWN_LIST_LANES

/* Eight halves at a time by VCVTPH2PS (F16C). */
KM_INLINE int64_t halves_own(const uint16_t *x, int64_t count, float *out)
{
    int64_t q = 0;
    for (; q + 8 <= count; q += 8)
        _mm256_storeu_ps(out + q, _mm256_cvtph_ps(_mm_loadu_si128((const void *)(x + q))));
    return q;
}

typedef __m256 vec_f32;
typedef __m256 vec_mask_f32;

KM_INLINE vec_f32 vec_load_f32(const float *a) { return _mm256_load_ps(a); }
KM_INLINE void vec_store_f32(float *a, vec_f32 v) { _mm256_store_ps(a, v); }
KM_INLINE vec_f32 vec_loadu_f32(const float *a) { return _mm256_loadu_ps(a); }
KM_INLINE vec_f32 vec_load_part_f32(const float *a, int64_t n)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(a, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lanes));
}
KM_INLINE vec_f32 vec_sums_f32(const vec_f32 v[8])
{
    __m256 sum[4];
    for (int i = 0; i < 4; i++)
        sum[i] = _mm256_hadd_ps(v[2 * i], v[2 * i + 1]);
    sum[0] = _mm256_hadd_ps(sum[0], sum[1]); /* lanes 0 .. 3, in halves */
    sum[2] = _mm256_hadd_ps(sum[2], sum[3]);
    return _mm256_add_ps(_mm256_permute2f128_ps(sum[0], sum[2], 0x21),
                         _mm256_blend_ps(sum[0], sum[2], 0xf0));
}
KM_INLINE vec_f32 vec_set_f32(float a) { return _mm256_set1_ps(a); }
KM_INLINE vec_f32 vec_index_f32(int32_t i) { return _mm256_castsi256_ps(_mm256_set1_epi32(i)); }
KM_INLINE vec_f32 vec_fnmadd_f32(vec_f32 acc, vec_f32 a, vec_f32 b)
{
    return _mm256_fnmadd_ps(a, b, acc);
}
KM_INLINE vec_f32 vec_min_f32(vec_f32 a, vec_f32 b) { return _mm256_min_ps(a, b); }
KM_INLINE vec_f32 vec_max_f32(vec_f32 a, vec_f32 b) { return _mm256_max_ps(a, b); }
KM_INLINE vec_f32 vec_div_f32(vec_f32 a, vec_f32 b) { return _mm256_div_ps(a, b); }
KM_INLINE vec_f32 vec_sqrt_f32(vec_f32 a) { return _mm256_sqrt_ps(a); }
KM_INLINE vec_mask_f32 vec_less_f32(vec_f32 a, vec_f32 b)
{
    return _mm256_cmp_ps(a, b, _CMP_LT_OQ);
}
KM_INLINE unsigned vec_bits_f32(vec_mask_f32 mask) { return (unsigned)_mm256_movemask_ps(mask); }
KM_INLINE vec_f32 vec_select_f32(vec_mask_f32 mask, vec_f32 yes, vec_f32 no)
{
    return _mm256_blendv_ps(no, yes, mask);
}
KM_INLINE float vec_reduce_min_f32(vec_f32 v)
{
    __m128 a = _mm_min_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    a = _mm_min_ps(a, _mm_movehl_ps(a, a));
    return _mm_cvtss_f32(_mm_min_ss(a, _mm_movehdup_ps(a)));
}
KM_INLINE int vec_find_f32(vec_f32 v, float a)
{
    const __m256 equal = _mm256_cmp_ps(v, _mm256_set1_ps(a), _CMP_EQ_OQ);
    return __builtin_ctz((unsigned)_mm256_movemask_ps(equal) | 1U << (VL_f32 - 1));
}
KM_INLINE vec_f32 vec_set_lane_f32(vec_f32 v, int lane, float a)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i mask = _mm256_cmpeq_epi32(lanes, _mm256_set1_epi32(lane));
    return _mm256_blendv_ps(v, _mm256_set1_ps(a), _mm256_castsi256_ps(mask));
}

typedef __m256d vec_f64;
typedef __m256d vec_mask_f64;

KM_INLINE vec_f64 vec_load_f64(const double *a) { return _mm256_load_pd(a); }
KM_INLINE void vec_store_f64(double *a, vec_f64 v) { _mm256_store_pd(a, v); }
KM_INLINE vec_f64 vec_loadu_f64(const double *a) { return _mm256_loadu_pd(a); }
KM_INLINE vec_f64 vec_load_part_f64(const double *a, int64_t n)
{
    const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
    return _mm256_maskload_pd(a, _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), lanes));
}
KM_INLINE vec_f64 vec_sums_f64(const vec_f64 v[4])
{
    const __m256d a = _mm256_hadd_pd(v[0], v[1]), b = _mm256_hadd_pd(v[2], v[3]);
    return _mm256_add_pd(_mm256_permute2f128_pd(a, b, 0x21), _mm256_blend_pd(a, b, 0xc));
}
KM_INLINE vec_f64 vec_set_f64(double a) { return _mm256_set1_pd(a); }
KM_INLINE vec_f64 vec_index_f64(int32_t i) { return _mm256_castsi256_pd(_mm256_set1_epi64x(i)); }
KM_INLINE vec_f64 vec_fnmadd_f64(vec_f64 acc, vec_f64 a, vec_f64 b)
{
    return _mm256_fnmadd_pd(a, b, acc);
}
KM_INLINE vec_f64 vec_min_f64(vec_f64 a, vec_f64 b) { return _mm256_min_pd(a, b); }
KM_INLINE vec_f64 vec_max_f64(vec_f64 a, vec_f64 b) { return _mm256_max_pd(a, b); }
KM_INLINE vec_f64 vec_div_f64(vec_f64 a, vec_f64 b) { return _mm256_div_pd(a, b); }
KM_INLINE vec_f64 vec_sqrt_f64(vec_f64 a) { return _mm256_sqrt_pd(a); }
KM_INLINE vec_mask_f64 vec_less_f64(vec_f64 a, vec_f64 b)
{
    return _mm256_cmp_pd(a, b, _CMP_LT_OQ);
}
KM_INLINE unsigned vec_bits_f64(vec_mask_f64 mask) { return (unsigned)_mm256_movemask_pd(mask); }
KM_INLINE vec_f64 vec_select_f64(vec_mask_f64 mask, vec_f64 yes, vec_f64 no)
{
    return _mm256_blendv_pd(no, yes, mask);
}
KM_INLINE double vec_reduce_min_f64(vec_f64 v)
{
    const __m128d a = _mm_min_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
    return _mm_cvtsd_f64(_mm_min_sd(a, _mm_unpackhi_pd(a, a)));
}
KM_INLINE int vec_find_f64(vec_f64 v, double a)
{
    const __m256d equal = _mm256_cmp_pd(v, _mm256_set1_pd(a), _CMP_EQ_OQ);
    return __builtin_ctz((unsigned)_mm256_movemask_pd(equal) | 1U << (VL_f64 - 1));
}
KM_INLINE vec_f64 vec_set_lane_f64(vec_f64 v, int lane, double a)
{
    const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
    const __m256i mask = _mm256_cmpeq_epi64(lanes, _mm256_set1_epi64x(lane));
    return _mm256_blendv_pd(v, _mm256_set1_pd(a), _mm256_castsi256_pd(mask));
}

enum { DVL = 4 };
typedef __m256d dvec;
typedef __m256i ivec;

KM_INLINE dvec dvec_load_f32(const float *a) { return _mm256_cvtps_pd(_mm_loadu_ps(a)); }
KM_INLINE dvec dvec_load_f64(const double *a) { return _mm256_loadu_pd(a); }
KM_INLINE dvec dvec_load_part_f32(const float *a, int64_t n)
{
    const __m128i lanes = _mm_setr_epi32(0, 1, 2, 3);
    return _mm256_cvtps_pd(_mm_maskload_ps(a, _mm_cmpgt_epi32(_mm_set1_epi32((int)n), lanes)));
}
KM_INLINE dvec dvec_load_part_f64(const double *a, int64_t n) { return vec_load_part_f64(a, n); }
KM_INLINE void dvec_store(double *a, dvec v) { _mm256_storeu_pd(a, v); }
KM_INLINE void dvec_put_f32(float *a, dvec v) { _mm_store_ps(a, _mm256_cvtpd_ps(v)); }
KM_INLINE dvec dvec_set(double a) { return _mm256_set1_pd(a); }
KM_INLINE dvec dvec_add(dvec a, dvec b) { return _mm256_add_pd(a, b); }
KM_INLINE dvec dvec_sub(dvec a, dvec b) { return _mm256_sub_pd(a, b); }
KM_INLINE dvec dvec_mul(dvec a, dvec b) { return _mm256_mul_pd(a, b); }
KM_INLINE dvec dvec_product_error(dvec a, dvec b, dvec h) { return _mm256_fmsub_pd(a, b, h); }
KM_INLINE double dvec_sum8(const dvec lanes[2])
{
    const __m256d a = _mm256_add_pd(lanes[0], lanes[1]);
    const __m128d b = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
    return _mm_cvtsd_f64(_mm_add_sd(b, _mm_unpackhi_pd(b, b)));
}
KM_INLINE ivec dvec_bits(dvec v) { return _mm256_castpd_si256(v); }
KM_INLINE ivec ivec_load(const uint64_t *a) { return _mm256_loadu_si256((const __m256i *)a); }
KM_INLINE void ivec_store(uint64_t *a, ivec v) { _mm256_storeu_si256((__m256i *)a, v); }
KM_INLINE ivec ivec_zero(void) { return _mm256_setzero_si256(); }
KM_INLINE ivec ivec_add(ivec a, ivec b) { return _mm256_add_epi64(a, b); }
KM_INLINE ivec ivec_sub(ivec a, ivec b) { return _mm256_sub_epi64(a, b); }
KM_INLINE uint64_t ivec_sum(ivec v)
{
    uint64_t lane[DVL];
    ivec_store(lane, v);
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

#include "low.h"

#endif
