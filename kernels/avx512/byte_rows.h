/* Rows into bytes, for tables that have AVX-512 registers. Parameters: REAL, T(name);
 * line_of_row, place_lines, ROW_BIAS, BYTE_MOST and WORDS_HEAD from the table. */
#include "tile_rows.h"

#ifndef KM_AVX512_BYTE_ROWS_H
#define KM_AVX512_BYTE_ROWS_H

/* What is measured of a row on its way. */
typedef struct row_facts {
    __m512 norm, dot, largest;
} row_facts;

/* Floats z of a row as bytes; returns the lanes' squares of what rounding took. Each magnitude
 * times inverse is at most BYTE_MOST (1 + 2^-22). */
KM_INLINE __m512 round_row(const float *z, int64_t d, float unit, float inverse, uint8_t *to)
{
    const __m512 up = _mm512_set1_ps(inverse), down = _mm512_set1_ps(unit);
    const __m128i bias = _mm_set1_epi8((char)ROW_BIAS);
    __m512 error = _mm512_setzero_ps();
    for (int64_t p = 0; p < d; p += 16) {
        const __m512 value = _mm512_load_ps(z + p);
        const __m512i q = _mm512_cvtps_epi32(_mm512_mul_ps(value, up));
        const __m512 e = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(q), down, value);
        error = _mm512_fmadd_ps(e, e, error);
        _mm_store_si128((__m128i *)(to + p), _mm_add_epi8(_mm512_cvtepi32_epi8(q), bias));
    }
    return error;
}

#endif

/* 16 dimensions into floats at `to`. */
KM_INLINE void T(take_slice)(const REAL *x, const REAL *shift, double scale, const float *near,
                             __mmask16 mask, float *to, row_facts *facts)
{
    const __m512 z = T(shifted)(x, shift, scale, mask);
    facts->norm = _mm512_fmadd_ps(z, z, facts->norm);
    facts->largest = _mm512_max_ps(_mm512_abs_ps(z), facts->largest);
    if (near != NULL) {
        facts->dot = _mm512_fmadd_ps(z, _mm512_maskz_loadu_ps(mask, near), facts->dot);
    }
    _mm512_store_ps(to, z);
}

/* Row x as bytes to `to`, its facts to entry i, its factor to *factor. near: its centroid, or NULL.
 * Of at most d squares a sum has d/16 + 8 roundings of 2^-24 at most (counted twice), and d
 * underflows. */
KM_INLINE void T(pack_row)(const REAL *x, int64_t d, const REAL *shift, double scale,
                           const float *near, const T(tile_next) * next, float *z, int64_t i,
                           const km_tile_rows *out, float *factor, uint8_t *to)
{
    const __m512 zero = _mm512_setzero_ps();
    row_facts facts = {zero, zero, zero};
    float unit, inverse;
    int64_t p = 0;
    for (; p + 16 <= d; p += 16) {
        T(fetch_slice)(next, p);
        T(take_slice)
        (x + p, shift + p, scale, near != NULL ? near + p : NULL, 0xffff, z + p, &facts);
    }
    if (p < d) {
        T(take_slice)
        (x + p, shift + p, scale, near != NULL ? near + p : NULL, first_lanes(d - p), z + p,
         &facts);
    }
    choose_unit(_mm512_reduce_max_ps(facts.largest), &unit, &inverse);
    *factor *= unit;
    const __m512 error = round_row(z, d, unit, inverse, to);
    const __m128 all = sum_lanes(facts.norm, error, facts.dot);
    const float up = 1 + (float)(d / 16 + 16) * 0x1p-23f, least = (float)d * 0x1p-120f;
    const __m128 sums = _mm_fmadd_ps(all, _mm_set1_ps(up), _mm_set1_ps(least));
    _mm_store_ss(out->norm2 + i, sums);
    _mm_store_ss(out->residual2 + i, _mm_movehdup_ps(sums));
    _mm_store_ss(out->dot + i, _mm_movehl_ps(all, all));
}

#include "../byte_pack.h"
