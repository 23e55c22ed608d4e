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

/* sum[q] = -|x - c_q|^2, lane by lane. m is a constant: as many independent sums hide their
 * latency, and each part of the row is loaded once. The row at `ahead` is asked for, spread over
 * the work on this one: all at once its lines would wait for each other, and the work for them.
 * NULL: none. */
KM_INLINE void T(near_sums)(const REAL *x, const REAL *ahead, const REAL *packed, const int m,
                            int64_t d, T(vec) * sum)
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
        T(add_chunk)(x + p, packed + p * KM_NEAR_GROUP, m, sum);
    }
    if (p < d) {
        REAL tail[KM_NEAR_CHUNK] = {0};
        memcpy(tail, x + p, (size_t)(d - p) * sizeof *x);
        T(add_chunk)(tail, packed + p * KM_NEAR_GROUP, m, sum);
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

KM_INLINE void T(near_group)(const REAL *x, const REAL *packed, const int m, int64_t d, REAL *d2)
{
    T(vec) sum[KM_NEAR_GROUP];
    T(near_sums)(x, NULL, packed, m, d, sum);
    T(near_totals)(sum, m, d2);
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

KM_INLINE uint8_t T(open_set)(const T(vec) * sum, const int m, REAL least, REAL most)
{
    REAL d2[KM_NEAR_GROUP] = {0};
    T(near_totals)(sum, m, d2);
    return (uint8_t)T(vec_outside)(d2, least, most);
}

/* Some 4 KB ahead. */
KM_INLINE int64_t T(rows_ahead)(int64_t d)
{
    const int64_t rows = 1 + 4096 / (d * (int64_t)sizeof(REAL));
    return rows < KM_NEAR_AHEAD ? rows : KM_NEAR_AHEAD;
}

KM_INLINE void T(open_group)(const REAL *x, int64_t ldx, const int32_t *index, int64_t rows,
                             const REAL *packed, const int m, int64_t d, const REAL *least,
                             REAL most, uint8_t *open)
{
    const int64_t far = T(rows_ahead)(d);
    for (int64_t i = 0; i < rows; i++) {
        const int64_t next = index[i + far];
        T(vec) sum[KM_NEAR_GROUP];
        T(near_sums)(x + index[i] * ldx, x + next * ldx, packed, m, d, sum);
        open[i] = T(open_set)(sum, m, least[i], most);
    }
}

static void T(open_candidates)(const REAL *x, int64_t ldx, const int32_t *index, int64_t rows,
                               const REAL *packed, int64_t m, int64_t d, const REAL *least,
                               REAL most, uint8_t *open)
{
    switch (m) {
    case 1: T(open_group)(x, ldx, index, rows, packed, 1, d, least, most, open); break;
    case 2: T(open_group)(x, ldx, index, rows, packed, 2, d, least, most, open); break;
    case 3:
    case 4: T(open_group)(x, ldx, index, rows, packed, 4, d, least, most, open); break;
    default: T(open_group)(x, ldx, index, rows, packed, 8, d, least, most, open); break;
    }
    for (int64_t i = 0; i < rows; i++) {
        open[i] &= (uint8_t)((1U << m) - 1);
    }
}
