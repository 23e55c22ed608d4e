#include "fingerprint.h"

#include "kernels/exact/ieee.h"
#include "services/hash.h"
#include "sparse.h"
#include "visit.h"

/* Sums modulo 2^64: the order in which the threads add does not matter. */
typedef struct sums {
    _Atomic uint64_t data, weights;
} sums;

static uint64_t term(int64_t index, uint64_t value)
{
    return km_mix(km_mix((uint64_t)index + 1) + value);
}

uint64_t km_hash_reals(const double *x, int64_t m)
{
    uint64_t sum = 0;
    for (int64_t p = 0; p < m; p++)
        sum += x[p] != 0 ? term(p, km_bits(x[p])) : 0;
    return sum;
}

uint64_t km_hash_labels(const int32_t *labels, int64_t m)
{
    uint64_t sum = 0;
    for (int64_t i = 0; i < m; i++)
        sum += term(i, (uint64_t)(int64_t)labels[i]);
    return sum;
}

/* km_hash_reals of the row. Zeros add nothing, so that entries alone give the same. */
static uint64_t hash_row(km_run *run, km_thread *t, const km_rows *rows, int64_t i)
{
    if (!run->typed->sparse) {
        run->typed->row(run, rows, i, t->row);
        return km_hash_reals(t->row, run->d);
    }
    const km_entries x = km_entries_of(run, t, rows, i);
    uint64_t sum = 0;
    for (int64_t q = 0; q < x.m; q++)
        sum += x.value[q] != 0 ? term(x.column[q], km_bits(x.value[q])) : 0;
    return sum;
}

static void add_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    sums *const all = argument;
    uint64_t data = 0, weights = 0;
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t number = km_row_number(rows, i);
        data += term(number, hash_row(run, &run->thread[t], rows, i));
        weights += rows->weight ? term(number, km_bits(rows->weight[i] + 0.0)) : 0;
    }
    atomic_fetch_add_explicit(&all->data, data, memory_order_relaxed);
    atomic_fetch_add_explicit(&all->weights, weights, memory_order_relaxed);
}

int km_find_fingerprint(km_run *run, km_fingerprint *fingerprint)
{
    sums all;
    atomic_init(&all.data, 0);
    atomic_init(&all.weights, 0);
    const int status = km_visit(run, add_block, &all);
    fingerprint->data = atomic_load(&all.data);
    fingerprint->weights = atomic_load(&all.weights);
    return status;
}
