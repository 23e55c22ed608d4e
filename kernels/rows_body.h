/* Kernels on single rows: pack_rows, d2, range.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. */

/* The eight lanes of a fixed-order sum: lane p mod 8 holds the terms of column p. */
enum { T(LANE_VECTORS) = 8 / DVL };

/* Sum of squares of a packed row, whose padding is zero. ld is a multiple of 16. */
KM_INLINE double T(packed_norm2)(const REAL *x, int64_t ld)
{
    dvec acc[T(LANE_VECTORS)];
    for (int v = 0; v < T(LANE_VECTORS); v++) {
        acc[v] = dvec_set(0.0);
    }
    for (int64_t p = 0; p < ld; p += 8) {
        for (int v = 0; v < T(LANE_VECTORS); v++) {
            const dvec t = T(dvec_load)(x + p + v * DVL);
            acc[v] = dvec_add(acc[v], dvec_mul(t, t));
        }
    }
    return dvec_sum8(acc);
}

/* Ask for m bytes from `ahead` bytes after x on: the rows that come next but few. Past the end of
 * the rows nothing happens. */
KM_INLINE void T(prefetch_ahead)(const REAL *x, int64_t m)
{
    enum { ahead = 4096, line = 64 };
    for (int64_t b = 0; b < m; b += line) {
        __builtin_prefetch((const char *)x + ahead + b);
    }
}

KM_INLINE void T(pack_row)(const REAL *restrict x, int64_t d, const REAL *restrict shift,
                           REAL scale, REAL *restrict to)
{
    if (d > 0) { /* the padding lies in the last sixteen */
        memset(to + KM_PACKED_LD(d) - 16, 0, 16 * sizeof *to);
    }
    for (int64_t p = 0; p < d; p++) {
        to[p] = (x[p] - shift[p]) * scale;
    }
}

static void T(pack_rows)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const REAL *shift,
                         REAL scale, REAL *xp, double *norm2)
{
    const int64_t ld = KM_PACKED_LD(d);
    /* At most d+1 roundings of 2^-53 each on the way to a sum of non-negative terms; the
     * squares that underflow lose less than d * 2^-1074. */
    const double upward = 1.0 + (double)(d + 4) * 0x1p-52, underflow = 0x1p-1000;
    /* Norms some rows later: what was just stored in pieces cannot be loaded as vectors yet. */
    for (int64_t i0 = 0; i0 < m; i0 += 8) {
        const int64_t i1 = i0 + 8 < m ? i0 + 8 : m;
        for (int64_t i = i0; i < i1; i++) {
            T(prefetch_ahead)(x + i * ldx, d * (int64_t)sizeof *x);
            T(pack_row)(x + i * ldx, d, shift, scale, xp + i * ld);
        }
        for (int64_t i = i0; i < i1; i++) {
            norm2[i] = T(packed_norm2)(xp + i * ld, ld) * upward + underflow;
        }
    }
    const int64_t missing = (T(MR) - m % T(MR)) % T(MR);
    memset(xp + m * ld, 0, (size_t)(missing * ld) * sizeof *xp);
}

/* The recipe of d2 for a row and m others at once, a constant: as many sums as hide the latency of
 * an addition. */
enum { T(D2_GROUP) = DVL > 1 ? 4 : 1 };

KM_INLINE void T(d2_group)(const REAL *x, const double *c, int64_t ldc, const int m, int64_t d,
                           double *d2)
{
    dvec acc[T(D2_GROUP)][T(LANE_VECTORS)];
    for (int q = 0; q < m; q++) {
        for (int v = 0; v < T(LANE_VECTORS); v++) {
            acc[q][v] = dvec_set(0.0);
        }
    }
    int64_t p = 0;
    for (; p + 8 <= d; p += 8) {
        for (int v = 0; v < T(LANE_VECTORS); v++) {
            const dvec from = T(dvec_load)(x + p + v * DVL);
            for (int q = 0; q < m; q++) {
                const dvec t = dvec_sub(from, dvec_load_f64(c + q * ldc + p + v * DVL));
                acc[q][v] = dvec_add(acc[q][v], dvec_mul(t, t));
            }
        }
    }
    for (int v = 0; p < d && v < T(LANE_VECTORS); v++, p += DVL) {
        const dvec from = T(dvec_load_part)(x + p, d - p);
        for (int q = 0; q < m; q++) {
            const dvec t = dvec_sub(from, dvec_load_part_f64(c + q * ldc + p, d - p));
            acc[q][v] = dvec_add(acc[q][v], dvec_mul(t, t)); /* unused lanes add 0 */
        }
    }
    for (int q = 0; q < m; q++) {
        d2[q] = dvec_sum8(acc[q]);
    }
}

static double T(d2)(const REAL *x, const double *c, int64_t d)
{
    double d2;
    T(d2_group)(x, c, 0, 1, d, &d2);
    return d2;
}

static void T(d2_rows)(const REAL *x, const double *c, int64_t ldc, int64_t m, int64_t d,
                       double *d2)
{
    int64_t i = 0;
    for (; i + T(D2_GROUP) <= m; i += T(D2_GROUP)) {
        T(d2_group)(x, c + i * ldc, ldc, T(D2_GROUP), d, d2 + i);
    }
    for (; i < m; i++) {
        T(d2_group)(x, c + i * ldc, ldc, 1, d, d2 + i);
    }
}
