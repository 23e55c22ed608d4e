#include "pass.h"

#include <string.h>

#include "kernels/exact/ieee.h"
#include "visit.h"

/* The weight of changed rows, exact: patterns on the weights' grids, flushed per block. */
static void add_changed_weight(const km_run *run, km_thread *t, const km_rows *rows)
{
    const km_sums *const sums = &run->sums;
    uint64_t acc[KM_MAX_LIMBS] = {0};
    int64_t patterns = 0;
    for (int64_t i = 0; i < rows->m; i++) {
        double w = rows->weight[i];
        if (t->sub[i] == t->add[i] || w == 0)
            continue;
        patterns++;
        for (int32_t l = sums->weight_limbs - 1; l >= 0; l--) {
            const double sum = w + sums->weight_magic[l];
            acc[l] += km_bits(sum);
            w -= sum - sums->weight_magic[l];
        }
    }
    t->changed += patterns;
    km_digits_flush(t->changed_digits, acc, patterns, sums->weight_magic, sums->weight_limbs, 1);
}

/* Old labels to sub, new ones to add, and what changed counted; then -1 where nothing moves. */
static void compare_labels(km_run *run, km_thread *t, const km_rows *rows)
{
    int64_t changed = 0;
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i);
        t->add[i] = t->fresh[i];
        t->sub[i] = run->labels[row];
        run->fresh_labels[row] = t->fresh[i];
        changed += t->add[i] != t->sub[i];
    }
    if (rows->weight)
        add_changed_weight(run, t, rows);
    else
        t->changed += changed;
}

static void drop_unchanged(km_thread *t, int64_t m)
{
    for (int64_t i = 0; i < m; i++)
        if (t->add[i] == t->sub[i])
            t->add[i] = t->sub[i] = -1;
}

static void pass_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const km_sums_mode mode = *(const km_sums_mode *)argument;
    km_thread *const t = &run->thread[index];
    run->typed->assign(run, t, rows, t->fresh);
    compare_labels(run, t, rows);
    if (mode == KM_SUMS_ALL) {
        km_sums_rows(run, t, rows, t->add, NULL);
    } else if (mode == KM_SUMS_MOVED) {
        drop_unchanged(t, rows->m);
        km_sums_rows(run, t, rows, t->add, t->sub);
    }
}

static void start_facts(km_run *run)
{
    for (int32_t i = 0; i < run->threads; i++) {
        km_thread *const t = &run->thread[i];
        t->changed = t->rechecked = t->distances = 0;
        memset(t->changed_digits, 0, sizeof t->changed_digits);
    }
}

static void sum_facts(km_run *run, km_pass_facts *facts)
{
    const km_sums *const sums = &run->sums;
    int64_t digits[KM_MAX_LIMBS + 1] = {0};
    *facts = (km_pass_facts){0};
    for (int32_t i = 0; i < run->threads; i++) {
        const km_thread *const t = &run->thread[i];
        facts->changed += t->changed;
        facts->rechecked += t->rechecked;
        facts->distances += t->distances;
        if (run->weights)
            km_digits_add(digits, t->changed_digits, sums->weight_limbs, 1);
    }
    facts->changed_weight =
        run->weights ? km_digits_nearest(digits, sums->weight_limbs, 1, sums->weight_exponent)
                     : (double)facts->changed;
}

int km_pass(km_run *run, km_sums_mode mode, km_pass_facts *facts)
{
    start_facts(run);
    const int status = km_visit(run, pass_block, &mode);
    if (status)
        return status;
    sum_facts(run, facts);
    int32_t *const old = run->labels;
    run->labels = run->fresh_labels;
    run->fresh_labels = old;
    return KMEANS_OK;
}

static void labelled_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    km_thread *const t = &run->thread[index];
    (void)argument;
    for (int64_t i = 0; i < rows->m; i++)
        t->add[i] = run->labels[km_row_number(rows, i)];
    km_sums_rows(run, t, rows, t->add, NULL);
}

int km_pass_add_labelled(km_run *run)
{
    return km_visit(run, labelled_block, NULL);
}
