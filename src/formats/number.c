/* Decimal to binary. Three ways, each exact:
 *   1. few digits, small exponent: one division or product of numbers that are exact
 *      (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990);
 *   2. up to 19 digits, |exponent| <= 27: integers of 128 bits, rounded once;
 *   3. the rest: strtod of the C locale. */
#include "number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "number_exact.h"

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

static const uint64_t small_powers[] = {1,      10,      100,      1000,     10000,
                                        100000, 1000000, 10000000, 100000000};

/* The run of digits that begins at `at`, appended to *mantissa (modulo 2^64); its end. Eight
 * characters at a time and without a branch on the number of digits, which nobody can predict:
 * adding 0x76 to c ^ '0' sets the top bit of every byte but a digit's; the digits are moved to the
 * high end, zeros before them, and joined in pairs three times. Needs a little-endian machine. */
static inline const char *read_digits(const char *at, const char *end, uint64_t *mantissa)
{
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        word ^= 0x3030303030303030U;
        const uint64_t others = ((word + 0x7676767676767676U) | word) & 0x8080808080808080U;
        const int digits = others != 0 ? __builtin_ctzll(others) / 8 : 8;
        if (digits == 0) {
            return at;
        }
        word <<= 64 - 8 * digits;
        word = (10 * word + (word >> 8)) & 0x00FF00FF00FF00FFU;
        word = (100 * word + (word >> 16)) & 0x0000FFFF0000FFFFU;
        word = (10000 * word + (word >> 32)) & 0x00000000FFFFFFFFU;
        *mantissa = *mantissa * small_powers[digits] + word;
        at += digits;
        if (digits < 8) {
            return at;
        }
    }
    while (at < end && is_digit(*at)) {
        *mantissa = 10 * *mantissa + (uint64_t)(*at++ - '0');
    }
    return at;
}

/* Digits and point; the first character after them, or NULL. */
static const char *read_mantissa(const char *at, const char *end, km_decimal *number)
{
    uint64_t mantissa = 0;
    number->digits = at;
    at = read_digits(at, end, &mantissa);
    int64_t digits = at - number->digits;
    number->exponent = 0;
    if (at < end && *at == '.') {
        const char *const fraction = ++at;
        at = read_digits(at, end, &mantissa);
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
    const char first = at < end ? *at : '\0';
    const char lower = (char)(first | 0x20);
    const bool letter = lower == 'e' || lower == 'd' || lower == 'q';
    if (!letter && first != '+' && first != '-') {
        return at;
    }
    digit += letter;
    const bool sign = digit < end && (*digit == '+' || *digit == '-');
    const bool negative = sign && *digit == '-';
    digit += sign;
    const char *const digits = digit;
    int64_t value = 0;
    while (digit < end && is_digit(*digit)) {
        value = value < 1000000 ? 10 * value + (*digit - '0') : value;
        digit++;
    }
    /* Fortran drops the letter of three-digit exponents. */
    const bool pointed = memchr(number->digits, '.', (size_t)(at - number->digits)) != NULL;
    if (digit == digits || !(letter || (pointed && digit - digits == 3))) {
        return at;
    }
    number->exponent += negative ? -value : value;
    return digit;
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
        const double value = km_round_exactly(mantissa, (int)exponent, bits);
        if (!number->cut || value == km_round_exactly(mantissa + 1, (int)exponent, bits)) {
            return value;
        }
    }
    return km_ask_strtod(number, written_exponent, single);
}

static const char *parse(const char *at, const char *end, bool single, double *value)
{
    km_decimal number;
    const char first = at < end ? *at : '\0';
    number.negative = first == '-';
    at += (first == '-') | (first == '+');
    at = read_mantissa(at, end, &number);
    if (at == NULL) {
        return NULL;
    }
    const int64_t before = number.exponent;
    at = read_exponent(at, end, &number);
    const double size = convert(&number, number.exponent - before, single);
    uint64_t bits; /* the sign without a branch: half of all numbers are negative */
    memcpy(&bits, &size, sizeof bits);
    bits |= (uint64_t)number.negative << 63;
    memcpy(value, &bits, sizeof bits);
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
