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
