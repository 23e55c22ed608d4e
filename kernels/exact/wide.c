#include "wide.h"

#include "ieee.h"
#include "int128.h"

#define DIGIT_MASK                0xffffffff
#define ADDITIONS_BETWEEN_CARRIES (1 << 30) /* of less than 2^32 each into an int64 */

double km_round_parts(uint64_t mantissa, int32_t exponent)
{
    if (mantissa == 0)
        return 0.0;
    const int32_t zeros = __builtin_clzll(mantissa);
    const uint64_t m = mantissa << zeros;
    const int32_t top = exponent - zeros + 63; /* 2^top <= value < 2^(top + 1) */
    if (top > 1023)
        return km_from_bits((uint64_t)0x7ff << 52);
    if (top < -1075)
        return 0.0;
    const int32_t drop = top >= -1022 ? 11 : 11 + (-1022 - top); /* 11..64 bits */
    const uint64_t kept = drop == 64 ? 0 : m >> drop;
    const uint64_t half = (uint64_t)1 << (drop - 1);
    const uint64_t rest = m & (half + (half - 1));
    const uint64_t up = rest > half || (rest == half && (kept & 1));
    /* A carry out of the fraction runs into the exponent field, as it should. */
    const uint64_t field = top >= -1022 ? (uint64_t)(top + 1022) << 52 : 0;
    return km_from_bits(field + kept + up);
}

void km_wide_clear(km_wide *w)
{
    memset(w->digit, 0, sizeof w->digit);
    w->low = KM_WIDE_DIGITS;
    w->high = -1;
    w->count = 0;
}

/* Brings every digit below the highest into [0, 2^32), keeps the sign in the highest, and
 * leaves no zero above the highest. */
static void resolve_carries(km_wide *w)
{
    int64_t carry = 0;
    for (int32_t i = w->low; i < w->high; i++) {
        const int64_t v = w->digit[i] + carry;
        w->digit[i] = v & DIGIT_MASK;
        carry = v >> 32;
    }
    if (w->low <= w->high) {
        int64_t top = w->digit[w->high] + carry;
        if (top < -((int64_t)1 << 31) || top > (int64_t)1 << 31) {
            w->digit[w->high++] = top & DIGIT_MASK;
            top >>= 32;
        }
        w->digit[w->high] = top;
    }
    while (w->high > w->low && w->digit[w->high] == 0)
        w->high--;
    w->count = 0;
}

void km_wide_add_integers(km_wide *w, int64_t a, int64_t b, int32_t exponent)
{
    const uint64_t abs_a = a < 0 ? -(uint64_t)a : (uint64_t)a;
    const uint64_t abs_b = b < 0 ? -(uint64_t)b : (uint64_t)b;
    const km_u128 product = (km_u128)abs_a * abs_b;
    if (product == 0)
        return;
    const int32_t offset = exponent - KM_WIDE_BOTTOM;
    const int32_t first = offset >> 5;
    const int32_t shift = offset & 31;
    const km_u128 body = product << shift;
    const uint64_t lo = (uint64_t)body;
    const uint64_t hi = (uint64_t)(body >> 64);
    const uint64_t over = (uint64_t)(product >> 97) >> (31 - shift);
    const int64_t sign = (a ^ b) < 0 ? -1 : 1;
    int64_t *digit = w->digit + first;
    digit[0] += sign * (int64_t)(lo & DIGIT_MASK);
    digit[1] += sign * (int64_t)(lo >> 32);
    digit[2] += sign * (int64_t)(hi & DIGIT_MASK);
    digit[3] += sign * (int64_t)(hi >> 32);
    digit[4] += sign * (int64_t)over;
    w->low = first < w->low ? first : w->low;
    w->high = first + 4 > w->high ? first + 4 : w->high;
    if (++w->count == ADDITIONS_BETWEEN_CARRIES)
        resolve_carries(w);
}

void km_wide_add(km_wide *w, double a)
{
    const km_parts x = km_take_apart(a);
    km_wide_add_integers(w, x.mantissa, 1, x.exponent);
}

void km_wide_add_product(km_wide *w, double a, double b)
{
    const km_parts x = km_take_apart(a);
    const km_parts y = km_take_apart(b);
    km_wide_add_integers(w, x.mantissa, y.mantissa, x.exponent + y.exponent);
}

int km_wide_sign(km_wide *w)
{
    resolve_carries(w);
    if (w->low > w->high)
        return 0;
    const int64_t top = w->digit[w->high];
    return (top > 0) - (top < 0);
}

void km_wide_merge(km_wide *w, km_wide *other)
{
    resolve_carries(w);
    resolve_carries(other);
    for (int32_t i = other->low; i <= other->high; i++)
        w->digit[i] += other->digit[i];
    w->low = other->low < w->low ? other->low : w->low;
    w->high = other->high > w->high ? other->high : w->high;
    w->count++;
}

static void negate_digits(km_wide *w)
{
    for (int32_t i = w->low; i <= w->high; i++)
        w->digit[i] = -w->digit[i];
    resolve_carries(w);
}

static uint64_t digit_or_zero(const km_wide *w, int32_t i)
{
    return i >= w->low && i <= w->high ? (uint64_t)w->digit[i] : 0;
}

/* km_wide_leading for a positive number without pending carries. */
static uint64_t read_leading(const km_wide *w, int32_t *exponent)
{
    const int32_t i = w->high;
    const km_u128 window = (km_u128)digit_or_zero(w, i) << 64 | digit_or_zero(w, i - 1) << 32 |
                           digit_or_zero(w, i - 2);
    const int32_t drop = 64 - __builtin_clzll((uint64_t)(window >> 64)); /* 1..32 */
    uint64_t lost = (uint64_t)window & (((uint64_t)1 << drop) - 1);
    for (int32_t j = w->low; j < i - 2 && lost == 0; j++)
        lost = (uint64_t)w->digit[j];
    *exponent = 32 * (i - 2) + KM_WIDE_BOTTOM + drop;
    return (uint64_t)(window >> drop) | (lost != 0);
}

uint64_t km_wide_leading(km_wide *w, int32_t *exponent)
{
    const int sign = km_wide_sign(w);
    *exponent = 0;
    if (sign == 0)
        return 0;
    if (sign < 0)
        negate_digits(w);
    const uint64_t mantissa = read_leading(w, exponent);
    if (sign < 0)
        negate_digits(w);
    return mantissa;
}

double km_wide_round(km_wide *w)
{
    int32_t exponent;
    const int sign = km_wide_sign(w);
    const uint64_t mantissa = km_wide_leading(w, &exponent);
    const double size = km_round_parts(mantissa, exponent);
    return sign < 0 ? -size : size;
}
