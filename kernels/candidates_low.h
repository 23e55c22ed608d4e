/* The slots open_f32 and open_f64 for few dimensions: rows in lanes, so that none is padded and no
 * lanes are added up. Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. Included
 * by candidates_real.h. */

#include "turn_rows.h"

/* Lower bounds of the distances of VL rows, columns t, as open_products has them. */
KM_INLINE T(vec) T(low_bound)(const REAL *t, int64_t d, const REAL *differences,
                              const REAL *numbers, int q, T(vec) shrunk)
{
    T(vec) sum = T(vec_set)(0);
    for (int64_t p = 0; p < d; p++) {
        const T(vec) e = T(vec_set)(differences[q * KM_NEAR_CHUNK + p]);
        sum = T(vec_fnmadd)(sum, T(vec_load)(t + p * T(VL)), e);
    }
    const T(vec) minus = T(vec_set)(-1);
    const T(vec) squares = T(vec_fnmadd)(shrunk, T(vec_set)(numbers[KM_NEAR_SQUARES + q]), minus);
    return T(vec_fnmadd)(squares, sum, T(vec_set)(-numbers[KM_NEAR_FACTORS + q]));
}

/* t[p*VL + r] = x[index[r]*ldx + p] - c[p]. */
KM_INLINE void T(turn_from)(const REAL *x, int64_t ldx, const int32_t index[T(VL)], int64_t d,
                            const REAL *c, REAL *t)
{
    if (d >= 4) {
        T(low_turn_rows)(x, ldx, index, (int)d, c, 1, t, T(VL));
        return;
    }
    for (int64_t p = 0; p < d; p++) {
        for (int r = 0; r < T(VL); r++) {
            t[p * T(VL) + r] = x[index[r] * ldx + p] - c[p];
        }
    }
}

/* The sets of candidates that products prove to be far, of VL rows. least is never NaN. */
KM_INLINE void T(find_far)(const REAL *t, int64_t d, const REAL *group, int64_t m,
                           const REAL *least, REAL most, int32_t *far)
{
    const REAL *const differences = group + KM_NEAR_PART(d);
    const REAL *const numbers = differences + KM_NEAR_PART(d);
    const T(vec) limit = T(vec_set)(most), from = T(vec_min)(T(vec_load)(least), limit);
    T(vec) minus_t2 = T(vec_set)(0), sets = T(vec_index)(0);
    for (int64_t p = 0; p < d; p++) {
        const T(vec) v = T(vec_load)(t + p * T(VL));
        minus_t2 = T(vec_fnmadd)(minus_t2, v, v);
    }
    const T(vec) shrunk =
        T(vec_fnmadd)(T(vec_set)(0), minus_t2, T(vec_set)(numbers[KM_NEAR_SHRINK]));
    for (int q = 0; q < m; q++) { /* below most, less those below least as well */
        const T(vec) low = T(low_bound)(t, d, differences, numbers, q, shrunk);
        sets = T(vec_add)(sets, T(vec_less)(low, limit), T(vec_index)(1 << q));
        sets = T(vec_add)(sets, T(vec_less)(low, from), T(vec_index)(-(1 << q)));
    }
    T(vec_put_labels)(far, sets);
}

static void T(open_lanes)(const REAL *x, int64_t ldx, const int32_t *index, int64_t rows,
                          const REAL *group, int64_t m, int64_t d, const REAL *least, REAL most,
                          uint8_t *open)
{
    _Alignas(64) REAL t[KM_LOW_D * T(VL)], limit[T(VL)];
    int32_t some[T(VL)], far[T(VL)];
    for (int64_t i = 0; i < rows; i += T(VL)) {
        for (int r = 0; r < T(VL); r++) {
            const int64_t at = i + r < rows ? i + r : i;
            some[r] = index[at];
            limit[r] = least[at];
        }
        T(turn_from)(x, ldx, some, d, group, t);
        T(find_far)(t, d, group, m, limit, most, far);
        for (int64_t r = 0; r < T(VL) && i + r < rows; r++) {
            uint32_t left = open[i + r] & ~(uint32_t)far[r];
            if (left != 0) {
                REAL d2[KM_NEAR_GROUP] = {0};
                T(near_candidates)(x + some[r] * ldx, group, m, d, d2);
                left &= T(vec_outside)(d2, limit[r], most);
            }
            open[i + r] = (uint8_t)left;
        }
    }
}
