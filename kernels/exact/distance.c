#include "distance.h"

#include "dd.h"
#include "ieee.h"
#include "int128.h"
#include "rounding.h"
#include "wide.h"

/* Columns p mod LANES go to a lane of their own, so that compilers can use vectors. */
#define LANES 8

/* A sum of squares S >= 0: |sum.hi + sum.lo - S| <= error / 2 if sum.hi <= LARGEST, |sum.lo| <=
 * ulp(sum.hi)/2. */
typedef struct bounded_sum {
    km_dd sum;
    double error;
} bounded_sum;

#define LARGEST 0x1p1000 /* up to here nothing has overflowed */

/* One term of a lane: high + rest += (x - c)^2. */
static inline void add_square(double x, double c, double *high, double *rest)
{
    const km_dd t = km_two_diff(x, c);
    const km_dd square = km_two_square(t.hi);
    const km_dd s = km_two_sum(*high, square.hi);
    *high = s.hi;
    *rest += s.lo + (square.lo + (t.hi + t.hi) * t.lo);
}

static void sum_lanes(const double *x, const double *c, int64_t d, double *high, double *rest)
{
    const int64_t whole = d - d % LANES;
    for (int64_t p = 0; p < whole; p += LANES)
        for (int64_t q = 0; q < LANES; q++)
            add_square(x[p + q], c[p + q], &high[q], &rest[q]);
    for (int64_t p = whole; p < d; p++)
        add_square(x[p], c[p], &high[p - whole], &rest[p - whole]);
}

/* The bound, u = 2^-53, m = ceil(d/8) terms in a lane, t = hi + lo with |lo| <= u|hi|:
 *   lo^2 is left out, 2 hi lo and its sum with the error of hi^2 are rounded: 6 u^2 t^2 a term;
 *   |s.lo| <= u S_lane, |square.lo + 2 hi lo| <= 3 u t^2, so the numbers that go to rest have
 *   magnitudes of (m + 3) u S_lane together, and m + 1 roundings each: (m + 1)(m + 3) u^2 S;
 *   joining the lanes adds 16 numbers of (m + 11) u S together: 16 (m + 11) u^2 S.
 * Together (m^2 + 20 m + 185) u^2 S, which (m + 16)^2 u^2 S exceeds by enough for the roundings
 * of the bound itself. Underflow costs at most 2^-1034 a term (dd.h). error is twice the bound. */
static bounded_sum sum_of_squares(const double *x, const double *c, int64_t d)
{
    double high[LANES] = {0};
    double rest[LANES] = {0};
    sum_lanes(x, c, d, high, rest);
    double total = high[0];
    double low = rest[0];
    for (int64_t q = 1; q < LANES; q++) {
        const km_dd s = km_two_sum(total, high[q]);
        total = s.hi;
        low += s.lo + rest[q];
    }
    const double m = (double)((d + LANES - 1) / LANES);
    const bounded_sum r = {
        .sum = km_two_sum(total, low),
        .error = (m + 16) * (m + 16) * 0x1p-105 * total + m * 0x1p-1020,
    };
    return r;
}

static void add_squares_wide(km_wide *w, const double *x, const double *c, int64_t d, int sign)
{
    for (int64_t p = 0; p < d; p++) {
        const km_dd t = km_two_diff(x[p], c[p]);
        km_wide_add_product(w, sign * t.hi, t.hi);
        if (t.lo != 0) {
            km_wide_add_product(w, sign * (t.hi + t.hi), t.lo);
            km_wide_add_product(w, sign * t.lo, t.lo);
        }
    }
}

double km_d2_nearest_wide(const double *x, const double *c, int64_t d)
{
    km_wide w;
    km_wide_clear(&w);
    add_squares_wide(&w, x, c, d, 1);
    return km_wide_round(&w);
}

/* m * 2^exponent, rounded; m is 2^64 or more. */
static double round_fixed(km_u128 m, int32_t exponent)
{
    const int32_t up = 64 - __builtin_clzll((uint64_t)(m >> 64));
    const uint64_t lost = (uint64_t)m & (UINT64_MAX >> (64 - up));
    return km_round_parts((uint64_t)(m >> up) | (lost != 0), exponent + up);
}

