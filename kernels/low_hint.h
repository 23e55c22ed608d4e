/* Rows that have a label from before: do they keep it?
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h.
 *
 * With v the score of the old label, that label is nearest if every other centroid's score exceeds
 *     limit = v + A (12 |z|^2 + 11 v) + tiny,
 * the inequality of assign_low (kernels_real.h) with v for the best. Here 13 and 12 stand for 12
 * and 11, to make up for the rounding of v and limit, whose size is up to (|z|^2 + v)/2 * 2u or so.
 * So a centroid costs, beside its score, a comparison and a count; the old label keeps the row when
 * the k - 1 others are counted. */

enum { T(LOW_HINT_K) = 6 }; /* fewer centroids: keeping all scores is as quick */

/* Components and half norms of at most LOOKUP centroids, one table each. */
typedef struct T(low_tables) {
    _Alignas(64) REAL entry[(KM_LOW_D + 1) * T(LOOKUP) + 1];
    _Alignas(64) REAL inner[T(LOOKUP) + 1]; /* km_low.inner */
} T(low_tables);

KM_INLINE int T(low_looked_up)(const T(km_low) * c) { return c->k <= T(LOOKUP); }

/* Once a call: the tables, or, behind the columns of z, one of -1 for the half norms, and zeros. */
KM_INLINE void T(low_prepare)(const T(km_low) * c, const int d, T(low_work) * work,
                              T(low_tables) * tables)
{
    const int ld = T(LOW_CHUNK);
    for (int i = 0; i < ld; i++) {
        work->hint[i] = 0;
    }
    for (int p = d; !T(low_looked_up)(c) && p < KM_LOW_LD(d); p++) {
        for (int i = 0; i < ld; i++) {
            work->z[p * ld + i] = p == d ? -1 : 0;
        }
    }
    for (int32_t j = 0; T(low_looked_up)(c) && j < c->k; j++) {
        for (int p = 0; p <= d; p++) {
            tables->entry[p * T(LOOKUP) + j] = c->centroids[j * KM_LOW_LD(d) + p];
        }
        tables->inner[j] = c->inner != NULL ? c->inner[j] : 0;
    }
}

/* Scores of VL rows for the centroids from[]. */
static __attribute__((noinline)) void T(low_own_turned)(const REAL *z, int64_t ld, int d,
                                                        const REAL *centroids,
                                                        const int32_t from[T(VL)], REAL *result)
{
    T(vec) own[4] = {T(vec_set)(0), T(vec_set)(0), T(vec_set)(0), T(vec_set)(0)};
    for (int p = 0; p < KM_LOW_LD(d); p += 4) {
        const int64_t stride = km_again(KM_LOW_LD(d));
        const REAL *row[T(VL)];
        T(vec) turned[4];
        for (int r = 0; r < T(VL); r++) {
            row[r] = centroids + from[r] * stride;
        }
        T(vec_turn4)(row, p, turned);
        for (int s = 0; s < 4; s++) {
            own[s] = T(vec_fnmadd)(own[s], T(vec_load)(z + (p + s) * ld), turned[s]);
        }
    }
    const T(vec) minus = T(vec_set)(-1);
    own[0] = T(vec_fnmadd)(own[0], own[1], minus);
    own[2] = T(vec_fnmadd)(own[2], own[3], minus);
    T(vec_store)(result, T(vec_fnmadd)(own[0], own[2], minus));
}

/* Scores of VL rows for the centroids from[]. */
KM_INLINE T(vec) T(low_own)(const REAL *z, int64_t ld, const int d, const T(km_low) * c,
                            const T(low_tables) * tables, const int32_t *from)
{
    if (T(LOOKUP) > 0 && T(low_looked_up)(c)) {
        const T(vec) index = T(vec_labels)(from);
        T(vec) own = T(vec_lookup)(tables->entry + d * T(LOOKUP), c->k, index);
        for (int p = 0; p < d; p++) {
            const T(vec) centroid = T(vec_lookup)(tables->entry + p * T(LOOKUP), c->k, index);
            own = T(vec_fnmadd)(own, T(vec_load)(z + p * ld), centroid);
        }
        return own;
    }
    _Alignas(64) REAL own[T(VL)];
    T(low_own_turned)(z, ld, d, c->centroids, from, own);
    return T(vec_load)(own);
}

KM_INLINE void T(low_count)(const T(low_tile) * tile, const T(vec) * limit, const int groups,
                            const int shared, T(vec) * beyond)
{
    for (int s = 0; s < shared; s++) {
        for (int g = 0; g < groups; g++) {
            beyond[g] = T(vec_count)(beyond[g], T(vec_less)(limit[g], tile->score[s][g]));
        }
    }
}

KM_INLINE void T(low_limits)(int64_t padded, const int d, const T(km_low) * c,
                             const T(low_tables) * tables, const int32_t *hint, T(low_work) * work)
{
    const int ld = T(LOW_CHUNK);
    for (int64_t i = 0; i < padded; i += T(VL)) {
        const REAL *const z = work->z + i;
        const T(vec) own = T(low_own)(z, ld, d, c, tables, hint + i);
        T(vec_store)(work->limit + i, T(low_limit)(T(low_minus_norm2)(z, ld, d), c, own));
    }
}

/* label[] = hint[] for the rows of a step that keep it, else -1. */
KM_INLINE void T(low_check)(const REAL *z, const int d, const T(km_low) * c, const REAL *limits,
                            const int32_t *hint, int32_t *label)
{
    const int groups = T(low_groups)(d), shared = T(low_shared)(d), ld = T(LOW_CHUNK);
    T(vec) limit[T(LOW_STEP) / T(VL)], beyond[T(LOW_STEP) / T(VL)];
    for (int g = 0; g < groups; g++) {
        limit[g] = T(vec_load)(limits + g * T(VL));
        beyond[g] = T(vec_index)(0);
    }
    const REAL *at = c->centroids;
    T(low_tile) tile;
    int32_t j = 0;
    for (; j + shared <= c->k; j += shared, at += shared * KM_LOW_LD(d)) {
        T(low_scores)(z, ld, d, groups, shared, at, &tile);
        T(low_count)(&tile, limit, groups, shared, beyond);
    }
    for (; j < c->k; j++, at += KM_LOW_LD(d)) {
        T(low_scores)(z, ld, d, groups, 1, at, &tile);
        T(low_count)(&tile, limit, groups, 1, beyond);
    }
    const T(vec) others = T(vec_index)(c->k - 1), open = T(vec_index)(-1);
    for (int g = 0; g < groups; g++) {
        const T(vec) old = T(vec_labels)(hint + g * T(VL));
        const T(vec) kept = T(vec_select)(T(vec_same)(beyond[g], others), old, open);
        const T(vec_mask) finite = T(vec_less)(limit[g], T(vec_set)((REAL)INFINITY));
        T(vec_put_labels)(label + g * T(VL), T(vec_select)(finite, kept, open));
    }
}

#include "low_inner.h"
