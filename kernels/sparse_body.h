/* Sparse rows against packed centroids: for every entry one stretch of `width` centroids.
 *
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. Included by table_real.h
 * after nearest_body.h. A panel's scores stay in registers while the entries go by; where a panel
 * has few vectors, several entries are summed apart to hide the latency of a multiply-add. */

/* Scores of one panel, nv vectors wide, in `chains` sums. nv and chains are constants. */
KM_INLINE void T(sparse_panel)(const int32_t *column, const REAL *x, int64_t m, const REAL *panel,
                               const REAL *half_norm, REAL keep, const int nv, const int chains,
                               T(vec) score[T(NV)])
{
    const T(vec) minus_one = T(vec_set)((REAL)-1), zero = T(vec_set)((REAL)0);
    const int64_t width = (int64_t)nv * T(VL), whole = m - m % chains;
    T(vec) sum[4][T(NV)];
    for (int v = 0; v < nv; v++) {
        sum[0][v] = T(vec_fnmadd)(zero, T(vec_set)(-keep), T(vec_load)(half_norm + v * T(VL)));
        for (int s = 1; s < chains; s++) {
            sum[s][v] = zero;
        }
    }
    for (int64_t q = 0; q < whole; q += chains) {
        for (int s = 0; s < chains; s++) {
            const T(vec) value = T(vec_set)(x[q + s]);
            const REAL *const c = panel + column[q + s] * width;
            for (int v = 0; v < nv; v++) {
                sum[s][v] = T(vec_fnmadd)(sum[s][v], value, T(vec_load)(c + v * T(VL)));
            }
        }
    }
    for (int64_t q = whole; q < m; q++) {
        const T(vec) value = T(vec_set)(x[q]);
        for (int v = 0; v < nv; v++) {
            const REAL *const c = panel + column[q] * width + v * T(VL);
            sum[0][v] = T(vec_fnmadd)(sum[0][v], value, T(vec_load)(c));
        }
    }
    for (int v = 0; v < nv; v++) {
        for (int s = 1; s < chains; s++) {
            sum[0][v] = T(vec_fnmadd)(sum[0][v], minus_one, sum[s][v]);
        }
        score[v] = sum[0][v];
    }
}

/* All panels, nv vectors wide. */
KM_INLINE void T(sparse_panels)(const int32_t *column, const REAL *x, int64_t m,
                                const T(km_sparse_panels) * c, REAL keep, const int nv,
                                const int chains, REAL *score, REAL *state)
{
    const int64_t width = (int64_t)nv * T(VL);
    for (int64_t q = 0; q < c->count; q++) {
        T(vec) sums[T(NV)];
        T(sparse_panel)
        (column, x, m, c->panels + q * c->d * width, c->half_norm + q * width, keep, nv, chains,
         sums);
        for (int v = 0; v < nv; v++) {
            T(vec_store)(score + q * width + v * T(VL), sums[v]);
        }
        T(nearest_update)(sums, nv, (int32_t)q * nv, state);
    }
}

static void T(assign_sparse)(const int32_t *column, const REAL *x, int64_t m,
                             const T(km_sparse_panels) * c, REAL keep, REAL *score, REAL *state,
                             const T(km_nearest) * out)
{
    T(nearest_clear)(1, state);
    switch (c->width / T(VL)) {
    case 1: T(sparse_panels)(column, x, m, c, keep, 1, 4, score, state); break;
    case 2: T(sparse_panels)(column, x, m, c, keep, T(NV) < 2 ? T(NV) : 2, 4, score, state); break;
    case 3: T(sparse_panels)(column, x, m, c, keep, T(NV) < 3 ? T(NV) : 3, 2, score, state); break;
    default: T(sparse_panels)(column, x, m, c, keep, T(NV), 2, score, state); break;
    }
    T(nearest_finish)(state, 0, out);
}
