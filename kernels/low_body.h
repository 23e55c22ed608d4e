/* Low dimensions: rows in lanes, one centroid after the other, the number of columns a constant.
 *
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. Included by table_real.h.
 *
 * A block of rows is turned into columns first (LOW_LD values apart); then LOW_GROUPS vectors of
 * rows at a time meet every centroid: d fused operations, and five that keep best, second and
 * the label of the best in registers. No panels, no reduction over lanes, no state. */

enum { T(LOW_GROUPS) = 2, T(LOW_STEP) = T(LOW_GROUPS) * T(VL) };

/* cols[p*ld + i] = (x[i][p] - shift[p]) * scale for i < m, then zeros up to ld. */
KM_INLINE void T(low_columns)(const REAL *restrict x, int64_t ldx, int64_t m, const int d,
                              const T(km_low) * c, REAL *restrict cols, int64_t ld)
{
    for (int p = 0; p < d; p++) {
        const REAL shift = c->shift[p], scale = c->scale;
        for (int64_t i = 0; i < m; i++) {
            cols[p * ld + i] = (x[i * ldx + p] - shift) * scale;
        }
        for (int64_t i = m; i < ld; i++) {
            cols[p * ld + i] = 0;
        }
    }
}

/* Bits of an index vector to int32. */
KM_INLINE void T(low_labels)(T(vec) index, int32_t *label)
{
    _Alignas(64) REAL lanes[T(VL)];
    T(vec_store)(lanes, index);
    for (int l = 0; l < T(VL); l++) {
        memcpy(label + l, lanes + l, sizeof *label); /* little-endian: the low half */
    }
}

/* LOW_STEP rows from cols (row i0 of the block) against all centroids. */
KM_INLINE void T(low_step)(const REAL *cols, int64_t ld, const int d, const T(km_low) * c,
                           int32_t *label)
{
    T(vec) best[T(LOW_GROUPS)], second[T(LOW_GROUPS)], index[T(LOW_GROUPS)];
    for (int g = 0; g < T(LOW_GROUPS); g++) {
        best[g] = second[g] = T(vec_set)((REAL)INFINITY);
        index[g] = T(vec_index)(-1);
    }
    const REAL *at = c->centroids;
    for (int32_t j = 0; j < c->k; j++, at += d + 1) {
        const T(vec) number = T(vec_index)(j);
        for (int g = 0; g < T(LOW_GROUPS); g++) {
            T(vec) score = T(vec_set)(at[d]);
            for (int p = 0; p < d; p++) {
                const T(vec) z = T(vec_load)(cols + p * ld + g * T(VL));
                score = T(vec_fnmadd)(score, z, T(vec_set)(at[p]));
            }
            const T(vec_mask) less = T(vec_less)(score, best[g]);
            second[g] = T(vec_min)(second[g], T(vec_max)(best[g], score));
            best[g] = T(vec_min)(best[g], score);
            index[g] = T(vec_select)(less, number, index[g]);
        }
    }
    const T(vec) one = T(vec_set)(1), open = T(vec_index)(-1);
    for (int g = 0; g < T(LOW_GROUPS); g++) {
        T(vec) minus_norm2 = T(vec_set)(0);
        for (int p = 0; p < d; p++) {
            const T(vec) z = T(vec_load)(cols + p * ld + g * T(VL));
            minus_norm2 = T(vec_fnmadd)(minus_norm2, z, z);
        }
        T(vec) needed = T(vec_fnmadd)(T(vec_set)(c->tiny), minus_norm2, T(vec_set)(12 * c->a0));
        needed = T(vec_fnmadd)(needed, best[g], T(vec_set)(-11 * c->a0));
        const T(vec) gap = T(vec_fnmadd)(second[g], best[g], one);
        const T(vec_mask) proved = T(vec_less)(needed, gap);
        T(low_labels)(T(vec_select)(proved, index[g], open), label + g * T(VL));
    }
}

KM_INLINE void T(low_block)(const REAL *x, int64_t ldx, int64_t m, const int d, const T(km_low) * c,
                            REAL *cols, int32_t *label)
{
    const int64_t ld = (m + T(LOW_STEP) - 1) / T(LOW_STEP) * T(LOW_STEP);
    int32_t last[T(LOW_STEP)];
    if (ldx == d) {
        T(low_columns)(x, d, m, d, c, cols, ld);
    } else {
        T(low_columns)(x, ldx, m, d, c, cols, ld);
    }
    int64_t i = 0;
    for (; i + T(LOW_STEP) <= m; i += T(LOW_STEP)) {
        T(low_step)(cols + i, ld, d, c, label + i);
    }
    if (i < m) {
        T(low_step)(cols + i, ld, d, c, last);
        memcpy(label + i, last, (size_t)(m - i) * sizeof *label);
    }
}

static void T(assign_low)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const T(km_low) * c,
                          REAL *cols, int32_t *label)
{
    switch (d) {
    case 1: T(low_block)(x, ldx, m, 1, c, cols, label); break;
    case 2: T(low_block)(x, ldx, m, 2, c, cols, label); break;
    case 3: T(low_block)(x, ldx, m, 3, c, cols, label); break;
    case 4: T(low_block)(x, ldx, m, 4, c, cols, label); break;
    case 5: T(low_block)(x, ldx, m, 5, c, cols, label); break;
    case 6: T(low_block)(x, ldx, m, 6, c, cols, label); break;
    case 7: T(low_block)(x, ldx, m, 7, c, cols, label); break;
    case 8: T(low_block)(x, ldx, m, 8, c, cols, label); break;
    default: T(low_block)(x, ldx, m, (int)d, c, cols, label); break;
    }
}
