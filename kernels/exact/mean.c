/* The exact quotient of two totals, rounded once. */
#include "digits.h"

#include "ieee.h"
#include "rounding.h"
#include "wide.h"

/* |sum| / weight: a column's total and the cluster's weight, both as integers times a power of
 * two. */
typedef struct quotient {
    const int64_t *digits; /* the sum's, stride apart */
    int64_t stride;
    int32_t limbs;
    int32_t exponent;
    int32_t sign; /* of the sum, -1 or 1 */
    const km_weight_total *weight;
} quotient;

/* The sign of |sum| / weight - mantissa * 2^exponent, as that of |sum| - weight * mantissa *
 * 2^exponent. */
static int compare_quotient(const void *context, int64_t mantissa, int32_t exponent)
{
    const quotient *q = context;
    const km_weight_total *weight = q->weight;
    km_wide w;
    km_wide_clear(&w);
    for (int32_t l = 0; l <= q->limbs; l++)
        km_wide_add_integers(&w, q->digits[l * q->stride], q->sign, q->exponent + KM_LIMB_BITS * l);
    if (!weight->digits) {
        km_wide_add_integers(&w, -weight->count, mantissa, exponent);
        return km_wide_sign(&w);
    }
    for (int32_t l = 0; l <= weight->limbs; l++)
        km_wide_add_integers(&w, -weight->digits[l], mantissa,
                             exponent + weight->exponent + KM_LIMB_BITS * l);
    return km_wide_sign(&w);
}

static int32_t weight_exponent(const km_weight_total *weight)
{
    return weight->digits ? weight->exponent : 0;
}

/* From a guess at |sum| / weight in units of the grids. */
static double settle_quotient(const quotient *q, double guess_in_units)
{
    const km_parts guess = km_take_apart(guess_in_units);
    const int32_t scale = q->exponent - weight_exponent(q->weight);
    const double scaled = km_round_parts((uint64_t)guess.mantissa, guess.exponent + scale);
    return q->sign * km_settle(scaled, compare_quotient, q);
}

/* sum / weight with a relative error below 32 u^2 = 2^-101: 8 u^2 from sum, 1 from weight, and
 * from the remainder, whose parts are below 5 u * sum, at most 21 by rounding four times and
 * leaving out rest * weight.lo / weight.hi^2. */
static km_dd divide_units(km_dd sum, km_dd weight)
{
    const double q = sum.hi / weight.hi;
    const km_dd back = km_two_prod(q, weight.hi);
    const double rest = ((sum.hi - back.hi) - back.lo) + (sum.lo - q * weight.lo);
    return km_fast_two_sum(q, rest / weight.hi);
}

/* Both totals in units of their grids are integers below 2^268, so that nothing underflows. The
 * quotient is scaled at the end; 0 where it may be rounded or scaled wrongly. */
static int divide_quickly(km_dd sum, km_dd weight, int32_t scale, double *result)
{
    const km_dd ratio = divide_units(sum, weight);
    double units;
    if (!km_rounds_to(ratio, 0x1p-98 * __builtin_fabs(ratio.hi), &units))
        return 0;
    const uint64_t bits = km_bits(units);
    const int32_t field = (int32_t)(bits >> 52 & 0x7ff) + scale;
    if (field < 1 || field > 2046)
        return 0;
    *result = km_from_bits((bits & ~((uint64_t)0x7ff << 52)) | (uint64_t)field << 52);
    return 1;
}

static km_dd find_weight_units(const km_weight_total *weight)
{
    km_weight_total units = *weight;
    units.exponent = 0;
    return km_weight_dd(&units);
}

int km_digits_mean(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                   const km_weight_total *weight, double *mean)
{
    const km_dd units = find_weight_units(weight);
    if (!(units.hi > 0))
        return -1;
    for (int64_t p = 0; p < d; p++) {
        int is_exact;
        const km_dd sum = km_digits_units(digits + p, limbs, d, &is_exact);
        const int32_t scale = exponent[p] - weight_exponent(weight);
        if (sum.hi == 0) {
            mean[p] = 0.0;
        } else if (!divide_quickly(sum, units, scale, &mean[p])) {
            const int32_t sign = sum.hi > 0 ? 1 : -1;
            const quotient q = {digits + p, d, limbs, exponent[p], sign, weight};
            mean[p] = settle_quotient(&q, sign * sum.hi / units.hi);
        }
    }
    return 0;
}

int km_digits_mean_wide(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                        const km_weight_total *weight, double *mean)
{
    const km_dd units = find_weight_units(weight);
    if (!(units.hi > 0))
        return -1;
    for (int64_t p = 0; p < d; p++) {
        const int32_t sign = km_digits_sign(digits + p, limbs, d);
        const quotient q = {digits + p, d, limbs, exponent[p], sign, weight};
        const double sum = km_digits_dd(digits + p, limbs, d, 0).hi;
        mean[p] = sign == 0 ? 0.0 : settle_quotient(&q, sign * sum / units.hi);
    }
    return 0;
}
