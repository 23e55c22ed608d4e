/* Fixed-point sums: add_rows, add_rows_weighted.
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

/* Few columns, one grid, rows without gaps: the values are put on their grids as one long array,
 * since a row alone fills no vector, and then added row by row. d is a constant. */
enum { T(SUMS_COLUMNS) = 8, T(SUMS_ROWS) = 32 * DVL > 128 ? 128 : 32 * DVL };

/* The patterns of rows i < m into bits[i*d + p]; grid: magic, DVL times. */
KM_INLINE void T(sums_bits)(const REAL *x, int64_t m, const int d, const double *magic,
                            const double *grid, uint64_t *bits)
{
    int64_t i = 0;
    for (; i + DVL <= m; i += DVL) { /* d vectors: the grids begin anew */
        for (int q = 0; q < d; q++) {
            const dvec t =
                dvec_add(T(dvec_load)(x + i * d + q * DVL), dvec_load_f64(grid + q * DVL));
            ivec_store(bits + i * d + q * DVL, dvec_bits(t));
        }
    }
    for (int64_t at = i * d; at < m * d; at++) {
        bits[at] = km_bits((double)x[at] + magic[at % d]);
    }
}

/* Sums of few clusters, several of each, which rows take in turn: else a row would wait for the one
 * before it of its cluster. A row is whole vectors here; what it takes of the next row goes to
 * lanes that nobody reads. */
enum { T(SUMS_LABELS) = 16, T(SUMS_TURNS) = 4 };

typedef struct T(sums_few) {
    uint64_t sum[T(SUMS_LABELS)][T(SUMS_TURNS)][T(SUMS_COLUMNS)];
} T(sums_few);

KM_INLINE void T(sums_scatter)(const uint64_t *bits, const int32_t *label, int64_t m, const int d,
                               T(sums_few) * few)
{
    for (int64_t i = 0; i < m; i++) {
        if (label[i] < 0) {
            continue;
        }
        uint64_t *const to = few->sum[label[i]][i % T(SUMS_TURNS)];
        for (int p = 0; p < d; p += DVL) {
            ivec_store(to + p, ivec_add(ivec_load(to + p), ivec_load(bits + i * d + p)));
        }
    }
}

KM_INLINE void T(sums_gather)(const T(sums_few) * few, int32_t last, const int d, int subtract,
                              uint64_t *acc)
{
    for (int32_t j = 0; j <= last; j++) {
        for (int p = 0; p < d; p++) {
            uint64_t total = 0;
            for (int turn = 0; turn < T(SUMS_TURNS); turn++) {
                total += few->sum[j][turn][p];
            }
            acc[j * d + p] += subtract ? 0 - total : total;
        }
    }
}

KM_INLINE void T(add_rows_few)(const REAL *x, const int32_t *label, int64_t m, const int d,
                               const double *magic, int subtract, uint64_t *acc)
{
    double grid[T(SUMS_COLUMNS) * DVL];
    uint64_t bits[T(SUMS_COLUMNS) * (T(SUMS_ROWS) + 1)];
    T(sums_few) few;
    int32_t last = -1;
    for (int q = 0; q < d * DVL; q++) {
        grid[q] = magic[q % d];
    }
    for (int64_t i = 0; i < m; i++) {
        last = label[i] > last ? label[i] : last;
    }
    const int shared = last < T(SUMS_LABELS) && m >= 64;
    for (int32_t j = 0; shared && j <= last; j++) {
        memset(few.sum[j], 0, sizeof few.sum[j]);
    }
    for (int64_t i0 = 0; i0 < m; i0 += T(SUMS_ROWS), x += T(SUMS_ROWS) * d) {
        const int64_t rows = m - i0 < T(SUMS_ROWS) ? m - i0 : T(SUMS_ROWS);
        T(sums_bits)(x, rows, d, magic, grid, bits);
        ivec_store(bits + rows * d, ivec_zero());
        if (shared) {
            T(sums_scatter)(bits, label + i0, rows, d, &few);
            continue;
        }
        for (int64_t i = 0; i < rows; i++) {
            if (label[i0 + i] < 0) {
                continue;
            }
            uint64_t *const to = acc + (int64_t)label[i0 + i] * d;
            for (int p = 0; p < d; p++) {
                to[p] += subtract ? 0 - bits[i * d + p] : bits[i * d + p];
            }
        }
    }
    if (shared) {
        T(sums_gather)(&few, last, d, subtract, acc);
    }
}

KM_INLINE void T(add_rows_dim)(const REAL *x, const int32_t *label, int64_t m, int64_t d,
                               const double *magic, int subtract, uint64_t *acc)
{
    switch (d) {
    case 1: T(add_rows_few)(x, label, m, 1, magic, subtract, acc); break;
    case 2: T(add_rows_few)(x, label, m, 2, magic, subtract, acc); break;
    case 3: T(add_rows_few)(x, label, m, 3, magic, subtract, acc); break;
    case 4: T(add_rows_few)(x, label, m, 4, magic, subtract, acc); break;
    case 5: T(add_rows_few)(x, label, m, 5, magic, subtract, acc); break;
    case 6: T(add_rows_few)(x, label, m, 6, magic, subtract, acc); break;
    default: T(add_rows_few)(x, label, m, 7, magic, subtract, acc); break;
    }
}

static void T(add_rows)(const REAL *x, int64_t ldx, const int32_t *label, int64_t m, int64_t d,
                        const double *magic, int32_t limbs, int32_t subtract, uint64_t *acc)
{
    if (limbs == 1 && ldx == d && d < 8 && m > 1) {
        if (subtract) {
            T(add_rows_dim)(x, label, m, d, magic, 1, acc);
        } else {
            T(add_rows_dim)(x, label, m, d, magic, 0, acc);
        }
    } else if (limbs == 1 &&
               !subtract) { /* by far the most frequent: constants spare the inner loop */
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
