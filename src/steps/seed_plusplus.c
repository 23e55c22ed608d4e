/* Greedy k-means++ (Arthur and Vassilvitskii, SODA 2007, section 5).
 *
 * Every step draws `trials` rows with probability proportional to w*D, D being the squared
 * distance to the nearest centroid so far, and keeps the one that lowers sum w*D most (ties: the
 * first); seed_draw.h says how draws are made the same everywhere.
 *
 * Most rows are never read: a candidate at distance |c-a| from a row's centroid a is no nearer
 * than a if |x-a| <= |c-a|/2 (triangle inequality; E. Raff, Exact acceleration of k-means++ and
 * k-means||, IJCAI 2021). run->fresh_labels holds a for every row meanwhile. Of the others a sum in the
 * rows' type tells most apart, all candidates at once; only what it leaves open is looked at again,
 * for the gain and when the best candidate is taken. */
#include <math.h>
#include <string.h>

#include "kernels/exact/distance.h"
#include "seed_draw.h"
#include "seed_near.h"
#include "services/random.h"
#include "visit.h"

typedef struct step {
    km_seeder *seeder;
    const double *c; /* centroids so far */
    int64_t number;  /* how many of them */
    int64_t chosen;  /* the candidate that is being added */
    km_draw draw;
} step;

/* The float64 nearest to the distance of row i; where squares would underflow, of the distance times
 * a power of two that is the same for all rows. */
static double exact_d2(const km_run *run, const km_seeder *seeder, km_thread *t,
                       const km_rows *rows, int64_t i, const double *c)
{
    if (seeder->whole)
        return run->typed->d2(run, rows, i, c);
    run->typed->row(run, rows, i, t->row);
    if (seeder->enlarge == 1)
        return km_d2_nearest(t->row, c, run->d);
    double *const large = t->row + run->d; /* room for a tile of rows: two at least */
    for (int64_t p = 0; p < run->d; p++) {
        t->row[p] *= seeder->enlarge;
        large[p] = c[p] * seeder->enlarge;
    }
    return km_d2_nearest(t->row, large, run->d);
}

/* run->labels of a row that counts holds meanwhile which candidates of the step may be nearer than D:
 * bit q mod 31. */
static int32_t bit_of(int64_t q) { return (int32_t)1 << q % 31; }

/* Rows that are not proved to keep their centroid whatever candidate is taken. D is rounded: the
 * factor makes up for it. */
static int64_t select_near(const km_run *run, const void *argument, int64_t row0, int64_t m,
                           int32_t *index)
{
    const step *const work = argument;
    const double *const d2 = work->seeder->d2 + row0, *const least = work->seeder->least;
    const int32_t *const nearest = run->fresh_labels + row0;
    int64_t kept = 0;
    for (int64_t i = 0; i < m; i++)
        run->labels[row0 + i] = run->labels[row0 + i] < 0 ? -1 : 0;
    for (int64_t i = 0; i < m; i++) { /* without a branch: nothing would predict it */
        const int32_t a = nearest[i] >= 0 ? nearest[i] : 0;
        index[kept] = (int32_t)i;
        kept += (nearest[i] >= 0) & !(d2[i] * (1 + 0x1p-52) <= least[a]);
    }
    return kept;
}

/* Rows that the trials did not prove to keep their centroid if the chosen candidate is taken. */
static int64_t select_open(const km_run *run, const void *argument, int64_t row0, int64_t m,
                           int32_t *index)
{
    const step *const work = argument;
    const int32_t *const bits = run->labels + row0, bit = bit_of(work->chosen);
    int64_t kept = 0;
    for (int64_t i = 0; i < m; i++) {
        index[kept] = (int32_t)i;
        kept += (bits[i] >= 0) & ((bits[i] & bit) != 0);
    }
    return kept;
}

/* An interval around D of row i for centroid c, by the recipe. (Lower bounds elsewhere in this file
 * are of the plain distance: where D is enlarged they hold all the more.) */
typedef struct interval {
    double low, high;
} interval;

static interval rough_d2(const km_run *run, const km_seeder *seeder, const km_rows *rows, int64_t i,
                         const double *c)
{
    const double d2 = run->typed->d2(run, rows, i, c), error = km_d2_error(run->d);
    const bool safe = d2 > 0x1p-900 && d2 < 0x1p1000 && seeder->enlarge == 1;
    const interval known = {d2 * (1 - error), d2 * (1 + error)}, unknown = {0, INFINITY};
    return safe ? known : unknown;
}

static void first_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    for (int64_t i = 0; i < rows->m; i++)
        s->d2[km_row_number(rows, i)] = exact_d2(run, s, &run->thread[index], rows, i, work->c);
}

/* D after centroid number - 1 was added. */
static void add_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    const double *const c = work->c + (work->number - 1) * run->d;
    for (int64_t i = 0; i < rows->m; i++) {
        const km_rows one = km_selected_row(run, index, rows, i);
        const int64_t row = one.row0;
        if ((s->trials == 1 && km_seed_near(run, s, &one, 0, s->d2[row]) == 0) ||
            rough_d2(run, s, &one, 0, c).low >= s->d2[row])
            continue;
        const double d2 = exact_d2(run, s, &run->thread[index], &one, 0, c);
        if (d2 < s->d2[row]) {
            s->d2[row] = d2;
            run->fresh_labels[row] = (int32_t)(work->number - 1);
            atomic_store_explicit(&s->stale[row / KM_SEED_BLOCK], 1, memory_order_relaxed);
        }
    }
}

/* What a row contributes to the gain of candidate q, which may be nearer than D. The integer weight
 * is monotone in the distance: where both ends of the interval give the same, the exact distance
 * is not needed. */
