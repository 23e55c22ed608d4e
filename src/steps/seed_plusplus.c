/* Greedy k-means++ (Arthur and Vassilvitskii, SODA 2007, section 5).
 *
 * Every step draws `trials` rows with probability proportional to w*D, D being the squared
 * distance to the nearest centroid so far, and keeps the one that lowers sum w*D most (ties: the
 * first). For the same bits everywhere D is the float64 nearest to the real distance, and weights
 * are integers: q = floor(w*D * 2^s), s chosen by the step's largest w*D so that
 * q < 2^(62 - ceil(log2 n)): sums over rows never overflow and never round. A draw is
 * the first row whose prefix sum exceeds a random integer below the total. */
#include <math.h>
#include <string.h>

#include "kernels/exact/distance.h"
#include "kernels/exact/ieee.h"
#include "pack.h"
#include "seed.h"
#include "services/random.h"
#include "visit.h"

enum { ROWS_PER_BLOCK = 4096 };

typedef struct step {
    km_seeder *seeder;
    double scale[2]; /* 2^s as a product: s may lie outside float64's range */
    int64_t group;   /* candidates packed now */
    int64_t offset;  /* the first of them */
    bool first;      /* no distances yet */
} step;

static double weight_of(const km_run *run, int64_t i)
{
    return run->weights ? run->weights[i] : 1;
}

static uint64_t integer_weight(const step *work, double weighted)
{
    return (uint64_t)(weighted * work->scale[0] * work->scale[1]);
}

static void choose_scale(const km_run *run, step *work, double most)
{
    int32_t bits = 62;
    for (int64_t rows = 1; rows < run->n; rows *= 2)
        bits--;
    const km_parts parts = km_take_apart(most);
    const int32_t top = parts.exponent + 64 - __builtin_clzll((unsigned long long)parts.mantissa);
    const int32_t s = bits - top; /* most < 2^top */
    work->scale[0] = km_pow2(s / 2);
    work->scale[1] = km_pow2(s - s / 2);
}

static double exact_d2(const km_run *run, const km_seeder *seeder, km_thread *t,
                       const km_rows *rows, int64_t i, const double *c)
{
    if (seeder->whole)
        return run->typed->d2(run, rows, i, c);
    run->typed->row(run, rows, i, t->row);
    return km_d2_nearest(t->row, c, run->d);
}

/* D after a centroid was added, and the largest w*D. Rows that the screen proves to be no nearer
 * to it are left alone. */
static void add_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    km_thread *const t = &run->thread[index];
    const int64_t group = work->group;
    double *const low = s->low + index * run->block_rows * group;
    if (!work->first)
        run->typed->bounds(run, t, rows, low);
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i);
        if (work->first || !(low[i * run->packed.k] >= s->d2[row])) {
            const double d2 = exact_d2(run, s, t, rows, i, run->packed.c);
            if (work->first || d2 < s->d2[row])
                s->d2[row] = d2;
        }
        const double weighted = weight_of(run, row) * s->d2[row];
        s->most[index] = weighted > s->most[index] ? weighted : s->most[index];
    }
}

/* What each candidate of the group would take off the sum of integer weights. */
static void trial_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const step *const work = argument;
    km_seeder *const s = work->seeder;
    km_thread *const t = &run->thread[index];
    const int64_t group = work->group;
    double *const low = s->low + index * run->block_rows * group;
    uint64_t *const gain = s->gain + index * s->trials + work->offset;
    run->typed->bounds(run, t, rows, low);
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i);
        const double d2 = s->d2[row], w = weight_of(run, row);
        if (w * d2 == 0)
            continue;
        const uint64_t now = integer_weight(work, w * d2);
        for (int64_t q = 0; q < group; q++) {
            if (low[i * group + q] >= d2)
                continue;
            const double other = exact_d2(run, s, t, rows, i, run->packed.c + q * run->d);
            if (other < d2)
                gain[q] += now - integer_weight(work, w * other);
        }
    }
}

static void sum_item(void *argument, km_run *run, int32_t t, int64_t item)
{
    const step *const work = argument;
    const int64_t first = item * ROWS_PER_BLOCK, end = first + ROWS_PER_BLOCK;
    uint64_t sum = 0;
    (void)t;
    for (int64_t i = first; i < end && i < run->n; i++)
        sum += integer_weight(work, weight_of(run, i) * work->seeder->d2[i]);
    work->seeder->prefix[item + 1] = sum;
}

