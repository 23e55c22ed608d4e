#include "vec.h"

/* The sum of all lanes, in any order. */
KM_INLINE float vec_total_f32(vec_f32 v)
{
    __m128 a = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    a = _mm_add_ps(a, _mm_movehl_ps(a, a));
    return _mm_cvtss_f32(_mm_add_ss(a, _mm_movehdup_ps(a)));
}
KM_INLINE double vec_total_f64(vec_f64 v)
{
    const __m128d a = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
    return _mm_cvtsd_f64(_mm_add_sd(a, _mm_unpackhi_pd(a, a)));
}

KM_INLINE vec_f32 vec_sub_f32(vec_f32 a, vec_f32 b) { return _mm256_sub_ps(a, b); }
KM_INLINE vec_f64 vec_sub_f64(vec_f64 a, vec_f64 b) { return _mm256_sub_pd(a, b); }

/* Of eight vectors, with the other sign. */
KM_INLINE void vec_totals_f32(const vec_f32 *sum, float *total)
{
    for (int q = 0; q < 8; q++)
        total[q] = -vec_total_f32(sum[q]);
}
KM_INLINE void vec_totals_f64(const vec_f64 *sum, double *total)
{
    for (int q = 0; q < 8; q++)
        total[q] = -vec_total_f64(sum[q]);
}

/* The lanes of d2[8] that are not in [least, most): bit q for d2[q]. */
KM_INLINE uint32_t vec_outside_f32(const float *d2, float least, float most)
{
    const __m256 v = _mm256_loadu_ps(d2);
    const __m256 low = _mm256_cmp_ps(v, _mm256_set1_ps(least), _CMP_NGE_UQ);
    const __m256 high = _mm256_cmp_ps(v, _mm256_set1_ps(most), _CMP_NLT_UQ);
    return (uint32_t)_mm256_movemask_ps(_mm256_or_ps(low, high));
}
KM_INLINE uint32_t four_outside(const double *d2, double least, double most)
{
    const __m256d v = _mm256_loadu_pd(d2);
    const __m256d low = _mm256_cmp_pd(v, _mm256_set1_pd(least), _CMP_NGE_UQ);
    const __m256d high = _mm256_cmp_pd(v, _mm256_set1_pd(most), _CMP_NLT_UQ);
    return (uint32_t)_mm256_movemask_pd(_mm256_or_pd(low, high));
}
KM_INLINE uint32_t vec_outside_f64(const double *d2, double least, double most)
{
    return four_outside(d2, least, most) | four_outside(d2 + 4, least, most) << 4;
}

#define KM_CENTROID_TABLE km_table_avx2_centroid
#include "../centroid_body.h"
