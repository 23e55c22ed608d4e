/* The door of kmeans_partial: checks, and what can be read. */
#include "fit/partial.h"

#include <inttypes.h>
#include <math.h>

#include "numbers.h"
#include "options.h"

/* Whole numbers that must have their default. */
static int check_integers(kmeans_context *context, const km_settings *s)
{
    const struct {
        const char *name;
        int64_t value, needed;
    } all[] = {
        {"init_sample", s->init_sample, 0},
        {"restarts", s->restarts, 1},
        {"iterations", s->iterations, 0},
        {"max_iterations", s->max_iterations_set ? s->max_iterations : 300, 300},
        {"batch_size", s->batch_size, 1024},
        {"max_no_improvement", s->max_no_improvement, 10},
        {"distances", s->distances, 0},
        {"cluster_inertia", s->cluster_inertia, 0},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].value != all[i].needed)
            return km_fail(context, KMEANS_ERROR_ARGUMENT,
                           "%s is %" PRId64 "; it must be %" PRId64
                           ", its default, in a partial fit",
                           all[i].name, all[i].value, all[i].needed);
    return KMEANS_OK;
}

/* Rules that must be off. */
static int check_rules(kmeans_context *context, const km_settings *s)
{
    const struct {
        const char *name;
        double value;
    } all[] = {
        {"shift_tol", s->shift_tol},
        {"shift_tol_relative", s->shift_tol_relative},
        {"inertia_tol_relative", s->inertia_tol_relative},
        {"change_fraction", s->change_fraction},
        {"time_limit", s->time_limit},
    };
    char text[KM_REAL_TEXT];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].value < 0)
            continue;
        const km_fpmode mode = km_fpmode_enter();
        km_write_real(all[i].value, text);
        km_fpmode_leave(mode);
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is %s; it must be off in a partial fit",
                       all[i].name, text);
    }
    return KMEANS_OK;
}

static int check_options(kmeans_context *context, const km_settings *s)
{
    if (s->k == 0)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "k is not set; it must be 1 .. %d",
                       INT32_MAX);
    if (s->algorithm == KM_ALGORITHM_LLOYD)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "algorithm is lloyd; it must be auto or minibatch in a partial fit");
    if (s->init == KM_INIT_LABELS || s->init == KM_INIT_PARALLEL)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "init is %s; it must be k-means++, random, box or given centroids in a "
                       "partial fit",
                       s->init == KM_INIT_LABELS ? "labels" : "k-means-parallel");
    if (s->empty != KM_EMPTY_RELOCATE)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "empty is %s; it must be relocate, its default, in a partial fit",
                       s->empty == KM_EMPTY_KEEP ? "keep" : "error");
    if (s->checkpoint || s->resume)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is %.60s; a partial fit has none",
                       s->checkpoint ? "checkpoint" : "resume",
                       s->checkpoint ? s->checkpoint : s->resume);
    if (s->init == KM_INIT_CENTROIDS && !s->centroids)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "init is centroids, but none were set");
    const int status = check_integers(context, s);
    return status < 0 ? status : check_rules(context, s);
}

int kmeans_partial_open(kmeans_context *context, const kmeans_options *options,
                        kmeans_partial **partial)
{
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    if (!options || !partial)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL; it must not be",
                       options ? "partial" : "options");
    const int status = check_options(context, &options->settings);
    return status < 0 ? status : km_partial_open(context, &options->settings, partial);
}

/* What the handle and the source must have in common. */
static int check_batch(const kmeans_partial *partial, const kmeans_source *source)
{
    if (partial->d > 0 && source->cols != partial->d)
        return km_fail(partial->context, KMEANS_ERROR_SHAPE,
                       "the batch has %" PRId64 " columns, the centroids have %" PRId64,
                       source->cols, partial->d);
    if (km_size_mul(partial->k, km_size_mul(source->cols, (int64_t)sizeof(double))) < 0 ||
        km_size_mul(source->rows, km_size_mul(source->cols, (int64_t)sizeof(double))) < 0)
        return km_fail(partial->context, KMEANS_ERROR_SHAPE,
                       "the batch has %" PRId64 " x %" PRId64 " numbers; rows and k = %" PRId64
                       ", times columns, must be below 2^60",
                       source->rows, source->cols, partial->k);
    return KMEANS_OK;
}

int kmeans_partial_fit(kmeans_partial *partial, kmeans_source *source, int32_t *labels)
{
    if (!partial)
        return KMEANS_ERROR_ARGUMENT;
    kmeans_context *const context = partial->context;
    if (!source)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "source is NULL; it must not be");
    km_fpmode saved = km_fpmode_enter();
    context->host_mode = &saved;
    int status = km_source_count(source);
    if (status == 0)
        status = check_batch(partial, source);
    if (status == 0)
        status = km_threads_check(context, &partial->settings);
    if (status == 0)
        status = km_partial_fit(partial, source, labels);
    context->host_mode = NULL;
    km_fpmode_leave(saved);
    return status;
}

const double *kmeans_partial_centroids(const kmeans_partial *partial, int64_t *k, int64_t *d)
{
    if (k)
        *k = partial ? partial->k : 0;
    if (d)
        *d = partial ? partial->d : 0;
    return partial && partial->begun ? partial->c[0] : NULL;
}

const double *kmeans_partial_counts(const kmeans_partial *partial)
{
    return partial && partial->begun ? partial->state.taken : NULL;
}

int64_t kmeans_partial_batches(const kmeans_partial *partial)
{
    return partial ? partial->state.batches : 0;
}

double kmeans_partial_inertia(const kmeans_partial *partial)
{
    return partial ? partial->inertia : NAN;
}
