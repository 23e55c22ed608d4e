/* Single rows, weights and counts in the exact sums. */
#include <string.h>

#include "kernels/exact/ieee.h"
#include "sums.h"

void km_sums_split_weight(const km_sums *sums, double w, int32_t sign, uint64_t *acc)
{
    for (int32_t l = sums->weight_limbs - 1; l >= 0; l--) {
        const double t = w + sums->weight_magic[l];
        acc[l] += sign > 0 ? km_bits(t) : -km_bits(t);
        w -= t - sums->weight_magic[l];
    }
}

void km_sums_add_weight(const km_sums *sums, double w, int64_t *digits)
{
    uint64_t acc[KM_MAX_LIMBS] = {0};
    km_sums_split_weight(sums, w, 1, acc);
    km_digits_flush(digits, acc, 1, sums->weight_magic, sums->weight_limbs, 1);
}

void km_sums_take_row(const km_run *run, km_thread *t, const double *x, const double *weight,
                      int64_t *digits, int64_t *weight_digits)
{
    const km_sums *const sums = &run->sums;
    const km_kernels_f64 *const kernels = run->isa->f64;
    static const int32_t one_cluster = 0;
    const int64_t d = run->d;
    if (weight) {
        uint64_t acc[KM_MAX_LIMBS] = {0};
        km_sums_split_weight(sums, *weight, -1, acc);
        km_digits_flush(weight_digits, acc, -1, sums->weight_magic, sums->weight_limbs, 1);
        kernels->add_rows_weighted(x, d, &one_cluster, weight, 1, d, sums->magic, sums->limbs, 1,
                                   t->acc);
    } else {
        kernels->add_rows(x, d, &one_cluster, 1, d, sums->magic, sums->limbs, 1, t->acc);
    }
    km_digits_flush(digits, t->acc, weight ? -2 : -1, sums->magic, sums->limbs, d);
    memset(t->acc, 0, (size_t)(sums->limbs * d) * sizeof *t->acc);
}

km_weight_total km_sums_weight(const km_sums *sums, int64_t j)
{
    km_weight_total total = {.count = sums->count[j]};
    if (sums->weight_limbs > 0) {
        total.digits = km_sums_weight_digits(sums, j);
        total.limbs = sums->weight_limbs;
        total.exponent = sums->weight_exponent;
    }
    return total;
}

/* Many rows of few clusters take turns on several counts: each would wait for the one before of
 * its cluster. */
void km_sums_book(km_thread *t, const int32_t *label, int64_t m, int64_t k, int32_t sign)
{
    enum { few = 16, turns = 4, many = 64 };
    int64_t i = 0, moves[turns * few];
    const int64_t one = ((int64_t)1 << 32) + sign;
    if (k <= few && m >= many) {
        memset(moves, 0, sizeof moves);
        for (; i < m; i++)
            if (label[i] >= 0)
                moves[i % turns * few + label[i]] += one;
        for (int64_t j = 0; j < k; j++)
            for (int turn = 0; turn < turns; turn++)
                t->moves[j] += moves[turn * few + j];
    }
    for (; i < m; i++)
        if (label[i] >= 0)
            t->moves[label[i]] += one;
}
