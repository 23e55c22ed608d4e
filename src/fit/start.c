/* Starting centroids. */
#include "fit.h"

#include <string.h>

#include "services/random.h"

/* Draw the rows of init_sample and copy them, in row order, into the sample's own source. */
static int fill_sample(km_fit *fit, uint32_t restart)
{
    km_run *const run = &fit->run, *const sample = &fit->sample_run;
    km_seeder *const seeder = &fit->seeder;
    const int64_t m = fit->settings->init_sample;
    const km_random stream = {seeder->seed, KM_RANDOM_SAMPLE, restart, 0};
    km_seed_draw_rows(run, seeder, &stream, m);
    sample->n = fit->sample->rows = seeder->keyed_n;
    fit->sample->view.rows = seeder->keyed_n;
    /* Row order, so that the draw does not show in the order of the sample: mark, then collect. */
    for (int64_t i = 0; i < seeder->keyed_n; i++)
        seeder->keyed[i].key = (uint64_t)seeder->keyed[i].row;
    km_sort_keyed(seeder->keyed, seeder->keyed_n);
    for (int64_t i = 0; run->weights && i < seeder->keyed_n; i++)
        fit->sample_weights[i] = run->weights[seeder->keyed[i].row];
    return km_seed_fetch(run, seeder, seeder->keyed_n, fit->sample_rows);
}

static int start_labelled(km_fit *fit, km_attempt *attempt)
{
    km_run *const run = &fit->run;
    const int32_t *const given = fit->settings->labels;
    for (int64_t i = 0; i < run->n; i++) {
        if (run->labels[i] < 0)
            continue;
        if (given[i] < 0 || given[i] >= run->k)
            return km_fail(fit->context, KMEANS_ERROR_DATA,
                           "initial label of row %lld is %d; labels must be 0 .. %lld",
                           (long long)i, (int)given[i], (long long)run->k - 1);
        run->labels[i] = given[i];
        km_memory_step(&run->context->memory, i);
    }
    km_sums_clear(run);
    const int status = km_pass_add_labelled(run);
    if (status)
        return status;
    memset(fit->c[0], 0, (size_t)(run->k * run->d) * sizeof *fit->c[0]);
    km_update up = {&fit->spread, fit->c[0], fit->c[1], fit->before, fit->after, fit->shift2};
    const int64_t empty = km_update_centroids(run, &up);
    int64_t left = 0;
    int relocated = KMEANS_OK;
    if (empty > 0 && fit->settings->empty != KM_EMPTY_RELOCATE)
        return km_fail(fit->context, KMEANS_ERROR_EMPTY,
                       "%lld clusters have no rows in the initial labels, so no place: the option "
                       "empty must be \"relocate\"",
                       (long long)empty);
    attempt->empty_events += empty;
    if (empty > 0) {
        /* A row far from its own cluster's mean: measured from the means just made. */
        memcpy(fit->c[0], fit->c[1], (size_t)(run->k * run->d) * sizeof *fit->c[0]);
        relocated = km_relocate(run, &up, &fit->relocation, &left);
        attempt->empty_left += left;
    }
    memcpy(fit->c[0], fit->c[1], (size_t)(run->k * run->d) * sizeof *fit->c[0]);
    return relocated;
}

/* Where every visit is a read of the data, what k-means++ will cost is said before. */
static void tell_visits(const km_fit *fit)
{
    const kmeans_source *const source = fit->source;
    const int64_t k = fit->run.k, trials = fit->seeder.trials;
    const int64_t visits = trials > 1 ? 2 * k - 2 : k - 1;
    const char *const kind = km_source_kind(source);
    if (visits > 2 && strcmp(kind, "memory") != 0 && strcmp(kind, "mmap") != 0)
        km_log(fit->context, KMEANS_LOG_WARNING, "seeding_visits",
               "k-means++ reads the data (%lld bytes, %s) up to %lld times before the first pass; "
               "init = k-means-parallel does so a few times, init = random not at all",
               (long long)source->bytes, kind, (long long)visits);
}

static int seed_from(km_fit *fit, km_run *run, uint32_t restart, km_attempt *attempt)
{
    int64_t distinct = run->k;
    int status;
    run->labels_known = false;
    if (fit->settings->init == KM_INIT_RANDOM)
        return km_seed_random(run, &fit->seeder, restart, fit->c[0]);
    if (fit->settings->init == KM_INIT_PARALLEL) {
        status = km_parallel_seed(&fit->parallel, run, restart, fit->c[0], &distinct);
    } else {
        if (run == &fit->run && restart == 0)
            tell_visits(fit);
        status = km_seed_plusplus(run, &fit->seeder, restart, fit->c[0], &distinct);
    }
    /* Seeding left centroids near the rows: the first pass need not begin anew. */
    run->labels_known = status == 0 && run == &fit->run && !fit->algorithm->by_batches;
    if (run == &fit->run && distinct < run->k && km_squares_exist(&fit->facts, run->d))
        attempt->distinct = distinct;
    return status;
}

static int seed_from_sample(km_fit *fit, uint32_t restart, km_attempt *attempt)
{
    km_run_follow(&fit->sample_run, &fit->run);
    const int status = seed_from(fit, &fit->sample_run, restart, attempt);
    km_run_return(&fit->sample_run, &fit->run);
    return status;
}

int km_fit_start(km_fit *fit)
{
    km_run *const run = &fit->run;
    km_attempt *const attempt = &fit->state.attempt;
    const km_settings *const settings = fit->settings;
    const uint32_t r = (uint32_t)fit->state.restart;
    run->progress.phase = "init";
    run->progress.restart = r;
    run->progress.pass = 0;
    switch (settings->init) {
    case KM_INIT_CENTROIDS:
        memcpy(fit->c[0], settings->centroids, (size_t)(run->k * run->d) * sizeof *fit->c[0]);
        return KMEANS_OK;
    case KM_INIT_LABELS: return start_labelled(fit, attempt);
    case KM_INIT_BOX: km_seed_box(run, &fit->facts, settings->seed, r, fit->c[0]); return KMEANS_OK;
    default: break;
    }
    if (!fit->sample)
        return seed_from(fit, run, r, attempt);
    const int status = fill_sample(fit, r);
    return status ? status : seed_from_sample(fit, r, attempt);
}
