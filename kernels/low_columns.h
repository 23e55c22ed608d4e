/* Rows turned into columns for the low-dimension kernel.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. */

/* (v - shift) * scale, each operation rounded: a product with one, a sum with zero. */
KM_INLINE T(vec) T(low_shifted)(T(vec) v, REAL shift, REAL scale)
{
    const T(vec) t = T(vec_fnmadd)(v, T(vec_set)(shift), T(vec_set)(1));
    return T(vec_fnmadd)(T(vec_set)(0), t, T(vec_set)(-scale));
}

/* VL rows of four columns and more, four columns at a time, the last four overlapping the ones
 * before where d is no multiple of four, so that nothing beyond a row is read. Row r is row
 * index[r], or r without. The addresses are
 * computed for every four columns: they are more than there are registers, and through memory they
 * come late. */
KM_INLINE void T(low_turn_rows)(const REAL *x, int64_t ldx, const int32_t *index, int d,
                                const T(km_low) * c, REAL *z, int64_t ld)
{
    for (int p = 0; p < d; p += 4) {
        const int first = p + 4 <= d ? p : d - 4;
        const int64_t stride = km_again(ldx);
        const REAL *row[T(VL)];
        T(vec) turned[4];
        for (int r = 0; r < T(VL); r++) {
            row[r] = x + (index != NULL ? index[r] : r) * stride;
        }
        T(vec_turn4)(row, first, turned);
        for (int s = 0; s < 4; s++) {
            const T(vec) v = T(low_shifted)(turned[s], c->shift[first + s], c->scale);
            T(vec_store)(z + (first + s) * ld, v);
        }
    }
}

static __attribute__((noinline)) void T(low_turn)(const REAL *x, int64_t ldx, int d,
                                                  const T(km_low) * c, REAL *z, int64_t ld)
{
    T(low_turn_rows)(x, ldx, NULL, d, c, z, ld);
}

/* Rows index[]. */
static __attribute__((noinline)) void T(low_pick)(const REAL *x, int64_t ldx,
                                                  const int32_t index[T(VL)], int d,
                                                  const T(km_low) * c, REAL *z, int64_t ld)
{
    if (d > 3) {
        T(low_turn_rows)(x, ldx, index, d, c, z, ld);
        return;
    }
    for (int r = 0; r < T(VL); r++) {
        for (int p = 0; p < d; p++) {
            z[p * ld + r] = (x[index[r] * ldx + p] - c->shift[p]) * c->scale;
        }
    }
}

KM_INLINE void T(low_copy_column)(const REAL *restrict x, const int64_t ldx, int64_t m, REAL shift,
                                  REAL scale, REAL *restrict z)
{
    for (int64_t i = 0; i < m; i++) {
        z[i] = (x[i * ldx] - shift) * scale;
    }
}

/* Fewer than four columns, many rows at once: plain loops, which compilers turn into shuffles (of
 * vectors of their choice: what is stored had better not be loaded at once). */
KM_INLINE void T(low_copy)(const REAL *x, int64_t ldx, int64_t m, int64_t padded, const int d,
                           const T(km_low) * c, REAL *z, const int64_t ld)
{
    for (int p = 0; p < d; p++, z += ld) {
        if (ldx == d) { /* a constant */
            T(low_copy_column)(x + p, d, m, c->shift[p], c->scale, z);
        } else {
            T(low_copy_column)(x + p, ldx, m, c->shift[p], c->scale, z);
        }
        for (int64_t i = m; i < padded; i++) {
            z[i] = 0;
        }
    }
}

/* z[p*ld + i] = (x[i][p] - shift[p]) * scale for i < padded, d >= 4; rows from m on repeat row
 * 0. */
KM_INLINE void T(low_columns)(const REAL *x, int64_t ldx, int64_t m, int64_t padded, const int d,
                              const T(km_low) * c, REAL *z, const int64_t ld)
{
    for (int64_t i = 0; i < padded; i += T(VL)) {
        if (i + T(VL) <= m) {
            T(low_turn)(x + i * ldx, ldx, d, c, z + i, ld);
            continue;
        }
        int32_t index[T(VL)];
        for (int r = 0; r < T(VL); r++) {
            index[r] = i + r < m ? (int32_t)i + r : 0;
        }
        T(low_pick)(x, ldx, index, d, c, z + i, ld);
    }
}
