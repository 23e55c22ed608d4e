#include "rounding.h"

#include "ieee.h"

#define INFINITY_BITS ((uint64_t)0x7ff << 52)

/* Whether V rounds to a number above the finite one with these bits: the midpoint to the next
 * one belongs to the even of the two. */
static int is_above(uint64_t bits, km_compare_with *compare, const void *context)
{
    const km_parts r = km_take_apart(km_from_bits(bits));
    const int side = compare(context, 2 * r.mantissa + 1, r.exponent - 1);
    return side > 0 || (side == 0 && (bits & 1));
}

double km_settle(double guess, km_compare_with *compare, const void *context)
{
    /* Nonnegative doubles are ordered as their bits, and bits + 1 is the next one. */
    uint64_t bits = km_bits(guess);
    if (bits > INFINITY_BITS)
        bits = INFINITY_BITS;
    while (bits > 0 && !is_above(bits - 1, compare, context))
        bits--;
    while (bits < INFINITY_BITS && is_above(bits, compare, context))
        bits++;
    return km_from_bits(bits);
}

/* With r = sqrt(hi) rounded and S = r^2 + rest, |rest| <= 4 u r^2:
 * sqrt(S) = r + rest / (2r) - rest^2 / (8 r^3) + ...; the last term and the roundings of rest and
 * of the quotient are below 9 u^2 r together. The error of S counts half, bound / (2r), and bound
 * is over 2^7 u^2 r^2, so four times as much covers both. Where r^2 underflows, the bound is too
 * large for the test to pass; r = 0 makes NaNs, which do not pass either. */
int km_root_rounds_to(km_dd v, double error, double *result)
{
    const double r = __builtin_sqrt(v.hi);
    const km_dd square = km_two_square(r);
    const double rest = ((v.hi - square.hi) - square.lo) + v.lo;
    const km_dd root = km_fast_two_sum(r, rest / (r + r));
    return km_rounds_to(root, error / r, result);
}
