/* pack_other: rows of the other type into packed rows of REAL.
 * Parameters: REAL, OTHER, T(name). Included after rows_body.h, which has T(packed_norm2). */

static void T(pack_other)(const OTHER *x, int64_t ldx, int64_t m, int64_t d, const OTHER *shift,
                          double scale, REAL *xp, double *norm2)
{
    const int64_t ld = KM_PACKED_LD(d);
    for (int64_t i = 0; i < m; i++) {
        const OTHER *const from = x + i * ldx;
        REAL *const to = xp + i * ld;
        for (int64_t p = 0; p < d; p++) {
            to[p] = (REAL)(((double)from[p] - (double)shift[p]) * scale);
        }
        for (int64_t p = d; p < ld; p++) {
            to[p] = 0;
        }
    }
    for (int64_t i = 0; i < m; i++) {
        norm2[i] = T(packed_norm2)(xp + i * ld, ld) /* of what was stored */;
    }
    const int64_t missing = (T(MR) - m % T(MR)) % T(MR);
    memset(xp + m * ld, 0, (size_t)(missing * ld) * sizeof *xp);
}
