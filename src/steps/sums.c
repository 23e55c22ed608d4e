#include "sums.h"

#include <string.h>

#include "kernels/exact/ieee.h"
#include "visit.h"

int km_sums_open(km_run *run, const km_facts *facts)
{
    km_sums *const sums = &run->sums;
    const km_range *const range = &facts->range;
    int64_t rounded = 0;
    int32_t *const exponent = km_alloc(&run->context->memory, run->d, sizeof *exponent);
    if (!exponent)
        return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                       (long long)run->d);
    sums->exponent = exponent;
    sums->limbs = km_choose_grids(range->max_abs, range->low_bit, run->d, facts->max_weight,
                                  facts->low_weight, exponent, &rounded);
    if (run->weights)
        sums->weight_limbs = km_choose_grids(&facts->max_weight, &facts->low_weight, 1, 1, 1,
                                             &sums->weight_exponent, &rounded);
    sums->rounded = rounded > 0;
    const int status = km_run_size_sums(run);
    if (status)
        return status;
    km_fill_magic(exponent, run->d, sums->limbs, sums->magic);
    if (run->weights)
        km_fill_magic(&sums->weight_exponent, 1, sums->weight_limbs, sums->weight_magic);
    for (int64_t j = 0; j < run->k; j++)
        atomic_flag_clear(&sums->locks[j].flag);
    return KMEANS_OK;
}

static void clear_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    km_sums *const sums = &run->sums;
    (void)argument;
    (void)t;
    memset(km_sums_digits(run, j), 0, (size_t)((sums->limbs + 1) * run->d) * sizeof(int64_t));
    sums->count[j] = 0;
    if (sums->weight_limbs > 0)
        memset(sums->weight_digits + j * (sums->weight_limbs + 1), 0,
               (size_t)(sums->weight_limbs + 1) * sizeof(int64_t));
}

void km_sums_clear(km_run *run)
{
    km_for_items(run, run->k, clear_item, NULL);
    km_sums_drop(run);
}

void km_sums_drop(km_run *run)
{
    const km_sums *const sums = &run->sums;
    const int64_t held = sums->private_acc ? run->k : 1;
    for (int32_t t = 0; t < run->threads; t++) {
        km_thread *const thread = &run->thread[t];
        memset(thread->acc, 0, (size_t)(held * sums->limbs * run->d) * sizeof(uint64_t));
        memset(thread->weight_acc, 0, (size_t)(held * sums->weight_limbs) * sizeof(uint64_t));
        memset(thread->net, 0, (size_t)held * sizeof(int32_t));
        memset(thread->ops, 0, (size_t)held * sizeof(int32_t));
        memset(thread->count, 0, (size_t)run->k * sizeof(int64_t));
    }
}

/* Accumulator `a` of a thread into cluster j; the caller owns the cluster or holds its lock. */
static void flush(km_run *run, km_thread *t, int64_t a, int64_t j)
{
    km_sums *const sums = &run->sums;
    const int64_t size = sums->limbs * run->d;
    const int32_t per_row = run->weights ? 2 : 1; /* patterns of magic that add_rows leaves */
    uint64_t *const acc = t->acc + a * size;
    km_digits_flush(km_sums_digits(run, j), acc, (int64_t)t->net[a] * per_row, sums->magic,
                    sums->limbs, run->d);
    memset(acc, 0, (size_t)size * sizeof *acc);
    if (sums->weight_limbs > 0) {
        uint64_t *const weight = t->weight_acc + a * sums->weight_limbs;
        km_digits_flush(sums->weight_digits + j * (sums->weight_limbs + 1), weight, t->net[a],
                        sums->weight_magic, sums->weight_limbs, 1);
        memset(weight, 0, (size_t)sums->weight_limbs * sizeof *weight);
    }
    t->net[a] = 0;
    t->ops[a] = 0;
}

static void flush_locked(km_run *run, km_thread *t, int64_t a, int64_t j)
{
    km_lock *const lock = &run->sums.locks[j];
    km_lock_acquire(lock);
    flush(run, t, a, j);
    km_lock_release(lock);
}

