/* From the sums of a block to candidates and thresholds. Included after the kind's own
 * half_scores, scores_of, line_of and column_of. */

/* The largest of 32 scores, for 16 rows. Where a row holds NaN, all its scores are NaN. */
KM_INLINE __m512 largest_scores(half_scores scores)
{
    __m512 most[4];
    for (int v = 0; v < 4; v++) {
        most[v] = line_of(scores, v);
    }
    for (int j = 4; j < 32; j += 4) {
        for (int v = 0; v < 4; v++) {
            most[v] = _mm512_max_ps(most[v], line_of(scores, j + v));
        }
    }
    return _mm512_max_ps(_mm512_max_ps(most[0], most[1]), _mm512_max_ps(most[2], most[3]));
}

/* The same without the score of centroid `hidden`, counted from the group's first. */
static __m512 largest_but_hidden(half_scores scores, __m512i hidden)
{
    __m512 most = _mm512_set1_ps(-INFINITY), other = most;
    for (int j = 0; j < 32; j += 2) {
        const __mmask16 shown = _mm512_cmpneq_epi32_mask(hidden, _mm512_set1_epi32(j));
        const __mmask16 next = _mm512_cmpneq_epi32_mask(hidden, _mm512_set1_epi32(j + 1));
        most = _mm512_mask_max_ps(most, shown, most, line_of(scores, j));
        other = _mm512_mask_max_ps(other, next, other, line_of(scores, j + 1));
    }
    return _mm512_max_ps(most, other);
}

/* Candidates among the 32 centroids from j0 for the rows i0 + lane, lane in lanes. */
static inline void find_candidates(half_scores scores, uint32_t lanes, int64_t i0, int32_t j0,
                                   const km_tile_scan *scan)
{
    _Alignas(64) float w[KM_TILE_GROUP];
    for (; lanes != 0; lanes &= lanes - 1) {
        const int lane = __builtin_ctz(lanes);
        const __m512 low = column_of(scores, lane, 0), high = column_of(scores, lane, 16);
        const __m512 threshold = _mm512_set1_ps(scan->threshold[i0 + lane]);
        uint32_t found = _mm512_cmp_ps_mask(low, threshold, _CMP_GE_OQ) |
                         (uint32_t)_mm512_cmp_ps_mask(high, threshold, _CMP_GE_OQ) << 16;
        _mm512_store_ps(w, low);
        _mm512_store_ps(w + 16, high);
        for (; found != 0; found &= found - 1) {
            const int j = __builtin_ctz(found);
            if (w[j] >= scan->threshold[i0 + lane] && j0 + j != scan->near[i0 + lane]) {
                km_tile_candidate(scan, i0 + lane, j0 + j, w[j]);
            }
        }
    }
}

/* A row's own `near` is no candidate. Which lanes have theirs in this group is known before the
 * products are, so that a mispredicted branch costs little. */
KM_INLINE void scan_block(const km_tile_operands *o, const float *sums, int64_t q, int64_t g,
                          const km_tile_scan *scan)
{
    const __m512i first = _mm512_set1_epi32((int32_t)(q * KM_TILE_GROUP));
    for (int half = 0; half < 2; half++) {
        const int64_t i0 = g * KM_TILE_GROUP + 16 * half;
        const half_scores scores = scores_of(o, sums, q, g, half);
        const __m512i hidden = _mm512_sub_epi32(_mm512_load_si512(scan->near + i0), first);
        const int some = _mm512_cmplt_epu32_mask(hidden, _mm512_set1_epi32(KM_TILE_GROUP)) != 0;
        const __m512 most = some ? largest_but_hidden(scores, hidden) : largest_scores(scores);
        const __m512 threshold = _mm512_load_ps(scan->threshold + i0);
        const uint32_t lanes = _mm512_cmp_ps_mask(most, threshold, _CMP_GE_OQ);
        if (lanes != 0) {
            find_candidates(scores, lanes, i0, (int32_t)(q * KM_TILE_GROUP), scan);
        }
    }
}

/* Thresholds rise to what the largest score of each row proves. */
KM_INLINE void lift_block(const km_tile_operands *o, const float *sums, int64_t q, int64_t g,
                          float raise, const km_tile_scan *scan)
{
    for (int half = 0; half < 2; half++) {
        const int64_t i0 = g * KM_TILE_GROUP + 16 * half;
        const half_scores scores = scores_of(o, sums, q, g, half);
        __m512 least = _mm512_sub_ps(largest_scores(scores), _mm512_load_ps(scan->slack + i0));
        least = _mm512_sub_ps(least, _mm512_set1_ps(raise));
        const __m512 threshold = _mm512_load_ps(scan->threshold + i0);
        _mm512_store_ps(scan->threshold + i0, _mm512_max_ps(least, threshold)); /* NaN: as it is */
    }
}
