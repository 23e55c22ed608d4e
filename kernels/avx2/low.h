/* Vocabulary of the low-dimension kernel, AVX2. See ../scalar/low.h. */
#ifndef KM_AVX2_LOW_H
#define KM_AVX2_LOW_H

/* 4 scores, 6 registers of best, second and label, 2 of rows and 2 of centroids of 16. */
enum { LOW_GROUPS_f32 = 2, LOW_SHARED_f32 = 2, LOOKUP_f32 = 0 };
enum { FEW_SHARED_f32 = 2, FEW_MOST_f32 = 12 };
enum { LOW_GROUPS_f64 = 2, LOW_SHARED_f64 = 2, LOOKUP_f64 = 0 };
enum { FEW_SHARED_f64 = 2, FEW_MOST_f64 = 12 };

KM_INLINE __m256 load_quads(const float *const row[8], int p, int r)
{
    const __m256 a = _mm256_castps128_ps256(_mm_loadu_ps(row[r] + p));
    return _mm256_insertf128_ps(a, _mm_loadu_ps(row[r + 4] + p), 1);
}
KM_INLINE void vec_turn4_f32(const float *const row[8], int p, vec_f32 out[4])
{
    const __m256 a = load_quads(row, p, 0), b = load_quads(row, p, 1);
    const __m256 c = load_quads(row, p, 2), d = load_quads(row, p, 3);
    const __m256d ab = _mm256_castps_pd(_mm256_unpacklo_ps(a, b));
    const __m256d cd = _mm256_castps_pd(_mm256_unpacklo_ps(c, d));
    const __m256d ef = _mm256_castps_pd(_mm256_unpackhi_ps(a, b));
    const __m256d gh = _mm256_castps_pd(_mm256_unpackhi_ps(c, d));
    out[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(ab, cd));
    out[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(ab, cd));
    out[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(ef, gh));
    out[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(ef, gh));
}
/* Three vectors hold column p in lanes of their own; joined they have row r in lane 3r + p. */
KM_INLINE void vec_turn_few_f32(const float *x, const int d, vec_f32 out[3])
{
    const __m256 a = _mm256_loadu_ps(x);
    const __m256 b = d > 1 ? _mm256_loadu_ps(x + 8) : a, c = d > 2 ? _mm256_loadu_ps(x + 16) : a;
    out[0] = a;
    if (d == 2) {
        const __m256d even = _mm256_castps_pd(_mm256_shuffle_ps(a, b, 0x88));
        const __m256d odd = _mm256_castps_pd(_mm256_shuffle_ps(a, b, 0xdd));
        out[0] = _mm256_castpd_ps(_mm256_permute4x64_pd(even, 0xd8));
        out[1] = _mm256_castpd_ps(_mm256_permute4x64_pd(odd, 0xd8));
    } else if (d == 3) {
        const __m256 first = _mm256_blend_ps(_mm256_blend_ps(a, b, 0x92), c, 0x24);
        const __m256 second = _mm256_blend_ps(_mm256_blend_ps(a, b, 0x24), c, 0x49);
        const __m256 third = _mm256_blend_ps(_mm256_blend_ps(a, b, 0x49), c, 0x92);
        out[0] = _mm256_permutevar8x32_ps(first, _mm256_setr_epi32(0, 3, 6, 1, 4, 7, 2, 5));
        out[1] = _mm256_permutevar8x32_ps(second, _mm256_setr_epi32(1, 4, 7, 2, 5, 0, 3, 6));
        out[2] = _mm256_permutevar8x32_ps(third, _mm256_setr_epi32(2, 5, 0, 3, 6, 1, 4, 7));
    }
}
KM_INLINE vec_f32 vec_hold_f32(vec_f32 v)
{
    __asm__("" : "+x"(v));
    return v;
}
KM_INLINE vec_f32 vec_labels_f32(const int32_t *a)
{
    return _mm256_castsi256_ps(_mm256_loadu_si256((const __m256i *)a));
}
KM_INLINE void vec_put_labels_f32(int32_t *a, vec_f32 v)
{
    _mm256_storeu_si256((__m256i *)a, _mm256_castps_si256(v));
}
KM_INLINE vec_f32 vec_count_f32(vec_f32 count, vec_mask_f32 mask)
{
    const __m256i n = _mm256_castps_si256(count);
    return _mm256_castsi256_ps(_mm256_sub_epi32(n, _mm256_castps_si256(mask)));
}
KM_INLINE vec_f32 vec_add_f32(vec_f32 a, vec_mask_f32 mask, vec_f32 number)
{
    const __m256i some = _mm256_castps_si256(_mm256_and_ps(mask, number));
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), some));
}
KM_INLINE vec_mask_f32 vec_below_f32(vec_f32 a, vec_f32 b)
{
    const __m256i below = _mm256_cmpgt_epi32(_mm256_castps_si256(b), _mm256_castps_si256(a));
    return _mm256_castsi256_ps(below);
}
KM_INLINE vec_mask_f32 vec_same_f32(vec_f32 a, vec_f32 b)
{
    const __m256i same = _mm256_cmpeq_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b));
    return _mm256_castsi256_ps(same);
}
KM_INLINE vec_f32 vec_gather_f32(const float *base, vec_f32 index)
{
    return _mm256_i32gather_ps(base, _mm256_castps_si256(index), 4);
}
KM_INLINE vec_f32 vec_lookup_f32(const float *table, int32_t k, vec_f32 index)
{
    (void)k;
    return vec_gather_f32(table, index);
}

