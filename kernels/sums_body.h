/* Fixed-point sums: add_rows, add_rows_weighted, sum_squares.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h.
 *
 * t = v + magic, magic = 1.5*2^(52+e), rounds v to the grid 2^e, and t's bit pattern minus
 * magic's is that multiple as an integer; v - (t - magic) is what is left, exactly (Rump,
 * "Accurate floating-point summation", 2008; Demmel and Nguyen, ReproBLAS). Integers add in any
 * order, so these sums depend on the rows only. */

/* acc (+ or -)= t's pattern. */
KM_INLINE void T(add_bits)(uint64_t *acc, dvec t, int subtract)
{
    const ivec a = ivec_load(acc), b = dvec_bits(t);
    ivec_store(acc, subtract ? ivec_sub(a, b) : ivec_add(a, b));
}

KM_INLINE void T(add_value)(double v, int64_t d, const double *magic, int limbs, int subtract,
                            uint64_t *acc)
{
    for (int l = limbs - 1; l >= 0; l--) {
        const double t = v + magic[l * d];
        acc[l * d] += subtract ? 0 - km_bits(t) : km_bits(t);
        v -= t - magic[l * d];
    }
}

/* One row into its cluster's acc[l*d + p]. */
KM_INLINE void T(add_row)(const REAL *x, int64_t d, const double *magic, int limbs, int subtract,
                          uint64_t *acc)
{
    int64_t p = 0;
    for (; p + DVL <= d; p += DVL) {
        dvec v = T(dvec_load)(x + p);
        for (int l = limbs - 1; l >= 0; l--) {
            const dvec grid = dvec_load_f64(magic + l * d + p), t = dvec_add(v, grid);
            T(add_bits)(acc + l * d + p, t, subtract);
            v = dvec_sub(v, dvec_sub(t, grid));
        }
    }
    for (; p < d; p++) {
        km_keep_scalar();
        T(add_value)(x[p], d, magic + p, limbs, subtract, acc + p);
    }
}

KM_INLINE void T(add_rows_shaped)(const REAL *x, int64_t ldx, const int32_t *label, int64_t m,
                                  int64_t d, const double *magic, int limbs, int subtract,
                                  uint64_t *acc)
{
    for (int64_t i = 0; i < m; i++, x += ldx) {
        if (label[i] >= 0) {
            T(add_row)(x, d, magic, limbs, subtract, acc + (int64_t)label[i] * limbs * d);
        }
    }
}

static void T(add_rows)(const REAL *x, int64_t ldx, const int32_t *label, int64_t m, int64_t d,
                        const double *magic, int32_t limbs, int32_t subtract, uint64_t *acc)
{
    if (limbs == 1 && !subtract) { /* by far the most frequent: constants spare the inner loop */
        T(add_rows_shaped)(x, ldx, label, m, d, magic, 1, 0, acc);
    } else if (limbs == 2 && !subtract) {
        T(add_rows_shaped)(x, ldx, label, m, d, magic, 2, 0, acc);
    } else if (subtract) {
        T(add_rows_shaped)(x, ldx, label, m, d, magic, limbs, 1, acc);
    } else {
        T(add_rows_shaped)(x, ldx, label, m, d, magic, limbs, 0, acc);
    }
}

/* As add_row for the exact products w*x = h + e. */
KM_INLINE void T(add_products)(const REAL *x, double w, int64_t d, const double *magic, int limbs,
                               int subtract, uint64_t *acc)
{
    const dvec ws = dvec_set(w);
    int64_t p = 0;
    for (; p + DVL <= d; p += DVL) {
        const dvec xs = T(dvec_load)(x + p);
        dvec h = dvec_mul(ws, xs), e = dvec_product_error(ws, xs, h);
        for (int l = limbs - 1; l >= 0; l--) {
            const dvec grid = dvec_load_f64(magic + l * d + p);
            const dvec th = dvec_add(h, grid), te = dvec_add(e, grid);
            T(add_bits)(acc + l * d + p, th, subtract);
            T(add_bits)(acc + l * d + p, te, subtract);
            h = dvec_sub(h, dvec_sub(th, grid));
            e = dvec_sub(e, dvec_sub(te, grid));
        }
    }
    for (; p < d; p++) {
        km_keep_scalar();
        const double h = w * (double)x[p], e = km_product_error(w, (double)x[p], h);
        T(add_value)(h, d, magic + p, limbs, subtract, acc + p);
        T(add_value)(e, d, magic + p, limbs, subtract, acc + p);
    }
}

static void T(add_rows_weighted)(const REAL *x, int64_t ldx, const int32_t *label, const double *w,
                                 int64_t m, int64_t d, const double *magic, int32_t limbs,
                                 int32_t subtract, uint64_t *acc)
{
    for (int64_t i = 0; i < m; i++, x += ldx) {
        if (label[i] < 0) {
            continue;
        }
        uint64_t *const to = acc + (int64_t)label[i] * limbs * d;
        if (subtract) {
            T(add_products)(x, w[i], d, magic, limbs, 1, to);
        } else {
            T(add_products)(x, w[i], d, magic, limbs, 0, to);
        }
    }
}

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

static void T(sum_squares)(const REAL *x, int64_t ldx, const double *w, int64_t m, int64_t d,
                           const double *shift, const double *magic, uint64_t *acc)
{
    if (w != NULL) {
        T(sum_squares_shaped)(x, ldx, w, 1, m, d, shift, magic, acc);
    } else {
        T(sum_squares_shaped)(x, ldx, w, 0, m, d, shift, magic, acc);
    }
}
