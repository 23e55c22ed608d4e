#include "grid.h"

#include "digits.h"
#include "ieee.h"

#define LOWEST_EXPONENT (-1074)

/* The smallest q with x <= 2^q; the exponent itself for a power of two. 0 < x < infinity. */
static int32_t find_exponent_above(double x)
{
    const km_parts parts = km_take_apart(x);
    const uint64_t below = (uint64_t)parts.mantissa - 1;
    return parts.exponent + (below == 0 ? 0 : 64 - __builtin_clzll(below));
}

/* The exponents between which the values of a column lie: |v| <= 2^top, v a multiple of 2^bottom.
 * A column of zeros has none: top < bottom. */
typedef struct km_span {
    int32_t top;
    int32_t bottom;
} km_span;

static km_span find_span(double max_abs, double low_bit, double max_weight, double low_weight)
{
    km_span span = {0, 1};
    if (max_abs > 0 && max_weight > 0) {
        span.top = find_exponent_above(max_abs) + find_exponent_above(max_weight);
        span.bottom = find_exponent_above(low_bit) + find_exponent_above(low_weight);
    }
    return span;
}

/* The least number of limbs with top <= bottom + 51 limbs - 1. */
static int32_t count_limbs(km_span span)
{
    const int32_t bits = span.top - span.bottom + 1;
    return bits <= KM_LIMB_BITS ? 1 : (bits + KM_LIMB_BITS - 1) / KM_LIMB_BITS;
}

static int32_t choose_exponent(int32_t top, int32_t limbs)
{
    const int32_t exponent = top + 1 - KM_LIMB_BITS * limbs;
    return exponent > LOWEST_EXPONENT ? exponent : LOWEST_EXPONENT;
}

int32_t km_choose_grids(const double *max_abs, const double *low_bit, int64_t d, double max_weight,
                        double low_weight, int32_t *exponent, int64_t *rounded)
{
    int32_t limbs = 1;
    for (int64_t p = 0; p < d; p++) {
        const int32_t need = count_limbs(find_span(max_abs[p], low_bit[p], max_weight, low_weight));
        limbs = need > limbs ? need : limbs;
    }
    limbs = limbs > KM_MAX_LIMBS ? KM_MAX_LIMBS : limbs;
    const int64_t cut =
        km_place_grids(max_abs, low_bit, d, max_weight, low_weight, limbs, exponent);
    if (rounded)
        *rounded = cut;
    return limbs;
}

int64_t km_place_grids(const double *max_abs, const double *low_bit, int64_t d, double max_weight,
                       double low_weight, int32_t limbs, int32_t *exponent)
{
    int64_t cut = 0;
    for (int64_t p = 0; p < d; p++) {
        const km_span span = find_span(max_abs[p], low_bit[p], max_weight, low_weight);
        const int is_zero = span.top < span.bottom;
        exponent[p] = is_zero ? 0 : choose_exponent(span.top, limbs);
        cut += !is_zero && exponent[p] > span.bottom;
    }
    return cut;
}

void km_fill_magic(const int32_t *exponent, int64_t d, int32_t limbs, double *magic)
{
    for (int32_t l = 0; l < limbs; l++)
        for (int64_t p = 0; p < d; p++)
            magic[l * d + p] = 1.5 * km_pow2(52 + exponent[p] + KM_LIMB_BITS * l);
}

int32_t km_grid_below(double bound, int32_t limbs)
{
    return bound > 0 ? choose_exponent(find_exponent_above(bound), limbs) : 0;
}
