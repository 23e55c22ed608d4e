/* Rows into bytes on AVX2 registers: see ../avx512/byte_rows.h. Parameters: REAL, T(name). */
#include "../tile_next.h"

#ifndef KM_AVX2_BYTE_ROWS_H
#define KM_AVX2_BYTE_ROWS_H

/* What is measured of a row on its way. */
typedef struct row_facts {
    __m256 norm, dot, largest;
} row_facts;

KM_INLINE __m256 some_f32(const float *x, int64_t n)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return n >= 8 ? _mm256_loadu_ps(x)
                  : _mm256_maskload_ps(x, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane));
}

KM_INLINE __m256d four_f64(const double *x, int64_t n)
{
    const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
    return n >= 4 ? _mm256_loadu_pd(x)
                  : _mm256_maskload_pd(x, _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), lane));
}

/* x * scale - shift of 8 dimensions, n of which there are, the others being zero; shift is scaled
 * already: scale is a power of two, so that one fused operation rounds as (x - shift) * scale. */
KM_INLINE __m256 shifted_f32(const float *x, const float *shift, double scale, int64_t n)
{
    return _mm256_fmsub_ps(some_f32(x, n), _mm256_set1_ps((float)scale), some_f32(shift, n));
}

KM_INLINE __m256 shifted_f64(const double *x, const double *shift, double scale, int64_t n)
{
    const __m256d factor = _mm256_set1_pd(scale);
    const __m256d z0 = _mm256_fmsub_pd(four_f64(x, n), factor, four_f64(shift, n));
    const __m256d z1 = _mm256_fmsub_pd(four_f64(x + 4, n - 4), factor, four_f64(shift + 4, n - 4));
    return _mm256_set_m128(_mm256_cvtpd_ps(z1), _mm256_cvtpd_ps(z0));
}

/* The same with a shift that is not scaled yet. */
KM_INLINE __m256 difference_f32(const float *x, const float *shift, double scale, int64_t n)
{
    const __m256 factor = _mm256_set1_ps((float)scale);
    return _mm256_fmsub_ps(some_f32(x, n), factor, _mm256_mul_ps(some_f32(shift, n), factor));
}

KM_INLINE __m128 difference4_f64(const double *x, const double *shift, __m256d factor, int64_t n)
{
    const __m256d scaled = _mm256_mul_pd(four_f64(shift, n), factor);
    return _mm256_cvtpd_ps(_mm256_fmsub_pd(four_f64(x, n), factor, scaled));
}

KM_INLINE __m256 difference_f64(const double *x, const double *shift, double scale, int64_t n)
{
    const __m256d factor = _mm256_set1_pd(scale);
    return _mm256_set_m128(difference4_f64(x + 4, shift + 4, factor, n - 4),
                           difference4_f64(x, shift, factor, n));
}

KM_INLINE float sum_of_lanes(__m256 v)
{
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

/* Eight floats z, rounded in their unit; *error: what that took, squared. */
KM_INLINE __m256i round_eight(const float *z, __m256 unit, __m256 inverse, __m256 *error)
{
    const __m256 value = _mm256_load_ps(z);
    const __m256i q = _mm256_cvtps_epi32(_mm256_mul_ps(value, inverse));
    const __m256 e = _mm256_fnmadd_ps(_mm256_cvtepi32_ps(q), unit, value);
    *error = _mm256_fmadd_ps(e, e, *error);
    return q;
}

/* Floats z of a row, zero up to a multiple of 32, as bytes; returns the lanes' squares of what
 * rounding took. Each magnitude times inverse is at most BYTE_MOST (1 + 2^-22). */
KM_INLINE __m256 round_row(const float *z, int64_t d, float unit, float inverse, uint8_t *to)
{
    const __m256 up = _mm256_set1_ps(inverse), down = _mm256_set1_ps(unit);
    const __m256i bias = _mm256_set1_epi8((char)ROW_BIAS);
    const __m256i ordered = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7); /* packing is by halves */
    __m256 error = _mm256_setzero_ps();
    for (int64_t p = 0; p < d; p += 32) {
        __m256i q[4];
        for (int v = 0; v < 4; v++) {
            q[v] = round_eight(z + p + 8 * v, down, up, &error);
        }
        const __m256i bytes =
            _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
        const __m256i in_order = _mm256_permutevar8x32_epi32(bytes, ordered);
        _mm256_store_si256((__m256i *)(to + p), _mm256_add_epi8(in_order, bias));
    }
    return error;
}

#endif

/* n dimensions, at most 8, into floats at `to`. */
KM_INLINE void T(take_eight)(const REAL *x, const REAL *shift, double scale, const float *near,
                             int64_t n, float *to, row_facts *facts)
{
    const __m256 z = T(shifted)(x, shift, scale, n);
    facts->norm = _mm256_fmadd_ps(z, z, facts->norm);
    facts->largest = _mm256_max_ps(_mm256_andnot_ps(_mm256_set1_ps(-0.0F), z), facts->largest);
    if (near != NULL) {
        facts->dot = _mm256_fmadd_ps(z, _mm256_loadu_ps(near), facts->dot);
    }
    _mm256_store_ps(to, z);
}

/* As that of ../avx512/byte_rows.h: a sum of d squares has d/8 + 8 roundings at most. */
KM_INLINE void T(pack_row)(const REAL *x, int64_t d, const REAL *shift, double scale,
                           const float *near, const T(tile_next) * next, float *z, int64_t i,
                           const km_tile_rows *out, float *factor, uint8_t *to)
{
    const __m256 zero = _mm256_setzero_ps();
    row_facts facts = {zero, zero, zero};
    float unit, inverse;
    for (int64_t p = 0; p < (d + 31) / 32 * 32; p += 8) {
        if (p % 16 == 0 && p + 16 <= d) {
            T(fetch_slice)(next, p);
        }
        if (p < d) {
            T(take_eight)
            (x + p, shift + p, scale, near != NULL ? near + p : NULL, d - p, z + p, &facts);
        } else {
            _mm256_store_ps(z + p, zero);
        }
    }
    choose_unit(lanes_largest(facts.largest), &unit, &inverse);
    *factor *= unit;
    const __m256 error = round_row(z, d, unit, inverse, to);
    const float up = 1 + (float)(d / 8 + 16) * 0x1p-23f, least = (float)d * 0x1p-120f;
    out->norm2[i] = sum_of_lanes(facts.norm) * up + least;
    out->residual2[i] = sum_of_lanes(error) * up + least;
    out->dot[i] = sum_of_lanes(facts.dot);
}

#include "../byte_pack.h"

static float T(dot)(const REAL *x, int64_t d, const REAL *shift, double scale, const float *c)
{
    __m256 sum = _mm256_setzero_ps();
    for (int64_t p = 0; p < d; p += 8) {
        const __m256 z = T(difference)(x + p, shift + p, scale, d - p);
        sum = _mm256_fmadd_ps(z, _mm256_loadu_ps(c + p), sum);
    }
    return sum_of_lanes(sum);
}
