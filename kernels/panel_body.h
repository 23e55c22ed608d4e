/* The panel kernel: scores of packed rows against packed centroids, in register tiles.
 *
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h: vectors of VL REALs, tiles
 * of MR rows x NV vectors, DEPTH. Included by table_real.h after nearest_body.h.
 *
 * v = half_norm - x.c needs |x|^2 nowhere: it orders the centroids as |x - c|^2 does. A panel
 * stays in cache while the rows of a block pass by, so panels are the outer loop; what a row has
 * seen so far waits in `state`. Of a panel with more than DEPTH dimensions, slices of at most
 * DEPTH take their turns, and the unfinished scores wait behind the nearest in `state`. */

/* acc[r][v] -= x[r][p] * panel[p][v] for p < d, v < nv. A folder may bring its own. */
#ifndef KM_OWN_TILE_PRODUCTS
KM_INLINE void T(tile_products)(const REAL *x, int64_t ld, const REAL *panel, int64_t d,
                                const int nv, T(vec) acc[T(MR)][T(NV)])
{
    for (int64_t p = 0; p < d; p++, panel += T(NV) * T(VL)) {
        T(vec) c[T(NV)];
        for (int v = 0; v < nv; v++) {
            c[v] = T(vec_load)(panel + v * T(VL));
        }
        for (int r = 0; r < T(MR); r++) {
            const T(vec) xr = T(vec_set)(x[r * ld + p]);
            for (int v = 0; v < nv; v++) {
                acc[r][v] = T(vec_fnmadd)(acc[r][v], xr, c[v]);
            }
        }
    }
}
#endif

/* One slice of one panel. */
typedef struct T(slice) {
    const REAL *x; /* first row, first dimension of the slice */
    int64_t m, ld;
    const REAL *panel; /* first dimension of the slice */
    const REAL *half_norm;
    int64_t depth;
    int first, last;    /* slice of its panel */
    int32_t vector;     /* number of the panel's first vector */
    REAL *state, *sums; /* sums: unfinished scores, tile by tile */
} T(slice);

/* All rows against the first nv vectors of the slice, nv being a constant. */
KM_INLINE void T(assign_slice)(const T(slice) * s, const int nv)
{
    const int64_t nr = T(NV) * T(VL);
    for (int64_t i = 0; i < s->m; i += T(MR)) {
        T(vec) acc[T(MR)][T(NV)];
        REAL *const sums = s->sums + i * nr;
        for (int r = 0; r < T(MR); r++) {
            const REAL *const from = s->first ? s->half_norm : sums + r * nr;
            for (int v = 0; v < nv; v++) {
                acc[r][v] = T(vec_load)(from + v * T(VL));
            }
        }
        T(tile_products)(s->x + i * s->ld, s->ld, s->panel, s->depth, nv, acc);
        for (int r = 0; r < T(MR); r++) {
            if (s->last) {
                T(nearest_update)(acc[r], nv, s->vector, s->state + (i + r) * 3 * T(VL));
                continue;
            }
            for (int v = 0; v < nv; v++) {
                T(vec_store)(sums + r * nr + v * T(VL), acc[r][v]);
            }
        }
    }
}

static void T(assign_vectors)(const T(slice) * s, int nv)
{
    switch (nv) {
    case 1: T(assign_slice)(s, 1); break;
    case 2: T(assign_slice)(s, T(NV) < 2 ? T(NV) : 2); break;
    case 3: T(assign_slice)(s, T(NV) < 3 ? T(NV) : 3); break;
    default: T(assign_slice)(s, T(NV)); break;
    }
}

/* Vectors of the panel up to the last one that is not padding; at least 1. */
KM_INLINE int T(live_vectors)(const REAL *half_norm)
{
    int lane = T(NV) * T(VL);
    while (lane > 1 && half_norm[lane - 1] == (REAL)INFINITY) {
        lane--;
    }
    return (lane + T(VL) - 1) / T(VL);
}

/* Dimensions of a slice: as even as they go, at most DEPTH. */
KM_INLINE int64_t T(slice_depth)(int64_t d)
{
    const int64_t slices = d > T(DEPTH) ? (d + T(DEPTH) - 1) / T(DEPTH) : 1;
    return (d + slices - 1) / slices;
}

/* The slice of panel q from dimension p on; what becomes of the scores is the caller's. */
KM_INLINE T(slice) T(slice_at)(const REAL *xp, int64_t m, int64_t d, const REAL *panels,
                               const REAL *half_norm, int64_t q, int64_t p)
{
    const int64_t nr = T(NV) * T(VL), depth = T(slice_depth)(d);
    return (T(slice)){
        .x = xp + p,
        .m = m,
        .ld = KM_PACKED_LD(d),
        .panel = panels + (q * d + p) * nr,
        .half_norm = half_norm + q * nr,
        .depth = d - p < depth ? d - p : depth,
        .first = p == 0,
        .last = p + depth >= d,
        .vector = (int32_t)q * T(NV),
    };
}

