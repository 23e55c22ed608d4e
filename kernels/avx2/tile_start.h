/* The slot `start` on AVX2 registers: bounds and thresholds of a block's rows. Included by tiles.c.
 */

KM_INLINE __m256 times_plus(float factor, __m256 v, __m256 to)
{
    return _mm256_fmadd_ps(_mm256_set1_ps(factor), v, to);
}

/* Thresholds of 8 rows from their facts. */
KM_INLINE __m256 thresholds(__m256 norm2, __m256 e, __m256 dot, __m256i near,
                            const km_tile_terms *terms)
{
    const __m256 known = _mm256_castsi256_ps(_mm256_cmpgt_epi32(near, _mm256_set1_epi32(-1)));
    const __m256 lead = _mm256_mask_i32gather_ps(_mm256_setzero_ps(), terms->lead, near, known, 4);
    const __m256 magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0F), dot);
    const __m256 size =
        _mm256_add_ps(_mm256_add_ps(magnitude, lead), times_plus(terms->dot, norm2, e));
    __m256 h = _mm256_sub_ps(_mm256_sub_ps(dot, lead), e);
    h = times_plus(-terms->dot, norm2, h);
    h = times_plus(-0x1p-20f, size, h);
    const __m256 least = _mm256_set1_ps(-FLT_MAX);
    return _mm256_blendv_ps(least, _mm256_max_ps(h, least), known); /* NaN gives least */
}

static void start(int64_t m, const km_tile_rows *rows, const km_tile_terms *terms,
                  const km_tile_scan *scan)
{
    const __m256 infinite = _mm256_set1_ps(INFINITY), limit = _mm256_set1_ps(0x1p100f);
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (int64_t i = 0; i < km_tile_groups(m) * KM_TILE_GROUP; i += 8) {
        const __m256 norm2 = _mm256_load_ps(rows->norm2 + i);
        const __m256 residual2 = _mm256_load_ps(rows->residual2 + i);
        __m256 e = times_plus(terms->norm, norm2, _mm256_set1_ps(terms->least));
        e = times_plus(terms->residual, residual2, e);
        const __m256i near = _mm256_load_si256((const __m256i *)(scan->near + i));
        const __m256 h = thresholds(norm2, e, _mm256_load_ps(rows->dot + i), near, terms);
        const __m256i left = _mm256_set1_epi32((int)(m - i));
        const __m256 there = _mm256_castsi256_ps(_mm256_cmpgt_epi32(left, lane));
        const __m256 finite = _mm256_and_ps(_mm256_cmp_ps(norm2, limit, _CMP_LT_OQ),
                                            _mm256_cmp_ps(e, limit, _CMP_LT_OQ));
        const __m256 usable = _mm256_and_ps(there, finite);
        _mm256_store_ps(scan->threshold + i, _mm256_blendv_ps(infinite, h, usable));
        _mm256_store_ps(scan->slack + i, _mm256_add_ps(e, e));
        _mm256_store_si256((__m256i *)(scan->count + i), _mm256_setzero_si256());
    }
}
