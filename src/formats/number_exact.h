/* Floor 1: the slower ways from decimal to binary, of number.c. */
#ifndef KM_NUMBER_EXACT_H
#define KM_NUMBER_EXACT_H

#include <stdbool.h>
#include <stdint.h>

/* mantissa * 10^exponent, and where the digits stand. */
typedef struct km_decimal {
    const char *digits; /* first digit or point */
    const char *digits_end;
    uint64_t mantissa; /* the first 19 significant digits */
    int64_t exponent;
    bool negative;
    bool cut; /* further digits, not all 0, were left out of mantissa */
} km_decimal;

enum { KM_EXACT_POWER = 27 /* 5^27 < 2^63 */ };

/* mantissa * 10^exponent rounded once to `bits` bits (24 or 53), ties to even, by integers of 128
 * bits: mantissa > 0, |exponent| <= KM_EXACT_POWER. */
double km_round_exactly(uint64_t mantissa, int exponent, int bits);

/* strtod's (single: strtof's) answer in the C locale, for any number of digits. exponent is the
 * written one, which does not count digits behind the point. */
double km_ask_strtod(const km_decimal *number, int64_t exponent, bool single);

#endif
