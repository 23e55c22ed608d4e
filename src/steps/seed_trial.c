#include "seed_trial.h"

#include <math.h>

#include "kernels/exact/distance.h"
#include "seed_near.h"
#include "typed.h"
#include "visit.h"

double km_seed_exact(const km_run *run, const km_seeder *seeder, km_thread *t, const km_rows *rows,
                     int64_t i, km_center c)
{
    if (seeder->whole)
        return run->typed->whole_d2(run, t, rows, i, c);
    if (seeder->enlarge == 1)
        return run->typed->exact_d2(run, t, rows, i, c);
    run->typed->row(run, rows, i, t->row);
    double *const large = t->row + run->d; /* room for a tile of rows: two at least */
    for (int64_t p = 0; p < run->d; p++) {
        t->row[p] *= seeder->enlarge;
        large[p] = c.c[p] * seeder->enlarge;
    }
    return km_d2_nearest(t->row, large, run->d);
}

km_center km_seed_center(const km_run *run, const km_seeder *seeder, int64_t q)
{
    return (km_center){seeder->candidate + q * run->d,
                       run->typed->sparse ? seeder->norm + q : NULL};
}

km_interval km_seed_rough(const km_run *run, const km_seeder *seeder, km_thread *t,
                          const km_rows *rows, int64_t i, km_center c)
{
    const km_interval unknown = {0, INFINITY};
    return seeder->enlarge == 1 ? run->typed->near_d2(run, t, rows, i, c) : unknown;
}

/* What a row contributes to the gain of candidate q, which may be nearer than D. The integer weight
 * is monotone in the distance: where both ends of the interval give the same, the exact distance
 * is not needed. */
static uint64_t gain_of(const km_run *run, const km_seed_step *work, km_thread *t,
                        const km_rows *row, double d2, int64_t q)
{
    const km_center candidate = km_seed_center(run, work->seeder, q);
    const double w = row->weight ? *row->weight : 1;
    const km_interval other = km_seed_rough(run, work->seeder, t, row, 0, candidate);
    if (other.low >= d2)
        return 0;
    const uint64_t now = km_draw_weight(&work->draw, w, d2);
    const uint64_t at_low = km_draw_weight(&work->draw, w, other.low);
    const uint64_t at_high = other.high < d2 ? km_draw_weight(&work->draw, w, other.high) : now;
    if (at_low == at_high)
        return now - at_low;
    const double exact = km_seed_exact(run, work->seeder, t, row, 0, candidate);
    return exact < d2 ? now - km_draw_weight(&work->draw, w, exact) : 0;
}

/* The candidates first + e that the triangle inequality leaves for a row, bit e. */
static uint32_t list_candidates(const km_seeder *s, const double *quarter, double d2, int64_t first)
{
    const int64_t m = km_seed_group(s->trials, first);
    uint32_t open = 0;
    for (int64_t e = 0; e < m; e++)
        open |= (uint32_t) !(d2 * (1 + 0x1p-52) <= quarter[first + e]) << e;
    return open;
}

/* The rows of the list, as the sums in the rows' type leave them: gain and bits of those still
 * open. */
static void settle(const km_seed_step *work, km_run *run, int32_t t, const km_rows *rows,
                   int64_t first, km_near_list *list)
{
    km_seeder *const s = work->seeder;
    uint64_t *const gain = s->gain + t * s->trials;
    if (!run->typed->sparse)
        km_seed_near_list(run, s, rows, first, list);
    for (int64_t r = 0; r < list->m; r++) {
        if (list->open[r] == 0)
            continue;
        const km_rows one = km_selected_row(run, rows, list->at[r]);
        for (uint32_t open = list->open[r]; open != 0; open &= open - 1) {
            const int64_t q = first + __builtin_ctz(open);
            gain[q] += gain_of(run, work, &run->thread[t], &one, list->d2[r], q);
            run->labels[one.row0] |= km_seed_bit(q);
        }
    }
    list->m = 0;
}

/* In order, whatever the number of candidates that a row is open for: memory is the limit, and
 * likes rows one after the other better than fewer sums. */
static void try_group(const km_seed_step *work, km_run *run, int32_t t, const km_rows *rows,
                      int64_t first)
{
    const km_seeder *const s = work->seeder;
    const int64_t m = km_seed_group(s->trials, first);
    km_near_list list;
    list.m = 0;
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i), a = run->fresh_labels[row];
        const double d2 = s->d2[row];
        uint32_t open = (1U << m) - 1;
        if (run->d > KM_LOW_D && d2 * (1 + 0x1p-52) <= s->most[a]) /* lanes meet all at once */
            open = list_candidates(s, s->quarter + a * s->trials, d2, first);
        list.at[list.m] = (int32_t)i;
        list.d2[list.m] = d2;
        list.open[list.m] = (uint8_t)open;
        list.m += open != 0;
        if (list.m == KM_NEAR_ROWS)
            settle(work, run, t, rows, first, &list);
    }
    settle(work, run, t, rows, first, &list);
}

void km_seed_try_block(void *step, km_run *run, int32_t t, const km_rows *rows)
{
    const km_seed_step *const work = step;
    for (int64_t first = 0; first < work->seeder->trials; first += KM_NEAR_GROUP)
        try_group(work, run, t, rows, first);
}

/* A quarter of the squared distances of centroid a to all candidates, from below. */
static void quarter_item(void *argument, km_run *run, int32_t t, int64_t a)
{
    const km_seed_step *const work = argument;
    km_seeder *const s = work->seeder;
    const double shrink = 0.25 * (1 - km_d2_error(run->d));
    double least = INFINITY, most = 0;
    (void)t;
    for (int64_t q = 0; q < s->trials; q++) {
        const double d2 =
            run->isa->f64->d2(s->candidate + q * run->d, work->c + a * run->d, run->d);
        const double quarter = d2 > 0x1p-900 && d2 < 0x1p1000 ? d2 * shrink : 0;
        s->quarter[a * s->trials + q] = quarter;
        least = quarter < least ? quarter : least;
        most = quarter > most ? quarter : most;
    }
    s->least[a] = least;
    s->most[a] = most;
}

void km_seed_measure(km_run *run, km_seed_step *step)
{
    km_for_items(run, step->number, quarter_item, step);
}

int64_t km_seed_best(const km_run *run, const km_seeder *s)
{
    int64_t best = 0;
    uint64_t most = 0;
    for (int64_t q = 0; q < s->trials; q++) {
        uint64_t gain = 0;
        for (int32_t t = 0; t < run->threads; t++)
            gain += s->gain[t * s->trials + q];
        if (gain > most) {
            most = gain;
            best = q;
        }
    }
    return best;
}