void km_sums_gather(km_run *run, int64_t j)
{
    for (int32_t t = 0; t < run->threads; t++) {
        km_thread *const thread = &run->thread[t];
        if (run->sums.private_acc && thread->ops[j] > 0)
            flush(run, thread, j, j);
        run->sums.count[j] += thread->count[j];
        thread->count[j] = 0;
    }
}

/* One weight on its grids, like a column of add_rows. */
static void add_weight(const km_sums *sums, double w, int32_t sign, uint64_t *acc)
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
    add_weight(sums, w, 1, acc);
    km_digits_flush(digits, acc, 1, sums->weight_magic, sums->weight_limbs, 1);
}

/* Counts, patterns and weight of local row i joining (sign 1) or leaving (-1) cluster j, whose
 * accumulator is a. */
static void count_row(km_run *run, km_thread *t, const km_rows *rows, int64_t i, int64_t j,
                      int64_t a, int32_t sign)
{
    t->net[a] += sign;
    t->ops[a]++;
    if (!rows->weight) {
        t->count[j] += sign;
        return;
    }
    t->count[j] += rows->weight[i] > 0 ? sign : 0;
    add_weight(&run->sums, rows->weight[i], sign, t->weight_acc + a * run->sums.weight_limbs);
}

/* All clusters have accumulators: whole blocks at once, and an accumulator that could overflow
 * during the next block is flushed. */
static void add_private(km_run *run, km_thread *t, const km_rows *rows, const int32_t *label,
                        int32_t sign)
{
    const int64_t per_row = run->weights ? 2 : 1;
    const int64_t most = KM_FLUSH_PATTERNS / per_row - 2 * rows->m;
    run->typed->add(run, t, rows, label, 0, rows->m, sign < 0, t->acc);
    for (int64_t i = 0; i < rows->m; i++)
        if (label[i] >= 0)
            count_row(run, t, rows, i, label[i], label[i], sign);
    for (int64_t i = 0; i < rows->m; i++)
        if (label[i] >= 0 && t->ops[label[i]] > most)
            flush_locked(run, t, label[i], label[i]);
}

static void sort_keys(int64_t *key, int64_t m)
{
    for (int64_t gap = m / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (int64_t i = gap; i < m; i++) {
            const int64_t moving = key[i];
            int64_t at = i;
            for (; at >= gap && key[at - gap] > moving; at -= gap)
                key[at] = key[at - gap];
            key[at] = moving;
        }
}

static const int32_t one_cluster = 0; /* the label of every row where there is one accumulator */

/* One accumulator: rows in order of their cluster, flushed where the cluster changes. */
static void add_shared(km_run *run, km_thread *t, const km_rows *rows, const int32_t *label,
                       int32_t sign)
{
    int64_t m = 0;
    for (int64_t i = 0; i < rows->m; i++)
        if (label[i] >= 0)
            t->order[m++] = (int64_t)label[i] << 32 | i;
    sort_keys(t->order, m);
    for (int64_t q = 0; q < m; q++) {
        const int64_t i = t->order[q] & 0xffffffff, j = t->order[q] >> 32;
        run->typed->add(run, t, rows, &one_cluster, i, 1, sign < 0, t->acc);
        count_row(run, t, rows, i, j, 0, sign);
        if (q + 1 == m || t->order[q + 1] >> 32 != j)
            flush_locked(run, t, 0, j);
    }
}

void km_sums_rows(km_run *run, km_thread *t, const km_rows *rows, const int32_t *add,
                  const int32_t *sub)
{
    if (run->sums.private_acc) {
        add_private(run, t, rows, add, 1);
        if (sub)
            add_private(run, t, rows, sub, -1);
    } else {
        add_shared(run, t, rows, add, 1);
        if (sub)
            add_shared(run, t, rows, sub, -1);
    }
}

void km_sums_take_row(const km_run *run, km_thread *t, const double *x, const double *weight,
                      int64_t *digits, int64_t *weight_digits)
{
    const km_sums *const sums = &run->sums;
    const km_kernels_f64 *const kernels = run->isa->f64;
    const int64_t d = run->d;
    if (weight) {
        uint64_t acc[KM_MAX_LIMBS] = {0};
        add_weight(sums, *weight, -1, acc);
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
        total.digits = sums->weight_digits + j * (sums->weight_limbs + 1);
        total.limbs = sums->weight_limbs;
        total.exponent = sums->weight_exponent;
    }
    return total;
}
