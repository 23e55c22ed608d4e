/* The files beside DATA: weights, labels, centroids. Every error names the flag, the file and what
 * the file must hold: the flags that say how to read DATA do not concern these. */
#ifndef KMEANS_CLI_LOAD_SIDE_H
#define KMEANS_CLI_LOAD_SIDE_H

#include "load.h"

/* k centroids of d numbers, all of them usable; released by the caller. */
double *load_centroids(kmeans_context *context, const char *flag, const char *path, int64_t *k,
                       int64_t *d);

/* Their columns are those of the data. */
void check_centroid_columns(const char *flag, const char *path, int64_t d, const row_set *rows);

/* One weight for each of n rows: released by the caller. */
double *load_weights(kmeans_context *context, const char *path, int64_t n);

/* Labels, one per row: whole numbers from low_limit (0, or -1 for skipped rows) up, into n places.
 * Under the options' memory limit they are read in blocks. */
void load_labels(kmeans_context *context, const kmeans_options *options, const char *flag,
                 const char *path, int64_t n, int32_t low_limit, int32_t *labels);

#endif
