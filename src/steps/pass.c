#include "pass.h"

#include <string.h>

#include "bounds.h"
#include "bytes.h"
#include "parts.h"
#include "services/probes.h"
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

/* How many rows have another label than before. */
static int64_t count_moved(const int32_t *fresh, const int32_t *old, int64_t m)
{
    int32_t moved = 0; /* as narrow as the labels, so that the loop takes whole vectors */
    for (int64_t i = 0; i < m; i++)
        moved += fresh[i] != old[i];
    return moved;
}

/* Rows picked out of a block have their labels before in t->old; others are where they are kept. */
static const int32_t *find_old(const km_run *run, km_thread *t, const km_rows *rows)
{
    if (!rows->index)
        return run->labels + rows->row0;
    for (int64_t i = 0; i < rows->m; i++)
        t->old[i] = run->labels[rows->row0 + rows->index[i]];
    return t->old;
}

/* Labels into fresh: of all rows of the block, by the screens and what follows them. */
static void label_rows(km_run *run, int32_t index, const km_rows *rows, int32_t *fresh)
{
    km_thread *const t = &run->thread[index];
    km_rows noted = *rows;
    noted.gap = run->bounds.note ? t->gap : NULL;
    const int64_t rechecked = t->rechecked;
    run->typed->assign(run, t, &noted, fresh);
    if (t->rechecked > rechecked)
        KM_PROBE(recheck, index, t->rechecked - rechecked);
    if (noted.gap)
        km_bounds_note(run, &noted, fresh);
}

static void pass_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const km_sums_mode mode = *(const km_sums_mode *)argument;
    km_thread *const t = &run->thread[index];
    const int32_t *const old = find_old(run, t, rows);
    int32_t *const fresh = rows->index ? t->fresh : run->fresh_labels + rows->row0;
    t->hint = mode == KM_SUMS_MOVED ? old : NULL; /* most rows may keep theirs */
    km_part(run, t, KM_PHASE_SCREEN);
    label_rows(run, index, rows, fresh);
    km_part(run, t, KM_PHASE_SUMS);
    t->hint = NULL;
    for (int64_t i = 0; rows->index && i < rows->m; i++)
        run->fresh_labels[rows->row0 + rows->index[i]] = fresh[i];
    const bool listed = mode == KM_SUMS_MOVED || rows->weight;
    const int64_t moved = listed ? run->isa->f32->list_different(fresh, old, rows->m, t->moved)
                                 : count_moved(fresh, old, rows->m);
    if (rows->weight)
        add_changed_weight(run, t, rows, moved);
    else
        t->changed += moved;
    if (mode == KM_SUMS_ALL)
        km_sums_add(run, t, rows, fresh);
    else if (mode == KM_SUMS_MOVED)
        km_sums_move(run, t, rows, t->moved, moved, old, fresh);
}

static void start_facts(km_run *run)
{
    for (int32_t i = 0; i < run->threads; i++) {
        km_thread *const t = &run->thread[i];
        t->changed = t->rechecked = t->survivors = t->distances = t->avoided = 0;
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
        facts->survivors += t->survivors;
        facts->distances += t->distances - t->avoided;
        facts->avoided += t->avoided;
        if (run->weights)
            km_digits_add(digits, t->changed_digits, sums->weight_limbs, 1);
    }
    if (run->bounds.keep) /* rows that were not seen */
        facts->avoided = run->n * run->k - facts->distances;
    facts->changed_weight =
        run->weights ? km_digits_nearest(digits, sums->weight_limbs, 1, sums->weight_exponent)
                     : (double)facts->changed;
}

/* Rows that few centroids meet are read where they are, and so they are moved (km_sums_move). */
static bool may_lie_apart(const km_run *run)
{
    return run->d > KM_LOW_D && run->packed.panels_f32.low && run->sums.private_acc &&
           !run->weights;
}

/* For km_visit_picked: rows that do not keep their label unseen or unconverted. Where they are most
 * of them, all. */
static int64_t select_open(const km_run *run, km_thread *t, const void *argument,
                           const km_block *block, int64_t row0, int64_t m)
{
    (void)argument;
    int64_t open = m;
    if (run->bounds.keep)
        open = km_bounds_select(run, row0, m, t->index);
    else
        for (int64_t i = 0; i < m; i++)
            t->index[i] = (int32_t)i;
    const int64_t left = run->bytes.use ? km_bytes_select(run, t, block, row0, open) : open;
    if (4 * left > 3 * m)
        return m;
    km_bytes_note(run, t, row0, open - left);
    t->distances += (open - left) * run->k;
    t->survivors += open - left;
    return left;
}

int km_pass(km_run *run, km_sums_mode mode, km_pass_facts *facts)
{
    const bool entered = km_profile_enter(run->profile, KM_PHASE_ASSIGN);
    KM_PROBE(assign_begin, run->n, run->k);
    start_facts(run);
    const int status =
        run->bounds.keep || run->bytes.use
            ? km_visit_picked(run, select_open, NULL, !may_lie_apart(run), pass_block, &mode)
            : km_visit(run, pass_block, &mode);
    if (status == 0) {
        sum_facts(run, facts);
        KM_PROBE(assign_end, facts->changed, facts->rechecked);
        const int64_t pairs = facts->distances + facts->avoided;
        km_profile_count(run->profile, 2 * (double)pairs * (double)run->d);
    }
    km_profile_leave(run->profile, entered);
    if (status)
        return status;
    int32_t *const old = run->labels;
    run->labels = run->fresh_labels;
    run->fresh_labels = old;
    run->labels_known = true;
    run->still_c = NULL; /* it spoke of the labels before */
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
