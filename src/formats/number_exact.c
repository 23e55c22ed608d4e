/* Decimal to binary by wide integers, and by libc. */
#define _POSIX_C_SOURCE 200809L
#include "number_exact.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 km_u128;

enum { KM_HALFWAY_DIGITS = 780 };

static int count_leading_zeros(uint64_t x) { return __builtin_clzll(x); }

/* The number q * 2^exponent plus something below one unit of q if `more`, rounded to `bits` bits,
 * q >= 2^63. */
static double round_scaled(uint64_t q, bool more, int exponent, int bits)
{
    const int drop = 64 - bits;
    const uint64_t half = (uint64_t)1 << (drop - 1);
    const uint64_t rest = q & (2 * half - 1);
    uint64_t kept = q >> drop;
    kept += rest > half || (rest == half && (more || (kept & 1) != 0));
    const uint64_t scale = (uint64_t)(exponent + drop + 1023) << 52;
    double power;
    memcpy(&power, &scale, sizeof power);
    return (double)kept * power;
}

/* 5^0 .. 5^27, all below 2^63. */
static const uint64_t powers_of_five[KM_EXACT_POWER + 1] = {
    1U,
    5U,
    25U,
    125U,
    625U,
    3125U,
    15625U,
    78125U,
    390625U,
    1953125U,
    9765625U,
    48828125U,
    244140625U,
    1220703125U,
    6103515625U,
    30517578125U,
    152587890625U,
    762939453125U,
    3814697265625U,
    19073486328125U,
    95367431640625U,
    476837158203125U,
    2384185791015625U,
    11920928955078125U,
    59604644775390625U,
    298023223876953125U,
    1490116119384765625U,
    7450580596923828125U,
};

/* 10^e = 5^e * 2^e: only the power of five needs work. */
double km_round_exactly(uint64_t mantissa, int exponent, int bits)
{
    const uint64_t five = powers_of_five[exponent < 0 ? -exponent : exponent];
    if (exponent >= 0) {
        const km_u128 product = (km_u128)mantissa * five;
        const uint64_t high = (uint64_t)(product >> 64);
        const int zeros =
            high != 0 ? count_leading_zeros(high) : 64 + count_leading_zeros((uint64_t)product);
        const km_u128 shifted = product << zeros;
        return round_scaled((uint64_t)(shifted >> 64), (uint64_t)shifted != 0,
                            64 - zeros + exponent, bits);
    }
    /* Quotient of two numbers in [2^63, 2^64), again in that range by one bit more or less. */
    const int top = count_leading_zeros(mantissa);
    const int bottom = count_leading_zeros(five);
    const uint64_t dividend = mantissa << top;
    const uint64_t divisor = five << bottom;
    const int shift = dividend >= divisor ? 63 : 64;
    const km_u128 wide = (km_u128)dividend << shift;
    const uint64_t quotient = (uint64_t)(wide / divisor);
    const bool more = (uint64_t)wide != (uint64_t)(quotient * divisor); /* equal modulo 2^64 only
                                                                           if the remainder is 0 */
    return round_scaled(quotient, more, bottom - top - shift + exponent, bits);
}

/* In the C locale, whatever the host has set. */
static double ask_libc(const char *text, bool single)
{
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = c_locale != (locale_t)0 ? uselocale(c_locale) : (locale_t)0;
    const double value = single ? (double)strtof(text, NULL) : strtod(text, NULL);
    if (c_locale != (locale_t)0) {
        uselocale(before);
        freelocale(c_locale);
    }
    return value;
}

/* strtod or strtof on a clean copy: significant digits without a point, then the exponent. A double
 * halfway case has at most 767 digits: beyond them a single 1 stands for whatever follows. */
double km_ask_strtod(const km_decimal *number, int64_t exponent, bool single)
{
    char text[KM_HALFWAY_DIGITS + 32] = "0";
    int length = 1;
    bool more = false;
    bool point = false;
    for (const char *at = number->digits; at < number->digits_end; at++) {
        if (*at == '.') {
            point = true;
        } else if (length <= KM_HALFWAY_DIGITS) {
            text[length] = *at;
            length += length > 1 || *at != '0';
            exponent -= point;
        } else {
            more = more || *at != '0';
            exponent += !point;
        }
    }
    if (more) {
        text[length++] = '1';
        exponent--;
    }
    exponent = exponent > 1000000 ? 1000000 : exponent < -1000000 ? -1000000 : exponent;
    snprintf(text + length, sizeof text - (size_t)length, "e%d", (int)exponent);
    return ask_libc(text, single);
}