KM_INLINE void vec_turn4_f64(const double *const row[4], int p, vec_f64 out[4])
{
    const __m256d a = _mm256_loadu_pd(row[0] + p), b = _mm256_loadu_pd(row[1] + p);
    const __m256d c = _mm256_loadu_pd(row[2] + p), d = _mm256_loadu_pd(row[3] + p);
    const __m256d ab = _mm256_unpacklo_pd(a, b), cd = _mm256_unpacklo_pd(c, d);
    const __m256d ef = _mm256_unpackhi_pd(a, b), gh = _mm256_unpackhi_pd(c, d);
    out[0] = _mm256_permute2f128_pd(ab, cd, 0x20);
    out[1] = _mm256_permute2f128_pd(ef, gh, 0x20);
    out[2] = _mm256_permute2f128_pd(ab, cd, 0x31);
    out[3] = _mm256_permute2f128_pd(ef, gh, 0x31);
}
KM_INLINE void vec_turn_few_f64(const double *x, const int d, vec_f64 out[3])
{
    const __m256d a = _mm256_loadu_pd(x);
    const __m256d b = d > 1 ? _mm256_loadu_pd(x + 4) : a, c = d > 2 ? _mm256_loadu_pd(x + 8) : a;
    out[0] = a;
    if (d == 2) {
        out[0] = _mm256_permute4x64_pd(_mm256_unpacklo_pd(a, b), 0xd8);
        out[1] = _mm256_permute4x64_pd(_mm256_unpackhi_pd(a, b), 0xd8);
    } else if (d == 3) {
        const __m256d first = _mm256_blend_pd(_mm256_blend_pd(a, b, 0x4), c, 0x2);
        const __m256d second = _mm256_blend_pd(_mm256_blend_pd(a, b, 0x9), c, 0x4);
        const __m256d third = _mm256_blend_pd(_mm256_blend_pd(a, b, 0x2), c, 0x9);
        out[0] = _mm256_permute4x64_pd(first, 0x6c);
        out[1] = _mm256_permute4x64_pd(second, 0xb1);
        out[2] = _mm256_permute4x64_pd(third, 0xc6);
    }
}
KM_INLINE vec_f64 vec_hold_f64(vec_f64 v)
{
    __asm__("" : "+x"(v));
    return v;
}
KM_INLINE vec_f64 vec_labels_f64(const int32_t *a)
{
    return _mm256_castsi256_pd(_mm256_cvtepi32_epi64(_mm_loadu_si128((const __m128i *)a)));
}
KM_INLINE void vec_put_labels_f64(int32_t *a, vec_f64 v)
{
    const __m256i low = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_castpd_si256(v), low);
    _mm_storeu_si128((__m128i *)a, _mm256_castsi256_si128(packed));
}
KM_INLINE vec_f64 vec_count_f64(vec_f64 count, vec_mask_f64 mask)
{
    const __m256i n = _mm256_castpd_si256(count);
    return _mm256_castsi256_pd(_mm256_sub_epi64(n, _mm256_castpd_si256(mask)));
}
KM_INLINE vec_f64 vec_add_f64(vec_f64 a, vec_mask_f64 mask, vec_f64 number)
{
    const __m256i some = _mm256_castpd_si256(_mm256_and_pd(mask, number));
    return _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(a), some));
}
KM_INLINE vec_mask_f64 vec_below_f64(vec_f64 a, vec_f64 b)
{
    const __m256i below = _mm256_cmpgt_epi64(_mm256_castpd_si256(b), _mm256_castpd_si256(a));
    return _mm256_castsi256_pd(below);
}
KM_INLINE vec_mask_f64 vec_same_f64(vec_f64 a, vec_f64 b)
{
    const __m256i same = _mm256_cmpeq_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b));
    return _mm256_castsi256_pd(same);
}
KM_INLINE vec_f64 vec_gather_f64(const double *base, vec_f64 index)
{
    return _mm256_i64gather_pd(base, _mm256_castpd_si256(index), 8);
}
KM_INLINE vec_f64 vec_lookup_f64(const double *table, int32_t k, vec_f64 index)
{
    (void)k;
    return vec_gather_f64(table, index);
}

