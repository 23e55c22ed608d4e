/* --memory-limit in fit, predict and verify: files, buffers of rows, scratch files. */
#ifndef KMEANS_CLI_LIMIT_H
#define KMEANS_CLI_LIMIT_H

#include "run.h"

/* The limit in bytes; 0: none. */
int64_t memory_limit_of(const kmeans_options *options);

/* The sources' share of it: every file of DATA has buffers of its own. */
void set_reading_limit(const cli_args *args, const kmeans_options *options,
                       kmeans_file_options *reading);

/* Row state beyond the limit: where the first output that is a regular file goes, on the disk that
 * has room for it; NULL: there are no outputs. A folder that finds nothing to do gets a warning. */
void set_scratch_folder(const cli_args *args, kmeans_options *options, const output_set *outputs);

/* Zeroed memory for n values of `size` bytes, in a scratch file where it is a large part of the
 * limit: pages of it are let go by kmeans_context_release. For kmeans_rows_free. Errors exit. */
void *allocate_rows(kmeans_context *context, const kmeans_options *options, int64_t n, size_t size);

/* Exit where the process would outgrow the limit by so many bytes more. */
void check_limit(kmeans_context *context, const kmeans_options *options, const row_set *rows,
                 int64_t bytes);

/* The checksum of labels and centroids as the header fit.h defines it, from its definition; pages
 * of the labels are let go on the way. */
void make_checksum(kmeans_context *context, const int32_t *labels, int64_t n,
                   const double *centroids, int64_t count, char text[33]);

#endif