/* Vectors of panel q that are not padding: only the last panel has any. */
KM_INLINE int T(vectors_of)(const REAL *half_norm, int64_t q, int64_t npanels)
{
    return q == npanels - 1 ? T(live_vectors)(half_norm + q * T(NV) * T(VL)) : T(NV);
}

static void T(assign)(const REAL *xp, int64_t m, int64_t d, const REAL *panels,
                      const REAL *half_norm, int64_t npanels, REAL *state,
                      const T(km_nearest) * out)
{
    const int64_t rows = (m + T(MR) - 1) / T(MR) * T(MR);
    T(nearest_clear)(rows, state);
    for (int64_t q = 0; q < npanels; q++) {
        const int nv = T(vectors_of)(half_norm, q, npanels);
        int64_t p = 0;
        do {
            T(slice) slice = T(slice_at)(xp, m, d, panels, half_norm, q, p);
            slice.state = state;
            slice.sums = state + rows * 3 * T(VL);
            T(assign_vectors)(&slice, nv);
            p += slice.depth;
        } while (p < d);
    }
    for (int64_t i = 0; i < m; i++) {
        T(nearest_finish)(state + i * 3 * T(VL), i, out);
    }
}

/* All rows against the first nv vectors of the slice; sums are scores in the end, ldo apart. */
KM_INLINE void T(scores_slice)(const T(slice) * s, int64_t ldo, const int nv)
{
    for (int64_t i = 0; i < s->m; i += T(MR)) {
        T(vec) acc[T(MR)][T(NV)];
        REAL *const sums = s->sums + i * ldo;
        for (int r = 0; r < T(MR); r++) {
            const REAL *const from = s->first || i + r >= s->m ? s->half_norm : sums + r * ldo;
            for (int v = 0; v < nv; v++) {
                acc[r][v] = T(vec_load)(from + v * T(VL));
            }
        }
        T(tile_products)(s->x + i * s->ld, s->ld, s->panel, s->depth, nv, acc);
        for (int r = 0; r < T(MR) && i + r < s->m; r++) {
            for (int v = 0; v < nv; v++) {
                T(vec_store)(sums + r * ldo + v * T(VL), acc[r][v]);
            }
        }
    }
}

static void T(scores_vectors)(const T(slice) * s, int64_t ldo, int nv)
{
    switch (nv) {
    case 1: T(scores_slice)(s, ldo, 1); break;
    case 2: T(scores_slice)(s, ldo, T(NV) < 2 ? T(NV) : 2); break;
    case 3: T(scores_slice)(s, ldo, T(NV) < 3 ? T(NV) : 3); break;
    default: T(scores_slice)(s, ldo, T(NV)); break;
    }
}

static void T(scores)(const REAL *xp, int64_t m, int64_t d, const REAL *panels,
                      const REAL *half_norm, int64_t npanels, REAL *out, int64_t ldo)
{
    for (int64_t q = 0; q < npanels; q++) {
        const int nv = T(vectors_of)(half_norm, q, npanels);
        int64_t p = 0;
        do {
            T(slice) slice = T(slice_at)(xp, m, d, panels, half_norm, q, p);
            slice.sums = out + q * T(NV) * T(VL);
            T(scores_vectors)(&slice, ldo, nv);
            p += slice.depth;
        } while (p < d);
    }
}

/* Minus the sum of the products of two packed rows, as sixteen partial sums. */
KM_INLINE void T(minus_products)(const REAL *x, const REAL *y, int64_t ld, REAL *lane)
{
    T(vec) minus[16 / T(VL)];
    for (int v = 0; v < 16 / T(VL); v++) {
        minus[v] = T(vec_set)(0);
    }
    for (int64_t p = 0; p < ld; p += 16) {
        for (int v = 0; v < 16 / T(VL); v++) {
            minus[v] = T(vec_fnmadd)(minus[v], T(vec_load)(x + p + v * T(VL)),
                                     T(vec_load)(y + p + v * T(VL)));
        }
    }
    for (int v = 0; v < 16 / T(VL); v++) {
        T(vec_store)(lane + v * T(VL), minus[v]);
    }
}

/* Partial sums, half of them onto the other half until there is one. */
static void T(own_scores)(const REAL *xp, int64_t m, int64_t d, const REAL *c,
                          const REAL *half_norm, const int32_t *own, REAL *out)
{
    const int64_t ld = KM_PACKED_LD(d);
    for (int64_t i = 0; i < m; i++, xp += ld) {
        _Alignas(64) REAL lane[16];
        T(minus_products)(xp, c + own[i] * ld, ld, lane);
        for (int half = 8; half > 0; half /= 2) {
            for (int l = 0; l < half; l++) {
                lane[l] += lane[l + half];
            }
        }
        out[i] = half_norm[own[i]] + lane[0];
    }
}