/* prefix[b] = integer weight of all rows before block b; returns the total. */
static uint64_t sum_weights(km_run *run, step *work)
{
    const int64_t blocks = (run->n + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
    uint64_t *const prefix = work->seeder->prefix;
    km_for_items(run, blocks, sum_item, work);
    prefix[0] = 0;
    for (int64_t b = 0; b < blocks; b++)
        prefix[b + 1] += prefix[b];
    return prefix[blocks];
}

/* The first row whose prefix sum exceeds `at` (< total). */
static int64_t find_row(const km_run *run, const step *work, uint64_t at)
{
    const uint64_t *const prefix = work->seeder->prefix;
    int64_t low = 0, high = (run->n + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (prefix[middle] > at)
            high = middle;
        else
            low = middle;
    }
    uint64_t sum = prefix[low];
    int64_t i = low * ROWS_PER_BLOCK;
    for (; i < run->n - 1; i++) {
        sum += integer_weight(work, weight_of(run, i) * work->seeder->d2[i]);
        if (sum > at)
            break;
    }
    return i;
}

static int draw_candidates(km_run *run, step *work, uint32_t purpose, uint32_t restart,
                           uint32_t number, int64_t trials)
{
    km_seeder *const s = work->seeder;
    const km_random stream = {s->seed, purpose, restart, number};
    const uint64_t total = sum_weights(run, work);
    for (int64_t q = 0; q < trials; q++)
        s->drawn[q] = find_row(run, work, km_random_below(&stream, (uint64_t)q, total));
    return run->source->ops->fetch(run->source, s->drawn, trials, s->candidate);
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
    const int64_t nr = run->typed->panel(run->isa), most = nr < run->k ? nr : run->k;
    *best = 0;
    if (s->trials == 1)
        return KMEANS_OK;
    memset(s->gain, 0, (size_t)(run->threads * s->trials) * sizeof *s->gain);
    for (int64_t q = 0; q < s->trials; q += most) {
        work->offset = q;
        work->group = s->trials - q < most ? s->trials - q : most;
        km_pack(run, s->candidate + q * run->d, work->group);
        const int status = km_visit(run, trial_block, work);
        if (status)
            return status;
    }
    *best = best_candidate(run, s);
    return KMEANS_OK;
}

/* Add centroid c and bring D up to date; *most = largest w*D. */
static int add_centroid(km_run *run, step *work, const double *c, double *most)
{
    km_seeder *const s = work->seeder;
    work->group = 1;
    km_pack(run, c, 1);
    memset(s->most, 0, (size_t)run->threads * sizeof *s->most);
    const int status = km_visit(run, add_block, work);
    *most = 0;
    for (int32_t t = 0; t < run->threads; t++)
        *most = s->most[t] > *most ? s->most[t] : *most;
    work->first = false;
    return status;
}

/* Before the first centroid every row that counts has D = 1: drawn in proportion to its weight. */
static double start_weights(const km_run *run, km_seeder *s)
{
    double most = 0;
    for (int64_t i = 0; i < run->n; i++) {
        s->d2[i] = run->labels[i] < 0 ? 0 : 1;
        const double weighted = weight_of(run, i) * s->d2[i];
        most = weighted > most ? weighted : most;
    }
    return most;
}

int km_seed_plusplus(km_run *run, km_seeder *seeder, uint32_t restart, double *c,
                     int64_t *distinct)
{
    const size_t row_bytes = (size_t)run->d * sizeof *c;
    step work = {.seeder = seeder, .first = true};
    double most = start_weights(run, seeder);
    *distinct = run->k;
    for (int64_t j = 0; j < run->k; j++) {
        const int64_t trials = j == 0 ? 1 : seeder->trials;
        int64_t best = 0;
        if (most == 0) {
            *distinct = *distinct < j ? *distinct : j;
            memcpy(c + j * run->d, c, row_bytes);
            continue;
        }
        choose_scale(run, &work, most);
        int status = draw_candidates(run, &work, j == 0 ? KM_RANDOM_FIRST : KM_RANDOM_DRAW,
                                     restart, (uint32_t)j, trials);
        if (status >= 0 && j > 0)
            status = try_candidates(run, &work, &best);
        if (status)
            return status;
        memcpy(c + j * run->d, seeder->candidate + best * run->d, row_bytes);
        if (j + 1 < run->k)
            status = add_centroid(run, &work, c + j * run->d, &most);
        if (status)
            return status;
    }
    return KMEANS_OK;
}
