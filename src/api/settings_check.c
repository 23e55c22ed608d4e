/* Checks that one option alone cannot answer. */
#include "options.h"

#include <inttypes.h>

#include "../../kernels/exact/ieee.h"
#include "../services/fpmode.h"
#include "../services/threads.h"
#include "numbers.h"

typedef struct named_rule {
    const char *name;
    double value;
} named_rule;

/* Exactly N passes leave no room for another rule. */
static int check_rules(kmeans_context *context, const km_settings *settings)
{
    const named_rule rules[] = {
        {"shift_tol", settings->shift_tol},
        {"shift_tol_relative", settings->shift_tol_relative},
        {"inertia_tol_relative", settings->inertia_tol_relative},
        {"change_fraction", settings->change_fraction},
    };
    if (settings->iterations == 0)
        return KMEANS_OK;
    if (settings->max_iterations_set)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "iterations is %" PRId64 " and max_iterations is %" PRId64
                       "; only one of the two may be set",
                       settings->iterations, settings->max_iterations);
    for (int i = 0; i < (int)(sizeof rules / sizeof rules[0]); i++) {
        if (rules[i].value >= 0) {
            char value[KM_REAL_TEXT];
            km_write_real(rules[i].value, value);
            return km_fail(context, KMEANS_ERROR_ARGUMENT,
                           "iterations is %" PRId64 " and %s is %s; only one of the two may be set",
                           settings->iterations, rules[i].name, value);
        }
    }
    return KMEANS_OK;
}

static int fail_rule(kmeans_context *context, const char *name, double value, const char *needed)
{
    char text[KM_REAL_TEXT];
    km_write_real(value, text);
    return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is %s; %s", name, text, needed);
}

/* Mini-batch has rules of its own, and only it has them. */
static int check_batches(kmeans_context *context, const km_settings *settings)
{
    const named_rule rules[] = {
        {"shift_tol", settings->shift_tol},
        {"shift_tol_relative", settings->shift_tol_relative},
        {"inertia_tol_relative", settings->inertia_tol_relative},
        {"change_fraction", settings->change_fraction},
    };
    if (settings->algorithm != KM_ALGORITHM_MINIBATCH)
        return KMEANS_OK;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].value >= 0)
            return fail_rule(context, rules[i].name, rules[i].value,
                             "it must be off where algorithm is minibatch, which stops by "
                             "max_no_improvement, max_iterations or iterations");
    if (settings->empty != KM_EMPTY_RELOCATE)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "empty is %s; it must be relocate where algorithm is minibatch, which has "
                       "reassignment_ratio",
                       settings->empty == KM_EMPTY_KEEP ? "keep" : "error");
    return KMEANS_OK;
}

/* The options of mini-batch do nothing elsewhere. */
static int check_batch_options(kmeans_context *context, const km_settings *settings)
{
    const char *const needed = "it needs algorithm = minibatch";
    if (settings->algorithm == KM_ALGORITHM_MINIBATCH)
        return KMEANS_OK;
    if (settings->batch_size != 1024)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "batch_size is %" PRId64 "; %s",
                       settings->batch_size, needed);
    if (settings->max_no_improvement != 10)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "max_no_improvement is %" PRId64 "; %s",
                       settings->max_no_improvement, needed);
    if (settings->reassignment_ratio != 0.01)
        return settings->reassignment_ratio < 0
                   ? km_fail(context, KMEANS_ERROR_ARGUMENT, "reassignment_ratio is off; %s",
                             needed)
                   : fail_rule(context, "reassignment_ratio", settings->reassignment_ratio, needed);
    return KMEANS_OK;
}

static int check_k(kmeans_context *context, const km_settings *settings, int64_t n, int64_t d)
{
    const int64_t k = settings->k;
    if (k == 0)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "k is not set; it must be 1 .. %" PRId64 ", the number of rows",
                       n < INT32_MAX ? n : INT32_MAX);
    if (k > n)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "k is %" PRId64 "; it must be at most the number of rows, %" PRId64, k, n);
    if (km_size_mul(n, km_size_mul(d, (int64_t)sizeof(double))) < 0)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "n * d is %" PRId64 " * %" PRId64 "; it must be below 2^60", n, d);
    if (km_size_mul(k, km_size_mul(d, (int64_t)sizeof(double))) < 0)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "k * d is %" PRId64 " * %" PRId64 "; it must be below 2^60", k, d);
    return KMEANS_OK;
}

static int check_sample(kmeans_context *context, const km_settings *settings, int64_t n)
{
    const int64_t m = settings->init_sample;
    if (m > 0 && m < settings->k)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "init_sample is %" PRId64 "; it must be at least k, %" PRId64, m,
                       settings->k);
    if (m > n)
        return km_fail(
            context, KMEANS_ERROR_SHAPE,
            "init_sample is %" PRId64 "; it must be at most the number of rows, %" PRId64, m, n);
    return KMEANS_OK;
}

