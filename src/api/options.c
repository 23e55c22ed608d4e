/* The options handle: create, set, get. The table is in options_table.c. */
#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../services/fpmode.h"
#include "numbers.h"

int kmeans_options_create(kmeans_context *context, kmeans_options **options)
{
    if (context == NULL)
        return KMEANS_ERROR_ARGUMENT;
    if (options == NULL)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "options is NULL");
    kmeans_options *const created = km_alloc(&context->memory, 1, (int64_t)sizeof *created);
    if (created == NULL)
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory for options, %zu bytes",
                       sizeof *created);
    created->context = context;
    const km_fpmode mode = km_fpmode_enter();
    int status = KMEANS_OK;
    for (int i = 0; km_option_row(i) != NULL && status == KMEANS_OK; i++) {
        const km_option *const option = km_option_row(i);
        if (option->info.default_value[0] != '\0')
            status =
                km_option_parse(context, option, option->info.default_value, &created->settings);
    }
    km_fpmode_leave(mode);
    if (status != KMEANS_OK) {
        km_free(created);
        return status;
    }
    *options = created;
    return KMEANS_OK;
}

void kmeans_options_free(kmeans_options *options)
{
    if (options == NULL)
        return;
    km_free(options->centroids);
    km_free((char *)options->settings.checkpoint);
    km_free((char *)options->settings.resume);
    km_free((char *)options->settings.scratch_folder);
    km_free(options);
}

/* The option of that name, or NULL with *status and the text set. */
static const km_option *find_option(kmeans_context *context, const char *name, int *status)
{
    if (name == NULL) {
        *status = km_fail(context, KMEANS_ERROR_ARGUMENT, "the option's name is NULL");
        return NULL;
    }
    const km_option *const option = km_option_find(name);
    if (option != NULL)
        return option;
    const char *const nearest = kmeans_option_nearest(name);
    if (nearest != NULL)
        *status = km_fail(context, KMEANS_ERROR_NAME,
                          "unknown option \"%.60s\"; did you mean \"%s\"?", name, nearest);
    else
        *status = km_fail(context, KMEANS_ERROR_NAME, "unknown option \"%.60s\"", name);
    return NULL;
}

/* The given centroids fix k. */
static int check_given_k(const kmeans_options *options, const km_settings *next)
{
    if (next->init != KM_INIT_CENTROIDS || next->centroids == NULL ||
        next->k == options->settings.k)
        return KMEANS_OK;
    return km_fail(options->context, KMEANS_ERROR_SHAPE,
                   "k is %" PRId64 "; it must be %" PRId64
                   ", the number of initial centroids that were set",
                   next->k, options->settings.k);
}

/* Let go of centroids and labels to start from. */
static void drop_start(kmeans_options *options)
{
    km_free(options->centroids);
    options->centroids = NULL;
    options->settings.centroids = NULL;
    options->settings.centroids_d = 0;
    options->settings.labels = NULL;
    options->settings.labels_n = 0;
}

static void mark_set(kmeans_options *options, const char *name)
{
    for (int i = 0; km_option_row(i) != NULL; i++)
        if (strcmp(km_option_row(i)->info.name, name) == 0)
            options->set |= (uint64_t)1 << i;
}

static int set_text(kmeans_options *options, const km_option *option, const char *text)
{
    if (option->kind == KM_OPTION_PATH)
        return km_option_set_path(options, option, text);
    km_settings next = options->settings;
    const km_fpmode mode = km_fpmode_enter();
    int status = km_option_parse(options->context, option, text, &next);
    km_fpmode_leave(mode);
    if (status == KMEANS_OK)
        status = check_given_k(options, &next);
    if (status != KMEANS_OK)
        return status;
    if (option->offset == offsetof(km_settings, max_iterations))
        next.max_iterations_set = true;
    options->settings = next;
    mark_set(options, option->info.name);
    if (option->offset == offsetof(km_settings, init))
        drop_start(options);
    return KMEANS_OK;
}

int kmeans_options_set(kmeans_options *options, const char *name, const char *value)
{
    if (options == NULL)
        return KMEANS_ERROR_ARGUMENT;
    int status = KMEANS_OK;
    const km_option *const option = find_option(options->context, name, &status);
    if (option == NULL)
        return status;
    if (value == NULL)
        return km_fail(options->context, KMEANS_ERROR_ARGUMENT, "the value of %s is NULL",
                       option->info.name);
    return set_text(options, option, value);
}

