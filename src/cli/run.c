#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "progress.h"
#include "signals.h"

void begin_run(const cli_args *args, kmeans_context **context, kmeans_options **options)
{
    int status = kmeans_context_create(NULL, context);
    if (status != KMEANS_OK) {
        die(EXIT_LIMIT, "%s", kmeans_strerror(status));
    }
    install_callbacks(*context, arg_given(args, "verbose"));
    status = kmeans_options_create(*context, options);
    if (status != KMEANS_OK) {
        die_status(*context, status);
    }
    set_library_options(args, *context, *options);
}

void set_time_left(const cli_args *args, kmeans_options *options)
{
    enum { CAPACITY = 64 };
    char text[CAPACITY];
    if (!arg_given(args, "time-limit") ||
        kmeans_options_get(options, "time_limit", text, CAPACITY) != KMEANS_OK ||
        strcmp(text, "off") == 0) {
        return;
    }
    /* Never 0: what is left of a limit that has passed must still be a limit. */
    const double left = strtod(text, NULL) - seconds_since_start();
    kmeans_options_set_real(options, "time_limit", left > 1e-9 ? left : 1e-9);
}

bool option_is(const kmeans_options *options, const char *name, const char *value)
{
    enum { CAPACITY = 24 };
    char text[CAPACITY];
    return kmeans_options_get(options, name, text, CAPACITY) == KMEANS_OK &&
           strcmp(text, value) == 0;
}

void find_isa(const kmeans_options *options, char *name, size_t capacity)
{
    const char *isa = NULL;
    int usable = 0;
    const char *const wanted = getenv("KMEANS_ISA");
    if (kmeans_options_get(options, "isa", name, capacity) == KMEANS_OK &&
        strcmp(name, "auto") != 0) {
        return;
    }
    for (int i = 0; (isa = kmeans_isa_name(i, &usable)) != NULL; i++) {
        const bool named = wanted == NULL || *wanted == '\0' || strcmp(wanted, "auto") == 0 ||
                           strcmp(wanted, isa) == 0;
        if (usable && named) {
            snprintf(name, capacity, "%s", isa);
            return;
        }
    }
    die(EXIT_USAGE, "KMEANS_ISA=%s: not a usable instruction set of this build and CPU",
        wanted != NULL ? wanted : "");
}

noreturn void die_run(const cli_args *args, const kmeans_context *context,
                      const kmeans_options *options, const row_set *rows, int status)
{
    const int signal = pending_signal();
    const char *const kept = arg_given(args, "checkpoint") ? " but the checkpoint" : "";
    if (status == KMEANS_ERROR_CANCELLED && signal != 0) {
        die(128 + signal, "stopped by a signal before there was a result; nothing is written%s",
            kept);
    }
    if (status == KMEANS_ERROR_CANCELLED) {
        die(EXIT_LIMIT, "the time limit ran out before there was a result; nothing is written%s",
            kept);
    }
    if (status == KMEANS_ERROR_DATA && option_is(options, "finite_check", "on")) {
        char *const detail = copy_text(kmeans_detail(context));
        die_at_bad_value(args, rows, option_is(options, "nan", "skip"));
        die(EXIT_DATA, "%s", detail); /* it is about something else */
    }
    die_status(context, status);
}

int end_code(const output_set *outputs)
{
    const int signal = pending_signal();
    return outputs->failures == 0 && signal != 0 ? 128 + signal : outputs_exit_code(outputs);
}

input_name *list_inputs(const cli_args *args, const char *const flags[][2], int flag_count,
                        int *count)
{
    input_name *const list = allocate(args->operand_count + flag_count, sizeof *list);
    const char **const paths = allocate(args->operand_count + flag_count, sizeof *paths);
    *count = 0;
    for (int i = 0; i < args->operand_count; i++) {
        list[(*count)++] = (input_name){"DATA", args->operands[i], NULL};
    }
    for (int i = 0; i < flag_count; i++) {
        const char *const path = arg_value(args, flags[i][0]);
        if (path != NULL) {
            list[(*count)++] = (input_name){join_text("--", flags[i][0]), path, flags[i][1]};
        }
    }
    for (int i = 0; i < *count; i++) {
        paths[i] = list[i].path;
    }
    check_stdin_once(paths, *count);
    release(paths);
    return list;
}

void put_data(json_writer *json, const cli_args *args, const row_set *rows)
{
    put_begin(json, "data", '{');
    if (args->operand_count == 1) {
        put_text(json, "path", args->operands[0]);
    } else {
        put_begin(json, "path", '[');
        for (int i = 0; i < args->operand_count; i++) {
            put_text(json, NULL, args->operands[i]);
        }
        put_end(json, ']');
    }
    put_integer(json, "bytes", rows->bytes);
    put_text(json, "source", kmeans_source_kind(rows->source));
    put_integer(json, "passes", kmeans_source_passes(rows->source));
    static const char *const flags[] = {"columns", "exclude", "weights"};
    for (int i = 0; i < 3; i++) {
        if (arg_given(args, flags[i])) {
            put_text(json, flags[i], arg_value(args, flags[i]));
        } else {
            put_null(json, flags[i]);
        }
    }
    put_end(json, '}');
}

static bool is_type(const kmeans_option_info *info, const char *type)
{
    return strcmp(info->type, type) == 0;
}

void put_options(json_writer *json, const kmeans_options *options)
{
    enum { CAPACITY = 4096 }; /* paths */
    char text[CAPACITY];
    const kmeans_option_info *info = NULL;
    put_begin(json, "options", '{');
    for (int i = 0; (info = kmeans_option_at(i)) != NULL; i++) {
        if (kmeans_options_get(options, info->name, text, CAPACITY) != KMEANS_OK) {
            continue;
        }
        if (is_type(info, "switch")) {
            put_bool(json, info->name, strcmp(text, "on") == 0);
        } else if (*text == '\0' || (!is_type(info, "choice") && strcmp(text, "off") == 0)) {
            put_null(json, info->name);
        } else if (is_type(info, "integer")) {
            put_raw(json, info->name, text);
        } else if (is_type(info, "real") || is_type(info, "duration")) {
            put_real(json, info->name, strtod(text, NULL));
        } else {
            put_text(json, info->name, text);
        }
    }
    put_end(json, '}');
}
