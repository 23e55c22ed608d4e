/* Greedy k-means++ (Arthur and Vassilvitskii, SODA 2007, section 5).
 *
 * Every step draws `trials` rows with probability proportional to w*D, D being the squared
 * distance to the nearest centroid so far, and keeps the one that lowers sum w*D most (ties: the
 * first); seed_draw.h says how draws are made the same everywhere.
 *
 * Most rows are never read: a candidate at distance |c-a| from a row's centroid a is no nearer
 * than a if |x-a| <= |c-a|/2 (triangle inequality; E. Raff, Exact acceleration of k-means++ and
 * k-means||, IJCAI 2021). run->fresh_labels holds a for every row meanwhile. Of the others sums in
 * the rows' type tell most apart, all candidates at once, by their products with the row or its
 * distances; only what they leave open is looked at again, for the gain and when the best candidate
 * is taken. */
#include <math.h>
#include <string.h>

#include "seed_near.h"
#include "seed_trial.h"
#include "services/random.h"
#include "visit.h"

/* Rows that are not proved to keep their centroid whatever candidate is taken. D is rounded: the
 * factor makes up for it. */
static int64_t select_near(const km_run *run, km_thread *t, const void *argument,
                           const km_block *block, int64_t row0, int64_t m)
{
    const km_seed_step *const work = argument;
    const double *const d2 = work->seeder->d2 + row0, *const least = work->seeder->least;
    const int32_t *const nearest = run->fresh_labels + row0;
    int64_t kept = 0;
    (void)block;
    for (int64_t i = 0; i < m; i++)
        run->labels[row0 + i] = run->labels[row0 + i] < 0 ? -1 : 0;
    for (int64_t i = 0; i < m; i++) { /* without a branch: nothing would predict it */
        const int32_t a = nearest[i] >= 0 ? nearest[i] : 0;
        t->index[kept] = (int32_t)i;
        kept += (nearest[i] >= 0) & !(d2[i] * (1 + 0x1p-52) <= least[a]);
    }
    return kept;
}

/* Rows that the trials did not prove to keep their centroid if the chosen candidate is taken. */
static int64_t select_open(const km_run *run, km_thread *t, const void *argument,
                           const km_block *block, int64_t row0, int64_t m)
{
    const km_seed_step *const work = argument;
    const int32_t *const bits = run->labels + row0, bit = km_seed_bit(work->chosen);
    int64_t kept = 0;
    (void)block;
    for (int64_t i = 0; i < m; i++) {
        t->index[kept] = (int32_t)i;
        kept += (bits[i] >= 0) & ((bits[i] & bit) != 0);
    }
    return kept;
}

static void first_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const km_seed_step *const work = argument;
    km_seeder *const s = work->seeder;
    const km_center c = km_seed_center(run, s, 0);
    for (int64_t i = 0; i < rows->m; i++)
        s->d2[km_row_number(rows, i)] = km_seed_exact(run, s, &run->thread[index], rows, i, c);
}

/* D after centroid number - 1 was added. */
static void add_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const km_seed_step *const work = argument;
    km_seeder *const s = work->seeder;
    km_thread *const t = &run->thread[index];
    const km_center c = km_seed_center(run, s, work->chosen);
    for (int64_t i = 0; i < rows->m; i++) {
        const km_rows one = km_selected_row(run, rows, i);
        const int64_t row = one.row0;
        if ((s->trials == 1 && !one.csr && !km_seed_near(run, s, &one, s->d2[row])) ||
            km_seed_rough(run, s, t, &one, 0, c).low >= s->d2[row])
            continue;
        const double d2 = km_seed_exact(run, s, t, &one, 0, c);
        if (d2 < s->d2[row]) {
            s->d2[row] = d2;
            run->fresh_labels[row] = (int32_t)(work->number - 1);
            atomic_store_explicit(&s->stale[row / KM_SEED_BLOCK], 1, memory_order_relaxed);
        }
    }
}

static int draw_candidates(km_run *run, km_seed_step *work, uint32_t purpose, uint32_t restart,
                           int64_t trials)
{
    km_seeder *const s = work->seeder;
    const km_random stream = {s->seed, purpose, restart, (uint32_t)work->number};
    km_draw_rows(run, &work->draw, &stream, trials);
    const int status = run->source->ops->fetch(run->source, s->drawn, trials, s->candidate);
    km_seed_pack(run, s, trials);
    return status;
}

static int try_candidates(km_run *run, km_seed_step *work, int64_t *best)
{
    km_seeder *const s = work->seeder;
    km_seed_measure(run, work);
    *best = 0;
    if (s->trials == 1)
        return KMEANS_OK;
    memset(s->gain, 0, (size_t)(run->threads * s->trials) * sizeof *s->gain);
    const int status = km_visit_selected(run, select_near, work, km_seed_try_block, work);
    *best = km_seed_best(run, s);
    return status;
}

/* Bring D up to date with the newest centroid, candidate `best`. */
static int add_centroid(km_run *run, km_seed_step *work, int64_t best)
{
    km_seeder *const s = work->seeder;
    work->chosen = best;
    if (work->number == 1) {
        km_draw_forget(run, &work->draw);
        return km_visit(run, first_block, work);
    }
    if (s->trials > 1)
        return km_visit_selected(run, select_open, work, add_block, work);
    for (int64_t a = 0; a < work->number - 1; a++)
        s->least[a] = s->quarter[a * s->trials + best];
    return km_visit_selected(run, select_near, work, add_block, work);
}

int km_seed_plusplus(km_run *run, km_seeder *seeder, uint32_t restart, double *c, int64_t *distinct)
{
    const size_t row_bytes = (size_t)run->d * sizeof *c;
    km_seed_step work = {.seeder = seeder, .c = c, .draw = {.seeder = seeder}};
    km_draw_start(run, &work.draw);
    *distinct = run->k;
    for (int64_t j = 0; j < run->k; j++) {
        int64_t best = 0;
        if (!km_draw_prepare(run, &work.draw)) {
            *distinct = j;
            for (; j < run->k; j++)
                memcpy(c + j * run->d, c, row_bytes);
            break;
        }
        work.number = j;
        int status = draw_candidates(run, &work, j == 0 ? KM_RANDOM_FIRST : KM_RANDOM_DRAW, restart,
                                     j == 0 ? 1 : seeder->trials);
        if (status >= 0 && j > 0)
            status = try_candidates(run, &work, &best);
        if (status)
            return status;
        memcpy(c + j * run->d, seeder->candidate + best * run->d, row_bytes);
        work.number = j + 1;
        if (j + 1 < run->k)
            status = add_centroid(run, &work, best);
        if (status)
            return status;
    }
    for (int64_t i = 0; i < run->n; i++) {
        run->labels[i] = run->fresh_labels[i];
        km_memory_step(&run->context->memory, i);
    }
    return KMEANS_OK;
}
