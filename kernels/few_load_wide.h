/* float64 rows, shifted and scaled before they are rounded to the lanes' float. Included by
 * few_rows.h. */

typedef struct R(few_shift) {
    dvec scale;
} R(few_shift);

KM_INLINE void R(few_start)(int64_t d, const km_low_f32 *c, R(few_shift) * shift)
{
    (void)d;
    shift->scale = dvec_set(c->scale);
}

KM_INLINE void R(few_load)(const double *x, int64_t d, const km_low_f32 *c,
                           const R(few_shift) * shift, float *z)
{
    int64_t p = 0;
    for (; p + DVL <= d; p += DVL) {
        const dvec t = dvec_sub(dvec_load_f64(x + p), dvec_load_f64(c->shift + p));
        dvec_put_f32(z + p, dvec_mul(t, shift->scale));
    }
    for (; p < KM_PACKED_LD(d); p += DVL) {
        const int64_t left = d - p > 0 ? d - p : 0;
        const dvec from = dvec_load_part_f64(x + p, left);
        const dvec t = dvec_sub(from, dvec_load_part_f64(c->shift + p, left));
        dvec_put_f32(z + p, dvec_mul(t, shift->scale));
    }
}
