#include "pass.h"

#include <string.h>

#include "visit.h"

/* The weight of changed rows, exact: on the weights' grids, flushed per block. */
static void add_changed_weight(const km_run *run, km_thread *t, const km_rows *rows, int64_t moved)
{
    for (int64_t q = 0; q < moved; q++) {
        const double w = rows->weight[t->moved[q]];
        if (w == 0)
            continue;
        km_sums_add_weight(&run->sums, w, t->changed_digits);
        t->changed++;
    }
}

/* New labels of the block to run->fresh_labels, the old ones to t->old, and the rows in which
 * they differ to t->moved; returns their number. */
static int64_t compare_labels(km_run *run, km_thread *t, const km_rows *rows)
{
    const int64_t m = rows->m;
    int64_t moved = 0;
    if (rows->index) {
        for (int64_t i = 0; i < m; i++) {
            t->old[i] = run->labels[rows->row0 + rows->index[i]];
            run->fresh_labels[rows->row0 + rows->index[i]] = t->fresh[i];
        }
    } else {
        memcpy(t->old, run->labels + rows->row0, (size_t)m * sizeof *t->old);
        memcpy(run->fresh_labels + rows->row0, t->fresh, (size_t)m * sizeof *t->fresh);
    }
    for (int64_t i = 0; i < m; i++) {
        t->moved[moved] = (int32_t)i;
        moved += t->fresh[i] != t->old[i];
    }
    return moved;
}

static void pass_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const km_sums_mode mode = *(const km_sums_mode *)argument;
    km_thread *const t = &run->thread[index];
    run->typed->assign(run, t, rows, t->fresh);
    const int64_t moved = compare_labels(run, t, rows);
    if (rows->weight)
        add_changed_weight(run, t, rows, moved);
    else
        t->changed += moved;
    if (mode == KM_SUMS_ALL)
        km_sums_add(run, t, rows, t->fresh);
    else if (mode == KM_SUMS_MOVED)
        km_sums_move(run, t, rows, t->moved, moved, t->old, t->fresh);
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
        t->fresh[i] = run->labels[km_row_number(rows, i)];
    km_sums_add(run, t, rows, t->fresh);
}

int km_pass_add_labelled(km_run *run) { return km_visit(run, labelled_block, NULL); }
