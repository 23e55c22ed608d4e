/* Which centroids' scores are below a limit of the row, and the scores of some that are listed.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h; after panel_body.h. */

/* first + l for every lane l of the mask, ascending, into list; returns how many. Up to VL entries
 * are written. A folder may bring its own. */
#ifndef KM_OWN_LIST_LANES
KM_INLINE int32_t T(list_lanes)(T(vec_mask) mask, int32_t first, int32_t *list)
{
    int32_t n = 0;
    for (unsigned bits = T(vec_bits)(mask); bits; bits &= bits - 1) {
        list[n++] = first + __builtin_ctz(bits);
    }
    return n;
}
#endif

static void T(list_below)(const REAL *xp, int64_t m, int64_t d, const REAL *panels,
                          const REAL *half_norm, int64_t npanels, const T(km_below) * below)
{
    const int64_t ld = KM_PACKED_LD(d), nr = T(NV) * T(VL);
    const int32_t last = below->room - T(VL);
    for (int64_t i = 0; i < m; i++) {
        below->count[i] = 0;
    }
    for (int64_t q = 0; q < npanels; q++) {
        for (int64_t i = 0; i < m; i += T(MR)) {
            T(vec) acc[T(MR)][T(NV)];
            for (int v = 0; v < T(NV) * T(MR); v++) {
                acc[v / T(NV)][v % T(NV)] = T(vec_load)(half_norm + q * nr + v % T(NV) * T(VL));
            }
            T(tile_products)(xp + i * ld, ld, panels + q * d * nr, d, T(NV), acc);
            for (int r = 0; r < T(MR) && i + r < m; r++) {
                const T(vec) limit = T(vec_set)(below->limit[i + r]);
                int32_t n = below->count[i + r];
                int32_t *const list = below->list + (i + r) * below->room;
                for (int v = 0; v < T(NV); v++) {
                    const int32_t at = n < last ? n : last;
                    n += T(list_lanes)(T(vec_less)(acc[r][v], limit), (int32_t)(q * nr) + v * T(VL),
                                       list + at);
                }
                below->count[i + r] = n;
            }
        }
    }
}

/* VL centroids at a time, so that their sums end up in one vector. */
static void T(row_scores)(const REAL *x, int64_t d, const REAL *c, const REAL *half_norm,
                          const int32_t *number, int64_t n, REAL *out)
{
    const int64_t ld = KM_PACKED_LD(d);
    for (int64_t q = 0; q < n; q += T(VL)) {
        const int64_t some = n - q < T(VL) ? n - q : T(VL);
        T(vec) minus[T(VL)];
        _Alignas(64) REAL sum[T(VL)];
        for (int l = 0; l < T(VL); l++) {
            minus[l] = T(vec_set)(0);
            if (l >= some) {
                continue;
            }
            const REAL *const with = c + number[q + l] * ld;
            for (int64_t p = 0; p < ld; p += T(VL)) {
                minus[l] = T(vec_fnmadd)(minus[l], T(vec_load)(x + p), T(vec_load)(with + p));
            }
        }
        T(vec_store)(sum, T(vec_sums)(minus));
        for (int64_t l = 0; l < some; l++) {
            out[q + l] = half_norm[number[q + l]] + sum[l];
        }
    }
}
