/* Numbers to text: the fewest digits that read back to the same bits. The command never calls
 * setlocale, so the decimal point is a point in every environment. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

int format_integer(int64_t value, char text[REAL_TEXT])
{
    char digits[24];
    int count = 0;
    int length = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        text[length++] = '-';
    }
    while (count > 0) {
        text[length++] = digits[--count];
    }
    text[length] = '\0';
    return length;
}

/* Whole numbers below 1e15 print as such, the common case for labels and counts. */
static bool is_small_whole(double value)
{
    return value > -1e15 && value < 1e15 && value == (double)(int64_t)value && value != 0.0;
}

int format_real(double value, char text[REAL_TEXT])
{
    if (is_small_whole(value)) {
        return format_integer((int64_t)value, text);
    }
    /* 16 first: most numbers that people type need 15 at most, most computed ones 17. */
    int length = snprintf(text, REAL_TEXT, "%.16g", value);
    if (strtod(text, NULL) != value) {
        return snprintf(text, REAL_TEXT, "%.17g", value);
    }
    char shorter[REAL_TEXT];
    const int fewer = snprintf(shorter, sizeof shorter, "%.15g", value);
    if (strtod(shorter, NULL) == value) {
        length = fewer;
        memcpy(text, shorter, (size_t)fewer + 1);
    }
    return length;
}

int format_float(float value, char text[REAL_TEXT])
{
    int length = 0;
    if (is_small_whole((double)value) && value > -1e6F && value < 1e6F) {
        return format_integer((int64_t)value, text);
    }
    for (int digits = 6; digits <= 9; digits++) {
        length = snprintf(text, REAL_TEXT, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) {
            break;
        }
    }
    return length;
}