/* The option that takes numbers, or NULL with *status and the text set. */
static const km_option *find_numeric(const kmeans_options *options, const char *name, int *status)
{
    const km_option *const option = find_option(options->context, name, status);
    const bool words =
        option != NULL && (option->kind == KM_OPTION_CHOICE || option->kind == KM_OPTION_ISA ||
                           option->kind == KM_OPTION_PATH);
    if (!words)
        return option;
    *status = km_fail(options->context, KMEANS_ERROR_ARGUMENT,
                      "%s takes a word (%s), not a number: use kmeans_options_set",
                      option->info.name, option->info.values);
    return NULL;
}

int kmeans_options_set_int(kmeans_options *options, const char *name, int64_t value)
{
    if (options == NULL)
        return KMEANS_ERROR_ARGUMENT;
    char text[32];
    int status = KMEANS_OK;
    const km_option *const option = find_numeric(options, name, &status);
    if (option == NULL)
        return status;
    snprintf(text, sizeof text, "%" PRId64, value);
    return set_text(options, option, text);
}

/* value as text that reads back exactly; numbers that are none as "nan", "inf", "-inf". */
static void write_value(double value, char text[KM_REAL_TEXT])
{
    const double whole_below = 9007199254740992.0; /* 2^53 */
    if (value != value)
        snprintf(text, KM_REAL_TEXT, "nan");
    else if (value - value != 0)
        snprintf(text, KM_REAL_TEXT, "%s", value > 0 ? "inf" : "-inf");
    else if (value >= whole_below && value < 2 * 9223372036854775808.0)
        snprintf(text, KM_REAL_TEXT, "%" PRIu64, (uint64_t)value);
    else
        km_write_real(value, text);
}

int kmeans_options_set_real(kmeans_options *options, const char *name, double value)
{
    if (options == NULL)
        return KMEANS_ERROR_ARGUMENT;
    char text[KM_REAL_TEXT];
    int status = KMEANS_OK;
    const km_option *const option = find_numeric(options, name, &status);
    if (option == NULL)
        return status;
    const km_fpmode mode = km_fpmode_enter();
    write_value(value, text);
    km_fpmode_leave(mode);
    return set_text(options, option, text);
}

int kmeans_options_get(const kmeans_options *options, const char *name, char *text, size_t capacity)
{
    if (options == NULL)
        return KMEANS_ERROR_ARGUMENT;
    char number[KM_OPTION_TEXT];
    int status = KMEANS_OK;
    const km_option *const option = find_option(options->context, name, &status);
    if (option == NULL)
        return status;
    if (text == NULL)
        return km_fail(options->context, KMEANS_ERROR_ARGUMENT, "text is NULL");
    const char *value = number;
    if (option->kind == KM_OPTION_PATH) {
        value = *km_option_path(option, (km_settings *)&options->settings);
        value = value != NULL ? value : "";
    } else {
        const km_fpmode mode = km_fpmode_enter();
        km_option_format(option, &options->settings, number);
        km_fpmode_leave(mode);
    }
    const size_t size = strlen(value) + 1;
    if (capacity < size)
        return km_fail(options->context, KMEANS_ERROR_ARGUMENT,
                       "capacity is %zu; it must be at least %zu for the value of %s", capacity,
                       size, option->info.name);
    memcpy(text, value, size);
    return KMEANS_OK;
}

int kmeans_options_set_centroids(kmeans_options *options, const double *centroids, int64_t k,
                                 int64_t d)
{
    if (options == NULL)
        return KMEANS_ERROR_ARGUMENT;
    kmeans_context *const context = options->context;
    const int status = km_centroids_check(context, "the initial centroids", centroids, k, d);
    if (status != KMEANS_OK)
        return status;
    double *const copy = km_alloc(&context->memory, k * d, (int64_t)sizeof *copy);
    if (copy == NULL)
        return km_fail(context, KMEANS_ERROR_MEMORY,
                       "no memory for a copy of the initial centroids, %" PRId64 " numbers", k * d);
    memcpy(copy, centroids, (size_t)(k * d) * sizeof *copy);
    drop_start(options);
    options->centroids = copy;
    options->settings.centroids = copy;
    options->settings.centroids_d = d;
    options->settings.k = k;
    options->settings.init = KM_INIT_CENTROIDS;
    mark_set(options, "k");
    mark_set(options, "init");
    return KMEANS_OK;
}

int kmeans_options_set_labels(kmeans_options *options, const int32_t *labels, int64_t n)
{
    if (options == NULL)
        return KMEANS_ERROR_ARGUMENT;
    if (labels == NULL)
        return km_fail(options->context, KMEANS_ERROR_ARGUMENT, "labels is NULL");
    if (n < 1)
        return km_fail(options->context, KMEANS_ERROR_SHAPE,
                       "n is %" PRId64 "; it must be at least 1", n);
    drop_start(options);
    options->settings.labels = labels;
    options->settings.labels_n = n;
    options->settings.init = KM_INIT_LABELS;
    mark_set(options, "init");
    return KMEANS_OK;
}