static uint64_t gain_of(const km_run *run, const step *work, km_thread *t, const km_rows *row,
                        double d2, int64_t q)
{
    const double *const candidate = work->seeder->candidate + q * run->d;
    const double w = row->weight ? *row->weight : 1;
    const interval other = rough_d2(run, work->seeder, row, 0, candidate);
    if (other.low >= d2)
        return 0;
    const uint64_t now = km_draw_weight(&work->draw, w, d2);
    const uint64_t at_low = km_draw_weight(&work->draw, w, other.low);
    const uint64_t at_high = other.high < d2 ? km_draw_weight(&work->draw, w, other.high) : now;
    if (at_low == at_high)
        return now - at_low;
    const double exact = exact_d2(run, work->seeder, t, row, 0, candidate);
    return exact < d2 ? now - km_draw_weight(&work->draw, w, exact) : 0;
}

/* The candidates first + e that the triangle inequality leaves for a row, bit e. */
static uint32_t list_candidates(const km_seeder *s, const double *quarter, double d2, int64_t first)
{
    const int64_t left = s->trials - first, m = left < KM_NEAR_GROUP ? left : KM_NEAR_GROUP;
    uint32_t open = 0;
    for (int64_t e = 0; e < m; e++)
        open |= (uint32_t) !(d2 * (1 + 0x1p-52) <= quarter[first + e]) << e;
    return open;
}

static void trial_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    uint64_t *const gain = s->gain + index * s->trials;
    for (int64_t i = 0; i < rows->m; i++) {
        const km_rows one = km_selected_row(run, index, rows, i);
        const double *const quarter = s->quarter + run->fresh_labels[one.row0] * s->trials;
        const double d2 = s->d2[one.row0];
        for (int64_t first = 0; first < s->trials; first += KM_NEAR_GROUP) {
            uint32_t open = list_candidates(s, quarter, d2, first);
            if (open != 0)
                open &= km_seed_near(run, s, &one, first, d2);
            for (; open != 0; open &= open - 1) {
                const int64_t q = first + __builtin_ctz(open);
                gain[q] += gain_of(run, work, &run->thread[index], &one, d2, q);
                run->labels[one.row0] |= bit_of(q);
            }
        }
    }
}

/* A quarter of the squared distances of centroid a to all candidates, from below. */
static void quarter_item(void *argument, km_run *run, int32_t t, int64_t a)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    const double shrink = 0.25 * (1 - km_d2_error(run->d));
    double least = INFINITY;
    (void)t;
    for (int64_t q = 0; q < s->trials; q++) {
        const double d2 =
            run->isa->f64->d2(s->candidate + q * run->d, work->c + a * run->d, run->d);
        const double quarter = d2 > 0x1p-900 && d2 < 0x1p1000 ? d2 * shrink : 0;
        s->quarter[a * s->trials + q] = quarter;
        least = quarter < least ? quarter : least;
    }
    s->least[a] = least;
}

static int draw_candidates(km_run *run, step *work, uint32_t purpose, uint32_t restart,
                           int64_t trials)
{
    km_seeder *const s = work->seeder;
    const km_random stream = {s->seed, purpose, restart, (uint32_t)work->number};
    km_draw_rows(run, &work->draw, &stream, trials);
    const int status = run->source->ops->fetch(run->source, s->drawn, trials, s->candidate);
    km_seed_pack(run, s, trials);
    return status;
}

/* The candidate with the largest gain; the first of equals. */
static int64_t best_candidate(const km_run *run, const km_seeder *s)
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

static int try_candidates(km_run *run, step *work, int64_t *best)
{
    km_seeder *const s = work->seeder;
    km_for_items(run, work->number, quarter_item, work);
    *best = 0;
    if (s->trials == 1)
        return KMEANS_OK;
    memset(s->gain, 0, (size_t)(run->threads * s->trials) * sizeof *s->gain);
    const int status = km_visit_selected(run, select_near, work, trial_block, work);
    *best = best_candidate(run, s);
    return status;
}

/* Bring D up to date with the newest centroid, candidate `best`. */
static int add_centroid(km_run *run, step *work, int64_t best)
{
    km_seeder *const s = work->seeder;
    if (work->number == 1) {
        km_draw_forget(run, &work->draw);
        return km_visit(run, first_block, work);
    }
    work->chosen = best;
    if (s->trials > 1)
        return km_visit_selected(run, select_open, work, add_block, work);
    for (int64_t a = 0; a < work->number - 1; a++)
        s->least[a] = s->quarter[a * s->trials + best];
    return km_visit_selected(run, select_near, work, add_block, work);
}

/* Before the first centroid every row that counts has D = 1: drawn in proportion to its weight.
 * Every row's nearest centroid will be number 0; -1 marks skipped rows. */
static void start_rows(km_run *run, km_draw *draw)
{
    km_seeder *const s = draw->seeder;
    for (int64_t i = 0; i < run->n; i++) {
        s->d2[i] = run->labels[i] < 0 ? 0 : 1;
        run->fresh_labels[i] = run->labels[i] < 0 ? -1 : 0;
    }
    km_draw_forget(run, draw);
}

int km_seed_plusplus(km_run *run, km_seeder *seeder, uint32_t restart, double *c, int64_t *distinct)
{
    const size_t row_bytes = (size_t)run->d * sizeof *c;
    step work = {.seeder = seeder, .c = c, .draw = {.seeder = seeder}};
    start_rows(run, &work.draw);
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
    for (int64_t i = 0; i < run->n; i++)
        run->fresh_labels[i] = run->labels[i] = run->labels[i] < 0 ? -1 : 0;
    return KMEANS_OK;
}
