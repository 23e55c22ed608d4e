/* Parameters: REAL, T(name). See products.h. */

/* One dimension, lane `lane` of the row vectors x. */
KM_INLINE void T(one_product)(const T(vec) * x, const int lane, const REAL *panel, const int nv,
                              T(vec) acc[T(MR)][T(NV)])
{
    T(vec) c[T(NV)];
    for (int v = 0; v < nv; v++) {
        c[v] = T(vec_load)(panel + v * T(VL));
    }
    for (int r = 0; r < T(MR); r++) {
        for (int v = 0; v < nv; v++) {
            acc[r][v] = T(subtract_product)(acc[r][v], c[v], x[r], lane);
        }
    }
}

/* acc[r][v] -= x[r][p] * panel[p][v] for p < d, v < nv. Packed rows are padded: whole vectors may
 * be loaded up to ld. */
KM_INLINE void T(tile_products)(const REAL *x, int64_t ld, const REAL *panel, int64_t d,
                                const int nv, T(vec) acc[T(MR)][T(NV)])
{
    const int64_t step = T(NV) * T(VL);
    int64_t p = 0;
    for (; p + T(VL) <= d; p += T(VL), panel += T(VL) * step) {
        T(vec) xs[T(MR)];
        for (int r = 0; r < T(MR); r++) {
            xs[r] = T(vec_load)(x + r * ld + p);
        }
        for (int lane = 0; lane < T(VL); lane++) {
            T(one_product)(xs, lane, panel + lane * step, nv, acc);
        }
    }
    for (; p < d; p++, panel += step) {
        T(vec) xs[T(MR)];
        for (int r = 0; r < T(MR); r++) {
            xs[r] = T(vec_set)(x[r * ld + p]);
        }
        T(one_product)(xs, 0, panel, nv, acc);
    }
}
