#include "vec.h"

/* The sum of all lanes, in any order. */
KM_INLINE float vec_total_f32(vec_f32 v) { return _mm512_reduce_add_ps(v); }
KM_INLINE double vec_total_f64(vec_f64 v) { return _mm512_reduce_add_pd(v); }

KM_INLINE vec_f32 vec_sub_f32(vec_f32 a, vec_f32 b) { return _mm512_sub_ps(a, b); }
KM_INLINE vec_f64 vec_sub_f64(vec_f64 a, vec_f64 b) { return _mm512_sub_pd(a, b); }

/* Of eight vectors, with the other sign. */
KM_INLINE __m512 add_pairs(__m512 a, __m512 b)
{
    return _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
}
KM_INLINE __m512 add_fours(__m512 a, __m512 b)
{
    const __m512d lo = _mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b));
    const __m512d hi = _mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b));
    return _mm512_add_ps(_mm512_castpd_ps(lo), _mm512_castpd_ps(hi));
}
KM_INLINE void vec_totals_f32(const __m512 *sum, float *total)
{
    const __m512 a = add_fours(add_pairs(sum[0], sum[1]), add_pairs(sum[2], sum[3]));
    const __m512 b = add_fours(add_pairs(sum[4], sum[5]), add_pairs(sum[6], sum[7]));
    const __m512 halves =
        _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
    const __m256 even = _mm512_castps512_ps256(_mm512_shuffle_f32x4(halves, halves, 0x08));
    const __m256 odd = _mm512_castps512_ps256(_mm512_shuffle_f32x4(halves, halves, 0x0d));
    _mm256_storeu_ps(total, _mm256_sub_ps(_mm256_setzero_ps(), _mm256_add_ps(even, odd)));
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
    const uint32_t low = _mm256_cmp_ps_mask(v, _mm256_set1_ps(least), _CMP_NGE_UQ);
    return low | _mm256_cmp_ps_mask(v, _mm256_set1_ps(most), _CMP_NLT_UQ);
}
KM_INLINE uint32_t vec_outside_f64(const double *d2, double least, double most)
{
    const __m512d v = _mm512_loadu_pd(d2);
    const uint32_t low = _mm512_cmp_pd_mask(v, _mm512_set1_pd(least), _CMP_NGE_UQ);
    return low | _mm512_cmp_pd_mask(v, _mm512_set1_pd(most), _CMP_NLT_UQ);
}

#define KM_CENTROID_TABLE km_table_avx512_centroid
#include "../centroid_body.h"
