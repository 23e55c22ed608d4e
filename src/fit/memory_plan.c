/* The driver's own arrays, counted and allocated by the same list, and the plan. */
#include "checkpoint.h"

#include <string.h>

/* Rows of the trace that are kept; a longer fit keeps its first passes and the last. */
enum { MOST_TRACE_ROWS = 10000 };

static int64_t trace_capacity(const km_settings *s)
{
    const int64_t limit = km_most_passes(s);
    return limit > 0 && limit + 2 < MOST_TRACE_ROWS ? limit + 2 : MOST_TRACE_ROWS;
}

static bool draws_rows(const km_settings *s)
{
    return s->init == KM_INIT_RANDOM || s->init_sample > 0;
}

static int64_t seeder_rows(const km_settings *s)
{
    return !draws_rows(s) ? 0 : s->init_sample > s->k ? s->init_sample : s->k;
}

static int64_t seeder_trials(const km_settings *s)
{
    if (s->init != KM_INIT_KMEANSPP)
        return 0;
    return s->init_trials > 0 ? s->init_trials : km_default_trials(s->k);
}

typedef struct list {
    km_memory *memory; /* NULL: count only */
    int64_t bytes;
    int64_t scratch; /* of row state, where `spill` */
    bool spill, failed;
} list;

static void *take(list *l, int64_t count, int64_t size)
{
    if (!l->memory) {
        l->bytes = km_size_add(l->bytes, km_alloc_bytes(count, size));
        l->bytes = l->bytes < 0 ? INT64_MAX : l->bytes;
        return NULL;
    }
    void *const block = l->failed ? NULL : km_alloc(l->memory, count, size);
    l->failed = !block;
    return block;
}

/* The same for row state. */
static void *take_rows(list *l, int64_t count, int64_t size)
{
    if (!l->memory && l->spill) {
        l->scratch = km_size_add(l->scratch, km_scratch_bytes(count, size));
        l->scratch = l->scratch < 0 ? INT64_MAX : l->scratch;
        return NULL;
    }
    if (!l->memory)
        return take(l, count, size);
    void *const block = l->failed ? NULL : km_alloc_rows(l->memory, count, size);
    l->failed = !block;
    return block;
}

/* Everything of size k*d, k, d and the trace; what grows with the width of the sums is late. */
static void take_own(list *l, km_fit *fit, int64_t k, int64_t d)
{
    const km_settings *const s = fit->settings;
    const int64_t row = d * (int64_t)sizeof(double);
    fit->trace_capacity = trace_capacity(s);
    fit->c[0] = take(l, k, row);
    fit->c[1] = take(l, k, row);
    fit->before = take(l, k, sizeof(km_dd));
    fit->after = take(l, k, sizeof(km_dd));
    fit->shift2 = take(l, k, sizeof(double));
    fit->trace = take(l, fit->trace_capacity, sizeof *fit->trace);
    if (s->shift_tol_relative >= 0)
        fit->mean = take(l, 1, row);
    if (fit->algorithm->by_batches)
        fit->epoch_c = take(l, k, row);
    if (s->restarts > 1) {
        fit->best_c = take(l, k, row);
        fit->best_trace = take(l, fit->trace_capacity, sizeof *fit->best_trace);
    }
    if (s->profile)
        fit->profile = take(l, 1, km_profile_bytes(fit->threads));
    fit->reading = s->resume ? take(l, 1, sizeof *fit->reading) : NULL;
    fit->writing = s->checkpoint ? take(l, 1, km_checkpoint_bytes(k, d)) : NULL;
}

static void take_own_rows(list *l, km_fit *fit, int64_t n)
{
    const km_settings *const s = fit->settings;
    if (s->restarts > 1)
        fit->best_labels = take_rows(l, n, sizeof *fit->best_labels);
    if (s->init_sample > 0) {
        fit->sample_rows = take(l, s->init_sample, fit->source->cols * (int64_t)sizeof(double));
        if (fit->source->weights)
            fit->sample_weights = take(l, s->init_sample, sizeof(double));
    }
}

static int open_sample(km_fit *fit)
{
    km_run *const run = &fit->run;
    const int64_t m = fit->settings->init_sample;
    const kmeans_dense view = kmeans_dense_rows(fit->sample_rows, KMEANS_F64, m, run->d);
    km_sizes sizes = {.n = m,
                      .d = run->d,
                      .k = run->k,
                      .dtype = KMEANS_F64,
                      .threads = fit->threads,
                      .fit = true,
                      .packed = km_parallel_packed(fit->settings)};
    int status = kmeans_source_dense(fit->context, &view, &fit->sample);
    if (status < 0)
        return status;
    fit->sample->weights = fit->sample_weights;
    return km_run_open(&fit->sample_run, fit->context, fit->sample, fit->isa, &sizes);
}

