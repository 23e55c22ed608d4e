/* fit --profile and --perf-json: where the time went. */
#ifndef KMEANS_CLI_PROFILE_H
#define KMEANS_CLI_PROFILE_H

#include "args.h"
#include "load.h"
#include "outputs.h"

/* Read the two flags into `options`: --quiet leaves nothing for --profile to do. */
void set_profile(const cli_args *args, kmeans_options *options);

/* A table of the phases, parts of a phase below it. */
void print_profile(FILE *stream, const cli_args *args, const row_set *rows,
                   const kmeans_result *result);

/* The same as JSON; output may be NULL. */
void write_profile_json(const output_file *output, const row_set *rows,
                        const kmeans_result *result);

#endif
