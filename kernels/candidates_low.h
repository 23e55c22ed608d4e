/* The slots open_f32 and open_f64 for few dimensions: rows in lanes, so that none is padded and no
 * lanes are added up. Parameters: REAL, T(name), and the vocabulary of the folder's vec.h and
 * centroid.c. Included by candidates_real.h. */

#include "turn_rows.h"

/* z[p*VL + r] = x[index[r]*ldx + p]. */
KM_INLINE void T(turn_some)(const REAL *x, int64_t ldx, const int32_t index[T(VL)], int64_t d,
                            REAL *z)
{
    static const REAL none[KM_LOW_D];
    if (d >= 4) {
        T(low_turn_rows)(x, ldx, index, (int)d, none, 1, z, T(VL));
        return;
    }
    for (int64_t p = 0; p < d; p++) {
        for (int r = 0; r < T(VL); r++) {
            z[p * T(VL) + r] = x[index[r] * ldx + p];
        }
    }
}

/* Minus the squared distances of VL rows to a candidate. */
KM_INLINE T(vec) T(minus_distance)(const REAL *z, int64_t d, const REAL *c)
{
    T(vec) sum = T(vec_set)(0);
    for (int64_t p = 0; p < d; p++) {
        const T(vec) t = T(vec_sub)(T(vec_load)(z + p * T(VL)), T(vec_set)(c[p]));
        sum = T(vec_fnmadd)(sum, t, t);
    }
    return sum;
}

/* The sets of candidates whose distance from one of VL rows is in [least, most), bit by bit: those
 * below most, less those below least as well. least is never NaN. */
KM_INLINE void T(find_far)(const REAL *z, int64_t d, const REAL *group, int64_t m,
                           const REAL *least, REAL most, int32_t *far)
{
    const T(vec) zero = T(vec_set)(0), limit = T(vec_set)(most);
    const T(vec) from = T(vec_min)(T(vec_load)(least), limit);
    T(vec) sets = T(vec_index)(0);
    for (int q = 0; q < m; q++) {
        const T(vec) d2 = T(vec_sub)(zero, T(minus_distance)(z, d, group + q * KM_NEAR_CHUNK));
        sets = T(vec_add)(sets, T(vec_less)(d2, limit), T(vec_index)(1 << q));
        sets = T(vec_add)(sets, T(vec_less)(d2, from), T(vec_index)(-(1 << q)));
    }
    T(vec_put_labels)(far, sets);
}

static void T(open_lanes)(const REAL *x, int64_t ldx, const int32_t *index, int64_t rows,
                          const REAL *group, int64_t m, int64_t d, const REAL *least, REAL most,
                          uint8_t *open)
{
    _Alignas(64) REAL z[KM_LOW_D * T(VL)], limit[T(VL)];
    int32_t some[T(VL)], far[T(VL)];
    for (int64_t i = 0; i < rows; i += T(VL)) {
        for (int r = 0; r < T(VL); r++) {
            const int64_t at = i + r < rows ? i + r : i;
            some[r] = index[at];
            limit[r] = least[at];
        }
        T(turn_some)(x, ldx, some, d, z);
        T(find_far)(z, d, group, m, limit, most, far);
        for (int64_t r = 0; r < T(VL) && i + r < rows; r++) {
            open[i + r] &= (uint8_t)~far[r];
        }
    }
}
