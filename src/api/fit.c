/* The door: arguments are checked, the caller's floating-point mode is put aside, and the floors
 * below do the work. */
#include "fit/fit.h"

#include "checksum.h"
#include "fit/memory_limit.h"
#include "fit/predict.h"
#include "options.h"

static int check_pointer(kmeans_context *context, const void *pointer, const char *name)
{
    return pointer ? KMEANS_OK
                   : km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL; it must not be", name);
}

/* The mode of a call and of the one that it may lie within. */
typedef struct modes {
    km_fpmode saved, *outer;
} modes;

/* Enter and leave around every call that computes. */
static void enter(kmeans_context *context, modes *of) { of->outer = km_enter(context, &of->saved); }

static int leave(kmeans_context *context, const modes *of, int status)
{
    km_leave(context, &of->saved, of->outer);
    return status;
}

static int check_fit(kmeans_context *context, const kmeans_options *options,
                     const kmeans_source *source)
{
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    int status = check_pointer(context, options, "options");
    if (status == 0)
        status = check_pointer(context, source, "source");
    return status;
}

int kmeans_fit(kmeans_context *context, const kmeans_options *options, kmeans_source *source,
               kmeans_result **result)
{
    int status = check_fit(context, options, source);
    if (status == 0)
        status = check_pointer(context, result, "result");
    if (status < 0)
        return status;
    modes saved;
    char decisions[KM_DECISIONS_SIZE];
    km_settings settings = options->settings;
    settings.decisions = decisions;
    enter(context, &saved);
    status = km_source_count(source);
    if (status == 0 && settings.resume)
        status = km_resume_check(context, &settings, source);
    if (status == 0)
        status = km_settings_check(context, &settings, source->rows, source->cols);
    if (status == 0 && settings.checkpoint)
        km_decisions_write(&settings, decisions);
    if (status == 0)
        status = km_fit_run(context, &settings, source, result);
    if (status >= 0)
        km_checksum(&context->memory, (*result)->labels, (*result)->info.n, (*result)->centroids,
                    (*result)->info.k, (*result)->info.d, (*result)->checksum);
    return leave(context, &saved, status);
}

int kmeans_plan_fit(kmeans_context *context, const kmeans_options *options, kmeans_source *source,
                    kmeans_plan *plan)
{
    int status = check_fit(context, options, source);
    if (status == 0)
        status = check_pointer(context, plan, "plan");
    if (status == 0 && plan->size < sizeof(size_t))
        status = km_fail(context, KMEANS_ERROR_ARGUMENT,
                         "plan->size is %zu; it must be sizeof(kmeans_plan)", plan->size);
    if (status < 0)
        return status;
    modes saved;
    enter(context, &saved);
    status = km_source_count(source);
    if (status == 0)
        status = km_settings_check(context, &options->settings, source->rows, source->cols);
    if (status == 0)
        status = km_fit_plan(context, &options->settings, source, plan);
    return leave(context, &saved, status);
}

/* Defaults for calls that take NULL options. */
static const km_settings plain_settings = {
    .isa = "auto", .finite_check = true, .time_limit = KM_RULE_OFF, .restarts = 1};

static int check_centroids(kmeans_context *context, const kmeans_source *source,
                           const double *centroids, int64_t k, int64_t d)
{
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    int status = check_pointer(context, source, "source");
    if (status == 0)
        status = check_pointer(context, centroids, "centroids");
    if (status < 0)
        return status;
    if (k < 1 || k > INT32_MAX)
        return km_fail(context, KMEANS_ERROR_SHAPE, "k is %lld; it must be 1 .. %d", (long long)k,
                       INT32_MAX);
    if (d != source->cols)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "the centroids have %lld columns, the source has %lld", (long long)d,
                       (long long)source->cols);
    if (km_size_mul(k, km_size_mul(d, (int64_t)sizeof(double))) < 0)
        return km_fail(context, KMEANS_ERROR_SHAPE, "k * d is %lld * %lld; it must be below 2^60",
                       (long long)k, (long long)d);
    return km_centroids_check(context, "the centroids", centroids, k, d);
}

int kmeans_rows_alloc(kmeans_context *context, const kmeans_options *options, int64_t count,
                      int64_t size, void **rows)
{
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    const int status = check_pointer(context, rows, "rows");
    if (status < 0)
        return status;
    if (count < 1 || size < 1)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "count is %lld and size is %lld; both must be at least 1", (long long)count,
                       (long long)size);
    return km_limit_rows(context, options ? &options->settings : &plain_settings, count, size,
                         rows);
}

void kmeans_rows_free(void *rows) { km_free(rows); }

int kmeans_limit_check(kmeans_context *context, const kmeans_options *options,
                       const kmeans_source *source, int64_t bytes)
{
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    const int status = check_pointer(context, source, "source");
    if (status < 0)
        return status;
    if (bytes < 0)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "bytes is %lld; it must be at least 0",
                       (long long)bytes);
    return km_limit_check(context, options ? &options->settings : &plain_settings, source, 1,
                          bytes);
}

int kmeans_predict(kmeans_context *context, const kmeans_options *options, kmeans_source *source,
                   const double *centroids, int64_t k, int64_t d, int32_t *labels,
                   double *distances, double *inertia)
{
    const km_settings *const settings = options ? &options->settings : &plain_settings;
    int status = check_centroids(context, source, centroids, k, d);
    if (status == 0)
        status = km_threads_check(context, settings);
    if (status < 0)
        return status;
    const km_prediction wanted = {centroids, k, labels, distances, inertia};
    modes saved;
    enter(context, &saved);
    status = km_source_count(source);
    if (status == 0)
        status = km_predict_run(context, settings, source, &wanted);
    return leave(context, &saved, status);
}

int kmeans_score(kmeans_context *context, const kmeans_options *options, kmeans_source *source,
                 const double *centroids, int64_t k, int64_t d, double *inertia)
{
    if (!context)
        return KMEANS_ERROR_ARGUMENT;
    const int status = check_pointer(context, inertia, "inertia");
    if (status < 0)
        return status;
    return kmeans_predict(context, options, source, centroids, k, d, NULL, NULL, inertia);
}

int kmeans_transform(kmeans_context *context, const kmeans_options *options, kmeans_source *source,
                     const double *centroids, int64_t k, int64_t d, int64_t row0, int64_t count,
                     double *out)
{
    const km_settings *const settings = options ? &options->settings : &plain_settings;
    int status = check_centroids(context, source, centroids, k, d);
    if (status == 0)
        status = km_threads_check(context, settings);
    if (status == 0)
        status = check_pointer(context, out, "out");
    if (status < 0)
        return status;
    if (row0 < 0 || count < 1 || row0 > source->rows - count)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "row0 is %lld and count is %lld; the source has rows 0 .. %lld",
                       (long long)row0, (long long)count, (long long)source->rows - 1);
    if (km_size_mul(count, km_size_mul(k, (int64_t)sizeof(double))) < 0)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "count * k is %lld * %lld; it must be below 2^60", (long long)count,
                       (long long)k);
    modes saved;
    enter(context, &saved);
    status = km_transform_run(context, settings, source, centroids, k, row0, count, out);
    return leave(context, &saved, status);
}
