/* k-means||: see seed_parallel.h. */
#include "seed_parallel.h"

#include <math.h>
#include <string.h>

#include "pack.h"
#include "seed_trial.h"
#include "sums.h"
#include "sparse.h"
#include "visit.h"

__extension__ typedef unsigned __int128 km_u128;

enum { ROUNDS = 5 };

int64_t km_round_candidates(int64_t k)
{
    int64_t root = 0; /* of 2k, rounded up */
    while (root * root < 2 * k)
        root++;
    return 2 * k + 8 * root + 16;
}

int64_t km_most_candidates(int64_t k) { return 1 + ROUNDS * km_round_candidates(k); }

typedef struct rounds {
    km_seeder *seeder;
    km_candidates *to;
    int64_t first; /* candidates before this round's */
    km_draw draw;
    km_random stream;
    uint64_t total;
    int64_t most; /* candidates of this round */
    km_lock lock;
} rounds;

/* The rows of a block that become candidates; they are kept by the lowest number. */
static void pick_item(void *argument, km_run *run, int32_t t, int64_t block)
{
    rounds *const work = argument;
    km_seeder *const s = work->seeder;
    const int64_t first = block * KM_SEED_BLOCK, end = first + KM_SEED_BLOCK;
    const uint64_t l = 2 * (uint64_t)run->k;
    (void)t;
    for (int64_t i = first; i < end && i < run->n; i++) {
        const uint64_t q = km_draw_weight(&work->draw, km_row_weight(run, i), s->d2[i]);
        if (q == 0)
            continue;
        const uint64_t u = km_random_bits(&work->stream, (uint64_t)i);
        if ((km_u128)u * work->total >> 64 >= (km_u128)l * q)
            continue;
        km_lock_acquire(&work->lock);
        km_keep_keyed(s->keyed, &s->keyed_n, work->most, (km_keyed){(uint64_t)i, i});
        km_lock_release(&work->lock);
    }
}

/* D and the nearest candidate of rows that a new one is nearer to; the older wins a tie. */
static void nearer_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const rounds *const work = argument;
    km_seeder *const s = work->seeder;
    km_thread *const thread = &run->thread[t];
    run->typed->assign(run, thread, rows, thread->fresh);
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i), candidate = work->first + thread->fresh[i];
        const km_center c = {work->to->rows + candidate * run->d,
                             km_norm_of_center(run, thread->fresh[i])};
        if (km_seed_rough(run, s, thread, rows, i, c).low >= s->d2[row])
            continue;
        const double d2 = km_seed_exact(run, s, thread, rows, i, c);
        if (d2 < s->d2[row]) {
            s->d2[row] = d2;
            run->fresh_labels[row] = (int32_t)candidate;
            atomic_store_explicit(&s->stale[row / KM_SEED_BLOCK], 1, memory_order_relaxed);
        }
    }
}

/* The keyed rows as candidates from work->first on, equal ones once, and packed. */
static int take_rows(km_run *run, rounds *work)
{
    km_candidates *const to = work->to;
    const km_seeder *const s = work->seeder;
    const int64_t d = run->d, m = s->keyed_n;
    double *const rows = to->rows + work->first * d;
    const int status = km_seed_fetch(run, s, m, rows);
    if (status < 0)
        return status;
    km_pack(run, rows, m);
    int64_t kept = 0;
    for (int64_t e = 0; e < m; e++)
        if (!run->packed.duplicate[e])
            memmove(rows + kept++ * d, rows + e * d, (size_t)d * sizeof *rows);
    if (kept < m)
        km_pack(run, rows, kept);
    to->count = work->first + kept;
    return KMEANS_OK;
}

static int take_candidates(km_run *run, rounds *work)
{
    work->first = work->to->count;
    const int status = take_rows(run, work);
    return status < 0 ? status : km_visit(run, nearer_block, work);
}

/* The row that is drawn first. Every row is then as far as can be until it meets it. */
static int take_first(km_run *run, rounds *work)
{
    km_seeder *const s = work->seeder;
    km_draw_start(run, &work->draw);
    if (!km_draw_prepare(run, &work->draw))
        return KMEANS_ERROR_DATA;
    km_draw_rows(run, &work->draw, &work->stream, 1);
    s->keyed_n = 1;
    s->keyed[0] = (km_keyed){0, s->drawn[0]};
    for (int64_t i = 0; i < run->n; i++) {
        s->d2[i] = run->labels[i] < 0 ? 0 : INFINITY;
        km_memory_step(&run->context->memory, i);
    }
    km_draw_forget(run, &work->draw);
    return take_candidates(run, work);
}

/* Candidates of a round. False where every row lies on one. */
static bool pick_rows(km_run *run, rounds *work, uint32_t round)
{
    km_seeder *const s = work->seeder;
    const int64_t left = work->to->capacity - work->to->count;
    work->most = km_round_candidates(run->k) < left ? km_round_candidates(run->k) : left;
    if (work->most == 0 || !km_draw_prepare(run, &work->draw))
        return false;
    work->total = km_draw_total(run, &work->draw);
    work->stream.step = round;
    s->keyed_n = 0;
    km_for_row_blocks(run, (run->n + KM_SEED_BLOCK - 1) / KM_SEED_BLOCK, pick_item, work);
    km_sort_keyed(s->keyed, s->keyed_n);
    return true;
}

/* The exact weight of the rows nearest to each candidate, rounded once. */
static void weigh(const km_run *run, km_candidates *to)
{
    km_sums grid = {.weight_limbs = 1};
    int64_t rounded = 0;
    enum { width = KM_MAX_LIMBS + 1 };
    memset(to->digits, 0, (size_t)to->count * width * sizeof *to->digits);
    grid.weight_limbs =
        km_choose_grids(&to->max_weight, &to->low_weight, 1, 1, 1, &grid.weight_exponent, &rounded);
    km_fill_magic(&grid.weight_exponent, 1, grid.weight_limbs, grid.weight_magic);
    for (int64_t i = 0; i < run->n; i++) {
        const int64_t j = run->fresh_labels[i];
        km_memory_step(&run->context->memory, i);
        if (j >= 0 && run->weights)
            km_sums_add_weight(&grid, run->weights[i], to->digits + j * width);
        else if (j >= 0)
            to->digits[j * width]++;
    }
    for (int64_t j = 0; j < to->count; j++)
        to->weights[j] = run->weights ? km_digits_nearest(to->digits + j * width, grid.weight_limbs,
                                                          1, grid.weight_exponent)
                                      : (double)to->digits[j * width];
}

int km_seed_candidates(km_run *run, km_seeder *seeder, uint32_t restart, km_candidates *candidates)
{
    rounds work = {.seeder = seeder,
                   .to = candidates,
                   .draw = {.seeder = seeder},
                   .stream = {seeder->seed, KM_RANDOM_ROUND, restart, 0}};
    atomic_flag_clear(&work.lock.flag);
    candidates->count = 0;
    int status = take_first(run, &work);
    for (uint32_t round = 1; status == 0 && (round <= ROUNDS || candidates->count < run->k);
         round++) {
        if (!pick_rows(run, &work, round))
            break;
        if (seeder->keyed_n > 0)
            status = take_candidates(run, &work);
        if (status == 0 && km_poll(run, false))
            status = 1;
    }
    if (status)
        return status;
    weigh(run, candidates);
    return KMEANS_OK;
}
