/* Rows on their way into tiles: what the tile kernels on AVX-512 registers share. Parameters: REAL,
 * T(name). */

#ifndef KM_AVX512_TILE_ROWS_H
#define KM_AVX512_TILE_ROWS_H

KM_INLINE __mmask16 first_lanes(int64_t n)
{
    return n >= 16 ? 0xffff : (__mmask16)((1U << (n > 0 ? n : 0)) - 1);
}

/* x * scale - shift for 16 dimensions, shift scaled already: scale is a power of two, so that one
 * fused operation rounds as (x - shift) * scale does. Zero outside the mask. */
KM_INLINE __m512 shifted_f32(const float *x, const float *shift, double scale, __mmask16 mask)
{
    return _mm512_fmsub_ps(_mm512_maskz_loadu_ps(mask, x), _mm512_set1_ps((float)scale),
                           _mm512_load_ps(shift));
}

KM_INLINE __m512 shifted_f64(const double *x, const double *shift, double scale, __mmask16 mask)
{
    const __m512d factor = _mm512_set1_pd(scale);
    const __m512d x0 = _mm512_maskz_loadu_pd((__mmask8)mask, x);
    const __m512d x1 = _mm512_maskz_loadu_pd((__mmask8)(mask >> 8), x + 8);
    const __m256 z0 = _mm512_cvtpd_ps(_mm512_fmsub_pd(x0, factor, _mm512_load_pd(shift)));
    const __m256 z1 = _mm512_cvtpd_ps(_mm512_fmsub_pd(x1, factor, _mm512_load_pd(shift + 8)));
    return _mm512_insertf32x8(_mm512_castps256_ps512(z0), z1, 1);
}

/* The same with a shift that is not scaled yet. */
KM_INLINE __m512 difference_f32(const float *x, const float *shift, double scale, __mmask16 mask)
{
    const __m512 factor = _mm512_set1_ps((float)scale);
    const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, shift), factor);
    return _mm512_fmsub_ps(_mm512_maskz_loadu_ps(mask, x), factor, scaled);
}

KM_INLINE __m256 difference8_f64(const double *x, const double *shift, __m512d factor,
                                 __mmask8 mask)
{
    const __m512d scaled = _mm512_mul_pd(_mm512_maskz_loadu_pd(mask, shift), factor);
    return _mm512_cvtpd_ps(_mm512_fmsub_pd(_mm512_maskz_loadu_pd(mask, x), factor, scaled));
}

KM_INLINE __m512 difference_f64(const double *x, const double *shift, double scale, __mmask16 mask)
{
    const __m512d factor = _mm512_set1_pd(scale);
    const __m256 z0 = difference8_f64(x, shift, factor, (__mmask8)mask);
    const __m256 z1 = difference8_f64(x + 8, shift + 8, factor, (__mmask8)(mask >> 8));
    return _mm512_insertf32x8(_mm512_castps256_ps512(z0), z1, 1);
}

/* The sums over the lanes of three vectors, in lanes 0, 1 and 2. */
KM_INLINE __m128 sum_lanes(__m512 a, __m512 b, __m512 c)
{
    const __m256 a8 = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m256 b8 = _mm256_add_ps(_mm512_castps512_ps256(b), _mm512_extractf32x8_ps(b, 1));
    const __m256 c8 = _mm256_add_ps(_mm512_castps512_ps256(c), _mm512_extractf32x8_ps(c, 1));
    const __m256 sums = _mm256_hadd_ps(_mm256_hadd_ps(a8, b8), _mm256_hadd_ps(c8, c8));
    return _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
}

#endif

#include "../tile_next.h"

static float T(dot)(const REAL *x, int64_t d, const REAL *shift, double scale, const float *c)
{
    __m512 sum = _mm512_setzero_ps();
    for (int64_t p = 0; p < d; p += 16) {
        const __m512 z = T(difference)(x + p, shift + p, scale, first_lanes(d - p));
        sum = _mm512_fmadd_ps(z, _mm512_loadu_ps(c + p), sum);
    }
    return _mm512_reduce_add_ps(sum);
}
