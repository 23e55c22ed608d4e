/* The result of a fit as JSON, and as a table for people. */
#ifndef KMEANS_CLI_RESULT_JSON_H
#define KMEANS_CLI_RESULT_JSON_H

#include "run.h"

void write_result_json(const output_file *output, const cli_args *args, const row_set *rows,
                       const kmeans_options *options, const kmeans_result *result);

/* "resident_peak": the largest resident memory of this process, which the system knows since its
 * start, in bytes; null where it does not. */
void put_resident_peak(json_writer *json);

/* At most 25 lines; `saved` is false when no output was asked for. */
void print_summary(FILE *stream, const cli_args *args, const row_set *rows,
                   const kmeans_result *result, bool saved);

#endif
