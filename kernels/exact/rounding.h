/* The last step to a correctly rounded result, shared by distances and means. */
#ifndef KM_EXACT_ROUNDING_H
#define KM_EXACT_ROUNDING_H

#include "dd.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ziv's test. The real number V is within `error` of v.hi + v.lo, |v.lo| <= ulp(v.hi)/2. Returns 1
 * and V's nearest float64 where both ends of the interval round to it, else 0.
 * error must exceed the true bound by 2^-105 |v.hi|: the rounding of v.lo +- error. */
static inline int km_rounds_to(km_dd v, double error, double *result)
{
    const double up = v.hi + (v.lo + error);
    const double down = v.hi + (v.lo - error);
    *result = up;
    return up == down;
}

/* The same for sqrt(V), V >= 0: error is twice the true bound, and exceeds 2^-100 V. */
int km_root_rounds_to(km_dd v, double error, double *result);

/* Compares the number V >= 0 that `context` describes with mantissa * 2^exponent, exactly:
 * the sign of V - mantissa * 2^exponent. 0 < mantissa < 2^54, exponent >= -1075. */
typedef int km_compare_with(const void *context, int64_t mantissa, int32_t exponent);

/* The float64 nearest to V, ties to even, found by steps of one unit from `guess` >= 0. */
double km_settle(double guess, km_compare_with *compare, const void *context);

#ifdef __cplusplus
}
#endif

#endif
