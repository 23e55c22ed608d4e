#include "parallel.h"

#include <string.h>

static int64_t capacity_of(const km_run *rows)
{
    const int64_t most = km_most_candidates(rows->k);
    return most < rows->n ? most : rows->n;
}

static int64_t round_of(const km_run *rows)
{
    const int64_t most = km_round_candidates(rows->k);
    return most < rows->n ? most : rows->n;
}

static int64_t trials_of(const km_settings *settings)
{
    return settings->init_trials > 0 ? settings->init_trials : km_default_trials(settings->k);
}

static km_sizes sizes_of(const km_run *rows)
{
    return (km_sizes){.n = capacity_of(rows),
                      .d = rows->d,
                      .k = rows->k,
                      .dtype = KMEANS_F64,
                      .threads = rows->threads,
                      .fit = true};
}

int64_t km_parallel_packed(const km_settings *settings)
{
    return settings->init == KM_INIT_PARALLEL ? km_round_candidates(settings->k) : 0;
}

int64_t km_parallel_bytes(const km_run *rows, const km_settings *settings, bool spill,
                          int64_t *scratch)
{
    km_sizes sizes = sizes_of(rows);
    const int64_t m = sizes.n, size = km_seeder_row_size(1);
    km_run run = {.n = m, .d = rows->d, .k = rows->k, .threads = rows->threads, .isa = rows->isa};
    int64_t part[4];
    sizes.spill = spill;
    run.typed = &km_typed_f64;
    km_run_bytes(&sizes, rows->isa, &part[0], &part[1], &part[2], &part[3]);
    const int64_t state[] = {part[3], spill ? km_scratch_bytes(rows->n, size) : 0,
                             spill ? km_scratch_bytes(m, size) : 0};
    const int64_t blocks[] = {part[0],
                              part[1],
                              part[2],
                              spill ? 0 : km_alloc_bytes(rows->n, size),
                              spill ? 0 : km_alloc_bytes(m, size),
                              km_alloc_bytes(m, rows->d * (int64_t)sizeof(double)),
                              km_alloc_bytes(m, sizeof(double)),
                              km_alloc_bytes(m, (KM_MAX_LIMBS + 1) * sizeof(int64_t)),
                              km_alloc_bytes(1, sizeof(kmeans_source)),
                              km_seeder_bytes(rows, 1, round_of(rows)),
                              km_seeder_bytes(&run, trials_of(settings), 0)};
    int64_t bytes = 0;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && bytes >= 0; i++)
        bytes = km_size_add(bytes, blocks[i]);
    for (size_t i = 0; i < sizeof state / sizeof *state; i++)
        *scratch = km_size_add(*scratch, state[i]);
    *scratch = *scratch < 0 ? INT64_MAX : *scratch;
    return bytes < 0 ? INT64_MAX : bytes;
}

int km_parallel_open(km_parallel *parallel, km_run *rows)
{
    km_memory *const memory = &rows->context->memory;
    km_candidates *const to = &parallel->candidates;
    const km_sizes sizes = sizes_of(rows);
    to->capacity = sizes.n;
    to->rows = km_alloc(memory, sizes.n, rows->d * (int64_t)sizeof *to->rows);
    to->weights = km_alloc(memory, sizes.n, sizeof *to->weights);
    to->digits = km_alloc(memory, sizes.n, (KM_MAX_LIMBS + 1) * sizeof *to->digits);
    if (!to->rows || !to->weights || !to->digits)
        return km_fail(rows->context, KMEANS_ERROR_MEMORY, "no memory for %lld candidates",
                       (long long)sizes.n);
    const kmeans_dense view = kmeans_dense_rows(to->rows, KMEANS_F64, sizes.n, rows->d);
    const int status = kmeans_source_dense(rows->context, &view, &parallel->source);
    if (status < 0)
        return status;
    parallel->source->weights = to->weights;
    return km_run_open(&parallel->run, rows->context, parallel->source, rows->isa, &sizes);
}

int km_parallel_open_late(km_parallel *parallel, km_run *rows, const km_facts *facts,
                          const km_settings *settings)
{
    parallel->candidates.max_weight = facts->max_weight;
    parallel->candidates.low_weight = facts->low_weight;
    const int status =
        km_seeder_open(rows, facts, settings->seed, 1, round_of(rows), &parallel->rounds);
    return status < 0 ? status
                      : km_seeder_open(&parallel->run, facts, settings->seed, trials_of(settings),
                                       0, &parallel->seeder);
}

void km_parallel_close(km_parallel *parallel)
{
    km_seeder_free(&parallel->seeder);
    km_seeder_free(&parallel->rounds);
    km_run_close(&parallel->run);
    kmeans_source_close(parallel->source);
    km_free(parallel->candidates.rows);
    km_free(parallel->candidates.weights);
    km_free(parallel->candidates.digits);
    *parallel = (km_parallel){0};
}

/* A row is near the centroid that its candidate is near to: see km_seed_plusplus. */
static void take_labels(km_run *rows, const km_run *candidates)
{
    for (int64_t i = 0; i < rows->n; i++) {
        const int32_t candidate = rows->fresh_labels[i];
        rows->labels[i] = candidate < 0 ? -1 : candidates->labels[candidate];
        rows->fresh_labels[i] = rows->labels[i];
        km_memory_step(&rows->context->memory, i);
    }
}

int km_parallel_seed(km_parallel *parallel, km_run *rows, uint32_t restart, double *c,
                     int64_t *distinct)
{
    km_run *const run = &parallel->run;
    int status = km_seed_candidates(rows, &parallel->rounds, restart, &parallel->candidates);
    if (status)
        return status;
    run->n = parallel->source->rows = parallel->source->view.rows = parallel->candidates.count;
    km_run_follow(run, rows);
    status = km_seed_plusplus(run, &parallel->seeder, restart, c, distinct);
    km_run_return(run, rows);
    if (status == 0)
        take_labels(rows, run);
    return status;
}
