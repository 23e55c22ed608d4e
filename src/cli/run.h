/* What fit and predict share. */
#ifndef KMEANS_CLI_RUN_H
#define KMEANS_CLI_RUN_H

#include "args.h"
#include "json.h"
#include "load.h"
#include "outputs.h"

/* A context with the callbacks installed and options with the given flags set. Errors exit. */
void begin_run(const cli_args *args, kmeans_context **context, kmeans_options **options);

/* Does an option of the library have this value, as text? */
bool option_is(const kmeans_options *options, const char *name, const char *value);

/* The instruction set of these options. What auto takes: KMEANS_ISA, then the best usable one. */
void find_isa(const kmeans_options *options, char *name, size_t capacity);

/* The time limit counts from the start of the process: set what is left of it. */
void set_time_left(const cli_args *args, kmeans_options *options);

/* An error of a computation over rows: when a signal caused it, the exit code is the signal's; when
 * a value did, it is named with its file. */
noreturn void die_run(const cli_args *args, const kmeans_context *context,
                      const kmeans_options *options, const row_set *rows, int status);

/* The exit code at the end of a run: the signal's, or the outputs'. */
int end_code(const output_set *outputs);

/* All inputs of a subcommand for the check of the outputs: DATA and the given flags (name, and the
 * output flag that may be the same file). Returns the count. */
enum { MOST_INPUT_FLAGS = 4 };
input_name *list_inputs(const cli_args *args, const char *const flags[][2], int flag_count,
                        int *count);

/* "data": path or paths, bytes; columns, exclude and weights as they were given, or null. */
void put_data(json_writer *json, const cli_args *args, const row_set *rows);

/* "options": every option of the library with its type; tolerances that are off are null. */
void put_options(json_writer *json, const kmeans_options *options);

#endif
