/* Rows turned into columns of their own type. Included by low_rows.h. */

/* (v - shift) * scale, each operation rounded: a product with one, a sum with zero. */
KM_INLINE T(vec) T(low_shifted)(T(vec) v, REAL shift, REAL scale)
{
    const T(vec) t = T(vec_fnmadd)(v, T(vec_set)(shift), T(vec_set)(1));
    return T(vec_fnmadd)(T(vec_set)(0), t, T(vec_set)(-scale));
}

/* VL rows of four columns and more, four columns at a time, the last four overlapping the ones
 * before where d is no multiple of four, so that nothing beyond a row is read. Row r is row
 * index[r], or r without. The addresses are computed for every four columns: they are more than
 * there are registers, and through memory they come late. */
KM_INLINE void T(low_turn_rows)(const REAL *x, int64_t ldx, const int32_t *index, int d,
                                const REAL *shift, REAL scale, REAL *z, int64_t ld)
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
            const T(vec) v = T(low_shifted)(turned[s], shift[first + s], scale);
            T(vec_store)(z + (first + s) * ld, v);
        }
    }
}

static __attribute__((noinline)) void T(low_turn)(const T(low_rows) * rows, int64_t i0, int d,
                                                  REAL *z, int64_t ld)
{
    const REAL *const x = rows->x + i0 * rows->ldx;
    T(low_turn_rows)(x, rows->ldx, NULL, d, rows->shift, rows->scale, z, ld);
}

/* Rows of fewer than four columns without gaps, whole vectors of them; returns how many rows. */
KM_INLINE int64_t T(low_turn_few)(const T(low_rows) * rows, const REAL *x, int64_t m, const int d,
                                  REAL *z, const int64_t ld)
{
    int64_t i = 0;
    for (; i + T(VL) <= m; i += T(VL)) {
        T(vec) turned[3];
        T(vec_turn_few)(x + i * d, d, turned);
        for (int p = 0; p < d; p++) {
            T(vec_store)(z + p * ld + i, T(low_shifted)(turned[p], rows->shift[p], rows->scale));
        }
    }
    return i;
}

/* Rows i0 + index[]. */
static __attribute__((noinline)) void T(low_pick)(const T(low_rows) * rows, int64_t i0,
                                                  const int32_t index[T(VL)], int d, REAL *z,
                                                  int64_t ld)
{
    const REAL *const x = rows->x + i0 * rows->ldx;
    if (d > 3) {
        T(low_turn_rows)(x, rows->ldx, index, d, rows->shift, rows->scale, z, ld);
        return;
    }
    for (int r = 0; r < T(VL); r++) {
        for (int p = 0; p < d; p++) {
            z[p * ld + r] = (x[index[r] * rows->ldx + p] - rows->shift[p]) * rows->scale;
        }
    }
}
