/* Rows that keep their labels unseen (src/steps/bounds.h): plain loops, which compilers turn into
 * gathers and comparisons of whole vectors. Included by table_body.h. */

static void keep_labels(const int32_t *restrict label, const float *restrict limit,
                        const float *restrict drift, int64_t m, int32_t *restrict kept)
{
    for (int64_t i = 0; i < m; i++) {
        kept[i] = drift[label[i]] < limit[i] ? label[i] : -1;
    }
}

/* The product is exact (one that is subnormal is below any drift but 0), sum and last product are
 * within 2^-24 of their values, and the factor takes away eight times that. */
static void set_limits(const float *gap, float unit, const int32_t *restrict label,
                       const float *restrict drift, int64_t m, float *limit)
{
    for (int64_t i = 0; i < m; i++) {
        const float until = (gap[i] * unit + drift[label[i]]) * (1 - 0x1p-21F);
        limit[i] = gap[i] > 0 ? until : -INFINITY;
    }
}
