/* Mini-batch k-means: see minibatch.h. */
#include "minibatch.h"

#include <string.h>

#include "algorithm.h"
#include "kernels/exact/ieee.h"
#include "steps/inertia.h"
#include "steps/pack.h"
#include "services/profile.h"
#include "steps/visit.h"

int64_t km_minibatch_bytes(const km_run *run)
{
    const int64_t blocks[] = {
        km_alloc_bytes(run->k, sizeof(double)), km_alloc_bytes(run->k, sizeof(double)),
        km_alloc_bytes(run->k, sizeof(bool)), km_seeder_bytes(run, 0, run->k)};
    int64_t bytes = 0;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && bytes >= 0; i++)
        bytes = km_size_add(bytes, blocks[i]);
    return bytes < 0 ? INT64_MAX : bytes;
}

int km_minibatch_open(km_run *run, const km_facts *facts, uint64_t seed, double ratio,
                      km_minibatch *state)
{
    km_memory *const memory = &run->context->memory;
    *state = (km_minibatch){.seed = seed, .ratio = ratio};
    state->taken = km_alloc(memory, run->k, sizeof *state->taken);
    state->next_taken = km_alloc(memory, run->k, sizeof *state->next_taken);
    state->starved = km_alloc(memory, run->k, sizeof *state->starved);
    if (!state->taken || !state->next_taken || !state->starved)
        return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld clusters",
                       (long long)run->k);
    return km_seeder_open(run, facts, seed, 0, run->k, &state->drawer);
}

void km_minibatch_close(km_minibatch *state)
{
    km_free(state->taken);
    km_free(state->next_taken);
    km_free(state->starved);
    km_seeder_free(&state->drawer);
    *state = (km_minibatch){0};
}

void km_minibatch_start(km_run *run, km_minibatch *state, uint32_t restart)
{
    memset(state->taken, 0, (size_t)run->k * sizeof *state->taken);
    state->restart = restart;
    state->batches = state->rows = 0;
}

typedef struct motion {
    km_minibatch *state;
    const double *c;
    double *c_new;
} motion;

/* The centroid and N of cluster j after the batch. */
static void move_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    const motion *const work = argument;
    km_minibatch *const state = work->state;
    const km_sums *const sums = &run->sums;
    const int64_t d = run->d;
    const double *const c = work->c + j * d;
    double *const c_new = work->c_new + j * d;
    (void)t;
    km_sums_gather(run, j);
    state->next_taken[j] = state->taken[j];
    if (sums->count[j] == 0) {
        memcpy(c_new, c, (size_t)d * sizeof *c);
        return;
    }
    const km_weight_total weight = km_sums_weight(sums, j);
    const double w = km_weight_dd(&weight).hi, taken = state->taken[j] + w;
    km_digits_round(km_sums_digits(run, j), sums->limbs, d, sums->exponent, c_new);
    for (int64_t p = 0; p < d; p++)
        c_new[p] = c[p] + (c_new[p] - w * c[p]) / taken;
    state->next_taken[j] = taken;
}

static double largest_taken(const km_run *run, const km_minibatch *state)
{
    double most = 0;
    for (int64_t j = 0; j < run->k; j++)
        most = state->next_taken[j] > most ? state->next_taken[j] : most;
    return most;
}

static double least_kept(const km_run *run, const km_minibatch *state)
{
    double least = -1;
    for (int64_t j = 0; j < run->k; j++)
        if (!state->starved[j] && (least < 0 || state->next_taken[j] < least))
            least = state->next_taken[j];
    return least;
}

/* Mark the clusters to place anew; returns their number. Positive float64 are in the order of their
 * bits. */
static int64_t mark_starved(const km_run *run, km_minibatch *state, int64_t most)
{
    const double limit = state->ratio * largest_taken(run, state);
    km_keyed *const keyed = state->drawer.keyed;
    int64_t starved = 0;
    for (int64_t j = 0; j < run->k; j++)
        if (state->next_taken[j] < limit)
            keyed[starved++] = (km_keyed){km_bits(state->next_taken[j]), j};
    km_sort_keyed(keyed, starved);
    memset(state->starved, 0, (size_t)run->k * sizeof *state->starved);
    starved = starved < most ? starved : most;
    for (int64_t e = 0; e < starved; e++)
        state->starved[keyed[e].row] = true;
    return starved;
}

/* Whether it is time to look for starved clusters. */
static bool is_due(const km_run *run, const km_minibatch *state)
{
    enum { often = 10 };
    bool unused = false;
    for (int64_t j = 0; j < run->k; j++)
        unused = unused || state->next_taken[j] == 0;
    return state->ratio > 0 && (unused || state->rows / often >= run->k);
}

/* Rows of positive weight of the batch. */
static int64_t count_rows(const km_run *run)
{
    int64_t rows = 0;
    for (int64_t j = 0; j < run->k; j++)
        rows += run->sums.count[j];
    return rows;
}

/* Place the starved clusters. */
static int place_starved(km_run *run, km_minibatch *state, int64_t rows, double *c_new)
{
    km_seeder *const drawer = &state->drawer;
    const int64_t wanted = mark_starved(run, state, rows / 2 < run->k ? rows / 2 : run->k);
    if (wanted == 0)
        return KMEANS_OK;
    const km_random stream = {state->seed, KM_RANDOM_STARVED, state->restart,
                              (uint32_t)state->batches};
    km_seed_draw_rows(run, drawer, &stream, wanted);
    const double taken = least_kept(run, state);
    for (int64_t j = 0; j < run->k; j++) {
        if (!state->starved[j])
            continue;
        const int64_t row = drawer->keyed[state->moved++].row;
        const int status = run->source->ops->fetch(run->source, &row, 1, c_new + j * run->d);
        if (status < 0)
            return status;
        state->next_taken[j] = taken;
    }
    return KMEANS_OK;
}

int km_minibatch_step(km_run *run, km_minibatch *state, const double *c, double *c_new)
{
    motion work = {state, c, c_new};
    km_pack(run, c, run->k);
    km_sums_clear(run);
    int status = km_pass(run, KM_SUMS_ALL, &state->facts);
    if (status == 0)
        status = km_inertia_rows(run, c, false, &state->inertia);
    if (status)
        return status;
    const bool entered = km_profile_enter(run->profile, KM_PHASE_MEANS);
    km_for_items(run, run->k, move_item, &work);
    km_profile_leave(run->profile, entered);
    const int64_t rows = count_rows(run), rows_before = state->rows;
    state->moved = 0;
    state->weight = run->total_weight;
    if (rows == 0)
        return KMEANS_OK;
    state->rows += rows;
    if (is_due(run, state)) {
        state->rows = 0;
        status = place_starved(run, state, rows, c_new);
    }
    if (status) {
        state->rows = rows_before;
        return status;
    }
    double *const taken = state->taken;
    state->taken = state->next_taken;
    state->next_taken = taken;
    state->batches++;
    return KMEANS_OK;
}

const km_algorithm km_minibatch_algorithm = {
    .name = "minibatch",
    .exact = false,
    .memory = "labels twice, sums and one batch of rows",
    .applicable = km_any_sizes,
    .cost = km_all_pairs_cost, /* of labelling all rows, as at the end */
    .pass = km_all_pairs_pass,
    .by_batches = true,
};
