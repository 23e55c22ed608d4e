/* Greedy k-means++ (Arthur and Vassilvitskii, SODA 2007, section 5).
 *
 * Every step draws `trials` rows with probability proportional to w*D, D being the squared
 * distance to the nearest centroid so far, and keeps the one that lowers sum w*D most (ties: the
 * first). For the same bits everywhere D is the float64 nearest to the real distance, and weights
 * are integers: q = floor(w*D * 2^s), s chosen by the step's largest w*D so that
 * q < 2^(62 - ceil(log2 n)): sums over rows never overflow and never round. A draw is the first
 * row whose prefix sum exceeds a random integer below the total.
 *
 * Most rows are never read: a candidate at distance |c-a| from a row's centroid a is no nearer
 * than a if |x-a| <= |c-a|/2 (triangle inequality; E. Raff, Exact acceleration of k-means++ and
 * k-means||, IJCAI 2021). run->fresh_labels holds a for every row meanwhile. */
#include <math.h>
#include <string.h>

#include "kernels/exact/distance.h"
#include "kernels/exact/ieee.h"
#include "seed.h"
#include "services/random.h"
#include "visit.h"

typedef struct step {
    km_seeder *seeder;
    const double *c; /* centroids so far */
    int64_t number;  /* how many of them */
    int64_t chosen;  /* the candidate that is being added */
    int32_t shift;   /* s */
    double scale[2]; /* 2^s as a product: s may lie outside float64's range */
    bool rescaled;   /* s has changed, and with it every block sum */
} step;

static double weight_of(const km_run *run, int64_t i) { return run->weights ? run->weights[i] : 1; }

static int64_t blocks_of(const km_run *run) { return (run->n + KM_SEED_BLOCK - 1) / KM_SEED_BLOCK; }

/* w*D = f * 2^e with |f| in [1, 2), rounded to 53 bits: it neither over- nor underflows. 0: f = 0. */
static km_scaled weigh(double w, double d2)
{
    if (w == 0 || d2 == 0)
        return (km_scaled){0, 0};
    const km_parts a = km_take_apart(w), b = km_take_apart(d2);
    const double f = (double)a.mantissa * (double)b.mantissa; /* exact factors, rounded once */
    const int32_t top = (int32_t)(km_bits(f) >> 52) - 1023;   /* f >= 1 is normal */
    return (km_scaled){f * km_pow2(-top), a.exponent + b.exponent + top};
}

static bool less(km_scaled a, km_scaled b)
{
    return b.f != 0 && (a.f == 0 || a.e < b.e || (a.e == b.e && a.f < b.f));
}

/* floor(w*D * 2^s): by plain products in the usual range, with the same bits by weigh() else. */
static uint64_t integer_weight(const step *work, double w, double d2)
{
    const double plain = w * d2;
    if (plain > 0x1p-900 && plain < 0x1p900)
        return (uint64_t)(plain * work->scale[0] * work->scale[1]);
    const km_scaled exact = weigh(w, d2);
    const int32_t e = exact.e + work->shift;
    return exact.f == 0 || e < 0 ? 0 : (uint64_t)(exact.f * km_pow2(e)); /* e < 62 */
}

static int32_t clamp(int32_t e) { return e < -1000 ? -1000 : e > 1000 ? 1000 : e; }

static void choose_scale(const km_run *run, step *work, km_scaled most)
{
    int32_t bits = 62;
    for (int64_t rows = 1; rows < run->n; rows *= 2)
        bits--;
    const int32_t s = bits - (most.e + 1); /* most < 2^(e + 1) */
    work->rescaled = work->number == 0 || s != work->shift;
    work->shift = s;
    work->scale[0] = km_pow2(clamp(s / 2));
    work->scale[1] = km_pow2(clamp(s - s / 2));
}

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
        if (nearest[i] >= 0 && !(d2[i] * (1 + 0x1p-52) <= least[nearest[i]]))
            index[kept++] = (int32_t)i;
    return kept;
}

