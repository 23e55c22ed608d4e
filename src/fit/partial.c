#include "partial.h"

#include <math.h>
#include <string.h>

#include "steps/visit.h"

/* Centroids and weights, once k and d are known. */
static int open_state(kmeans_partial *partial, int64_t d)
{
    km_memory *const memory = &partial->context->memory;
    const int64_t k = partial->k, row = d * (int64_t)sizeof(double);
    const km_facts none = {0};
    km_run sizes = {.context = partial->context, .k = k};
    partial->c[0] = km_alloc(memory, k, row);
    partial->c[1] = km_alloc(memory, k, row);
    if (!partial->c[0] || !partial->c[1])
        return km_fail(partial->context, KMEANS_ERROR_MEMORY, "no memory for %lld centroids",
                       (long long)k);
    const int status = km_minibatch_open(&sizes, &none, partial->settings.seed,
                                         partial->settings.reassignment_ratio, &partial->state);
    if (status == 0)
        partial->d = d;
    return status;
}

static void close_state(kmeans_partial *partial)
{
    km_free(partial->c[0]);
    km_free(partial->c[1]);
    partial->c[0] = partial->c[1] = NULL;
    partial->d = 0;
    km_minibatch_close(&partial->state);
}

int km_partial_open(kmeans_context *context, const km_settings *settings, kmeans_partial **partial)
{
    kmeans_partial *const made = km_alloc(&context->memory, 1, (int64_t)sizeof *made);
    if (!made)
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory for a partial fit");
    made->context = context;
    made->settings = *settings;
    made->k = settings->k;
    made->inertia = NAN;
    int status = KMEANS_OK;
    if (settings->init == KM_INIT_CENTROIDS) {
        const int64_t d = settings->centroids_d;
        status = open_state(made, d);
        for (int64_t q = 0; status == 0 && q < made->k * d; q++)
            made->c[0][q] = settings->centroids[q] + 0.0; /* a given -0 becomes +0 */
        made->begun = status == 0;
    }
    made->settings.centroids = NULL;
    if (status < 0)
        kmeans_partial_close(made);
    else
        *partial = made;
    return status;
}

void kmeans_partial_close(kmeans_partial *partial)
{
    if (!partial)
        return;
    close_state(partial);
    km_free(partial);
}

typedef struct call {
    kmeans_partial *partial;
    km_run run;
    km_facts facts;
    int status;
} call;

/* The first centroids, from the rows of the first batch. */
static int seed(call *work)
{
    kmeans_partial *const partial = work->partial;
    const km_settings *const s = &partial->settings;
    km_run *const run = &work->run;
    km_seeder seeder = {0};
    const bool random = s->init == KM_INIT_RANDOM;
    const int64_t trials = s->init_trials > 0 ? s->init_trials : km_default_trials(partial->k);
    int64_t distinct;
    if (run->n - run->skipped < partial->k)
        return km_fail(run->context, KMEANS_ERROR_SHAPE,
                       "k is %lld; the first batch must have that many rows, not %lld",
                       (long long)partial->k, (long long)(run->n - run->skipped));
    int status = open_state(partial, run->d);
    if (status == 0 && s->init == KM_INIT_BOX)
        km_seed_box(run, &work->facts, s->seed, 0, partial->c[0]);
    if (status < 0 || s->init == KM_INIT_BOX)
        return status;
    status = km_seeder_open(run, &work->facts, s->seed, random ? 0 : trials,
                            random ? partial->k : 0, &seeder);
    if (status == 0)
        status = random ? km_seed_random(run, &seeder, 0, partial->c[0])
                        : km_seed_plusplus(run, &seeder, 0, partial->c[0], &distinct);
    km_seeder_free(&seeder);
    return status;
}

static void drive(km_team *team, void *argument)
{
    call *const work = argument;
    kmeans_partial *const partial = work->partial;
    const km_settings *const s = &partial->settings;
    km_run *const run = &work->run;
    const km_checks checks = {.finite = s->finite_check,
                              .nan_skip = s->nan_skip,
                              .range = !partial->begun && s->init == KM_INIT_BOX};
    run->team = team;
    run->progress.phase = "init";
    int status = km_prepare(run, &checks, &work->facts);
    if (status == 0 && !partial->begun)
        status = seed(work);
    run->progress.phase = "assign";
    if (status == 0)
        status = km_minibatch_step(run, &partial->state, partial->c[0], partial->c[1]);
    work->status = status <= 0 ? status
                               : km_fail(run->context, KMEANS_ERROR_CANCELLED,
                                         "stopped by the progress callback before the batch was "
                                         "done");
}

/* The batch counts. */
static void commit(call *work, int32_t *labels)
{
    kmeans_partial *const partial = work->partial;
    double *const before = partial->c[0];
    partial->c[0] = partial->c[1];
    partial->c[1] = before;
    partial->begun = true;
    partial->inertia = partial->state.inertia;
    if (labels)
        memcpy(labels, work->run.labels, (size_t)work->run.n * sizeof *labels);
}

int km_partial_fit(kmeans_partial *partial, kmeans_source *source, int32_t *labels)
{
    kmeans_context *const context = partial->context;
    const km_settings *const s = &partial->settings;
    call work = {.partial = partial};
    const km_isa *isa;
    int status = km_isa_choose(context, s->isa, &isa);
    const int threads = s->threads > 0 ? s->threads : km_default_threads(context);
    if (status == 0 && threads < 0)
        status = threads;
    if (status == 0 && source->weights)
        status = km_check_weights(context, source->weights, source->rows);
    if (status < 0)
        return status;
    const km_sizes sizes = {
        .n = source->rows,
        .d = source->cols,
        .k = partial->k,
        .dtype = source->dtype,
        .sparse = source->sparse,
        .threads = km_useful_threads(threads, source->rows, km_row_entries(source), partial->k),
        .fit = true};
    status = km_run_open(&work.run, context, source, isa, &sizes);
    if (status == 0) {
        work.run.started = work.run.polled = km_now();
        status = km_team_run(context, sizes.threads, drive, &work);
    }
    if (status == 0)
        status = work.status;
    if (status == 0)
        commit(&work, labels);
    else if (!partial->begun)
        close_state(partial);
    km_facts_free(&work.facts);
    km_run_close(&work.run);
    return status;
}
