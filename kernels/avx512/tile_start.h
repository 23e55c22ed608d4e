/* The slot `start`: bounds and thresholds of a block's rows. Included by tiles.c. */

/* Thresholds of 16 rows from their facts. */
KM_INLINE __m512 thresholds(__m512 norm2, __m512 e, __m512 dot, __m512i near,
                            const km_tile_terms *terms)
{
    const __mmask16 known = _mm512_cmpge_epi32_mask(near, _mm512_setzero_si512());
    const __m512 lead = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), known, near, terms->lead, 4);
    __m512 h = _mm512_sub_ps(_mm512_sub_ps(dot, lead), e);
    h = _mm512_fnmadd_ps(norm2, _mm512_set1_ps(terms->dot), h);
    const __m512 size = _mm512_add_ps(_mm512_add_ps(_mm512_abs_ps(dot), lead),
                                      _mm512_fmadd_ps(norm2, _mm512_set1_ps(terms->dot), e));
    h = _mm512_fnmadd_ps(size, _mm512_set1_ps(0x1p-20f), h);
    const __m512 least = _mm512_set1_ps(-FLT_MAX);
    return _mm512_mask_max_ps(least, known, h, least); /* NaN gives the second, least */
}

static void start(int64_t m, const km_tile_rows *rows, const km_tile_terms *terms,
                  const km_tile_scan *scan)
{
    const __m512 infinite = _mm512_set1_ps(INFINITY), limit = _mm512_set1_ps(0x1p100f);
    for (int64_t i = 0; i < km_tile_groups(m) * KM_TILE_GROUP; i += 16) {
        const __m512 norm2 = _mm512_load_ps(rows->norm2 + i);
        const __m512 residual2 = _mm512_load_ps(rows->residual2 + i);
        __m512 e =
            _mm512_fmadd_ps(norm2, _mm512_set1_ps(terms->norm), _mm512_set1_ps(terms->least));
        e = _mm512_fmadd_ps(residual2, _mm512_set1_ps(terms->residual), e);
        const __m512i near = _mm512_load_si512(scan->near + i);
        const __m512 h = thresholds(norm2, e, _mm512_load_ps(rows->dot + i), near, terms);
        const int64_t left = m - i;
        const __mmask16 there =
            left >= 16 ? 0xffff : (__mmask16)((1U << (left > 0 ? left : 0)) - 1);
        const __mmask16 usable = there & _mm512_cmp_ps_mask(norm2, limit, _CMP_LT_OQ) &
                                 _mm512_cmp_ps_mask(e, limit, _CMP_LT_OQ);
        _mm512_store_ps(scan->threshold + i, _mm512_mask_mov_ps(infinite, usable, h));
        _mm512_store_ps(scan->slack + i, _mm512_add_ps(e, e));
        _mm512_store_si512(scan->count + i, _mm512_setzero_si512());
    }
}