/* Candidate q as REALs. */
static const void *real_candidate(const km_run *run, const km_seeder *s, int64_t q)
{
    return (const char *)s->candidate_real + q * run->d * run->typed->real_size;
}

static void convert_candidates(const km_run *run, km_seeder *s, int64_t trials)
{
    const bool wide = run->typed == &km_typed_f64;
    for (int64_t q = 0; q < trials * run->d; q++)
        if (wide)
            ((double *)s->candidate_real)[q] = s->candidate[q];
        else
            ((float *)s->candidate_real)[q] = (float)s->candidate[q];
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
    const void *const c_real = real_candidate(run, s, work->chosen);
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i);
        if (run->typed->near(run, rows, i, c_real) >= s->d2[row] ||
            rough_d2(run, s, rows, i, c).low >= s->d2[row])
            continue;
        const double d2 = exact_d2(run, s, &run->thread[index], rows, i, c);
        if (d2 < s->d2[row]) {
            s->d2[row] = d2;
            run->fresh_labels[row] = (int32_t)(work->number - 1);
            atomic_store_explicit(&s->stale[row / KM_SEED_BLOCK], 1, memory_order_relaxed);
        }
    }
}

/* What row i contributes to the gain of a candidate. The integer weight is monotone in the
 * distance: where both ends of the interval give the same, the exact distance is not needed. */
static uint64_t gain_of(const km_run *run, const step *work, km_thread *t, const km_rows *rows,
                        int64_t i, double d2, int64_t q)
{
    const double *const candidate = work->seeder->candidate + q * run->d;
    if (run->typed->near(run, rows, i, real_candidate(run, work->seeder, q)) >= d2)
        return 0;
    const double w = rows->weight ? rows->weight[i] : 1;
    const interval other = rough_d2(run, work->seeder, rows, i, candidate);
    if (other.low >= d2)
        return 0;
    const uint64_t now = integer_weight(work, w, d2);
    const uint64_t at_low = integer_weight(work, w, other.low);
    const uint64_t at_high = other.high < d2 ? integer_weight(work, w, other.high) : now;
    if (at_low == at_high)
        return now - at_low;
    const double exact = exact_d2(run, work->seeder, t, rows, i, candidate);
    return exact < d2 ? now - integer_weight(work, w, exact) : 0;
}

static void trial_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    uint64_t *const gain = s->gain + index * s->trials;
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i);
        const double *const quarter = s->quarter + run->fresh_labels[row] * s->trials;
        const double d2 = s->d2[row];
        for (int64_t q = 0; q < s->trials; q++)
            if (!(d2 * (1 + 0x1p-52) <= quarter[q]))
                gain[q] += gain_of(run, work, &run->thread[index], rows, i, d2, q);
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

static void block_item(void *argument, km_run *run, int32_t t, int64_t block)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    const int64_t first = block * KM_SEED_BLOCK, end = first + KM_SEED_BLOCK;
    double most = 0;            /* of the products in the usual range, */
    km_scaled extreme = {0, 0}; /* and of the others */
    (void)t;
    if (!atomic_load_explicit(&s->stale[block], memory_order_relaxed))
        return;
    for (int64_t i = first; i < end && i < run->n; i++) {
        const double plain = weight_of(run, i) * s->d2[i];
        if (plain > 0x1p-900 && plain < 0x1p900) {
            most = plain > most ? plain : most;
        } else {
            const km_scaled scaled = weigh(weight_of(run, i), s->d2[i]);
            extreme = less(extreme, scaled) ? scaled : extreme;
        }
    }
    const km_scaled usual = weigh(1, most);
    s->block_most[block] = less(usual, extreme) ? extreme : usual;
}

static void sum_item(void *argument, km_run *run, int32_t t, int64_t block)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    const int64_t first = block * KM_SEED_BLOCK, end = first + KM_SEED_BLOCK;
    uint64_t sum = 0;
    (void)t;
    if (!work->rescaled && !atomic_load_explicit(&s->stale[block], memory_order_relaxed))
        return;
    for (int64_t i = first; i < end && i < run->n; i++)
        sum += integer_weight(work, weight_of(run, i), s->d2[i]);
    s->block_sum[block] = sum;
    atomic_store_explicit(&s->stale[block], 0, memory_order_relaxed);
}

