/* The door of kmeans_measure. */
#include "fit/measures.h"

#include <string.h>

#include "options.h"

/* Options where there are none. */
static const km_settings plain = {
    .isa = "auto", .finite_check = true, .time_limit = KM_RULE_OFF, .restarts = 1};

static int fail_null(kmeans_context *context, const char *missing)
{
    return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL; it must not be", missing);
}

static int check_pointers(kmeans_context *context, const kmeans_source *source,
                          const int32_t *labels, const kmeans_measures *measures)
{
    const char *const missing = !source     ? "source"
                                : !labels   ? "labels"
                                : !measures ? "measures"
                                            : NULL;
    if (missing)
        return fail_null(context, missing);
    if (measures->size < sizeof(size_t))
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "measures->size is %zu; it must be sizeof(kmeans_measures)", measures->size);
    return KMEANS_OK;
}

static int check_clusters(kmeans_context *context, const kmeans_source *source, int64_t k)
{
    if (k < 1 || k > INT32_MAX)
        return km_fail(context, KMEANS_ERROR_SHAPE, "k is %lld; it must be 1 .. %d", (long long)k,
                       INT32_MAX);
    if (km_size_mul(k, km_size_mul(source->cols, (int64_t)sizeof(double))) < 0)
        return km_fail(context, KMEANS_ERROR_SHAPE, "k * d is %lld * %lld; it must be below 2^60",
                       (long long)k, (long long)source->cols);
    return KMEANS_OK;
}

static int check_sample(kmeans_context *context, int64_t sample)
{
    return sample < 0 || sample == 1
               ? km_fail(context, KMEANS_ERROR_ARGUMENT,
                         "sample is %lld; it must be 0 (for %d) or at least 2", (long long)sample,
                         KMEANS_SILHOUETTE_SAMPLE)
               : KMEANS_OK;
}

static int check_numbers(kmeans_context *context, const kmeans_source *source, int64_t k,
                         unsigned wanted, int64_t sample)
{
    const int status = check_clusters(context, source, k);
    if (status < 0)
        return status;
    if (wanted == 0 || wanted > KMEANS_MEASURE_ALL)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "wanted is %u; it must be a sum of KMEANS_MEASURE_ constants, 1 .. %d",
                       wanted, KMEANS_MEASURE_ALL);
    return check_sample(context, sample);
}

int kmeans_measure(kmeans_context *context, const kmeans_options *options, kmeans_source *source,
                   const int32_t *labels, int64_t k, unsigned wanted, int64_t sample,
                   kmeans_measures *measures)
{
    const km_settings *const settings = options ? &options->settings : &plain;
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    int status = check_pointers(context, source, labels, measures);
    if (status == 0)
        status = check_numbers(context, source, k, wanted, sample);
    if (status == 0)
        status = km_threads_check(context, settings);
    if (status < 0)
        return status;
    const km_measures_asked asked = {labels, k, wanted,
                                     sample > 0 ? sample : KMEANS_SILHOUETTE_SAMPLE};
    kmeans_measures found;
    km_fpmode saved, *const outer = km_enter(context, &saved);
    status = km_source_count(source);
    if (status == 0)
        status = km_measures_run(context, settings, source, &asked, &found);
    km_leave(context, &saved, outer);
    if (status == 0) {
        const size_t size = measures->size < sizeof found ? measures->size : sizeof found;
        found.size = measures->size;
        memcpy(measures, &found, size);
    }
    return status;
}

static int check_labellings(kmeans_context *context, const kmeans_source *source,
                            const int32_t *const *labels, const int64_t *k, int64_t count)
{
    if (count < 1)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "count is %lld; it must be at least 1",
                       (long long)count);
    for (int64_t l = 0; l < count; l++) {
        const int status = labels[l]
                               ? check_clusters(context, source, k[l])
                               : km_fail(context, KMEANS_ERROR_ARGUMENT,
                                         "labels[%lld] is NULL; it must not be", (long long)l);
        if (status < 0)
            return status;
    }
    return KMEANS_OK;
}

int kmeans_silhouettes(kmeans_context *context, const kmeans_options *options,
                       kmeans_source *source, const int32_t *const *labels, const int64_t *k,
                       int64_t count, int64_t sample, double *silhouettes)
{
    const km_settings *const settings = options ? &options->settings : &plain;
    const char *const missing = !source        ? "source"
                                : !labels      ? "labels"
                                : !k           ? "k"
                                : !silhouettes ? "silhouettes"
                                               : NULL;
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    if (missing)
        return fail_null(context, missing);
    int status = check_labellings(context, source, labels, k, count);
    if (status == 0)
        status = check_sample(context, sample);
    if (status == 0)
        status = km_threads_check(context, settings);
    if (status < 0)
        return status;
    const km_silhouettes_asked asked = {
        labels, k, count, sample > 0 ? sample : KMEANS_SILHOUETTE_SAMPLE, settings->seed};
    km_fpmode saved, *const outer = km_enter(context, &saved);
    status = km_source_count(source);
    if (status == 0)
        status = km_silhouettes_run(context, settings, source, &asked, silhouettes);
    km_leave(context, &saved, outer);
    return status;
}
