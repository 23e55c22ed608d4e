/* Rows of four columns and more turned into columns. Parameters: REAL, T(name), and the vocabulary
 * of the folder's vec.h. */

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
