/* Low dimensions: rows in lanes, a few centroids at a time.
 *
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. Included by table_real.h,
 * before low_rows.h, which brings the rows.
 *
 * Some vectors of rows at a time are turned into columns (low_turn.h) and meet every centroid:
 * either d fused operations, and five that keep best, second and the label of the best in
 * registers, or three where centroids are few (low_few.h); or, where the rows have a label from
 * before, two that count the centroids beyond reach (low_hint.h), and only the rows that may change
 * take the first way. No panels, no reduction over lanes, no state. */

enum {
    T(LOW_STEP) = (T(LOW_GROUPS) > 2 ? T(LOW_GROUPS) : 2) * T(VL), /* most rows of a tile */
    T(LOW_CHUNK) = 768 / sizeof(REAL), /* rows turned at a time: they stay in L1 */
    T(LOW_ROWS) = 4 * T(LOW_CHUNK),    /* rows whose open ones are listed at a time */
    T(LOW_SHORT) =
        4 /* up to here two vectors of rows fit the registers, and centroids one by one */
};

/* Vectors of rows, and centroids that share them. */
KM_INLINE int T(low_groups)(const int d) { return d <= T(LOW_SHORT) ? 2 : T(LOW_GROUPS); }
KM_INLINE int T(low_shared)(const int d) { return d <= T(LOW_SHORT) ? 1 : T(LOW_SHARED); }

typedef struct T(low_tile) {
    T(vec) score[T(LOW_SHARED)][T(LOW_STEP) / T(VL)];
} T(low_tile);

/* Scores of `shared` centroids from `at` on, for the rows from cols on. */
KM_INLINE void T(low_scores)(const REAL *cols, int64_t ld, const int d, const int groups,
                             const int shared, const REAL *at, T(low_tile) * tile)
{
    for (int s = 0; s < shared; s++) {
        for (int g = 0; g < groups; g++) {
            tile->score[s][g] = T(vec_set)(at[s * KM_LOW_LD(d) + d]);
        }
    }
    for (int p = 0; p < d; p++) {
        T(vec) z[T(LOW_STEP) / T(VL)]; /* loaded once for all that share them: loads are scarce */
        for (int g = 0; g < groups; g++) {
            z[g] = T(vec_hold)(T(vec_load)(cols + p * ld + g * T(VL)));
        }
        for (int s = 0; s < shared; s++) {
            const T(vec) centroid = T(vec_set)(at[s * KM_LOW_LD(d) + p]);
            for (int g = 0; g < groups; g++) {
                tile->score[s][g] = T(vec_fnmadd)(tile->score[s][g], z[g], centroid);
            }
        }
    }
}

KM_INLINE T(vec) T(low_minus_norm2)(const REAL *cols, int64_t ld, const int d)
{
    T(vec) minus_norm2 = T(vec_set)(0);
    for (int p = 0; p < d; p++) {
        const T(vec) z = T(vec_load)(cols + p * ld);
        minus_norm2 = T(vec_fnmadd)(minus_norm2, z, z);
    }
    return minus_norm2;
}

/* What the scores of the other centroids must exceed where the score `own` is to be proved the
 * least: see low_hint.h. */
KM_INLINE T(vec) T(low_limit)(T(vec) minus_norm2, const T(km_low) * c, T(vec) own)
{
    const T(vec) base = T(vec_fnmadd)(T(vec_set)(c->tiny), minus_norm2, T(vec_set)(13 * c->a0));
    return T(vec_fnmadd)(base, own, T(vec_set)(-1 - 12 * c->a0));
}

#include "low_few.h"

typedef struct T(low_nearest) {
    T(vec) best[T(LOW_STEP) / T(VL)], second[T(LOW_STEP) / T(VL)], index[T(LOW_STEP) / T(VL)];
} T(low_nearest);

KM_INLINE void T(low_meet)(const T(low_tile) * tile, int32_t j, const int groups, const int shared,
                           T(low_nearest) * near)
{
    for (int s = 0; s < shared; s++) {
        const T(vec) number = T(vec_index)(j + s);
        for (int g = 0; g < groups; g++) {
            const T(vec) score = tile->score[s][g];
            const T(vec_mask) less = T(vec_less)(score, near->best[g]);
            near->second[g] = T(vec_min)(near->second[g], T(vec_max)(near->best[g], score));
            near->best[g] = T(vec_min)(near->best[g], score);
            near->index[g] = T(vec_select)(less, number, near->index[g]);
        }
    }
}

KM_INLINE void T(low_forget)(const int groups, T(low_nearest) * near)
{
    for (int g = 0; g < groups; g++) {
        near->best[g] = near->second[g] = T(vec_set)((REAL)INFINITY);
        near->index[g] = T(vec_index)(-1);
    }
}

