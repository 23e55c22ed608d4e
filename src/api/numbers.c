#include "numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "formats/number.h"

/* A decimal number taken apart: digits (with at most one point among them) and 10^exponent. */
typedef struct decimal {
    const char *digits;
    size_t length;
    int64_t exponent; /* of ten, for the last digit */
    bool negative;
} decimal;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The exponent after an 'e'; clamped, so that a long one cannot overflow. */
static bool scan_exponent(const char *text, int64_t *exponent)
{
    const bool negative = *text == '-';
    int64_t value = 0;
    if (*text == '-' || *text == '+')
        text++;
    if (!is_digit(*text))
        return false;
    for (; is_digit(*text); text++)
        value = value < 1000000 ? 10 * value + (*text - '0') : value;
    *exponent = negative ? -value : value;
    return *text == '\0';
}

static bool scan_decimal(const char *text, decimal *number)
{
    int64_t fraction = 0;
    int64_t exponent = 0;
    bool point = false;
    bool any = false;
    number->negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    number->digits = text;
    for (; is_digit(*text) || (*text == '.' && !point); text++) {
        any |= is_digit(*text);
        fraction += point;
        point |= *text == '.';
    }
    number->length = (size_t)(text - number->digits);
    if (!any ||
        ((*text == 'e' || *text == 'E') ? !scan_exponent(text + 1, &exponent) : *text != '\0'))
        return false;
    number->exponent = exponent - fraction;
    return true;
}

/* Cut zeros (and the point) off the end, each moving the exponent up; length 0 means the value
 * 0. */
static void strip_zeros(decimal *number)
{
    while (number->length > 0) {
        const char last = number->digits[number->length - 1];
        if (last != '0' && last != '.')
            return;
        number->exponent += last == '0';
        number->length--;
    }
}

static bool append_digit(uint64_t *value, int digit)
{
    const uint64_t top = UINT64_MAX;
    if (*value > (top - (uint64_t)digit) / 10)
        return false;
    *value = 10 * *value + (uint64_t)digit;
    return true;
}

km_number_status km_read_integer(const char *text, bool *negative, uint64_t *magnitude)
{
    decimal number;
    uint64_t value = 0;
    if (!scan_decimal(text, &number))
        return KM_NUMBER_NONE;
    strip_zeros(&number);
    *negative = number.negative && number.length > 0;
    *magnitude = 0;
    if (number.length == 0)
        return KM_NUMBER_OK;
    if (number.exponent < 0)
        return KM_NUMBER_FRACTION;
    for (size_t i = 0; i < number.length; i++) {
        if (number.digits[i] != '.' && !append_digit(&value, number.digits[i] - '0'))
            return KM_NUMBER_HUGE;
    }
    for (int64_t i = 0; i < number.exponent; i++) {
        if (!append_digit(&value, 0))
            return KM_NUMBER_HUGE;
    }
    *magnitude = value;
    return KM_NUMBER_OK;
}

km_number_status km_read_real(const char *text, double *value)
{
    decimal number;
    double read = 0;
    if (!scan_decimal(text, &number))
        return KM_NUMBER_NONE;
    km_parse_f64(text, text + strlen(text), &read);
    if (read - read != 0)
        return KM_NUMBER_HUGE;
    *value = read == 0 ? 0 : read;
    return KM_NUMBER_OK;
}

/* Write '.' where the caller's locale has put something else: the only bytes of a finite number
 * that are neither digits nor signs nor 'e'. */
static void restore_point(char *text)
{
    char *const at = text + strspn(text, "0123456789+-e");
    const size_t width = strcspn(at, "0123456789e");
    if (width > 0) {
        *at = '.';
        memmove(at + 1, at + width, strlen(at + width) + 1);
    }
}

void km_write_real(double value, char text[KM_REAL_TEXT])
{
    double read = 0;
    if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value) {
        snprintf(text, KM_REAL_TEXT, "%" PRId64, (int64_t)value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, KM_REAL_TEXT, "%.*g", digits, value);
        restore_point(text);
        if (km_read_real(text, &read) == KM_NUMBER_OK && read == value)
            return;
    }
}
