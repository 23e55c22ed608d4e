/* Numbers from text and the distance between words. */
#include "cli.h"

#include <errno.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

/* A whole number that may be written as 1e6; exact up to 2^53 in that form. Returns the rest. */
static const char *read_whole(const char *text, int64_t *value)
{
    char *end = NULL;
    const char *const digits = text + (*text == '-' || *text == '+');
    if (*digits < '0' || *digits > '9') {
        return NULL;
    }
    errno = 0;
    *value = strtoll(text, &end, 10);
    if (*end == 'e' || *end == 'E' || *end == '.') {
        const double real = strtod(text, &end);
        if (!(real >= -9007199254740992.0 && real <= 9007199254740992.0) ||
            real != (double)(int64_t)real) {
            return NULL;
        }
        *value = (int64_t)real;
        return end;
    }
    return errno == ERANGE ? NULL : end;
}

int64_t parse_count(const char *flag, const char *text, int64_t low, int64_t high)
{
    int64_t value = 0;
    const char *const rest = read_whole(text, &value);
    if (rest == NULL || *rest != '\0' || value < low || value > high) {
        if (high == INT64_MAX) {
            die(EXIT_USAGE, "--%s: '%s' is not a whole number of at least %lld", flag, text,
                (long long)low);
        }
        die(EXIT_USAGE, "--%s: '%s' is not a whole number from %lld to %lld", flag, text,
            (long long)low, (long long)high);
    }
    return value;
}

int64_t parse_size(const char *flag, const char *text)
{
    static const char letters[] = "KMGT";
    int64_t value = 0;
    const char *rest = read_whole(text, &value);
    if (rest != NULL && *rest != '\0') {
        const bool is_letter = (*rest | 0x20) >= 'a' && (*rest | 0x20) <= 'z';
        const char *const letter = is_letter ? strchr(letters, *rest & ~0x20) : NULL;
        const int shift = letter != NULL ? 10 * (int)(letter - letters + 1) : 0;
        rest = letter != NULL && value <= (INT64_MAX >> shift) ? rest + 1 : NULL;
        value = rest != NULL && value >= 0 ? (int64_t)((uint64_t)value << shift) : value;
    }
    if (rest == NULL || *rest != '\0' || value < 0) {
        die(EXIT_USAGE, "--%s: '%s' is not a size such as 4096, 64K or 256M", flag, text);
    }
    return value;
}

uint64_t parse_seed(const char *flag, const char *text)
{
    char *end = NULL;
    int64_t whole = 0;
    const char *const rest = read_whole(text, &whole);
    if (rest != NULL && *rest == '\0' && whole >= 0) {
        return (uint64_t)whole;
    }
    errno = 0;
    const uint64_t value = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0') {
        die(EXIT_USAGE, "--%s: '%s' is not a whole number from 0 to 18446744073709551615", flag,
            text);
    }
    return value;
}

double parse_real(const char *flag, const char *text, double low, double high)
{
    char *end = NULL;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= low && value <= high)) {
        die(EXIT_USAGE, "--%s: '%s' is not a number from %g to %g", flag, text, low, high);
    }
    return value;
}

/* Restricted Damerau-Levenshtein distance (optimal string alignment), three rows of the table. */
int edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    int rows[3][LONGEST + 1];
    const int m = (int)strlen(a);
    const int n = (int)strlen(b);
    if (m > LONGEST || n > LONGEST) {
        return LONGEST;
    }
    for (int j = 0; j <= n; j++) {
        rows[0][j] = j;
    }
    for (int i = 1; i <= m; i++) {
        int *const now = rows[i % 3];
        const int *const above = rows[(i + 2) % 3];
        const int *const two_above = rows[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= n; j++) {
            const int replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
            int best = above[j] < now[j - 1] ? above[j] + 1 : now[j - 1] + 1;
            best = replaced < best ? replaced : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                two_above[j - 2] + 1 < best) {
                best = two_above[j - 2] + 1;
            }
            now[j] = best;
        }
    }
    return rows[m % 3][n];
}
