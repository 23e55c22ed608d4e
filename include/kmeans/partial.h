/* Mini-batch k-means for rows that arrive over time: one batch after the other, each a source.
 *
 * The steps are those of algorithm = minibatch (fit.h): batches in the same order, with the same
 * options and of the same number type, give the same centroids as one mini-batch fit whose batches
 * they are, to the bit, and neither depends on threads, instruction set or kind of source. Nothing
 * of a batch is kept. */
#ifndef KMEANS_PARTIAL_H
#define KMEANS_PARTIAL_H

#include "options.h"
#include "source.h"

KMEANS_BEGIN_DECLS

typedef struct kmeans_partial kmeans_partial;

/* Begin. Of the options k, init, init_trials, seed, reassignment_ratio, nan, finite_check, threads
 * and isa count, and are copied: the handle may be freed. Given centroids
 * (kmeans_options_set_centroids) are there at once; else the first batch chooses them, as init
 * (k-means++, random or box) says, from its rows, which must be k at least. Others must have their
 * defaults: KMEANS_ERROR_ARGUMENT naming the option, its value and what it may be. The context
 * must outlive the handle. Memory: k x d for the centroids twice, k weights twice. */
KMEANS_API int kmeans_partial_open(kmeans_context *context, const kmeans_options *options,
                                   kmeans_partial **partial);

/* All rows of the source are one batch, with its weights if it has some. labels: n int32, or NULL:
 * the nearest centroid of every row as they were before the batch moved them (-1: skipped). Cost:
 * 2*n*k*d and three visits, which a source must allow. Needs, while it runs, the memory of a fit of
 * n rows; see kmeans_plan_fit. The progress callback may cancel. Errors, KMEANS_ERROR_CANCELLED
 * included, leave the handle and the labels as they were: KMEANS_ERROR_SHAPE (another number of
 * columns, fewer than k rows in the first batch), KMEANS_ERROR_DATA, KMEANS_ERROR_MEMORY,
 * KMEANS_ERROR_FILE. One call at a time. */
KMEANS_API int kmeans_partial_fit(kmeans_partial *partial, kmeans_source *source, int32_t *labels);

/* The centroids as they are, k x d float64, row-major; NULL before there are any. Valid until the
 * next batch or the close. k and d may be NULL. For labels of other rows see kmeans_predict. */
KMEANS_API const double *kmeans_partial_centroids(const kmeans_partial *partial, int64_t *k,
                                                  int64_t *d);

/* N of fit.h: the weight that each of the k centroids has taken so far. NULL and validity as
 * above. */
KMEANS_API const double *kmeans_partial_counts(const kmeans_partial *partial);

/* Batches so far; those in which all weight is on skipped rows are errors and do not count. */
KMEANS_API int64_t kmeans_partial_batches(const kmeans_partial *partial);

/* The inertia of the last batch, with the centroids that labelled it; NaN before the first. */
KMEANS_API double kmeans_partial_inertia(const kmeans_partial *partial);

/* Close; NULL is allowed. */
KMEANS_API void kmeans_partial_close(kmeans_partial *partial);

KMEANS_END_DECLS

#endif
