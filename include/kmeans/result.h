/* What a fit returns. All pointers borrow from the result and live until kmeans_result_free. */
#ifndef KMEANS_RESULT_H
#define KMEANS_RESULT_H

#include "context.h"

KMEANS_BEGIN_DECLS

typedef struct kmeans_result kmeans_result;

/* Facts of a fit. Set size to sizeof(kmeans_result_info) before the call; texts are constant. */
typedef struct kmeans_result_info {
    size_t size;
    int64_t n, d, k;
    int64_t rows_skipped;  /* rows with NaN under nan = skip */
    int dtype;             /* kmeans_dtype of the rows */
    int32_t threads;       /* used */
    int32_t threads_asked; /* the option */
    int32_t converged;     /* 1 at a fixpoint */
    const char *isa;       /* table used, e.g. "amx" or "avx512" */
    const char *algorithm; /* e.g. "lloyd" */
    double inertia; /* sum_i w_i |x_i - c_label|^2, relative error <= 1e-13 (absolute 2^-1074) */
    int64_t iterations; /* passes of the best restart, a last one that changes nothing included */
    const char *stop_reason; /* name of the option that stopped it, or fixpoint, cancelled, cycle,
                                no_improvement (mini-batch) */
    double stop_value;       /* the quantity the rule compared, e.g. the changed fraction */
    double stop_limit;       /* what it was compared with */
    int64_t empty_events;    /* clusters found empty, over all passes of the best restart */
    int64_t distinct_rows;   /* number of distinct rows if found to be below k, else 0 */
    int64_t best_restart;
    int64_t restarts;
    double total_weight; /* n if there are no weights */
    double seconds_init; /* all restarts */
    double seconds_iterate;
    double seconds_total;
    int64_t bytes_planned; /* as kmeans_plan_fit */
    int64_t bytes_peak;    /* largest sum of the library's own allocations */
    double assign_seconds; /* of seconds_iterate, in assignment */
    double update_seconds;
    int64_t distances_done; /* row-centroid pairs evaluated */
    int64_t rows_rechecked; /* rows whose label the first kernel could not prove by itself */
    int64_t batches;        /* mini-batch: batches of the best restart; iterations are its epochs */
    int64_t bytes_scratch;  /* of scratch files: row state beyond memory_limit */
} kmeans_result_info;

/* Returns 0 or KMEANS_ERROR_ARGUMENT (NULL, size unknown). */
KMEANS_API int kmeans_result_get_info(const kmeans_result *result, kmeans_result_info *info);

KMEANS_API const int32_t *kmeans_result_labels(const kmeans_result *result);   /* n */
KMEANS_API const double *kmeans_result_centroids(const kmeans_result *result); /* k x d */
KMEANS_API const int64_t *kmeans_result_sizes(const kmeans_result *result);    /* k rows each */
KMEANS_API const double *kmeans_result_weights(const kmeans_result *result);   /* k weights each */

/* n x 2 Euclidean distances (own, second nearest), or NULL unless the option distances was on. */
KMEANS_API const double *kmeans_result_distances(const kmeans_result *result);

/* k inertias, or NULL unless the option cluster_inertia was on. */
KMEANS_API const double *kmeans_result_cluster_inertia(const kmeans_result *result);

/* 32 hex digits, see kmeans_checksum in fit.h. */
KMEANS_API const char *kmeans_result_checksum(const kmeans_result *result);

/* One row per pass of the best restart; a last row (pass = iterations + 1, or iterations again at
 * a fixpoint, changed and shifts 0) holds the returned inertia.
 *
 * Mini-batch: one row per epoch. inertia is the sum over its batches, each with the centroids that
 * it met, enlarged to the weight of all rows where the epoch was broken off; inertia_updated
 * repeats it; changed is 0; shifts are from the epoch's begin to its end; empty counts the
 * centroids placed anew.
 *
 * Dense rows of more than 16 dimensions whose centroid did not move since their labels were made
 * are compared with it and with the centroids that did; the other pairs are avoided. None are while
 * most centroids move, with very few clusters, and in the first pass after a checkpoint was read.
 * How many they are depends on the instruction set; rechecks are not counted. */
