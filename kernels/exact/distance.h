/* Distances between two rows of doubles with the last word: correctly rounded, or compared as real
 * numbers. Any finite |x|, |c| <= 2^501, subnormals included; any d >= 0. The results are facts
 * about the arguments, so they do not depend on the order of columns, on FMA or on the compiler.
 *
 * How: double-double sums with a proven bound settle nearly every case; where the bound leaves
 * two answers (or squares would underflow) the sum is formed again, in integers of 128 bits where
 * the differences have few bits, else in km_wide. */
#ifndef KM_EXACT_DISTANCE_H
#define KM_EXACT_DISTANCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The float64 nearest to sum_p (x_p - c_p)^2, ties to even. +0 for identical rows. */
double km_d2_nearest(const double *x, const double *c, int64_t d);

/* The float64 nearest to the square root of the real sum_p (x_p - c_p)^2, ties to even. */
double km_distance_nearest(const double *x, const double *c, int64_t d);

/* The sign of sum_p (x_p - a_p)^2 - sum_p (x_p - b_p)^2: -1 where a is nearer, 1 where b is,
 * 0 on a tie of the real numbers. */
int km_compare_d2(const double *x, const double *a, const double *b, int64_t d);

/* The last rungs of the three, always in km_wide: same results. For tests, and for callers that
 * know that the quick way fails. */
double km_d2_nearest_wide(const double *x, const double *c, int64_t d);
double km_distance_nearest_wide(const double *x, const double *c, int64_t d);
int km_compare_d2_wide(const double *x, const double *a, const double *b, int64_t d);

#ifdef __cplusplus
}
#endif

#endif
