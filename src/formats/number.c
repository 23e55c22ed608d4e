/* Decimal to binary. Three ways, each exact:
 *   1. few digits, small exponent: one division or product of numbers that are exact
 *      (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990);
 *   2. up to 19 digits, |exponent| <= 27: integers of 128 bits, rounded once;
 *   3. the rest: strtod of the C locale. */
#define _POSIX_C_SOURCE 200809L
#include "number.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 km_u128;

/* mantissa * 10^exponent, and where the digits stand. */
typedef struct km_decimal {
    const char *digits; /* first digit or point */
    const char *digits_end;
    uint64_t mantissa; /* the first 19 significant digits */
    int64_t exponent;
    bool negative;
    bool cut; /* further digits, not all 0, were left out of mantissa */
} km_decimal;

enum { KM_EXACT_POWER = 27 /* 5^27 < 2^63 */, KM_HALFWAY_DIGITS = 780 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* More than 19 digits: leading zeros do not count, the rest is cut. */
static void read_long_mantissa(km_decimal *number)
{
    int digits = 0;
    bool point = false;
    number->mantissa = 0;
    number->exponent = 0;
    for (const char *at = number->digits; at < number->digits_end; at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        if (digits < 19) {
            number->mantissa = 10 * number->mantissa + (uint64_t)(*at - '0');
            digits += number->mantissa != 0;
            number->exponent -= point;
        } else {
            number->cut = number->cut || *at != '0';
            number->exponent += !point;
        }
    }
}

/* Digits and point; the first character after them, or NULL. */
static const char *read_mantissa(const char *at, const char *end, km_decimal *number)
{
    uint64_t mantissa = 0;
    number->digits = at;
    while (at < end && is_digit(*at)) {
        mantissa = 10 * mantissa + (uint64_t)(*at++ - '0');
    }
    int64_t digits = at - number->digits;
    number->exponent = 0;
    if (at < end && *at == '.') {
        const char *const fraction = ++at;
        while (at < end && is_digit(*at)) {
            mantissa = 10 * mantissa + (uint64_t)(*at++ - '0');
        }
        number->exponent = fraction - at;
        digits += at - fraction;
    }
    number->digits_end = at;
    number->mantissa = mantissa;
    number->cut = false;
    if (digits > 19) {
        read_long_mantissa(number);
    }
    return digits > 0 ? at : NULL;
}

/* The exponent, if there is one; the first character after it. Without digits it is none. */
static const char *read_exponent(const char *at, const char *end, km_decimal *number)
{
    const char *digit = at;
    if (at == end) {
        return at;
    }
    const bool letter = (*at | 0x20) == 'e' || (*at | 0x20) == 'd' || (*at | 0x20) == 'q';
    digit += letter;
    const bool sign = digit < end && (*digit == '+' || *digit == '-');
    const bool negative = sign && *digit == '-';
    digit += sign;
    const char *const first = digit;
    int64_t value = 0;
    while (digit < end && is_digit(*digit)) {
        value = value < 1000000 ? 10 * value + (*digit - '0') : value;
        digit++;
    }
    const bool pointed = memchr(number->digits, '.', (size_t)(at - number->digits)) != NULL;
    const bool fortran = sign && pointed && digit - first == 3;
    if (digit == first || !(letter || fortran)) {
        return at;
    }
    number->exponent += negative ? -value : value;
    return digit;
}

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

/* mantissa * 10^exponent for mantissa > 0, |exponent| <= 27, by integers. 10^e = 5^e * 2^e. */
static double round_exactly(uint64_t mantissa, int exponent, int bits)
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
static double ask_strtod(const km_decimal *number, int64_t exponent, bool single)
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

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static double convert(const km_decimal *number, int64_t written_exponent, bool single)
{
    const uint64_t mantissa = number->mantissa;
    const int64_t exponent = number->exponent;
    if (mantissa == 0) {
        return 0.0;
    }
    if (!single && !number->cut && mantissa <= (uint64_t)1 << 53 && exponent >= -22 &&
        exponent <= 22) {
        return exponent < 0 ? (double)mantissa / powers_of_ten[-exponent]
                            : (double)mantissa * powers_of_ten[exponent];
    }
    if (single && !number->cut && mantissa <= (uint64_t)1 << 24 && exponent >= -10 &&
        exponent <= 10) {
        return exponent < 0 ? (double)((float)mantissa / (float)powers_of_ten[-exponent])
                            : (double)((float)mantissa * (float)powers_of_ten[exponent]);
    }
    if (exponent >= -KM_EXACT_POWER && exponent <= KM_EXACT_POWER) {
        const int bits = single ? 24 : 53;
        const double value = round_exactly(mantissa, (int)exponent, bits);
        if (!number->cut || value == round_exactly(mantissa + 1, (int)exponent, bits)) {
            return value;
        }
    }
    return ask_strtod(number, written_exponent, single);
}

static const char *parse(const char *at, const char *end, bool single, double *value)
{
    km_decimal number;
    number.negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    at = read_mantissa(at, end, &number);
    if (at == NULL) {
        return NULL;
    }
    const int64_t before = number.exponent;
    at = read_exponent(at, end, &number);
    const double size = convert(&number, number.exponent - before, single);
    *value = number.negative ? -size : size;
    return at;
}

const char *km_parse_f64(const char *at, const char *end, double *value)
{
    return parse(at, end, false, value);
}

const char *km_parse_f32(const char *at, const char *end, float *value)
{
    double wide;
    const char *const after = parse(at, end, true, &wide);
    if (after != NULL) {
        *value = wide > 3.4028234663852886e38    ? (float)INFINITY
                 : wide < -3.4028234663852886e38 ? -(float)INFINITY
                                                 : (float)wide;
    }
    return after;
}
