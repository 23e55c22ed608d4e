/* Sums of squares in fixed point: sum_squares. Included after sums_body.h.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. */

/* The square of t = h + e, times w, over three grids. */
KM_INLINE void T(add_square)(double t, double w, int weighted, const double *magic, uint64_t *acc)
{
    double h = t * t, e = km_product_error(t, t, h);
    if (weighted) {
        const double wh = w * h, we = km_product_error(w, h, wh);
        e = we + w * e;
        h = wh;
    }
    T(add_value)(h, 1, magic, 3, 0, acc);
    T(add_value)(e, 1, magic, 3, 0, acc);
}

KM_INLINE void T(add_squares)(dvec t, dvec w, int weighted, const double *magic, ivec acc[3])
{
    dvec h = dvec_mul(t, t), e = dvec_product_error(t, t, h);
    if (weighted) {
        const dvec wh = dvec_mul(w, h), we = dvec_product_error(w, h, wh);
        e = dvec_add(we, dvec_mul(w, e));
        h = wh;
    }
    for (int l = 2; l >= 0; l--) {
        const dvec grid = dvec_set(magic[l]);
        const dvec th = dvec_add(h, grid), te = dvec_add(e, grid);
        acc[l] = ivec_add(acc[l], ivec_add(dvec_bits(th), dvec_bits(te)));
        h = dvec_sub(h, dvec_sub(th, grid));
        e = dvec_sub(e, dvec_sub(te, grid));
    }
}

KM_INLINE void T(sum_squares_shaped)(const REAL *x, int64_t ldx, const double *w, int weighted,
                                     int64_t m, int64_t d, const double *shift, const double *magic,
                                     uint64_t *acc)
{
    const double grids[3] = {magic[0], magic[1], magic[2]};
    ivec sums[3] = {ivec_zero(), ivec_zero(), ivec_zero()};
    uint64_t tail[3] = {0, 0, 0};
    for (int64_t i = 0; i < m; i++, x += ldx) {
        const double wi = weighted ? w[i] : 1.0;
        int64_t p = 0;
        for (; p + DVL <= d; p += DVL) {
            const dvec t = dvec_sub(T(dvec_load)(x + p), dvec_load_f64(shift + p));
            T(add_squares)(t, dvec_set(wi), weighted, grids, sums);
        }
        for (; p < d; p++) {
            km_keep_scalar();
            T(add_square)((double)x[p] - shift[p], wi, weighted, grids, tail);
        }
    }
    for (int l = 0; l < 3; l++) {
        acc[l] += ivec_sum(sums[l]) + tail[l];
    }
}

/* Few columns, rows without gaps and weights: as one long array, since a row alone fills no vector.
 */
enum { T(SQUARES_COLUMNS) = 8 };

KM_INLINE void T(sum_squares_few)(const REAL *x, int64_t m, int64_t d, const double *shift,
                                  const double *magic, uint64_t *acc)
{
    double shifts[T(SQUARES_COLUMNS) * DVL];
    ivec sums[3] = {ivec_zero(), ivec_zero(), ivec_zero()};
    int64_t i = 0;
    for (int64_t q = 0; q < d * DVL; q++) {
        shifts[q] = shift[q % d];
    }
    for (; i + DVL <= m; i += DVL) { /* d vectors: the columns begin anew */
        for (int64_t q = 0; q < d; q++) {
            const dvec t =
                dvec_sub(T(dvec_load)(x + i * d + q * DVL), dvec_load_f64(shifts + q * DVL));
            T(add_squares)(t, dvec_set(1.0), 0, magic, sums);
        }
    }
    for (int64_t at = i * d; at < m * d; at++) {
        T(add_square)((double)x[at] - shift[at % d], 1.0, 0, magic, acc);
    }
    for (int l = 0; l < 3; l++) {
        acc[l] += ivec_sum(sums[l]);
    }
}

static void T(sum_squares)(const REAL *x, int64_t ldx, const double *w, int64_t m, int64_t d,
                           const double *shift, const double *magic, uint64_t *acc)
{
    if (w != NULL) {
        T(sum_squares_shaped)(x, ldx, w, 1, m, d, shift, magic, acc);
    } else if (ldx == d && d < T(SQUARES_COLUMNS)) {
        T(sum_squares_few)(x, m, d, shift, magic, acc);
    } else {
        T(sum_squares_shaped)(x, ldx, w, 0, m, d, shift, magic, acc);
    }
}
