/* Rows into bytes: what tables share. Parameters: REAL, T(name); line_of_row, place_lines,
 * WORDS_HEAD and T(pack_row) from the table. */

static void T(pack)(const REAL *x, int64_t ldx, const int32_t *order, int64_t m, int64_t d,
                    const REAL *shift, double scale, const km_tile_near *near, void *scratch,
                    const km_tile_rows *out)
{
    const int64_t ld = words_slices(d) * 64, bytes = WORDS_HEAD + ld * KM_TILE_GROUP;
    uint8_t *const lines = scratch; /* of 16 rows */
    float *const z = (float *)(lines + 16 * ld);
    REAL *const scaled = (REAL *)(z + ld);
    T(scale_shift)(shift, d, scale, scaled);
    memset(lines, 0, (size_t)(16 * ld));
    for (int64_t i = 0; i < km_tile_groups(m) * KM_TILE_GROUP; i++) {
        char *const group = (char *)out->tiles + i / KM_TILE_GROUP * bytes;
        uint8_t *const line = line_of_row(lines, group, i, ld);
        float *const factor = (float *)group + i % KM_TILE_GROUP;
        const int32_t j = i < m ? near->label[i] : -1;
        *factor = i < m ? near->unit : 0;
        const T(tile_next) next = T(next_after)(x, ldx, order, i, m, d, near);
        if (i < m) {
            T(pack_row)
            (x + order[i] * ldx, d, scaled, scale, j >= 0 ? near->c + j * near->ld : NULL, &next, z,
             i, out, factor, line);
        } else {
            memset(line, 0, (size_t)ld);
        }
        if (i % 16 == 15) {
            place_lines(lines, ld, group, i % KM_TILE_GROUP / 16);
        }
    }
}
