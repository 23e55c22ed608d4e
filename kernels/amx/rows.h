/* Rows into tiles. Parameters: REAL, T(name). */
#include "../avx512/tile_rows.h"

#include "transpose.h"

#ifndef KM_AMX_ROWS_H
#define KM_AMX_ROWS_H

/* z less its bfloat16: exact. */
KM_INLINE __m512 rounding_error(__m512 z, __m256i half)
{
    return _mm512_sub_ps(z,
                         _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16)));
}

#endif

typedef struct T(row_sums) {
    __m512 norm, error, dot;
} T(row_sums);

/* One slice: 32 dimensions as bfloat16 to `to`, masks telling which of them there are. */
KM_INLINE void T(pack_slice)(const REAL *x, const REAL *shift, double scale, const float *near,
                             __mmask16 low, __mmask16 high, uint16_t *to, T(row_sums) * sums)
{
    const __m512 z0 = T(shifted)(x, shift, scale, low);
    const __m512 z1 = T(shifted)(x + 16, shift + 16, scale, high);
    const __m512i half = (__m512i)_mm512_cvtne2ps_pbh(z1, z0);
    const __m512 e0 = rounding_error(z0, _mm512_castsi512_si256(half));
    const __m512 e1 = rounding_error(z1, _mm512_extracti64x4_epi64(half, 1));
    sums->norm = _mm512_fmadd_ps(z0, z0, _mm512_fmadd_ps(z1, z1, sums->norm));
    sums->error = _mm512_fmadd_ps(e0, e0, _mm512_fmadd_ps(e1, e1, sums->error));
    if (near != NULL) {
        const __m512 n0 = _mm512_maskz_loadu_ps(low, near);
        const __m512 n1 = _mm512_maskz_loadu_ps(high, near + 16);
        sums->dot = _mm512_fmadd_ps(z0, n0, _mm512_fmadd_ps(z1, n1, sums->dot));
    }
    _mm512_store_si512(to, half);
}

/* Row x as bfloat16 to `to`, its facts to entry i. near: its centroid, or NULL. Of at most d
 * squares a sum has d/16 + 8 roundings of 2^-24 at most (counted twice), and d underflows. */
KM_INLINE void T(pack_row)(const REAL *x, int64_t d, const REAL *shift, double scale,
                           const float *near, const T(tile_next) * next, uint16_t *to, int64_t i,
                           const km_tile_rows *out)
{
    const __m512 zero = _mm512_setzero_ps();
    T(row_sums) sums = {zero, zero, zero};
    int64_t p = 0;
    for (; p + 32 <= d; p += 32) {
        T(fetch_slice)(next, p);
        T(fetch_slice)(next, p + 16);
        T(pack_slice)
        (x + p, shift + p, scale, near != NULL ? near + p : NULL, 0xffff, 0xffff, to + p, &sums);
    }
    if (p < d) {
        T(pack_slice)
        (x + p, shift + p, scale, near != NULL ? near + p : NULL, first_lanes(d - p),
         first_lanes(d - p - 16), to + p, &sums);
    }
    const __m128 all = sum_lanes(sums.norm, sums.error, sums.dot);
    const float up = 1 + (float)(d / 16 + 16) * 0x1p-23f, least = (float)d * 0x1p-120f;
    const __m128 facts = _mm_fmadd_ps(all, _mm_set1_ps(up), _mm_set1_ps(least));
    _mm_store_ss(out->norm2 + i, facts);
    _mm_store_ss(out->residual2 + i, _mm_movehdup_ps(facts));
    _mm_store_ss(out->dot + i, _mm_movehl_ps(all, all));
}

static void T(pack)(const REAL *x, int64_t ldx, const int32_t *order, int64_t m, int64_t d,
                    const REAL *shift, double scale, const km_tile_near *near, void *scratch,
                    const km_tile_rows *out)
{
    const int64_t slices = km_tile_slices(d), ld = slices * 32;
    uint16_t *const lines = scratch;
    REAL *const scaled = (REAL *)(lines + 16 * ld);
    T(scale_shift)(shift, d, scale, scaled);
    for (int64_t i0 = 0; i0 < km_tile_groups(m) * KM_TILE_GROUP; i0 += 16) {
        for (int64_t i = i0; i < i0 + 16; i++) {
            uint16_t *const to = lines + (i - i0) * ld;
            if (i >= m) {
                memset(to, 0, (size_t)ld * sizeof *to);
                continue;
            }
            const int32_t j = near->label[i];
            const T(tile_next) next = T(next_after)(x, ldx, order, i, m, d, near);
            T(pack_row)
            (x + order[i] * ldx, d, scaled, scale, j >= 0 ? near->c + j * near->ld : NULL, &next,
             to, i, out);
        }
        uint16_t *const group =
            (uint16_t *)out->tiles + i0 / KM_TILE_GROUP * slices * KM_TILE_WORDS;
        for (int64_t s = 0; s < slices; s++) {
            transpose_pairs(lines + 32 * s, ld, group + s * KM_TILE_WORDS + i0 % 32 * 32);
        }
    }
}
