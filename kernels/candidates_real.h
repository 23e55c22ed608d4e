/* Squared distances of one row to several candidates: see near_f32 in centroid.h.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h and centroid.c. */

/* sum[q] -= (x - c_q)^2 of one chunk. Sums run below zero: the vocabulary has acc - a*b only. */
KM_INLINE void T(add_chunk)(const REAL *x, const REAL *packed, const int m, T(vec) * sum)
{
    for (int v = 0; v < KM_NEAR_CHUNK; v += T(VL)) {
        T(vec) row;
        memcpy(&row, x + v, sizeof row);
        for (int q = 0; q < m; q++) {
            const T(vec) t = T(vec_sub)(row, T(vec_load)(packed + q * KM_NEAR_CHUNK + v));
            sum[q] = T(vec_fnmadd)(sum[q], t, t);
        }
    }
}

/* With t = x - c_0 and the differences e_q = c_q - c_0 of a group: sum[0] -= t^2, sum[q] -= t e_q,
 * one operation a candidate in place of two. */
KM_INLINE void T(add_products)(const REAL *x, const REAL *packed, const int m, T(vec) * sum)
{
    for (int v = 0; v < KM_NEAR_CHUNK; v += T(VL)) {
        T(vec) row;
        memcpy(&row, x + v, sizeof row);
        const T(vec) t = T(vec_sub)(row, T(vec_load)(packed + v));
        sum[0] = T(vec_fnmadd)(sum[0], t, t);
        for (int q = 1; q < m; q++) {
            sum[q] = T(vec_fnmadd)(sum[q], t, T(vec_load)(packed + q * KM_NEAR_CHUNK + v));
        }
    }
}

KM_INLINE void T(add_columns)(const REAL *x, const REAL *packed, const int m, const int products,
                              T(vec) * sum)
{
    if (products) {
        T(add_products)(x, packed, m, sum);
    } else {
        T(add_chunk)(x, packed, m, sum);
    }
}

/* sum[q] = -|x - c_q|^2, lane by lane; with products what add_products says. m is a constant: as
 * many independent sums hide their latency, and each part of the row is loaded once. The row at
 * `ahead` is asked for, spread over the work on this one: all at once its lines would wait for each
 * other, and the work for them. NULL: none. */
KM_INLINE void T(near_sums)(const REAL *x, const REAL *ahead, const REAL *packed, const int m,
                            const int products, int64_t d, T(vec) * sum)
{
    for (int q = 0; q < KM_NEAR_GROUP; q++) {
        sum[q] = T(vec_set)((REAL)-0.0); /* zeros would be a call of memset, and wait in memory */
    }
    int64_t p = 0;
    if (ahead) {
        __builtin_prefetch(ahead + d - 1); /* rows seldom begin with a line */
    }
    for (; p + KM_NEAR_CHUNK <= d; p += KM_NEAR_CHUNK) {
        for (int line = 0; ahead && line < KM_NEAR_CHUNK; line += 64 / (int)sizeof *x) {
            __builtin_prefetch(ahead + p + line);
        }
        T(add_columns)(x + p, packed + p * KM_NEAR_GROUP, m, products, sum);
    }
    if (p < d) {
        REAL tail[KM_NEAR_CHUNK] = {0};
        memcpy(tail, x + p, (size_t)(d - p) * sizeof *x);
        T(add_columns)(tail, packed + p * KM_NEAR_GROUP, m, products, sum);
    }
}

KM_INLINE void T(near_totals)(const T(vec) * sum, const int m, REAL *d2)
{
    if (m == KM_NEAR_GROUP) {
        T(vec_totals)(sum, d2);
        return;
    }
    for (int q = 0; q < m; q++) {
        d2[q] = -T(vec_total)(sum[q]);
    }
}

KM_INLINE void T(near_group)(const REAL *x, const REAL *ahead, const REAL *packed, const int m,
                             int64_t d, REAL *d2)
{
    T(vec) sum[KM_NEAR_GROUP];
    T(near_sums)(x, ahead, packed, m, 0, d, sum);
    T(near_totals)(sum, m, d2);
}

