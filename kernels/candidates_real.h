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

/* m is a constant: as many independent sums hide their latency, and each part of the row is loaded
 * once. */
KM_INLINE void T(near_group)(const REAL *x, const REAL *packed, const int m, int64_t d, REAL *d2)
{
    T(vec) sum[KM_NEAR_GROUP];
    for (int q = 0; q < KM_NEAR_GROUP; q++) {
        sum[q] = T(vec_set)((REAL)-0.0); /* zeros would be a call of memset, and wait in memory */
    }
    int64_t p = 0;
    for (; p + KM_NEAR_CHUNK <= d; p += KM_NEAR_CHUNK) {
        T(add_chunk)(x + p, packed + p * KM_NEAR_GROUP, m, sum);
    }
    if (p < d) {
        REAL tail[KM_NEAR_CHUNK] = {0};
        memcpy(tail, x + p, (size_t)(d - p) * sizeof *x);
        T(add_chunk)(tail, packed + p * KM_NEAR_GROUP, m, sum);
    }
    if (m == KM_NEAR_GROUP) {
        T(vec_totals)(sum, d2);
        return;
    }
    for (int q = 0; q < m; q++) {
        d2[q] = -T(vec_total)(sum[q]);
    }
}

static void T(near_candidates)(const REAL *x, const REAL *packed, int64_t m, int64_t d, REAL *d2)
{
    switch (m) {
    case 1: T(near_group)(x, packed, 1, d, d2); break;
    case 2: T(near_group)(x, packed, 2, d, d2); break;
    case 3:
    case 4: T(near_group)(x, packed, 4, d, d2); break;
    default: T(near_group)(x, packed, KM_NEAR_GROUP, d, d2); break;
    }
}
