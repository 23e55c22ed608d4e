/* Kernels on single rows: pack_rows, d2, range.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h; after panel_body.h. */

/* The eight lanes of a fixed-order sum: lane p mod 8 holds the terms of column p. */
enum { T(LANE_VECTORS) = 8 / DVL };

/* Sum of squares of a packed row, whose padding is zero: sixteen partial sums in REAL, which are
 * then added as doubles. From above: every one of at most ld/16 + 5 roundings on the way to a sum
 * of non-negative terms takes at most u of it, with room for the rounding of the bound itself, and
 * the squares that underflow lose less than ld times the smallest subnormal. */
KM_INLINE double T(packed_norm2)(const REAL *x, int64_t ld)
{
    const double u = sizeof(REAL) == sizeof(float) ? 0x1p-24 : 0x1p-53;
    const double tiny = sizeof(REAL) == sizeof(float) ? 0x1p-127 : 0x1p-1023;
    _Alignas(64) REAL lane[16];
    T(minus_products)(x, x, ld, lane);
    dvec sum[T(LANE_VECTORS)];
    for (int v = 0; v < T(LANE_VECTORS); v++) {
        sum[v] = dvec_add(T(dvec_load)(lane + v * DVL), T(dvec_load)(lane + 8 + v * DVL));
    }
    return tiny - dvec_sum8(sum) * (1 + (double)(ld + 128) / 8 * u);
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
    /* Norms some rows later: what was just stored in pieces cannot be loaded as vectors yet. */
    for (int64_t i0 = 0; i0 < m; i0 += 8) {
        const int64_t i1 = i0 + 8 < m ? i0 + 8 : m;
        for (int64_t i = i0; i < i1; i++) {
            km_prefetch_ahead(x + i * ldx, d * (int64_t)sizeof *x);
            T(pack_row)(x + i * ldx, d, shift, scale, xp + i * ld);
        }
        for (int64_t i = i0; i < i1; i++) {
            norm2[i] = T(packed_norm2)(xp + i * ld, ld);
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
