/* Options that are files, and options that come from a checkpoint. */
#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../fit/checkpoint.h"

/* Whether an option may change the bits of a result: all do that are not listed. */
static bool decides(const km_option *option)
{
    static const size_t free_ones[] = {
        offsetof(km_settings, time_limit), offsetof(km_settings, threads),
        offsetof(km_settings, isa),        offsetof(km_settings, memory_limit),
        offsetof(km_settings, distances),  offsetof(km_settings, cluster_inertia),
        offsetof(km_settings, checkpoint), offsetof(km_settings, checkpoint_every),
        offsetof(km_settings, resume),     offsetof(km_settings, scratch_folder),
        offsetof(km_settings, profile),
    };
    for (size_t i = 0; i < sizeof free_ones / sizeof *free_ones; i++)
        if (option->offset == free_ones[i])
            return false;
    return true;
}

const char **km_option_path(const km_option *option, km_settings *settings)
{
    return (const char **)(void *)((char *)settings + option->offset);
}

int km_option_set_path(kmeans_options *options, const km_option *option, const char *text)
{
    kmeans_context *const context = options->context;
    const char **const field = km_option_path(option, &options->settings);
    const char *const before = *field;
    const int64_t size = (int64_t)strlen(text) + 1;
    char *copy = NULL;
    if (size > KM_PATH_SIZE)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s is a name of %" PRId64 " bytes; it must have at most %d",
                       option->info.name, size - 1, KM_PATH_SIZE - 1);
    if (size > 1) {
        copy = km_alloc(&context->memory, size, 1);
        if (copy == NULL)
            return km_fail(context, KMEANS_ERROR_MEMORY, "no memory for the value of %s",
                           option->info.name);
        memcpy(copy, text, (size_t)size);
    }
    *field = copy;
    const bool resume = option->offset == offsetof(km_settings, resume);
    const int status = resume && copy != NULL ? km_resume_take(options) : KMEANS_OK;
    if (status != KMEANS_OK)
        *field = before;
    km_free(status == KMEANS_OK ? (char *)before : copy);
    return status;
}

/* Settings with the limit of epochs that mini-batch has where none was set. */
static km_settings with_limit(const km_settings *settings)
{
    km_settings copy = *settings;
    if (copy.algorithm == KM_ALGORITHM_MINIBATCH && copy.iterations == 0)
        copy.max_iterations = km_most_passes(settings);
    return copy;
}

void km_decisions_write(const km_settings *settings, char *text)
{
    const km_settings effective = with_limit(settings);
    size_t at = 0;
    text[0] = '\0';
    for (int i = 0; km_option_row(i) != NULL; i++) {
        const km_option *const option = km_option_row(i);
        char value[KM_OPTION_TEXT];
        if (!decides(option))
            continue;
        km_option_format(option, &effective, value);
        const int length =
            snprintf(text + at, KM_DECISIONS_SIZE - at, "%s=%s\n", option->info.name, value);
        at += (size_t)length < KM_DECISIONS_SIZE - at ? (size_t)length : 0;
    }
}

/* The value that decisions have for an option; its default where they have none, since it is newer
 * than they are. False: no such value fits in. */
static bool find_decision(const char *decisions, const km_option *option, char *value)
{
    const size_t length = strlen(option->info.name);
    snprintf(value, KM_OPTION_TEXT, "%s", option->info.default_value);
    for (const char *line = decisions; *line != '\0';) {
        const size_t end = strcspn(line, "\n");
        if (end > length && line[length] == '=' && strncmp(line, option->info.name, length) == 0) {
            const size_t size = end - length - 1;
            if (size >= KM_OPTION_TEXT)
                return false;
            memcpy(value, line + length + 1, size);
            value[size] = '\0';
            return true;
        }
        line += end + (line[end] == '\n');
    }
    return true;
}

/* A decision into the settings. */
static int take_decision(kmeans_context *context, const km_option *option, const char *value,
                         km_settings *settings)
{
    if (option->offset == offsetof(km_settings, init) && strcmp(value, "centroids") == 0)
        settings->init = KM_INIT_CENTROIDS;
    else if (option->offset == offsetof(km_settings, init) && strcmp(value, "labels") == 0)
        settings->init = KM_INIT_LABELS;
    else
        return km_option_parse(context, option, value, settings);
    return KMEANS_OK;
}

/* Every name of the decisions must be one that is known here. */
static int check_names(kmeans_context *context, const char *path, const char *decisions)
{
    for (const char *line = decisions; *line != '\0';) {
        char name[KM_OPTION_TEXT];
        const size_t end = strcspn(line, "\n"), length = strcspn(line, "=\n");
        snprintf(name, sizeof name, "%.*s", (int)(length < 32 ? length : 32), line);
        const km_option *const option = km_option_find(name);
        if (option == NULL || !decides(option) || length == end)
            return km_fail(context, KMEANS_ERROR_FORMAT,
                           "resume: %s has the option \"%s\", which decides nothing here", path,
                           name);
        line += end + (line[end] == '\n');
    }
    return KMEANS_OK;
}

