/* Vocabulary of the low-dimension kernel, AVX-512. See ../scalar/low.h. */
#ifndef KM_AVX512_LOW_H
#define KM_AVX512_LOW_H

/* 12 scores, 12 registers of best, second and label, 4 of rows and 1 of centroids of 32. */
enum { LOW_GROUPS_f32 = 3, LOW_SHARED_f32 = 6, LOOKUP_f32 = 64 };
enum { FEW_SHARED_f32 = 4, FEW_MOST_f32 = 16 };
enum { LOW_GROUPS_f64 = 4, LOW_SHARED_f64 = 3, LOOKUP_f64 = 32 };
enum { FEW_SHARED_f64 = 4, FEW_MOST_f64 = 16 };

/* Inserts from memory need no shuffle unit; the four registers are then turned lane by lane. */
KM_INLINE __m512 load_quads(const float *const row[16], int p, int r)
{
    const __m512 a = _mm512_castps128_ps512(_mm_loadu_ps(row[r] + p));
    const __m512 b = _mm512_insertf32x4(a, _mm_loadu_ps(row[r + 4] + p), 1);
    const __m512 c = _mm512_insertf32x4(b, _mm_loadu_ps(row[r + 8] + p), 2);
    return _mm512_insertf32x4(c, _mm_loadu_ps(row[r + 12] + p), 3);
}
KM_INLINE void vec_turn4_f32(const float *const row[16], int p, vec_f32 out[4])
{
    const __m512 a = load_quads(row, p, 0), b = load_quads(row, p, 1);
    const __m512 c = load_quads(row, p, 2), d = load_quads(row, p, 3);
    const __m512d ab = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
    const __m512d cd = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
    const __m512d ef = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
    const __m512d gh = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
    out[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd));
    out[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd));
    out[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(ef, gh));
    out[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(ef, gh));
}
KM_INLINE vec_f32 vec_hold_f32(vec_f32 v)
{
    __asm__("" : "+v"(v));
    return v;
}
KM_INLINE void vec_turn_few_f32(const float *x, const int d, vec_f32 out[3])
{
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i first = _mm512_mullo_epi32(lanes, _mm512_set1_epi32(d));
    __m512 part[3];
    for (int q = 0; q < d; q++)
        part[q] = vec_hold_f32(_mm512_loadu_ps(x + q * VL_f32));
    for (int p = 0; p < d; p++) {
        const __m512i at = _mm512_add_epi32(first, _mm512_set1_epi32(p));
        out[p] = d == 1 ? part[0] : _mm512_permutex2var_ps(part[0], at, part[1]);
        const __mmask16 rest = _mm512_cmpge_epi32_mask(at, _mm512_set1_epi32(2 * VL_f32));
        const __m512i join = _mm512_mask_sub_epi32(lanes, rest, at, _mm512_set1_epi32(VL_f32));
        out[p] = d < 3 ? out[p] : _mm512_permutex2var_ps(out[p], join, part[2]);
    }
}
KM_INLINE vec_f32 vec_labels_f32(const int32_t *a)
{
    return _mm512_castsi512_ps(_mm512_loadu_si512(a));
}
KM_INLINE void vec_put_labels_f32(int32_t *a, vec_f32 v)
{
    _mm512_storeu_si512(a, _mm512_castps_si512(v));
}
KM_INLINE vec_f32 vec_count_f32(vec_f32 count, vec_mask_f32 mask)
{
    const __m512i n = _mm512_castps_si512(count);
    return _mm512_castsi512_ps(_mm512_mask_add_epi32(n, mask, n, _mm512_set1_epi32(1)));
}
KM_INLINE vec_f32 vec_add_f32(vec_f32 a, vec_mask_f32 mask, vec_f32 number)
{
    const __m512i n = _mm512_castps_si512(a);
    return _mm512_castsi512_ps(_mm512_mask_add_epi32(n, mask, n, _mm512_castps_si512(number)));
}
#define KM_LOW_SQUEEZE
KM_INLINE void vec_put_f32(float *to, vec_f32 v) { _mm512_storeu_ps(to, v); }
KM_INLINE vec_f32 vec_squeeze_f32(vec_f32 v, vec_mask_f32 mask)
{
    return _mm512_maskz_compress_ps(mask, v);
}
KM_INLINE vec_f32 vec_spread_f32(vec_f32 to, vec_mask_f32 mask, vec_f32 v)
{
    return _mm512_mask_expand_ps(to, mask, v);
}
KM_INLINE vec_mask_f32 vec_mask_but_f32(vec_mask_f32 mask, int64_t m)
{
    const __mmask16 lanes = m < VL_f32 ? (__mmask16)((1U << m) - 1) : (__mmask16)0xffff;
    return _kandn_mask16(mask, lanes);
}
KM_INLINE int vec_mask_count_f32(vec_mask_f32 mask) { return __builtin_popcount(mask); }
KM_INLINE vec_mask_f32 vec_below_f32(vec_f32 a, vec_f32 b)
{
    return _mm512_cmplt_epi32_mask(_mm512_castps_si512(a), _mm512_castps_si512(b));
}
KM_INLINE vec_mask_f32 vec_same_f32(vec_f32 a, vec_f32 b)
{
    return _mm512_cmpeq_epi32_mask(_mm512_castps_si512(a), _mm512_castps_si512(b));
}
KM_INLINE vec_f32 vec_lookup_f32(const float *table, int32_t k, vec_f32 index)
{
    const __m512i i = _mm512_castps_si512(index);
    if (k <= 16)
        return _mm512_permutexvar_ps(i, _mm512_load_ps(table));
    const __m512 low = _mm512_permutex2var_ps(_mm512_load_ps(table), i, _mm512_load_ps(table + 16));
    if (k <= 32)
        return low;
    const __m512 high =
        _mm512_permutex2var_ps(_mm512_load_ps(table + 32), i, _mm512_load_ps(table + 48));
    return _mm512_mask_blend_ps(_mm512_test_epi32_mask(i, _mm512_set1_epi32(32)), low, high);
}