/* The labels of vector g where the contract's inequality holds, else -1. */
KM_INLINE void T(low_decide)(const T(low_nearest) * near, int g, T(vec) minus_norm2,
                             const T(km_low) * c, int32_t *label)
{
    const T(vec) best = near->best[g];
    T(vec) needed = T(vec_fnmadd)(T(vec_set)(c->tiny), minus_norm2, T(vec_set)(12 * c->a0));
    needed = T(vec_fnmadd)(needed, best, T(vec_set)(-11 * c->a0));
    const T(vec) gap = T(vec_fnmadd)(near->second[g], best, T(vec_set)(1));
    const T(vec_mask) proved = T(vec_less)(needed, gap);
    T(vec_put_labels)(label, T(vec_select)(proved, near->index[g], T(vec_index)(-1)));
}

/* With limit the least that the scores of others must exceed (low_limit), half = second - limit is
 * at most half the difference of the squared distances D_2 and D_1, and near = |z|^2 + 2 limit at
 * least D_1: then
 *   sqrt(D_2) - sqrt(D_1) >= sqrt(near + 2 half) - sqrt(near)
 *                          = 2 half / (sqrt(near + 2 half) + sqrt(near)).
 * Limit is above the best by A (13 |z|^2 + 12 best), |z|^2 A or more beyond what the bound of
 * panels_pair.h takes, A being at least 5 u: that covers the roundings of |z|^2, limit and its
 * factor 1 + 12 A, which are of 3 u |best| <= 1.5 u |z|^2 or where the best is positive less than
 * its 12 A; the factor below covers the last few. Alone in the world: NaN. */
KM_INLINE void T(low_gap)(const T(low_nearest) * near, int g, T(vec) minus_norm2,
                          const T(km_low) * c, REAL *gap)
{
    const T(vec) zero = T(vec_set)(0), one = T(vec_set)(1), minus = T(vec_set)(-1);
    const T(vec) two = T(vec_set)(-2); /* fnmadd takes away */
    const T(vec) limit = T(low_limit)(minus_norm2, c, near->best[g]);
    const T(vec) half = T(vec_fnmadd)(near->second[g], limit, one);
    const T(vec) norm2 = T(vec_fnmadd)(zero, minus_norm2, one);
    const T(vec) own = T(vec_max)(T(vec_fnmadd)(norm2, limit, two), zero);
    const T(vec) other = T(vec_fnmadd)(own, half, two);
    const T(vec) sum = T(vec_fnmadd)(T(vec_sqrt)(own), T(vec_sqrt)(other), minus);
    const T(vec) twice = T(vec_fnmadd)(zero, half, T(vec_set)((REAL)(-2 * (1 - 0x1p-13))));
    T(vec_store)(gap, T(vec_div)(twice, sum));
}

/* The rows of one tile against all centroids. gap: NULL or aligned like vectors. */
KM_INLINE void T(low_step_many)(const REAL *cols, int64_t ld, const int d, const int groups,
                                const T(km_low) * c, int32_t *label, REAL *gap)
{
    const int shared = T(low_shared)(d);
    T(low_nearest) near;
    const REAL *at = c->centroids;
    T(low_tile) tile;
    int32_t j = 0;
    T(low_forget)(groups, &near);
    if (shared == 1) { /* nothing to compare the first one with */
        T(low_scores)(cols, ld, d, groups, 1, at, &tile);
        for (int g = 0; g < groups; g++) {
            near.best[g] = tile.score[0][g];
            near.index[g] = T(vec_index)(0);
        }
        j++;
        at += KM_LOW_LD(d);
    }
    for (; j + shared <= c->k; j += shared, at += shared * KM_LOW_LD(d)) {
        T(low_scores)(cols, ld, d, groups, shared, at, &tile);
        T(low_meet)(&tile, j, groups, shared, &near);
    }
    for (; j < c->k; j++, at += KM_LOW_LD(d)) {
        T(low_scores)(cols, ld, d, groups, 1, at, &tile);
        T(low_meet)(&tile, j, groups, 1, &near);
    }
    for (int g = 0; g < groups; g++) {
        const T(vec) minus_norm2 = T(low_minus_norm2)(cols + g * T(VL), ld, d);
        T(low_decide)(&near, g, minus_norm2, c, label + g * T(VL));
        if (gap != NULL) {
            T(low_gap)(&near, g, minus_norm2, c, gap + g * T(VL));
        }
    }
}

KM_INLINE void T(low_step)(const REAL *cols, int64_t ld, const int d, const int groups,
                           const T(km_low) * c, int32_t *label, REAL *gap)
{
    if (T(low_keeps)(c) && gap == NULL) {
        T(low_step_few)(cols, ld, d, groups, c, label);
    } else {
        T(low_step_many)(cols, ld, d, groups, c, label, gap);
    }
}

/* Rows turned, and labels of a step that is not whole. */
typedef struct T(low_work) {
    _Alignas(64) REAL z[KM_LOW_LD(KM_LOW_D) * T(LOW_CHUNK)];
    _Alignas(64) REAL limit[T(LOW_CHUNK)]; /* or gaps */
    int32_t hint[T(LOW_CHUNK)], label[T(LOW_CHUNK)], list[T(LOW_ROWS)];
    T(vec_mask) outer[T(LOW_CHUNK) / T(VL)]; /* see low_inner.h */
} T(low_work);

#include "low_hint.h"

static int64_t T(list_different)(const int32_t *a, const int32_t *b, int64_t m, int32_t *list)
{
    return list_different(a, b, m, list);
}
