/* The panel kernel: scores of packed rows against packed centroids, in register tiles.
 *
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h: vectors of VL REALs, tiles
 * of MR rows x NV vectors. Included by table_body.h after nearest_body.h.
 *
 * v = half_norm - x.c needs |x|^2 nowhere: it orders the centroids as |x - c|^2 does. A panel
 * stays in cache while the rows of a block pass by, so panels are the outer loop; what a row has
 * seen so far waits in `state`. */

/* acc[r][v] -= x[r][p] * panel[p][v] for p < d. A folder may bring its own. */
#ifndef KM_OWN_TILE_PRODUCTS
KM_INLINE void T(tile_products)(const REAL *x, int64_t ld, const REAL *panel, int64_t d,
                                T(vec) acc[T(MR)][T(NV)])
{
    for (int64_t p = 0; p < d; p++, panel += T(NV) * T(VL)) {
        T(vec) c[T(NV)];
        for (int v = 0; v < T(NV); v++) {
            c[v] = T(vec_load)(panel + v * T(VL));
        }
        for (int r = 0; r < T(MR); r++) {
            const T(vec) xr = T(vec_set)(x[r * ld + p]);
            for (int v = 0; v < T(NV); v++) {
                acc[r][v] = T(vec_fnmadd)(acc[r][v], xr, c[v]);
            }
        }
    }
}
#endif

KM_INLINE void T(tile_scores)(const REAL *x, int64_t ld, const REAL *panel, const REAL *half_norm,
                              int64_t d, T(vec) acc[T(MR)][T(NV)])
{
    for (int r = 0; r < T(MR); r++) {
        for (int v = 0; v < T(NV); v++) {
            acc[r][v] = T(vec_load)(half_norm + v * T(VL));
        }
    }
    T(tile_products)(x, ld, panel, d, acc);
}

static void T(assign)(const REAL *xp, int64_t m, int64_t d, const REAL *panels,
                      const REAL *half_norm, int64_t npanels, REAL *state,
                      const T(km_nearest) * out)
{
    const int64_t ld = KM_PACKED_LD(d), nr = T(NV) * T(VL), row_state = 3 * T(VL);
    T(nearest_clear)((m + T(MR) - 1) / T(MR) * T(MR), state);
    for (int64_t q = 0; q < npanels; q++) {
        for (int64_t i = 0; i < m; i += T(MR)) {
            T(vec) acc[T(MR)][T(NV)];
            T(tile_scores)(xp + i * ld, ld, panels + q * d * nr, half_norm + q * nr, d, acc);
            for (int r = 0; r < T(MR); r++) {
                T(nearest_update)(acc[r], (int32_t)q * T(NV), state + (i + r) * row_state);
            }
        }
    }
    for (int64_t i = 0; i < m; i++) {
        T(nearest_finish)(state + i * row_state, i, out);
    }
}

static void T(scores)(const REAL *xp, int64_t m, int64_t d, const REAL *panels,
                      const REAL *half_norm, int64_t npanels, REAL *out, int64_t ldo)
{
    const int64_t ld = KM_PACKED_LD(d), nr = T(NV) * T(VL);
    for (int64_t q = 0; q < npanels; q++) {
        for (int64_t i = 0; i < m; i += T(MR)) {
            T(vec) acc[T(MR)][T(NV)];
            T(tile_scores)(xp + i * ld, ld, panels + q * d * nr, half_norm + q * nr, d, acc);
            for (int r = 0; r < T(MR) && i + r < m; r++) {
                for (int v = 0; v < T(NV); v++) {
                    T(vec_store)(out + (i + r) * ldo + q * nr + v * T(VL), acc[r][v]);
                }
            }
        }
    }
}