int km_fit_open(km_fit *fit)
{
    list l = {.memory = &fit->context->memory};
    const km_sizes sizes = km_fit_sizes(fit, 0, 0);
    int status = km_run_open(&fit->run, fit->context, fit->source, fit->isa, &sizes);
    if (status < 0)
        return status;
    take_own(&l, fit, sizes.k, sizes.d);
    take_own_rows(&l, fit, sizes.n);
    if (l.failed)
        return km_fail_rows(fit->context, "the centroids and labels", sizes.n);
    if (fit->profile)
        km_profile_open(fit->profile, fit->threads);
    if (km_fit_batch_rows(fit) > 0)
        status = km_batch_open(&fit->run, km_fit_batch_rows(fit), &fit->batch);
    if (status == 0 && fit->settings->init_sample > 0)
        status = open_sample(fit);
    if (status == 0 && fit->settings->init == KM_INIT_PARALLEL)
        status = km_parallel_open(&fit->parallel, fit->sample ? &fit->sample_run : &fit->run);
    return status;
}

int km_fit_open_late(km_fit *fit)
{
    const km_settings *const s = fit->settings;
    km_run *const run = &fit->run;
    int status = km_relocation_open(run, &fit->relocation);
    if (status == 0 && s->shift_tol_relative >= 0) {
        fit->mean_digits = km_alloc(&fit->context->memory, (run->sums.limbs + 1) * run->d,
                                    sizeof *fit->mean_digits);
        if (!fit->mean_digits)
            status = km_fail(fit->context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                             (long long)run->d);
    }
    if (status == 0 && fit->algorithm->by_batches)
        status =
            km_minibatch_open(run, &fit->facts, s->seed, s->reassignment_ratio, &fit->minibatch);
    if (status == 0 && fit->algorithm->by_batches && run->sums.rounded)
        status = km_batch_open_grids(run, &fit->batch);
    if (status == 0 && s->init == KM_INIT_PARALLEL)
        status = km_parallel_open_late(&fit->parallel, fit->sample ? &fit->sample_run : run,
                                       &fit->facts, s);
    if (status == 0 && (seeder_trials(s) > 0 || draws_rows(s)))
        status = km_seeder_open(fit->sample ? &fit->sample_run : run, &fit->facts, s->seed,
                                seeder_trials(s), seeder_rows(s), &fit->seeder);
    return status;
}

void km_fit_close(km_fit *fit)
{
    void *const blocks[] = {fit->c[0],           fit->c[1],    fit->before,      fit->after,
                            fit->shift2,         fit->trace,   fit->best_trace,  fit->mean,
                            fit->mean_digits,    fit->best_c,  fit->best_labels, fit->sample_rows,
                            fit->sample_weights, fit->epoch_c, fit->writing,     fit->reading,
                            fit->profile};
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++)
        km_free(blocks[b]);
    km_seeder_free(&fit->seeder);
    km_parallel_close(&fit->parallel);
    km_minibatch_close(&fit->minibatch);
    km_batch_close(&fit->batch);
    km_relocation_free(&fit->relocation);
    km_spread_free(&fit->spread);
    km_facts_free(&fit->facts);
    km_run_close(&fit->sample_run);
    km_run_close(&fit->run);
    kmeans_source_close(fit->sample);
}

/* The result's own arrays (its labels are one of the run's two label arrays), and what the first
 * visit of the data takes. */
static int64_t result_bytes(const km_settings *s, const km_sizes *z)
{
    list l = {0};
    take(&l, 1, sizeof(kmeans_result));
    take(&l, 4 * z->d, sizeof(double)); /* ranges of the columns, */
    take(&l, z->threads, 8 * z->d * 8); /* of every thread twice, */
    take(&l, z->threads, 4 * sizeof(int64_t) * 4);
    take(&l, z->d, sizeof(double)); /* and the middle that Q is taken about */
    take(&l, z->k, sizeof(int64_t));
    take(&l, z->k, sizeof(double));
    take(&l, s->restarts, sizeof(kmeans_restart_row));
    if (s->cluster_inertia)
        take(&l, z->k, sizeof(double) * (1 + 4));
    return l.bytes;
}