static void T(near_candidates)(const REAL *x, const REAL *packed, int64_t m, int64_t d, REAL *d2)
{
    switch (m) {
    case 1: T(near_group)(x, NULL, packed, 1, d, d2); break;
    case 2: T(near_group)(x, NULL, packed, 2, d, d2); break;
    case 3:
    case 4: T(near_group)(x, NULL, packed, 4, d, d2); break;
    default: T(near_group)(x, NULL, packed, KM_NEAR_GROUP, d, d2); break;
    }
}

/* The candidates of a group that products leave open. All eight alike, the first by its factor 0: a
 * store of one would be waited for. */
KM_INLINE uint32_t T(open_products)(const T(vec) * sum, const REAL *numbers, const int m,
                                    REAL least, REAL most)
{
    REAL product[KM_NEAR_GROUP] = {0}, low[KM_NEAR_GROUP];
    T(near_totals)(sum, m, product);
    const REAL t2 = product[0], shrunk = t2 * numbers[KM_NEAR_SHRINK];
    for (int q = 0; q < KM_NEAR_GROUP; q++) {
        low[q] = shrunk + numbers[KM_NEAR_SQUARES + q] - numbers[KM_NEAR_FACTORS + q] * product[q];
    }
    return T(vec_outside)(low, least, most);
}

KM_INLINE uint32_t T(open_distances)(const REAL *x, const REAL *ahead, const REAL *packed,
                                     const int m, int64_t d, REAL least, REAL most)
{
    REAL d2[KM_NEAR_GROUP] = {0};
    T(near_group)(x, ahead, packed, m, d, d2);
    return T(vec_outside)(d2, least, most);
}

/* Some 4 KB ahead. */
KM_INLINE int64_t T(rows_ahead)(int64_t d)
{
    const int64_t rows = 1 + 4096 / (d * (int64_t)sizeof(REAL));
    return rows < KM_NEAR_AHEAD ? rows : KM_NEAR_AHEAD;
}

/* Products first; most rows are done then, and a row that is not has candidates near by, so that it
 * meets all distances. Where more than half the rows do, distances alone are quicker. */
KM_INLINE void T(open_group)(const REAL *x, int64_t ldx, const int32_t *index, int64_t rows,
                             const REAL *group, const int m, int64_t d, const REAL *least,
                             REAL most, uint8_t *open)
{
    const REAL *const differences = group + KM_NEAR_PART(d);
    const REAL *const numbers = differences + KM_NEAR_PART(d);
    const int64_t far = T(rows_ahead)(d);
    int64_t vain = 0;
    for (int64_t i = 0; i < rows; i++) {
        const REAL *const row = x + index[i] * ldx, *const next = x + index[i + far] * ldx;
        const int products = m > 1 && vain <= 8 + i / 2;
        uint32_t left = open[i];
        if (products) {
            T(vec) sum[KM_NEAR_GROUP];
            T(near_sums)(row, next, differences, m, 1, d, sum);
            left &= T(open_products)(sum, numbers, m, least[i], most);
            vain += left != 0;
        }
        if (left != 0) {
            left &= T(open_distances)(row, products ? NULL : next, group, m, d, least[i], most);
        }
        open[i] = (uint8_t)left;
    }
}

#include "candidates_low.h"

static void T(open_candidates)(const REAL *x, int64_t ldx, const int32_t *index, int64_t rows,
                               const REAL *group, int64_t m, int64_t d, const REAL *least,
                               REAL most, uint8_t *open)
{
    if (d <= KM_LOW_D) {
        T(open_lanes)(x, ldx, index, rows, group, m, d, least, most, open);
        return;
    }
    switch (m) {
    case 1: T(open_group)(x, ldx, index, rows, group, 1, d, least, most, open); break;
    case 2: T(open_group)(x, ldx, index, rows, group, 2, d, least, most, open); break;
    case 3:
    case 4: T(open_group)(x, ldx, index, rows, group, 4, d, least, most, open); break;
    default: T(open_group)(x, ldx, index, rows, group, 8, d, least, most, open); break;
    }
}
