/* float64 rows turned into float32 columns, shifted and scaled before they are rounded. Included by
 * low_rows.h; REAL is float, ROW is double. */

#include "turn_rows_wide.h"

static __attribute__((noinline)) void R(low_turn)(const R(low_rows) * rows, int64_t i0, int d,
                                                  float *z, int64_t ld)
{
    low_turn_rows_wide(rows->x + i0 * rows->ldx, rows->ldx, NULL, d, rows->shift, rows->scale, z,
                       ld);
}

/* None: compilers' shuffles do as well. */
KM_INLINE int64_t R(low_turn_few)(const R(low_rows) * rows, const double *x, int64_t m, const int d,
                                  float *z, const int64_t ld)
{
    (void)rows;
    (void)x;
    (void)m;
    (void)d;
    (void)z;
    (void)ld;
    return 0;
}

/* Rows i0 + index[]. */
static __attribute__((noinline)) void R(low_pick)(const R(low_rows) * rows, int64_t i0,
                                                  const int32_t index[VL_f32], int d, float *z,
                                                  int64_t ld)
{
    const double *const x = rows->x + i0 * rows->ldx;
    if (d > 3) {
        low_turn_rows_wide(x, rows->ldx, index, d, rows->shift, rows->scale, z, ld);
        return;
    }
    for (int r = 0; r < VL_f32; r++) {
        for (int p = 0; p < d; p++) {
            const double v = x[index[r] * rows->ldx + p];
            z[p * ld + r] = (float)((v - rows->shift[p]) * rows->scale);
        }
    }
}