/* init_sample: a second run, over float64 rows, that keeps labels but makes no sums. */
static void add_sample(const km_fit *fit, const km_sizes *sizes, int64_t *rows, int64_t *clusters,
                       int64_t *threads, int64_t *scratch)
{
    km_sizes sample = *sizes;
    int64_t more[4];
    sample.n = fit->settings->init_sample;
    sample.dtype = KMEANS_F64;
    sample.sparse = sample.passes = sample.bounds = false;
    sample.limbs = sample.weight_limbs = 0;
    km_run_bytes(&sample, fit->isa, &more[0], &more[1], &more[2], &more[3]);
    *rows = km_size_add(*rows, km_size_add(more[0], km_alloc_bytes(1, sizeof(kmeans_source))));
    *clusters = km_size_add(*clusters, more[1]);
    *threads = km_size_add(*threads, more[2]);
    *scratch = km_size_add(*scratch, more[3]);
}

/* Integers and halves, at most 41 bits, need one limb; floats seldom more than two, and never more
 * than four. */
static int32_t most_limbs(const kmeans_source *source)
{
    const bool few_bits = km_number_of(source->dtype)->low_bit > 0;
    return few_bits && !source->weights ? 1 : KM_MAX_LIMBS;
}

/* As much of a run as those ask for who count bytes. */
static km_run sized_run(const km_fit *fit, const km_sizes *sizes)
{
    const int64_t sample = fit->settings->init_sample;
    km_run run = {.n = sample > 0 ? sample : sizes->n,
                  .d = sizes->d,
                  .k = sizes->k,
                  .threads = sizes->threads,
                  .isa = fit->isa,
                  .typed = km_typed_of(sizes)};
    run.block_rows = km_block_rows(run.typed, fit->isa, sizes);
    return run;
}

/* Seeding from the rows or, with init_sample, from the sample. */
static int64_t seeding_bytes(const km_fit *fit, km_run run, list *row_state)
{
    const km_settings *const s = fit->settings;
    if (s->init_sample > 0)
        run.typed = &km_typed_f64;
    if (s->init == KM_INIT_PARALLEL)
        return km_size_add(km_seeder_bytes(&run, 0, seeder_rows(s)),
                           km_parallel_bytes(&run, s, row_state->spill, &row_state->scratch));
    if (seeder_trials(s) > 0)
        take_rows(row_state, run.n, km_seeder_row_size(seeder_trials(s)));
    return km_seeder_bytes(&run, seeder_trials(s), seeder_rows(s));
}

static int64_t add_up(int64_t a, int64_t b, int64_t c) { return km_size_add(km_size_add(a, b), c); }

int km_fit_plan_with(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                     bool spill, kmeans_plan *plan)
{
    km_fit fit = {.spill = spill};
    const int status = km_fit_choose(&fit, context, settings, source);
    if (status < 0)
        return status;
    const km_sizes sizes =
        km_fit_sizes(&fit, most_limbs(source), source->weights ? KM_MAX_LIMBS : 0);
    int64_t rows, clusters, threads, scratch;
    km_run_bytes(&sizes, fit.isa, &rows, &clusters, &threads, &scratch);
    list own = {0}, own_rows = {.spill = spill};
    take_own(&own, &fit, sizes.k, sizes.d);
    take_own_rows(&own_rows, &fit, sizes.n);
    km_run run = sized_run(&fit, &sizes);
    km_fit_add_batches(&fit, &run, &rows, &clusters);
    if (settings->init_sample > 0)
        add_sample(&fit, &sizes, &rows, &clusters, &threads, &scratch);
    const int64_t seeding = seeding_bytes(&fit, run, &own_rows);
    if (settings->distances)
        take_rows(&own_rows, sizes.n, 2 * sizeof(double));
    kmeans_plan filled = {.size = plan->size,
                          .threads = fit.threads,
                          .axes = km_axes_of(&sizes, fit.isa),
                          .bytes_thread = threads,
                          .isa = fit.isa->name,
                          .algorithm = fit.algorithm->name,
                          .kernel = km_first_kernel(&sizes, fit.isa),
                          .bytes_scratch = km_size_add(scratch, own_rows.scratch)};
    filled.bytes_cluster = add_up(km_size_add(clusters, own.bytes), result_bytes(settings, &sizes),
                                  km_relocation_bytes(sizes.k, sizes.d, sizes.threads));
    filled.bytes_rows = add_up(rows, own_rows.bytes, seeding);
    filled.bytes_total = add_up(filled.bytes_rows, filled.bytes_cluster, threads);
    memcpy(plan, &filled, plan->size < sizeof filled ? plan->size : sizeof filled);
    return KMEANS_OK;
}
