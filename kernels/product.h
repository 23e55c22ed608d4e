/* The exact error of a rounded product: the same bits with and without fused operations.
 *
 * With hardware FMA, a*b - h in one rounding. Without, Dekker's product ("A floating-point
 * technique for extending the available precision", 1971), which needs every part to stay in the
 * normal range; outside it the factors are first scaled to [1, 2). */
#ifndef KM_PRODUCT_H
#define KM_PRODUCT_H

#include <math.h>
#include "inline.h"

#if defined __FMA__ || defined __aarch64__
#define KM_HARDWARE_FMA 1
#else
#define KM_HARDWARE_FMA 0
#endif

/* a*b - h by Dekker, exact while no part over- or underflows. 2^27 + 1 halves 53 bits. */
KM_INLINE double km_dekker_error(double a, double b, double h)
{
    const double split = 134217729.0;
    const double ca = split * a, cb = split * b;
    const double a1 = ca - (ca - a), b1 = cb - (cb - b);
    const double a2 = a - a1, b2 = b - b1;
    return ((a1 * b1 - h) + a1 * b2 + a2 * b1) + a2 * b2;
}

/* A nonzero finite *a becomes its significand in [1, 2) (with sign); returns the exponent. */
KM_INLINE int km_take_exponent(double *a)
{
    int bias = 1023;
    uint64_t bits = km_bits(*a);
    if ((bits >> 52 & 0x7ff) == 0) {
        bits = km_bits(*a * 0x1p64);
        bias += 64;
    }
    const int exponent = (int)(bits >> 52 & 0x7ff) - bias;
    *a = km_from_bits((bits & 0x800fffffffffffff) | UINT64_C(1023) << 52);
    return exponent;
}

/* 2^e for -1022 <= e <= 1023. */
KM_INLINE double km_power_of_two(int e) { return km_from_bits((uint64_t)(e + 1023) << 52); }

/* Products outside the safe range. With |h| <= 2^-1022 the product was rounded to the grid of the
 * subnormals, so the error is at most 2^-1075 and rounds to zero. Otherwise the scaled product
 * has the same significand as h; two factors keep the one inexact step, into the subnormals,
 * last. */
static inline double km_product_error_scaled(double a, double b, double h)
{
    if (fabs(h) <= 0x1p-1022) {
        return 0.0;
    }
    const int e = km_take_exponent(&a) + km_take_exponent(&b);
    const double error = km_dekker_error(a, b, a * b);
    const int half = e / 2;
    return error * km_power_of_two(half) * km_power_of_two(e - half);
}

/* a*b - h, rounded once, for h = a*b rounded and finite. */
KM_INLINE double km_product_error(double a, double b, double h)
{
#if KM_HARDWARE_FMA
    return __builtin_fma(a, b, -h);
#else
    const double big = 0x1p900;
    const int safe = fabs(h) > 0x1p-900 && fabs(h) < big && fabs(a) < big && fabs(b) < big;
    return safe ? km_dekker_error(a, b, h) : km_product_error_scaled(a, b, h);
#endif
}

#endif