typedef struct kmeans_trace_row {
    int64_t pass;
    double inertia;            /* of this pass's labels with the centroids they were made with */
    double inertia_updated;    /* of the same labels with the new centroids */
    int64_t changed;           /* rows whose label changed */
    double shift_max;          /* largest |c_new - c_old| */
    double shift_total;        /* square root of the sum of the squared shifts */
    int64_t empty;             /* clusters found empty */
    int64_t distances_done;    /* row-centroid pairs evaluated */
    int64_t distances_avoided; /* pairs left out: neither centroid moved, or the row kept its label
                                  unseen (algorithm = hamerly) */
    int64_t rows_rechecked;    /* rows whose label the first kernel could not prove by itself */
    double assign_seconds;
    double update_seconds;
    int64_t survivors; /* centroids that it left as candidates, at least one per row seen */
} kmeans_trace_row;

/* The trace; *count is the number of rows. */
KMEANS_API const kmeans_trace_row *kmeans_result_trace(const kmeans_result *result, int64_t *count);

/* Where the time of the whole call went (all restarts), with the option profile on. Phases follow
 * each other on the calling thread and add up to seconds_total (less what a fit that was resumed
 * took before); those that did not occur are left out:
 *   setup    choice of kernels and algorithm, memory
 *   read     the first visits of the rows: checks, ranges, the data's own sum of squares
 *   init     starting centroids
 *   pack     centroids made ready for the kernels
 *   assign   labels of all rows, their sums in the same visit; in it, on every thread,
 *     fetch    rows taken from the source, converted
 *     screen   labels that the fast kernels prove
 *     recheck  rows and candidates that they left open
 *     sums     changed rows counted, rows added to the clusters' sums
 *   means    new centroids
 *   inertia  a visit of the rows for it, where the sums do not tell it
 *   empty    rows found for clusters without any
 *   result   sizes, and distances and cluster_inertia where they are asked for
 *   other    the rest: stop rules, trace, callbacks, checkpoints
 * Labels, centroids and everything else have the same bits with the option on and off; it costs
 * some readings of the clock per block of rows, and two per row that is rechecked by itself. */
typedef struct kmeans_profile_row {
    const char *phase;
    const char *within; /* "assign" for its parts, else NULL */
    int64_t calls;      /* of parts: times that a thread came to it */
    double seconds;     /* by the clock on the wall; of parts: mean over the threads */
    double operations;  /* of assign: 2d per pair done or avoided, as in the plain method; else 0 */
    double imbalance;   /* (longest - mean) / longest of the threads' seconds in work that was
                           shared, 0 .. 1: of phases added up over the waits for each other, of
                           parts over the whole call */
    const double *busy; /* seconds of work that was shared, of each of info.threads threads */
} kmeans_profile_row;

/* The rows in the order above; NULL and *count = 0 unless the option profile was on. */
KMEANS_API const kmeans_profile_row *kmeans_result_profile(const kmeans_result *result,
                                                           int64_t *count);

/* One row per restart. */
typedef struct kmeans_restart_row {
    double inertia;
    int64_t iterations;
    const char *stop_reason;
} kmeans_restart_row;

KMEANS_API const kmeans_restart_row *kmeans_result_restarts(const kmeans_result *result,
                                                            int64_t *count);

/* Warnings: code is a stable word, text a sentence. NULL past the end. */
KMEANS_API const char *kmeans_result_warning(const kmeans_result *result, int64_t index,
                                             const char **code);

/* Free a result; NULL is allowed. */
KMEANS_API void kmeans_result_free(kmeans_result *result);

KMEANS_END_DECLS

#endif