static int take_all(kmeans_options *options, const km_checkpoint_head *head)
{
    kmeans_context *const context = options->context;
    km_settings next = options->settings;
    int status = check_names(context, next.resume, head->decisions);
    for (int i = 0; km_option_row(i) != NULL && status == KMEANS_OK; i++) {
        const km_option *const option = km_option_row(i);
        char value[KM_OPTION_TEXT];
        if (!decides(option) || (options->set >> i & 1) != 0)
            continue;
        if (!find_decision(head->decisions, option, value) ||
            take_decision(context, option, value, &next) != KMEANS_OK)
            status = km_fail(context, KMEANS_ERROR_FORMAT,
                             "resume: %s has no usable value of the option %s", next.resume,
                             option->info.name);
    }
    if (next.algorithm == KM_ALGORITHM_MINIBATCH && next.iterations == 0)
        next.max_iterations_set = true; /* that of the file, not the default */
    if (status == KMEANS_OK)
        options->settings = next;
    return status;
}

int km_resume_take(kmeans_options *options)
{
    kmeans_context *const context = options->context;
    km_checkpoint_head *const head = km_alloc(&context->memory, 1, (int64_t)sizeof *head);
    if (head == NULL)
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory to read the checkpoint %s",
                       options->settings.resume);
    const km_fpmode mode = km_fpmode_enter();
    int status = km_checkpoint_read_head(context, options->settings.resume, head);
    if (status == KMEANS_OK)
        status = take_all(options, head);
    km_fpmode_leave(mode);
    km_free(head);
    return status;
}

/* Exact algorithms give the same bits: one may take over from another. */
static bool is_exact(const char *algorithm)
{
    const char *name = NULL;
    int exact = 1; /* auto */
    for (int i = 0; (name = kmeans_algorithm_name(i, NULL, NULL)) != NULL; i++)
        if (strcmp(name, algorithm) == 0)
            kmeans_algorithm_name(i, &exact, NULL);
    return exact != 0;
}

/* Whether the value here goes with the one there. */
static bool agree(const km_option *option, const char *here, const char *there)
{
    int64_t limits[2] = {0, 0};
    if (strcmp(here, there) == 0)
        return true;
    if (option->offset == offsetof(km_settings, algorithm))
        return is_exact(here) && is_exact(there);
    if (option->offset != offsetof(km_settings, max_iterations) ||
        sscanf(here, "%" SCNd64, &limits[0]) != 1 || sscanf(there, "%" SCNd64, &limits[1]) != 1)
        return false;
    return limits[0] == 0 || (limits[1] > 0 && limits[0] > limits[1]); /* raised; 0: none */
}

static int check_decisions(kmeans_context *context, const km_settings *settings,
                           const char *decisions)
{
    const km_settings effective = with_limit(settings);
    for (int i = 0; km_option_row(i) != NULL; i++) {
        const km_option *const option = km_option_row(i);
        char here[KM_OPTION_TEXT], there[KM_OPTION_TEXT];
        if (!decides(option))
            continue;
        km_option_format(option, &effective, here);
        if (!find_decision(decisions, option, there) || !agree(option, here, there))
            return km_fail(context, KMEANS_ERROR_ARGUMENT,
                           "%s is %s; it must be %s, as in the checkpoint %s%s", option->info.name,
                           here, there, settings->resume,
                           option->offset == offsetof(km_settings, max_iterations) ? ", or more"
                                                                                   : "");
    }
    return KMEANS_OK;
}

static int check_shape(kmeans_context *context, const km_settings *settings,
                       const kmeans_source *source, const km_checkpoint_head *head)
{
    const char *const path = settings->resume;
    if (head->n != source->rows || head->d != source->cols)
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "resume: %s was made with other data: %" PRId64 " rows of %" PRId64
                       "; here %" PRId64 " of %" PRId64,
                       path, head->n, head->d, source->rows, source->cols);
    if (head->dtype != source->dtype) {
        const char *const name = kmeans_dtype_name((int)head->dtype);
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "resume: %s was made with other data: numbers of type %s; here %s", path,
                       name != NULL ? name : "unknown", kmeans_dtype_name(source->dtype));
    }
    if ((head->weighted != 0) != (source->weights != NULL))
        return km_fail(context, KMEANS_ERROR_DATA,
                       "resume: %s was made %s weights; here there are %s", path,
                       head->weighted ? "with" : "without", head->weighted ? "none" : "some");
    return KMEANS_OK;
}

int km_resume_check(kmeans_context *context, const km_settings *settings,
                    const kmeans_source *source)
{
    km_checkpoint_head *const head = km_alloc(&context->memory, 1, (int64_t)sizeof *head);
    if (head == NULL)
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory to read the checkpoint %s",
                       settings->resume);
    int status = km_checkpoint_read_head(context, settings->resume, head);
    if (status == KMEANS_OK)
        status = check_decisions(context, settings, head->decisions);
    if (status == KMEANS_OK)
        status = check_shape(context, settings, source, head);
    km_free(head);
    return status;
}
