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

#define KM_CENTROID_TABLE km_table_avx512_centroid
#include "../centroid_body.h"
