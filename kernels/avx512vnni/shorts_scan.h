/* Rows in lanes, their shorts in registers, against all centroids. Included by shorts.c. */

/* _mm512_dpwssd_epi32: as add_products of screen.h. */
KM_INLINE void add_pairs(__m512i *sum, __m512i row, __m512i c)
{
    __asm__("vpdpwssd %2, %1, %0" : "+v"(*sum) : "v"(row), "v"(c));
}

/* Scores with the number of their centroid in the lowest bits; group: the first of that GROUP. */
typedef struct shorts_best {
    __m512i best, second, group;
} shorts_best;

/* Centroids j0 .. j1-1, of one group. */
KM_INLINE void scan_group(const __m512i row[2][KM_SHORTS_PAIRS], const int pairs,
                          const int32_t *record, int32_t j0, int32_t j1, shorts_best near[2])
{
    const __m512i number_bits = _mm512_set1_epi32(GROUP - 1);
    __m512i best[2], second[2];
    for (int g = 0; g < 2; g++) {
        best[g] = second[g] = _mm512_set1_epi32(INT32_MIN);
    }
    for (const int32_t *at = record + (int64_t)j0 * RECORD; at < record + (int64_t)j1 * RECORD;
         at += RECORD) {
        __m512i sum[2] = {_mm512_set1_epi32(at[0]), _mm512_set1_epi32(at[0])};
#pragma GCC unroll 8
        for (int p = 0; p < pairs; p++) {
            const __m512i c = _mm512_set1_epi32(at[2 + p]);
            add_pairs(&sum[0], row[0][p], c);
            add_pairs(&sum[1], row[1][p], c);
        }
        const __m512i number = _mm512_set1_epi32(at[1]);
        for (int g = 0; g < 2; g++) { /* (sum & ~number_bits) | number */
            const __m512i score = _mm512_ternarylogic_epi32(sum[g], number, number_bits, 0xdc);
            second[g] = _mm512_max_epi32(second[g], _mm512_min_epi32(best[g], score));
            best[g] = _mm512_max_epi32(best[g], score);
        }
    }
    for (int g = 0; g < 2; g++) {
        const __mmask16 nearer = _mm512_cmpgt_epi32_mask(best[g], near[g].best);
        const __m512i loser = _mm512_min_epi32(best[g], near[g].best);
        near[g].second = _mm512_max_epi32(_mm512_max_epi32(second[g], near[g].second), loser);
        near[g].best = _mm512_max_epi32(best[g], near[g].best);
        near[g].group = _mm512_mask_set1_epi32(near[g].group, nearer, j0);
    }
}

KM_INLINE void scan_pairs(const __m512i row[2][KM_SHORTS_PAIRS], const int pairs,
                          const int32_t *record, int32_t k, shorts_best near[2])
{
    for (int32_t j = 0; j < k; j += GROUP) {
        scan_group(row, pairs, record, j, k - j < GROUP ? k : j + GROUP, near);
    }
}

/* The loop over pairs is unrolled: their number is a constant each time. */
static void scan_shorts(const __m512i row[2][KM_SHORTS_PAIRS], int64_t d, const int32_t *record,
                        int32_t k, shorts_best near[2])
{
    switch ((d + 1) / 2) {
    case 2: scan_pairs(row, 2, record, k, near); break;
    case 3: scan_pairs(row, 3, record, k, near); break;
    case 4: scan_pairs(row, 4, record, k, near); break;
    case 5: scan_pairs(row, 5, record, k, near); break;
    case 6: scan_pairs(row, 6, record, k, near); break;
    case 7: scan_pairs(row, 7, record, k, near); break;
    default: scan_pairs(row, 8, record, k, near); break;
    }
}

/* The shorts of VL rows, columns z[p*STEP]. */
KM_INLINE void make_shorts(const float *z, int64_t d, float scale, __m512i row[KM_SHORTS_PAIRS])
{
    const __m512 s = _mm512_set1_ps(scale);
    for (int64_t p = 0; p < d; p += 2) {
        const __m512i even = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_load_ps(z + p * STEP), s));
        const __m512 next = p + 1 < d ? _mm512_load_ps(z + (p + 1) * STEP) : _mm512_setzero_ps();
        const __m512i odd = _mm512_cvtps_epi32(_mm512_mul_ps(next, s));
        row[p / 2] = _mm512_mask_blend_epi16(0xaaaaaaaaU, even, _mm512_slli_epi32(odd, 16));
    }
}

KM_INLINE __m512 norm2_of(const float *z, int64_t d)
{
    __m512 sum = _mm512_setzero_ps();
    for (int64_t p = 0; p < d; p++) {
        const __m512 v = _mm512_load_ps(z + p * STEP);
        sum = _mm512_fmadd_ps(v, v, sum);
    }
    return sum;
}

/* The labels of VL rows, -1 where the gap between the two best scores is not what it must be. */
KM_INLINE __m512i decide(const shorts_best *near, __m512 norm2, const km_low_f32 *c,
                         const shorts_needs *needs, const shorts_head *head)
{
    const __m512 length = _mm512_mul_ps(_mm512_sqrt_ps(norm2), _mm512_set1_ps(head->row_scale));
    const __m512 best = _mm512_abs_ps(_mm512_cvtepi32_ps(near->best));
    const __m512 base =
        _mm512_fmadd_ps(_mm512_set1_ps(needs->norm2), norm2, _mm512_set1_ps(c->tiny));
    __m512 needed = _mm512_set1_ps(needs->constant);
    needed = _mm512_fmadd_ps(_mm512_set1_ps(needs->length), length, needed);
    needed = _mm512_fmadd_ps(_mm512_set1_ps(head->product_scale), base, needed);
    needed = _mm512_fmadd_ps(_mm512_set1_ps(needs->best), best, needed);
    const __m512i limit = _mm512_cvtps_epu32(_mm512_mul_ps(needed, _mm512_set1_ps(1.00001F)));
    const __m512i gap = _mm512_sub_epi32(near->best, near->second);
    const __mmask16 within = _mm512_cmp_ps_mask(norm2, _mm512_set1_ps(head->longest2), _CMP_LT_OQ);
    const __mmask16 proved = _mm512_mask_cmpgt_epu32_mask(within, gap, limit);
    const __m512i number = _mm512_and_epi32(near->best, _mm512_set1_epi32(GROUP - 1));
    return _mm512_mask_add_epi32(_mm512_set1_epi32(-1), proved, number, near->group);
}
