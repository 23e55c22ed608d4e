/* pack_panels for one element type. Parameters: REAL, T(name). */

/* One centroid into lane 0 of `panel`, whose components lie nr apart. Returns sum_p z^2, by
 * eight lanes as the slot d2 does. */
static double T(pack_lane)(const double *restrict c, int64_t d, const double *restrict shift,
                           double scale, int32_t nr, REAL *restrict panel)
{
    double lane[8] = {0};
    for (int64_t p = 0; p < d; p++) {
        const double z = (c[p] - shift[p]) * scale;
        panel[p * nr] = (REAL)z;
        lane[p % 8] += z * z;
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

void T(km_pack_panels)(const double *c, const int32_t *order, int64_t k, int64_t d,
                       const double *shift, double scale, const uint8_t *duplicate, int64_t j0,
                       int64_t j1, int32_t nr, REAL *panels, REAL *half_norm, double *max_norm)
{
    const int64_t end = (j1 + nr - 1) / nr * nr;
    double largest = 0.0;
    for (int64_t j = j0; j < end; j++) {
        REAL *const panel = panels + j / nr * nr * d + j % nr;
        const int64_t from = j < k && order != NULL ? order[j] : j;
        if (j < k && (duplicate == NULL || !duplicate[from])) {
            const double norm2 = T(pack_lane)(c + from * d, d, shift, scale, nr, panel);
            half_norm[j] = (REAL)(0.5 * norm2);
            largest = norm2 > largest ? norm2 : largest;
        } else {
            for (int64_t p = 0; p < d; p++) {
                panel[p * nr] = 0;
            }
            half_norm[j] = (REAL)INFINITY;
        }
    }
    *max_norm = round_norm_up(largest, d, sizeof(REAL) == 4 ? 0x1p-149 : 0x1p-500);
}

void T(km_unpack_lane)(const REAL *panels, int64_t d, int32_t nr, int64_t j, REAL *row)
{
    const REAL *const panel = panels + j / nr * nr * d + j % nr;
    for (int64_t p = 0; p < KM_PACKED_LD(d); p++) {
        row[p] = p < d ? panel[p * nr] : 0;
    }
}