KM_INLINE int64_t list_different(const int32_t *a, const int32_t *b, int64_t m, int32_t *list)
{
    int64_t count = 0, i = 0;
    for (; i + 8 <= m; i += 8) {
        const __m256i x = _mm256_loadu_si256((const __m256i *)(a + i));
        const __m256i y = _mm256_loadu_si256((const __m256i *)(b + i));
        const __m256 same = _mm256_castsi256_ps(_mm256_cmpeq_epi32(x, y));
        unsigned differ = ~(unsigned)_mm256_movemask_ps(same) & 0xffU;
        for (; differ != 0; differ &= differ - 1)
            list[count++] = (int32_t)i + __builtin_ctz(differ);
    }
    return list_different_plain(a, b, i, m, count, list);
}

/* The numbers of the set bits of four, a byte each, the first lowest. */
KM_INLINE __m128i lanes_of_four(unsigned bits, int32_t first)
{
    static const int32_t lanes[16] = {0,      0,        1,        0x0100,    2,      0x0200,
                                      0x0201, 0x020100, 3,        0x0300,    0x0301, 0x030100,
                                      0x0302, 0x030200, 0x030201, 0x03020100};
    const __m128i number = _mm_cvtepu8_epi32(_mm_cvtsi32_si128(lanes[bits]));
    return _mm_add_epi32(number, _mm_set1_epi32(first));
}

/* See ../below_body.h. No branches: of a panel any lane may be below. */
KM_INLINE int32_t list_lanes_f64(__m256d mask, int32_t first, int32_t *list)
{
    const unsigned bits = vec_bits_f64(mask);
    _mm_storeu_si128((__m128i *)(void *)list, lanes_of_four(bits, first));
    return __builtin_popcount(bits);
}
KM_INLINE int32_t list_lanes_f32(__m256 mask, int32_t first, int32_t *list)
{
    const unsigned bits = vec_bits_f32(mask), low = bits & 15;
    const int32_t n = __builtin_popcount(low);
    _mm_storeu_si128((__m128i *)(void *)list, lanes_of_four(low, first));
    _mm_storeu_si128((__m128i *)(void *)(list + n), lanes_of_four(bits >> 4, first + 4));
    return __builtin_popcount(bits);
}

#endif
