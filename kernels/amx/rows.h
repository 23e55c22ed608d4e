/* Rows into tiles, and the float dot product. Parameters: REAL, T(name). */

#ifndef KM_AMX_ROWS_H
#define KM_AMX_ROWS_H

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

/* z less its bfloat16: exact. */
KM_INLINE __m512 rounding_error(__m512 z, __m256i half)
{
    return _mm512_sub_ps(z,
                         _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16)));
}

/* 16 lines of 16 words, each a pair of bfloat16, transposed. */
KM_INLINE void transpose_pairs(const uint16_t *from, int64_t ld, uint16_t *to)
{
    __m512i a[16], b[16];
    for (int r = 0; r < 16; r++) {
        a[r] = _mm512_load_si512(from + r * ld);
    }
    for (int r = 0; r < 16; r += 2) {
        b[r] = _mm512_unpacklo_epi32(a[r], a[r + 1]);
        b[r + 1] = _mm512_unpackhi_epi32(a[r], a[r + 1]);
    }
    for (int r = 0; r < 16; r += 4) {
        a[r] = _mm512_unpacklo_epi64(b[r], b[r + 2]);
        a[r + 1] = _mm512_unpackhi_epi64(b[r], b[r + 2]);
        a[r + 2] = _mm512_unpacklo_epi64(b[r + 1], b[r + 3]);
        a[r + 3] = _mm512_unpackhi_epi64(b[r + 1], b[r + 3]);
    }
    for (int r = 0; r < 4; r++) {
        b[r] = _mm512_shuffle_i32x4(a[r], a[r + 4], 0x88);
        b[r + 4] = _mm512_shuffle_i32x4(a[r], a[r + 4], 0xdd);
        b[r + 8] = _mm512_shuffle_i32x4(a[r + 8], a[r + 12], 0x88);
        b[r + 12] = _mm512_shuffle_i32x4(a[r + 8], a[r + 12], 0xdd);
    }
    for (int r = 0; r < 4; r++) {
        _mm512_store_si512(to + 32 * r, _mm512_shuffle_i32x4(b[r], b[r + 8], 0x88));
        _mm512_store_si512(to + 32 * (r + 4), _mm512_shuffle_i32x4(b[r + 4], b[r + 12], 0x88));
        _mm512_store_si512(to + 32 * (r + 8), _mm512_shuffle_i32x4(b[r], b[r + 8], 0xdd));
        _mm512_store_si512(to + 32 * (r + 12), _mm512_shuffle_i32x4(b[r + 4], b[r + 12], 0xdd));
    }
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
                           const float *near, uint16_t *to, int64_t i, const km_tile_rows *out)
{
    const __m512 zero = _mm512_setzero_ps();
    T(row_sums) sums = {zero, zero, zero};
    int64_t p = 0;
    for (; p + 32 <= d; p += 32) {
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

/* shift * scale, zero in the padding. */
static void T(scale_shift)(const REAL *shift, int64_t d, double scale, REAL *to)
{
    for (int64_t p = 0; p < km_tile_slices(d) * 32; p++) {
        to[p] = p < d ? shift[p] * (REAL)scale : 0;
    }
}

/* The floats of a centroid that will be read soon: which one, no hardware foresees. */
KM_INLINE void T(fetch_near)(const km_tile_near *near, int64_t i, int64_t m)
{
    const int32_t j = i < m ? near->label[i] : -1;
    for (int64_t p = 0; j >= 0 && p < near->ld; p += 16) {
        _mm_prefetch((const char *)(near->c + j * near->ld + p), _MM_HINT_T0);
    }
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
            T(fetch_near)(near, i + 1, m);
            T(pack_row)
            (x + order[i] * ldx, d, scaled, scale, j >= 0 ? near->c + j * near->ld : NULL, to, i,
             out);
        }
        uint16_t *const group = out->tiles + i0 / KM_TILE_GROUP * slices * KM_TILE_WORDS;
        for (int64_t s = 0; s < slices; s++) {
            transpose_pairs(lines + 32 * s, ld, group + s * KM_TILE_WORDS + i0 % 32 * 32);
        }
    }
}

static float T(dot)(const REAL *x, int64_t d, const REAL *shift, double scale, const float *c)
{
    __m512 sum = _mm512_setzero_ps();
    for (int64_t p = 0; p < d; p += 16) {
        const __m512 z = T(difference)(x + p, shift + p, scale, first_lanes(d - p));
        sum = _mm512_fmadd_ps(z, _mm512_loadu_ps(c + p), sum);
    }
    return _mm512_reduce_add_ps(sum);
}
