/* float64 rows turned into float32 columns. After turn_rows.h for double. */

/* As low_turn_rows_f64, VL_f32 rows: as many vectors of doubles as it takes, then rounded. */
KM_INLINE void low_turn_rows_wide(const double *x, int64_t ldx, const int32_t *index, int d,
                                  const double *shift, double scale, float *z, int64_t ld)
{
    _Alignas(64) double turned[KM_LOW_D * VL_f32];
    for (int r = 0; r < VL_f32; r += VL_f64) {
        const double *const from = index != NULL ? x : x + r * ldx;
        low_turn_rows_f64(from, ldx, index != NULL ? index + r : NULL, d, shift, scale, turned + r,
                          VL_f32);
    }
    for (int p = 0; p < d; p++) {
        for (int r = 0; r < VL_f32; r += DVL) {
            dvec_put_f32(z + p * ld + r, dvec_load_f64(turned + p * VL_f32 + r));
        }
    }
}
