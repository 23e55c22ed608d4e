/* Parts of the vocabulary of centroid_body.h as plain loops, for folders without better: after
 * vec_total_f32 and vec_total_f64. */
#ifndef KM_CENTROID_LOOPS_H
#define KM_CENTROID_LOOPS_H

/* Of eight vectors, with the other sign. */
KM_INLINE void vec_totals_f32(const vec_f32 *sum, float *total)
{
    for (int q = 0; q < 8; q++)
        total[q] = -vec_total_f32(sum[q]);
}
KM_INLINE void vec_totals_f64(const vec_f64 *sum, double *total)
{
    for (int q = 0; q < 8; q++)
        total[q] = -vec_total_f64(sum[q]);
}

/* The lanes of d2[8] that are not in [least, most): bit q for d2[q]. */
KM_INLINE uint32_t vec_outside_f32(const float *d2, float least, float most)
{
    uint32_t set = 0;
    for (int q = 0; q < 8; q++)
        set |= (uint32_t) !(d2[q] >= least && d2[q] < most) << q;
    return set;
}
KM_INLINE uint32_t vec_outside_f64(const double *d2, double least, double most)
{
    uint32_t set = 0;
    for (int q = 0; q < 8; q++)
        set |= (uint32_t) !(d2[q] >= least && d2[q] < most) << q;
    return set;
}

#endif
