/* The door of kmeans_partial: checks, and what can be read. */
#include "fit/partial.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "options.h"

/* Options that count in a partial fit, or that have a text of their own below. */
static bool counts(const km_option *option)
{
    static const size_t all[] = {
        offsetof(km_settings, k),           offsetof(km_settings, init),
        offsetof(km_settings, init_trials), offsetof(km_settings, seed),
        offsetof(km_settings, nan_skip),    offsetof(km_settings, reassignment_ratio),
        offsetof(km_settings, threads),     offsetof(km_settings, finite_check),
        offsetof(km_settings, isa),         offsetof(km_settings, algorithm),
        offsetof(km_settings, checkpoint),  offsetof(km_settings, resume),
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (option->offset == all[i])
            return true;
    return false;
}

/* All others must have their default. */
static int check_defaults(kmeans_context *context, const km_settings *s)
{
    for (int i = 0; km_option_row(i) != NULL; i++) {
        const km_option *const option = km_option_row(i);
        const char *const needed = option->info.default_value;
        char value[KM_OPTION_TEXT];
        if (counts(option))
            continue;
        const km_fpmode mode = km_fpmode_enter();
        km_option_format(option, s, value);
        km_fpmode_leave(mode);
        if (strcmp(value, needed) != 0)
            return km_fail(context, KMEANS_ERROR_ARGUMENT,
                           "%s is %s; it must be %s, its default, in a partial fit",
                           option->info.name, value, needed);
    }
    return KMEANS_OK;
}

static int check_options(kmeans_context *context, const km_settings *s)
{
    if (s->k == 0)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "k is not set; it must be 1 .. %d",
                       INT32_MAX);
    if (s->algorithm == KM_ALGORITHM_LLOYD || s->algorithm == KM_ALGORITHM_HAMERLY)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "algorithm is %s; it must be auto or minibatch in a partial fit",
                       s->algorithm == KM_ALGORITHM_LLOYD ? "lloyd" : "hamerly");
    if (s->init == KM_INIT_LABELS || s->init == KM_INIT_PARALLEL)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "init is %s; it must be k-means++, random, box or given centroids in a "
                       "partial fit",
                       s->init == KM_INIT_LABELS ? "labels" : "k-means-parallel");
    if (s->checkpoint || s->resume)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is %.60s; a partial fit has none",
                       s->checkpoint ? "checkpoint" : "resume",
                       s->checkpoint ? s->checkpoint : s->resume);
    if (s->init == KM_INIT_CENTROIDS && !s->centroids)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "init is centroids, but none were set");
    return check_defaults(context, s);
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
    km_fpmode saved;
    km_fpmode *const outer = km_enter(context, &saved);
    int status = km_source_count(source);
    if (status == 0)
        status = check_batch(partial, source);
    if (status == 0)
        status = km_threads_check(context, &partial->settings);
    if (status == 0)
        status = km_partial_fit(partial, source, labels);
    km_leave(context, &saved, outer);
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
