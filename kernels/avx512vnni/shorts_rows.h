/* The slots assign_f32 and assign_f64. Parameters: REAL of the rows, T(name), and TURN, which makes
 * columns of floats of them. Included by shorts.c. */

/* STEP rows, the ones from m on being the first again. */
KM_INLINE void T(turn_step)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const REAL *shift,
                            REAL scale, float *z)
{
    int32_t index[STEP];
    for (int32_t r = 0; r < STEP; r++) {
        index[r] = r < m ? r : 0;
    }
    TURN(x, ldx, index, (int)d, shift, scale, z, STEP);
    TURN(x, ldx, index + VL_f32, (int)d, shift, scale, z + VL_f32, STEP);
}

/* Rows of the step after the next are asked for while those of this one meet all centroids. */
KM_INLINE void T(fetch_rows)(const REAL *x, int64_t ldx, int64_t d)
{
    const int64_t bytes = STEP * ldx * (int64_t)sizeof *x;
    for (int64_t b = 0; ldx == d && b < bytes; b += 64) {
        const uintptr_t line = (uintptr_t)x + (uintptr_t)(2 * bytes + b); /* need not exist */
        _mm_prefetch((const void *)line, _MM_HINT_T1);
    }
}

static int64_t T(assign_shorts)(const REAL *x, int64_t ldx, int64_t m, int64_t d,
                                const km_low_f32 *c, const void *shorts, int32_t *label)
{
    const shorts_head *const head = shorts;
    const shorts_needs needs = needs_of(c, d);
    const int32_t *const record = records_of(shorts);
    _Alignas(64) float z[KM_LOW_D * STEP];
    REAL shift[KM_LOW_D];
    int64_t open = 0;
    for (int64_t p = 0; p < d; p++) {
        shift[p] = (REAL)c->shift[p];
    }
    for (int64_t i = 0; i < m; i += STEP) {
        const int64_t some = m - i < STEP ? m - i : STEP;
        T(fetch_rows)(x + i * ldx, ldx, d);
        T(turn_step)(x + i * ldx, ldx, some, d, shift, (REAL)c->scale, z);
        __m512i row[2][KM_SHORTS_PAIRS];
        shorts_best near[2];
        for (int g = 0; g < 2; g++) {
            make_shorts(z + g * VL_f32, d, head->row_scale, row[g]);
            near[g].best = near[g].second = _mm512_set1_epi32(INT32_MIN);
            near[g].group = _mm512_setzero_si512();
        }
        scan_shorts((const __m512i(*)[KM_SHORTS_PAIRS])row, d, record, c->k, near);
        for (int64_t g = 0; g < 2 && g * VL_f32 < some; g++) {
            const int64_t left = some - g * VL_f32;
            const __mmask16 lanes = (__mmask16)(left < VL_f32 ? (1U << left) - 1 : 0xffffU);
            const __m512 norm2 = norm2_of(z + g * VL_f32, d);
            const __m512i found = decide(&near[g], norm2, c, &needs, head);
            _mm512_mask_storeu_epi32(label + i + g * VL_f32, lanes, found);
            open += __builtin_popcount(
                _mm512_mask_cmplt_epi32_mask(lanes, found, _mm512_setzero_si512()));
        }
    }
    return open;
}
