/* Rows turned into columns of their own type. Included by low_rows.h. */

#include "turn_rows.h"

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
