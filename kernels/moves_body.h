/* Fixed-point sums of rows that change their cluster: move_rows. Included after sums_body.h.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. */

/* One row out of minus[l*d + p] and into plus[l*d + p]. */
KM_INLINE void T(move_row)(const REAL *x, int64_t d, const double *magic, int limbs,
                           uint64_t *minus, uint64_t *plus)
{
    int64_t p = 0;
    for (; p + DVL <= d; p += DVL) {
        dvec v = T(dvec_load)(x + p);
        for (int l = limbs - 1; l >= 0; l--) {
            const dvec grid = dvec_load_f64(magic + l * d + p), t = dvec_add(v, grid);
            T(add_bits)(minus + l * d + p, t, 1);
            T(add_bits)(plus + l * d + p, t, 0);
            v = dvec_sub(v, dvec_sub(t, grid));
        }
    }
    for (; p < d; p++) {
        double v = (double)x[p];
        km_keep_scalar();
        for (int l = limbs - 1; l >= 0; l--) {
            const double t = v + magic[l * d + p];
            minus[l * d + p] -= km_bits(t);
            plus[l * d + p] += km_bits(t);
            v -= t - magic[l * d + p];
        }
    }
}

KM_INLINE void T(move_rows_shaped)(const REAL *x, int64_t ldx, const int32_t *row,
                                   const int32_t *from, const int32_t *to, int64_t m, int64_t d,
                                   const double *magic, int limbs, uint64_t *acc)
{
    const int64_t size = limbs * d;
    for (int64_t q = 0; q < m; q++) {
        const REAL *const xi = x + row[q] * ldx;
        if (from[q] >= 0 && to[q] >= 0) {
            T(move_row)(xi, d, magic, limbs, acc + from[q] * size, acc + to[q] * size);
        } else if (from[q] >= 0) {
            T(add_row)(xi, d, magic, limbs, 1, acc + from[q] * size);
        } else if (to[q] >= 0) {
            T(add_row)(xi, d, magic, limbs, 0, acc + to[q] * size);
        }
    }
}

static void T(move_rows)(const REAL *x, int64_t ldx, const int32_t *row, const int32_t *from,
                         const int32_t *to, int64_t m, int64_t d, const double *magic,
                         int32_t limbs, uint64_t *acc)
{
    if (limbs == 1 && d == 2) {
        T(move_rows_shaped)(x, ldx, row, from, to, m, 2, magic, 1, acc);
    } else if (limbs == 1 && d == 3) {
        T(move_rows_shaped)(x, ldx, row, from, to, m, 3, magic, 1, acc);
    } else if (limbs == 1) {
        T(move_rows_shaped)(x, ldx, row, from, to, m, d, magic, 1, acc);
    } else {
        T(move_rows_shaped)(x, ldx, row, from, to, m, d, magic, limbs, acc);
    }
}