/* The sum in integers, where the differences are whole numbers below 2^52 of some unit: those of
 * float32 rows nearly always are, and of short numbers like theirs a sum may lie just between two
 * float64, where no error bound tells which is nearer. Returns 1 with the result, else 0.
 * The largest difference has 52 bits: the largest square is from 2^102 to 2^104, so that d < 2^24
 * of them have room. Below 2^51 the scale is 1 or more, so that no difference underflows by it;
 * above 2^-400 the scale is finite and the sum's float64 is normal. */
static int sum_fixed(const double *x, const double *c, int64_t d, double *nearest)
{
    double most = 0;
    for (int64_t p = 0; p < d; p++)
        most = km_larger(most, __builtin_fabs(x[p] - c[p]));
    if (!(most > 0x1p-400 && most < 0x1p51 && d < (1 << 24)))
        return 0;
    const int32_t shift = 51 - km_exponent(most);
    const double scale = km_pow2(shift);
    km_u128 sum = 0;
    for (int64_t p = 0; p < d; p++) {
        const km_dd t = km_two_diff(x[p], c[p]);
        const int64_t whole = (int64_t)(t.hi * scale);
        if (t.lo != 0 || (double)whole != t.hi * scale)
            return 0;
        const uint64_t size = (uint64_t)(whole < 0 ? -whole : whole);
        sum += (km_u128)size * size;
    }
    *nearest = round_fixed(sum, -2 * shift);
    return 1;
}

static int are_equal(const double *x, const double *c, int64_t d)
{
    for (int64_t p = 0; p < d; p++)
        if (x[p] != c[p])
            return 0;
    return 1;
}

double km_d2_nearest(const double *x, const double *c, int64_t d)
{
    const bounded_sum s = sum_of_squares(x, c, d);
    double nearest;
    if (s.sum.hi <= LARGEST && km_rounds_to(s.sum, s.error, &nearest))
        return nearest;
    if (s.sum.hi == 0 && are_equal(x, c, d))
        return 0.0;
    if (sum_fixed(x, c, d, &nearest))
        return nearest;
    return km_d2_nearest_wide(x, c, d);
}

/* The sign of S - (mantissa * 2^exponent)^2. */
static int compare_root(const void *sum, int64_t mantissa, int32_t exponent)
{
    km_wide w = *(const km_wide *)sum;
    km_wide_add_integers(&w, -mantissa, mantissa, 2 * exponent);
    return km_wide_sign(&w);
}

double km_distance_nearest_wide(const double *x, const double *c, int64_t d)
{
    km_wide w;
    km_wide_clear(&w);
    add_squares_wide(&w, x, c, d, 1);
    int32_t exponent;
    uint64_t leading = km_wide_leading(&w, &exponent);
    if (leading == 0)
        return 0.0;
    if (exponent % 2 != 0) {
        leading >>= 1;
        exponent++;
    }
    const km_parts root = km_take_apart(__builtin_sqrt((double)leading));
    const double guess = km_round_parts((uint64_t)root.mantissa, root.exponent + exponent / 2);
    return km_settle(guess, compare_root, &w);
}

double km_distance_nearest(const double *x, const double *c, int64_t d)
{
    const bounded_sum s = sum_of_squares(x, c, d);
    double nearest;
    if (s.sum.hi <= LARGEST && km_root_rounds_to(s.sum, s.error, &nearest))
        return nearest;
    if (s.sum.hi == 0 && are_equal(x, c, d))
        return 0.0;
    return km_distance_nearest_wide(x, c, d);
}

int km_compare_d2_wide(const double *x, const double *a, const double *b, int64_t d)
{
    km_wide w;
    km_wide_clear(&w);
    add_squares_wide(&w, x, a, d, 1);
    add_squares_wide(&w, x, b, d, -1);
    return km_wide_sign(&w);
}

int km_compare_d2(const double *x, const double *a, const double *b, int64_t d)
{
    const bounded_sum to_a = sum_of_squares(x, a, d);
    const bounded_sum to_b = sum_of_squares(x, b, d);
    const km_dd t = km_two_diff(to_a.sum.hi, to_b.sum.hi);
    const double difference = t.hi + (t.lo + (to_a.sum.lo - to_b.sum.lo));
    const double error = to_a.error + to_b.error;
    if (to_a.sum.hi <= LARGEST && to_b.sum.hi <= LARGEST) {
        if (difference > error)
            return 1;
        if (difference < -error)
            return -1;
    }
    return km_compare_d2_wide(x, a, b, d);
}
