#include "ranges.h"

#include <math.h>

#include "kernels/exact/ieee.h"
#include "kernels/exact/wide.h"

void km_range_start(km_range *range, double *memory, int64_t d)
{
    *range = (km_range){memory, memory + d, memory + 2 * d, memory + 3 * d, NULL};
    for (int64_t p = 0; p < d; p++) {
        range->max_abs[p] = 0;
        range->low_bit[p] = INFINITY;
        range->min[p] = INFINITY;
        range->max[p] = -INFINITY;
    }
}

void km_range_merge(km_range *into, const km_range *from, int64_t d)
{
    for (int64_t p = 0; p < d; p++) {
        into->max_abs[p] = km_larger(into->max_abs[p], from->max_abs[p]);
        into->low_bit[p] = km_smaller(into->low_bit[p], from->low_bit[p]);
        into->min[p] = km_smaller(into->min[p], from->min[p]);
        into->max[p] = km_larger(into->max[p], from->max[p]);
    }
}

void km_range_assume(km_range *range, const km_number *number, int64_t d)
{
    for (int64_t p = 0; p < d; p++) {
        range->min[p] = number->min;
        range->max[p] = number->max;
        range->max_abs[p] = km_larger(-number->min, number->max);
        range->low_bit[p] = number->low_bit;
    }
}

/* Lowest set bit of a positive finite double, as a power of two. */
static double low_bit(double x)
{
    const km_parts parts = km_take_apart(x);
    return km_pow2(parts.exponent + __builtin_ctzll((unsigned long long)parts.mantissa));
}

void km_weigh_rows(km_run *run, km_facts *facts)
{
    facts->max_weight = 1;
    facts->low_weight = 1;
    run->total_weight = (double)(run->n - run->skipped);
    if (!run->weights)
        return;
    km_wide total;
    km_wide_clear(&total);
    facts->max_weight = 0;
    facts->low_weight = INFINITY;
    for (int64_t i = 0; i < run->n; i++) {
        const double w = run->weights[i];
        km_memory_step(&run->context->memory, i);
        if (run->labels[i] < 0 || w == 0)
            continue;
        facts->max_weight = km_larger(facts->max_weight, w);
        facts->low_weight = km_smaller(facts->low_weight, low_bit(w));
        km_wide_add(&total, w);
    }
    run->total_weight = km_wide_round(&total);
}
