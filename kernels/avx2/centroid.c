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

#define KM_CENTROID_TABLE km_table_avx2_centroid
#include "../centroid_body.h"
