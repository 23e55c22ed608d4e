/* The contract of the short kernels: low dimensions screened in 16-bit integers, two products an
 * instruction, with a proof of their own. Where a table has them and they pay, the rows that they
 * leave open go to assign_low of kernels_real.h. */
#ifndef KM_KERNELS_SHORTS_H
#define KM_KERNELS_SHORTS_H

#include "kernels.h"

enum { KM_SHORTS_PAIRS = KM_LOW_D / 2 };

typedef struct km_shorts {
    int64_t least_d, least_k; /* fewer are as quick with assign_low, by measurement; least_d >= 4 */

    /* The centroids of assign_low as shorts: km_shorts_bytes(c->k), 64-byte aligned; hints, a0 and
     * tiny are not looked at. */
    void (*pack)(const km_low_f32 *c, int64_t d, void *shorts);

    /* As assign_low and assign_low_other (without hints), d >= 4, c as it was for `pack`: label[i]
     * is the nearest centroid if that is proved, and then it fulfils the inequality stated there;
     * else -1, which any row may get. Returns how many got -1. */
    int64_t (*assign_f32)(const float *x, int64_t ldx, int64_t m, int64_t d, const km_low_f32 *c,
                          const void *shorts, int32_t *label);
    int64_t (*assign_f64)(const double *x, int64_t ldx, int64_t m, int64_t d, const km_low_f32 *c,
                          const void *shorts, int32_t *label);
} km_shorts;

extern const km_shorts km_shorts_emulated;
#ifdef KM_HAVE_AVX512VNNI
extern const km_shorts km_shorts_avx512vnni;
#endif

/* A head, and per centroid what a score starts with, its number, and the pairs of shorts. */
static inline int64_t km_shorts_bytes(int64_t k) { return 64 + k * (2 + KM_SHORTS_PAIRS) * 4; }

#endif