KM_INLINE void vec_turn4_f64(const double *const row[8], int p, vec_f64 out[4])
{
    __m512d v[4];
    for (int r = 0; r < 4; r++)
        v[r] = _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(row[r] + p)),
                                  _mm256_loadu_pd(row[r + 4] + p), 1);
    const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    const __m512d ab = _mm512_unpacklo_pd(v[0], v[1]), cd = _mm512_unpacklo_pd(v[2], v[3]);
    const __m512d ef = _mm512_unpackhi_pd(v[0], v[1]), gh = _mm512_unpackhi_pd(v[2], v[3]);
    out[0] = _mm512_permutex2var_pd(ab, even, cd);
    out[1] = _mm512_permutex2var_pd(ef, even, gh);
    out[2] = _mm512_permutex2var_pd(ab, odd, cd);
    out[3] = _mm512_permutex2var_pd(ef, odd, gh);
}
KM_INLINE vec_f64 vec_hold_f64(vec_f64 v)
{
    __asm__("" : "+v"(v));
    return v;
}
KM_INLINE void vec_turn_few_f64(const double *x, const int d, vec_f64 out[3])
{
    const __m512i lanes = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    const __m512i first = _mm512_mullo_epi64(lanes, _mm512_set1_epi64(d));
    __m512d part[3];
    for (int q = 0; q < d; q++)
        part[q] = vec_hold_f64(_mm512_loadu_pd(x + q * VL_f64));
    for (int p = 0; p < d; p++) {
        const __m512i at = _mm512_add_epi64(first, _mm512_set1_epi64(p));
        out[p] = d == 1 ? part[0] : _mm512_permutex2var_pd(part[0], at, part[1]);
        const __mmask8 rest = _mm512_cmpge_epi64_mask(at, _mm512_set1_epi64(2 * VL_f64));
        const __m512i join = _mm512_mask_sub_epi64(lanes, rest, at, _mm512_set1_epi64(VL_f64));
        out[p] = d < 3 ? out[p] : _mm512_permutex2var_pd(out[p], join, part[2]);
    }
}
KM_INLINE vec_f64 vec_labels_f64(const int32_t *a)
{
    return _mm512_castsi512_pd(_mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)a)));
}
KM_INLINE void vec_put_labels_f64(int32_t *a, vec_f64 v)
{
    _mm256_storeu_si256((__m256i *)a, _mm512_cvtepi64_epi32(_mm512_castpd_si512(v)));
}
KM_INLINE vec_f64 vec_count_f64(vec_f64 count, vec_mask_f64 mask)
{
    const __m512i n = _mm512_castpd_si512(count);
    return _mm512_castsi512_pd(_mm512_mask_add_epi64(n, mask, n, _mm512_set1_epi64(1)));
}
KM_INLINE vec_f64 vec_add_f64(vec_f64 a, vec_mask_f64 mask, vec_f64 number)
{
    const __m512i n = _mm512_castpd_si512(a);
    return _mm512_castsi512_pd(_mm512_mask_add_epi64(n, mask, n, _mm512_castpd_si512(number)));
}
KM_INLINE void vec_put_f64(double *to, vec_f64 v) { _mm512_storeu_pd(to, v); }
KM_INLINE vec_f64 vec_squeeze_f64(vec_f64 v, vec_mask_f64 mask)
{
    return _mm512_maskz_compress_pd(mask, v);
}
KM_INLINE vec_f64 vec_spread_f64(vec_f64 to, vec_mask_f64 mask, vec_f64 v)
{
    return _mm512_mask_expand_pd(to, mask, v);
}
KM_INLINE vec_mask_f64 vec_mask_but_f64(vec_mask_f64 mask, int64_t m)
{
    const __mmask8 lanes = m < VL_f64 ? (__mmask8)((1U << m) - 1) : (__mmask8)0xff;
    return _kandn_mask8(mask, lanes);
}
KM_INLINE int vec_mask_count_f64(vec_mask_f64 mask) { return __builtin_popcount(mask); }
KM_INLINE vec_mask_f64 vec_below_f64(vec_f64 a, vec_f64 b)
{
    return _mm512_cmplt_epi64_mask(_mm512_castpd_si512(a), _mm512_castpd_si512(b));
}
KM_INLINE vec_mask_f64 vec_same_f64(vec_f64 a, vec_f64 b)
{
    return _mm512_cmpeq_epi64_mask(_mm512_castpd_si512(a), _mm512_castpd_si512(b));
}
KM_INLINE vec_f64 vec_lookup_f64(const double *table, int32_t k, vec_f64 index)
{
    const __m512i i = _mm512_castpd_si512(index);
    if (k <= 8)
        return _mm512_permutexvar_pd(i, _mm512_load_pd(table));
    const __m512d low = _mm512_permutex2var_pd(_mm512_load_pd(table), i, _mm512_load_pd(table + 8));
    if (k <= 16)
        return low;
    const __m512d high =
        _mm512_permutex2var_pd(_mm512_load_pd(table + 16), i, _mm512_load_pd(table + 24));
    return _mm512_mask_blend_pd(_mm512_test_epi64_mask(i, _mm512_set1_epi64(16)), low, high);
}

