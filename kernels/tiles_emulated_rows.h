/* Rows into tiles, and the float dot product, in plain C. Parameters: REAL, T(name). */

static float T(shifted)(REAL x, REAL shift, double scale)
{
    return (float)((x - shift) * (REAL)scale);
}

static void T(pack_row)(const REAL *x, int64_t d, const REAL *shift, double scale,
                        const float *near, int64_t i, const km_tile_rows *out)
{
    const int r = (int)(i % KM_TILE_GROUP);
    uint16_t *const group = (uint16_t *)out->tiles +
                            i / KM_TILE_GROUP * km_tile_slices(d) * KM_TILE_WORDS + r / 16 * 512;
    double norm = 0, error = 0;
    float dot = 0;
    for (int64_t p = 0; p < d; p++) {
        const float z = T(shifted)(x[p], shift[p], scale);
        const uint16_t half = km_bf16_round(z);
        const double e = (double)z - (double)km_bf16_value(half);
        group[p / 32 * KM_TILE_WORDS + p % 32 / 2 * 32 + r % 16 * 2 + p % 2] = half;
        norm += (double)z * (double)z;
        error += e * e;
        dot += near != NULL ? z * near[p] : 0;
    }
    const double up = 1 + 0x1p-22;
    out->norm2[i] = (float)(norm * up) + 0x1p-120f;
    out->residual2[i] = (float)(error * up) + 0x1p-120f;
    out->dot[i] = dot;
}

static void T(pack)(const REAL *x, int64_t ldx, const int32_t *order, int64_t m, int64_t d,
                    const REAL *shift, double scale, const km_tile_near *near, void *scratch,
                    const km_tile_rows *out)
{
    (void)scratch;
    memset(out->tiles, 0,
           (size_t)(km_tile_groups(m) * km_tile_slices(d) * KM_TILE_WORDS) * sizeof(uint16_t));
    for (int64_t i = 0; i < m; i++) {
        const int32_t j = near->label[i];
        T(pack_row)
        (x + order[i] * ldx, d, shift, scale, j >= 0 ? near->c + j * near->ld : NULL, i, out);
    }
}

static float T(dot)(const REAL *x, int64_t d, const REAL *shift, double scale, const float *c)
{
    float sum = 0;
    for (int64_t p = 0; p < d; p++)
        sum += T(shifted)(x[p], shift[p], scale) * c[p];
    return sum;
}
