/* Reading: the rows of DATA, and the small files beside it (weights, labels, centroids). */
#ifndef KMEANS_CLI_LOAD_H
#define KMEANS_CLI_LOAD_H

#include "args.h"

/* The rows a subcommand works on: one or several files, with the weights attached. */
typedef struct row_set {
    kmeans_source *source; /* the whole; one of `parts` when there is one file */
    kmeans_source **parts;
    int part_count;
    double *weights; /* n or NULL */
    int64_t n, d;
    int dtype;
    int64_t bytes;
    double seconds; /* that opening took */
} row_set;

/* Check the flags that say how to read, before anything is opened. */
void read_file_options(const cli_args *args, kmeans_file_options *options);

/* "-" may stand for one input only. */
void check_stdin_once(const char *const *paths, int count);

/* Open DATA and --weights. Errors exit. */
void open_rows(const cli_args *args, kmeans_context *context, const kmeans_file_options *options,
               row_set *rows);
void close_rows(row_set *rows);

/* A matrix of float64 from any file we read: released by the caller. */
double *load_matrix(kmeans_context *context, const char *flag, const char *path, int64_t *rows,
                    int64_t *cols);

/* Labels, one per row: whole numbers from low_limit (0, or -1 for skipped rows) up. */
int32_t *load_labels(kmeans_context *context, const char *flag, const char *path, int64_t n,
                     int32_t low_limit);

#endif
