/* The slots assign_f32 and assign_f64. Parameters: REAL of the rows, T(name). Included by
 * shorts_emulated.c. */

static int64_t T(assign_shorts)(const REAL *x, int64_t ldx, int64_t m, int64_t d,
                                const km_low_f32 *c, const void *shorts, int32_t *label)
{
    const shorts_head *const head = shorts;
    const int32_t *const record = records_of(shorts);
    const shorts_needs needs = needs_of(c, d);
    int64_t open = 0;
    for (int64_t i = 0; i < m; i++) {
        int32_t row[KM_LOW_D];
        float norm2 = 0;
        for (int64_t p = 0; p < d; p++) {
            const float z = (float)((x[i * ldx + p] - (REAL)c->shift[p]) * (REAL)c->scale);
            row[p] = rounded(z * head->row_scale);
            norm2 += z * z;
        }
        const int within = norm2 < head->longest2;
        label[i] = within ? decide(scan(row, d, record, c->k), norm2, c, &needs, head) : -1;
        open += !within || label[i] < 0;
    }
    return open;
}