/* Largest w*D of all rows. */
static km_scaled find_most(km_run *run, step *work)
{
    const km_scaled *const block_most = work->seeder->block_most;
    km_scaled most = {0, 0};
    km_for_items(run, blocks_of(run), block_item, work);
    for (int64_t b = 0; b < blocks_of(run); b++)
        most = less(most, block_most[b]) ? block_most[b] : most;
    return most;
}

/* prefix[b] = integer weight of all rows before block b; returns the total. */
static uint64_t sum_weights(km_run *run, step *work)
{
    km_seeder *const s = work->seeder;
    uint64_t total = 0;
    km_for_items(run, blocks_of(run), sum_item, work);
    for (int64_t b = 0; b < blocks_of(run); b++) {
        s->prefix[b] = total;
        total += s->block_sum[b];
    }
    return total;
}

/* The first row whose prefix sum exceeds `at` (< total). */
static int64_t find_row(const km_run *run, const step *work, uint64_t at)
{
    const uint64_t *const prefix = work->seeder->prefix;
    int64_t low = 0, high = blocks_of(run);
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (prefix[middle] > at)
            high = middle;
        else
            low = middle;
    }
    uint64_t sum = prefix[low];
    int64_t i = low * KM_SEED_BLOCK;
    for (; i < run->n - 1; i++) {
        sum += integer_weight(work, weight_of(run, i), work->seeder->d2[i]);
        if (sum > at)
            break;
    }
    return i;
}

static int draw_candidates(km_run *run, step *work, uint32_t purpose, uint32_t restart,
                           int64_t trials)
{
    km_seeder *const s = work->seeder;
    const km_random stream = {s->seed, purpose, restart, (uint32_t)work->number};
    const uint64_t total = sum_weights(run, work);
    for (int64_t q = 0; q < trials; q++)
        s->drawn[q] = find_row(run, work, km_random_below(&stream, (uint64_t)q, total));
    const int status = run->source->ops->fetch(run->source, s->drawn, trials, s->candidate);
    convert_candidates(run, s, trials);
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
        for (int64_t b = 0; b < blocks_of(run); b++)
            atomic_store_explicit(&s->stale[b], 1, memory_order_relaxed);
        return km_visit(run, first_block, work);
    }
    work->chosen = best;
    for (int64_t a = 0; a < work->number - 1; a++)
        s->least[a] = s->quarter[a * s->trials + best];
    return km_visit_selected(run, select_near, work, add_block, work);
}

/* Before the first centroid every row that counts has D = 1: drawn in proportion to its weight.
 * Every row's nearest centroid will be number 0; -1 marks skipped rows. */
static void start_rows(km_run *run, km_seeder *s)
{
    for (int64_t i = 0; i < run->n; i++) {
        s->d2[i] = run->labels[i] < 0 ? 0 : 1;
        run->fresh_labels[i] = run->labels[i] < 0 ? -1 : 0;
    }
    for (int64_t b = 0; b < blocks_of(run); b++)
        atomic_store_explicit(&s->stale[b], 1, memory_order_relaxed);
}

int km_seed_plusplus(km_run *run, km_seeder *seeder, uint32_t restart, double *c, int64_t *distinct)
{
    const size_t row_bytes = (size_t)run->d * sizeof *c;
    step work = {.seeder = seeder, .c = c};
    start_rows(run, seeder);
    *distinct = run->k;
    for (int64_t j = 0; j < run->k; j++) {
        int64_t best = 0;
        const km_scaled most = find_most(run, &work);
        if (most.f == 0) {
            *distinct = j;
            for (; j < run->k; j++)
                memcpy(c + j * run->d, c, row_bytes);
            break;
        }
        work.number = j;
        choose_scale(run, &work, most);
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
        run->fresh_labels[i] = run->labels[i];
    return KMEANS_OK;
}