/* See ../below_body.h. No branches: of a panel any lane may be below. */
KM_INLINE int32_t list_lanes_f32(__mmask16 mask, int32_t first, int32_t *list)
{
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i number = _mm512_add_epi32(lanes, _mm512_set1_epi32(first));
    _mm512_storeu_si512(list, _mm512_maskz_compress_epi32(mask, number));
    return __builtin_popcount(mask);
}
KM_INLINE int32_t list_lanes_f64(__mmask8 mask, int32_t first, int32_t *list)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i number = _mm256_add_epi32(lanes, _mm256_set1_epi32(first));
    _mm256_storeu_si256((__m256i *)(void *)list, _mm256_maskz_compress_epi32(mask, number));
    return __builtin_popcount(mask);
}

/* Not compressed into memory at once: on Zen 4 passes at d = 2 then take 1.16 times as long. */
KM_INLINE int64_t list_different(const int32_t *a, const int32_t *b, int64_t m, int32_t *list)
{
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int64_t count = 0;
    for (int64_t i = 0; i < m; i += 16) {
        const __mmask16 valid = (__mmask16)(m - i < 16 ? (1U << (m - i)) - 1 : 0xffffU);
        const __m512i x = _mm512_maskz_loadu_epi32(valid, a + i);
        const __m512i y = _mm512_maskz_loadu_epi32(valid, b + i);
        const __mmask16 differ = _mm512_mask_cmpneq_epi32_mask(valid, x, y);
        if (differ != 0) {
            const __m512i number = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)i));
            const __m512i packed = _mm512_maskz_compress_epi32(differ, number);
            _mm512_mask_storeu_epi32(list + count, valid, packed); /* count <= i: there is room */
            count += __builtin_popcount(differ);
        }
    }
    return count;
}

#endif
