/* Few centroids: the scores of a tile are kept until the best is known.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. Included by low_body.h.
 *
 * Best and second in registers cost five operations a centroid; here it is three: the best alone,
 * a comparison with the limit that it sets (low_limit), and a sum that starts with the numbers
 * OUT + j of all centroids, less OUT, and loses those of the ones beyond the limit. What is left is
 * the label where one centroid is left, and OUT or more where others are. (The best itself is never
 * beyond; a limit that is not finite leaves all.) */

enum { T(LOW_KEPT) = 12, T(LOW_OUT) = 1 << 16 };

KM_INLINE int T(low_keeps)(const T(km_low) * c) { return c->k >= 2 && c->k <= T(LOW_KEPT); }

typedef struct T(low_kept) {
    T(vec) score[T(LOW_KEPT)][T(LOW_STEP) / T(VL)];
} T(low_kept);

/* Scores of centroids j .. j+shared-1, and the best so far. */
KM_INLINE void T(low_keep)(const REAL *cols, int64_t ld, const int d, const int groups,
                           const int shared, const T(km_low) * c, int32_t j, T(low_kept) * kept,
                           T(vec) * best)
{
    T(low_tile) tile;
    T(low_scores)(cols, ld, d, groups, shared, c->centroids + j * KM_LOW_LD(d), &tile);
    for (int s = 0; s < shared; s++) {
        for (int g = 0; g < groups; g++) {
            kept->score[j + s][g] = tile.score[s][g];
            best[g] = T(vec_min)(best[g], tile.score[s][g]);
        }
    }
}

/* The rows of one tile against all centroids. */
KM_INLINE void T(low_step_few)(const REAL *cols, int64_t ld, const int d, const int groups,
                               const T(km_low) * c, int32_t *label)
{
    const int shared = T(low_shared)(d);
    const int32_t all = (c->k - 1) * T(LOW_OUT) + c->k * (c->k - 1) / 2;
    T(vec) best[T(LOW_STEP) / T(VL)], limit[T(LOW_STEP) / T(VL)], left[T(LOW_STEP) / T(VL)];
    T(low_kept) kept;
    int32_t j = 0;
    for (int g = 0; g < groups; g++) {
        best[g] = T(vec_set)((REAL)INFINITY);
    }
    for (; j + shared <= c->k; j += shared) {
        T(low_keep)(cols, ld, d, groups, shared, c, j, &kept, best);
    }
    for (; j < c->k; j++) {
        T(low_keep)(cols, ld, d, groups, 1, c, j, &kept, best);
    }
    for (int g = 0; g < groups; g++) {
        limit[g] = T(low_limit)(T(low_minus_norm2)(cols + g * T(VL), ld, d), c, best[g]);
        left[g] = T(vec_index)(all);
    }
    for (j = 0; j < c->k; j++) {
        const T(vec) number = T(vec_index)(-T(LOW_OUT) - j);
        for (int g = 0; g < groups; g++) {
            left[g] = T(vec_add)(left[g], T(vec_less)(limit[g], kept.score[j][g]), number);
        }
    }
    const T(vec) out = T(vec_index)(T(LOW_OUT)), open = T(vec_index)(-1);
    for (int g = 0; g < groups; g++) {
        const T(vec_mask) proved = T(vec_below)(left[g], out);
        T(vec_put_labels)(label + g * T(VL), T(vec_select)(proved, left[g], open));
    }
}
