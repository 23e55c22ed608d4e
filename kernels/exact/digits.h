/* Totals as integers: the sums behind means, weights and inertia.
 *
 * A total over `limbs` grids (1..KM_MAX_LIMBS) is limbs + 1 digits of radix 2^51:
 *
 *   value = 2^e * sum_l digit[l] * 2^(51 l),  0 <= digit[l] < 2^51 for l < limbs, digit[limbs]
 *   signed
 *
 * with e the exponent of grid 0 (grid.h). This form is unique, so equal totals have equal digits,
 * and totals of threads or ranks may be added in any order (with a plain integer sum of the
 * digits followed by km_digits_normalise, for up to 2^11 addends). Rows can be subtracted again.
 *
 * d totals side by side, the columns of one cluster, are stored [limbs + 1][d]: digits[l*d + p].
 * A total of n rows fits while n <= 2^62: |v| <= 2^50 on the top grid, so the top digit stays
 * below 2^61. */
#ifndef KM_EXACT_DIGITS_H
#define KM_EXACT_DIGITS_H

#include "dd.h"

#include <stdint.h>

#define KM_LIMB_BITS 51
#define KM_MAX_LIMBS 4

/* An accumulator of add_rows, add_rows_weighted or sum_squares (kernels.h) must be flushed before
 * it has taken more patterns than this, those of subtracted rows counted as well: every pattern is
 * at most 2^50 away from magic's, and the flush wants |v| <= 2^62. Weighted rows add two. */
#define KM_FLUSH_PATTERNS 4096

#ifdef __cplusplus
extern "C" {
#endif

/* digits += the integers in acc. acc[l*d + p] holds, modulo 2^64, the sum of the bits of t's
 * minus those of subtracted rows; patterns is their number, added less subtracted (it may be
 * negative), so v = acc - patterns * bits(magic[l*d + p]) is the sum on grid l.
 * acc is left as it is: the caller zeroes it. */
void km_digits_flush(int64_t *digits, const uint64_t *acc, int64_t patterns, const double *magic,
                     int32_t limbs, int64_t d);

/* The same where the patterns were added to the digits themselves: as acc[l*d + p], modulo 2^64. */
void km_digits_settle(int64_t *digits, int64_t patterns, const double *magic, int32_t limbs,
                      int64_t d);

/* digits += other, digits -= other; the same limbs, d and exponents. */
void km_digits_add(int64_t *digits, const int64_t *other, int32_t limbs, int64_t d);
void km_digits_sub(int64_t *digits, const int64_t *other, int32_t limbs, int64_t d);

/* Resolves carries after plain sums of digits: any digits with |digit| <= 2^62. */
void km_digits_normalise(int64_t *digits, int32_t limbs, int64_t d);

/* The total weight of a cluster: a number of rows, or digits (d = 1) on a grid of their own. */
typedef struct km_weight_total {
    int64_t count;         /* used where digits is NULL */
    const int64_t *digits; /* [limbs + 1], NULL: unweighted */
    int32_t limbs;
    int32_t exponent;
} km_weight_total;

/* mean[p] = the float64 nearest to sum_p / total weight, ties to even, from
 * sum_p = 2^exponent[p] * digits of column p. +0 for a zero sum. Returns 0, or -1 where
 * the total weight is not positive: then mean is left as it is. exponent[p] >= -1074. */
int km_digits_mean(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                   const km_weight_total *weight, double *mean);

/* The same by the exact comparison in km_wide throughout: same results, for tests. */
int km_digits_mean_wide(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                        const km_weight_total *weight, double *mean);

/* One total, digits[0], digits[stride], ..., digits[limbs*stride], times 2^exponent as a
 * double-double: hi is the nearest float64, lo the float64 nearest to the rest. It depends on the
 * value only, not on the grid. +0, +0 for zero. -1074 <= exponent; a total from 2^1024 on gives
 * hi = +-infinity, lo = 0 (a smaller exponent avoids that: the scale is the caller's choice).
 * For column p of a cluster: km_digits_dd(digits + p, limbs, d, exponent[p]). */
km_dd km_digits_dd(const int64_t *digits, int32_t limbs, int64_t stride, int32_t exponent);

/* A quicker double-double of a total in units of its grid: relative error <= 2^-103 (four additions
 * of 2u^2 each), never 0 for another total, and where *is_exact == 1 the same as km_digits_dd with
 * exponent 0. */
km_dd km_digits_units(const int64_t *digits, int32_t limbs, int64_t stride, int *is_exact);

/* The hi of km_digits_dd: the nearest float64. */
double km_digits_nearest(const int64_t *digits, int32_t limbs, int64_t stride, int32_t exponent);

/* value[p] = the nearest float64 of column p of d totals side by side, grid 0 of which has
 * exponent[p]. */
void km_digits_round(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                     double *value);

/* The total weight as a double-double, exact for counts. */
km_dd km_weight_dd(const km_weight_total *weight);

/* -1, 0 or 1. */
int km_digits_sign(const int64_t *digits, int32_t limbs, int64_t stride);

#ifdef __cplusplus
}
#endif

#endif