/* A given start: it must fit the rows, and nothing is drawn. */
static int check_start(kmeans_context *context, const km_settings *settings, int64_t n, int64_t d)
{
    const char *const start = settings->init == KM_INIT_CENTROIDS ? "centroids" : "labels";
    if (settings->init != KM_INIT_CENTROIDS && settings->init != KM_INIT_LABELS)
        return KMEANS_OK;
    if (settings->restarts > 1)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "restarts is %" PRId64 "; it must be 1 where init is %s", settings->restarts,
                       start);
    if (settings->init_sample > 0)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "init_sample is %" PRId64 "; it must be 0 where init is %s",
                       settings->init_sample, start);
    if (settings->resume && !settings->centroids && !settings->labels)
        return KMEANS_OK; /* the checkpoint has what is needed of them */
    if (!settings->centroids && !settings->labels)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "init is %s, but none were set", start);
    if (settings->init == KM_INIT_CENTROIDS && settings->centroids_d != d)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "d of the initial centroids is %" PRId64 "; it must be %" PRId64
                       ", the number of columns of the rows",
                       settings->centroids_d, d);
    if (settings->init == KM_INIT_LABELS && settings->labels_n != n)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "n of the initial labels is %" PRId64 "; it must be %" PRId64
                       ", the number of rows",
                       settings->labels_n, n);
    return KMEANS_OK;
}

int km_threads_check(kmeans_context *context, const km_settings *settings)
{
    if (context->parallel_for != NULL && settings->threads == 0)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "threads is 0; it must be at least 1 with a parallel_for hook");
    if (context->parallel_for == NULL && settings->threads > 1 && !km_threads_built())
        return km_fail(context, KMEANS_ERROR_UNSUPPORTED,
                       "threads is %" PRId32
                       "; it must be 0 or 1 in this build, which has none (KMEANS_OPENMP=OFF)",
                       settings->threads);
    return KMEANS_OK;
}

int km_settings_check(kmeans_context *context, const km_settings *settings, int64_t n, int64_t d)
{
    int status = check_k(context, settings, n, d);
    if (status == KMEANS_OK)
        status = check_rules(context, settings);
    if (status == KMEANS_OK)
        status = check_batches(context, settings);
    if (status == KMEANS_OK)
        status = check_batch_options(context, settings);
    if (status == KMEANS_OK)
        status = check_start(context, settings, n, d);
    if (status == KMEANS_OK)
        status = check_sample(context, settings, n);
    if (status == KMEANS_OK)
        status = km_threads_check(context, settings);
    return status;
}

/* NaN, an infinity or above 2^500, by the bits: comparing could raise the caller's traps. */
static bool is_unusable(double value)
{
    return (km_bits(value) & (UINT64_MAX >> 1)) > km_bits(km_pow2(500));
}

static int fail_value(kmeans_context *context, const char *what, double value, int64_t row,
                      int64_t column)
{
    const uint64_t bits = km_bits(value);
    const char *const sign = bits >> 63 ? "-" : "";
    const uint64_t magnitude = bits & (UINT64_MAX >> 1);
    const uint64_t infinity = (uint64_t)0x7ff << 52;
    if (magnitude > infinity)
        return km_fail(context, KMEANS_ERROR_DATA,
                       "%s hold NaN at row %" PRId64 ", column %" PRId64
                       " (counted from 0); every value must be finite",
                       what, row, column);
    if (magnitude == infinity)
        return km_fail(context, KMEANS_ERROR_DATA,
                       "%s hold %sinfinity at row %" PRId64 ", column %" PRId64
                       " (counted from 0); every value must be finite",
                       what, sign, row, column);
    char text[KM_REAL_TEXT];
    const km_fpmode mode = km_fpmode_enter();
    km_write_real(value, text);
    km_fpmode_leave(mode);
    return km_fail(context, KMEANS_ERROR_DATA,
                   "%s hold %s at row %" PRId64 ", column %" PRId64
                   " (counted from 0); the limit is 2^500, about 3.27e150",
                   what, text, row, column);
}

int km_centroids_check(kmeans_context *context, const char *what, const double *centroids,
                       int64_t k, int64_t d)
{
    if (centroids == NULL)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "centroids is NULL");
    if (k < 1)
        return km_fail(context, KMEANS_ERROR_SHAPE, "k is %" PRId64 "; it must be at least 1", k);
    if (k > INT32_MAX)
        return km_fail(context, KMEANS_ERROR_SHAPE, "k is %" PRId64 "; it must be at most %d", k,
                       INT32_MAX);
    if (d < 1)
        return km_fail(context, KMEANS_ERROR_SHAPE, "d is %" PRId64 "; it must be at least 1", d);
    if (km_size_mul(k, km_size_mul(d, (int64_t)sizeof(double))) < 0)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "k * d is %" PRId64 " * %" PRId64 "; it must be below 2^60", k, d);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t p = 0; p < d; p++) {
            if (is_unusable(centroids[j * d + p]))
                return fail_value(context, what, centroids[j * d + p], j, p);
        }
    }
    return KMEANS_OK;
}
