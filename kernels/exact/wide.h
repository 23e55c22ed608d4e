/* A fixed-point number wide enough for every finite double and every product of two: sums of up
 * to 2^62 terms are exact, whatever their order and sizes.
 *
 *   value = sum_i digit[i] * 2^(32 i + KM_WIDE_BOTTOM)
 *
 * Digits are signed 64-bit words of radix 2^32, so an addition touches five of them and carries
 * nothing; carries are resolved every 2^30 additions and before a reading. Only the digits between
 * low and high are ever looked at. */
#ifndef KM_EXACT_WIDE_H
#define KM_EXACT_WIDE_H

#include <stdint.h>

#define KM_WIDE_BOTTOM (-2208) /* below 2^-2150, the smallest midpoint times the smallest number */
#define KM_WIDE_DIGITS 144     /* up to 2^2400: 2^62 products below 2^2046 and room for carries */

typedef struct km_wide {
    int64_t digit[KM_WIDE_DIGITS];
    int32_t low;   /* lowest digit touched; > high: none */
    int32_t high;  /* highest digit touched */
    int32_t count; /* additions since the carries were resolved */
} km_wide;

#ifdef __cplusplus
extern "C" {
#endif

void km_wide_clear(km_wide *w);

/* w += other, whose carries are resolved on the way: its value stays. */
void km_wide_merge(km_wide *w, km_wide *other);

/* w += a; a finite. */
void km_wide_add(km_wide *w, double a);

/* w += a * b exactly; a and b finite. */
void km_wide_add_product(km_wide *w, double a, double b);

/* w += a * b * 2^exponent; |a|, |b| <= 2^63 - 1, exponent >= -2176, a*b*2^exponent < 2^2200. */
void km_wide_add_integers(km_wide *w, int64_t a, int64_t b, int32_t exponent);

/* -1, 0 or 1. Resolves carries: the value stays. */
int km_wide_sign(km_wide *w);

/* The nearest float64, ties to even, subnormals included; +-infinity from 2^1024 - 2^970 on;
 * an exact zero is +0. Resolves carries: the value stays. */
double km_wide_round(km_wide *w);

/* |w| as mantissa * 2^exponent with 2^63 <= mantissa < 2^64, truncated; the lowest bit of mantissa
 * is set where something was cut off. 0 for w = 0. */
uint64_t km_wide_leading(km_wide *w, int32_t *exponent);

#ifdef __cplusplus
}
#endif

#endif
