/* Options: one table serves this interface, the command line and the documentation.
 *
 * Every option has a name; the command's long flag is the name with '-' for '_'. It can be set
 * as text, or with a typed setter. Aliases are accepted wherever a name is. kmeans_option_info
 * walks the table. Options hold copies of what they are given, save for init labels. An options
 * handle may be used by several fits at the same time while nobody sets anything. */
#ifndef KMEANS_OPTIONS_H
#define KMEANS_OPTIONS_H

#include "context.h"

KMEANS_BEGIN_DECLS

typedef struct kmeans_options kmeans_options;

/* Create options with every default; memory and error texts belong to the context. */
KMEANS_API int kmeans_options_create(kmeans_context *context, kmeans_options **options);
KMEANS_API void kmeans_options_free(kmeans_options *options);

/* Set an option from text, as the command line does. Integers take 1e6; durations 90, 90s, 5m, 2h;
 * sizes 256M (binary); switches on/off. Errors: KMEANS_ERROR_NAME (the detail text proposes the
 * nearest name), KMEANS_ERROR_ARGUMENT (the detail text gives the value and the range). The option
 * is unchanged on an error. */
KMEANS_API int kmeans_options_set(kmeans_options *options, const char *name, const char *value);

/* Typed setters, same checks. set_int also serves switches (0/1) and real options. */
KMEANS_API int kmeans_options_set_int(kmeans_options *options, const char *name, int64_t value);
KMEANS_API int kmeans_options_set_real(kmeans_options *options, const char *name, double value);

/* The value of an option as text that kmeans_options_set reads back, written to text[capacity]
 * (terminated). Errors: KMEANS_ERROR_NAME, KMEANS_ERROR_ARGUMENT (capacity too small). */
KMEANS_API int kmeans_options_get(const kmeans_options *options, const char *name, char *text,
                                  size_t capacity);

/* Start from these centroids (k x d float64, row-major, copied): sets k and init = "centroids".
 * Values must be finite and within 2^500: KMEANS_ERROR_DATA names row and column. */
KMEANS_API int kmeans_options_set_centroids(kmeans_options *options, const double *centroids,
                                            int64_t k, int64_t d);

/* Start from these labels (n, each 0 .. k-1, borrowed until the fit returns): the first centroids
 * are the means of the labelled rows; sets init = "labels". k must be set by itself; an empty
 * cluster follows the option empty. Bad labels are found by the fit: KMEANS_ERROR_DATA. */
KMEANS_API int kmeans_options_set_labels(kmeans_options *options, const int32_t *labels, int64_t n);

/* One row of the table. */
typedef struct kmeans_option_info {
    const char *name;  /* "max_iterations" */
    const char *alias; /* other accepted names separated by blanks, or "" */
    const char *type;  /* "integer", "real", "switch", "choice", "duration", "size", "path" */
    const char *default_value; /* as text, "" = required or unset */
    const char *values;        /* range or choices, for people and for error texts */
    const char *help;          /* one sentence */
} kmeans_option_info;

/* Row `index` of the table, or NULL past its end. Constant, never freed. */
KMEANS_API const kmeans_option_info *kmeans_option_at(int index);

/* The name nearest to a mistyped one (also knows names other libraries use, such as n_clusters), or
 * NULL when nothing is near. Constant. */
KMEANS_API const char *kmeans_option_nearest(const char *name);

/* The options of this release, with default (the table is the authority):
 *
 *   k                    required      number of clusters, 1 .. n
 *   init                 k-means++     k-means++ | random | box | k-means-parallel (| centroids |
 *                                      labels: by setters)
 *   init_trials          0             k-means++: candidates a step; 0 = 2 + floor(ln k)
 *   init_sample          0             seed on that many rows drawn without replacement; 0 = all
 *   restarts             1             runs from different starts, best kept
 *   seed                 0             key of the random numbers, 0 .. 2^64-1
 *   algorithm            auto          auto | lloyd | hamerly | minibatch
 *   max_iterations       300           upper limit of passes, 0 = none; mini-batch: of epochs, 100
 *                                      where it was not set
 *   iterations           0             exactly that many passes, every other rule off; 0 = off
 *   batch_size           1024          mini-batch: rows after which the centroids move
 *   max_no_improvement   10            mini-batch: stop after that many batches without improvement
 *   reassignment_ratio   0.01          mini-batch: centroids with less than this times the largest
 *                                      weight are placed anew
 *   shift_tol            off           stop: largest |c_new - c_old| <= value
 *   shift_tol_relative   off           stop: sum of squared shifts <= value * mean column variance
 *   inertia_tol_relative off           stop: decrease of the inertia <= value * previous inertia
 *   change_fraction      off           stop: changed weight < value * total weight
 *   time_limit           off           stop: seconds since the call began (all restarts)
 *   memory_limit         off           bytes (256M): bound of the process's resident memory while
 *                                      it fits, predicts or transforms; see kmeans_plan_fit
 *   scratch_folder       (none)        folder of the files without a name that memory_limit keeps
 *                                      row state in; none: TMPDIR, else /tmp. One that cannot be
 *                                      written to is KMEANS_ERROR_MEMORY, when it is needed
 *   empty                relocate      relocate | keep | error
 *   nan                  error         error | skip (rows with NaN get label -1 and count nowhere)
 *   finite_check         on            look for NaN, infinities and values above 2^500
 *   threads              0             at most; 0 = kmeans_default_threads(); fewer are woken where
 *                                      each would have less than about 0.1 ms of work a pass
 *   isa                  auto          auto | amx | avx512vnni | avx512 | avx2 | neon | scalar |
 *                                      emulated
 *                                      (default: KMEANS_ISA; emulated: amx in plain C, slow)
 *                                      amx asks the operating system for its registers, for the
 *                                      whole process, when a run first uses them: signal stacks
 *                                      that are too small then make it refuse
 *   distances            off           keep own and second nearest distance (16 bytes a row)
 *   cluster_inertia      off           keep each cluster's inertia (one more visit of the rows)
 *   profile              off           keep where the time went (kmeans_result_profile)
 *   checkpoint           (none)        file to keep a checkpoint in: replaced as a whole (by fsync
 *                                      and rename) when it is due, when the fit is cancelled or
 *                                      out of time, and after the last pass; some 16*k*d bytes,
 *                                      and 8*k*d of memory. A failure is a warning of the
 *                                      result, code "checkpoint", and the fit goes on
 *   checkpoint_every     300           seconds between two checkpoints; 0: after every pass; off:
 *                                      only where the fit stops
 *   resume               (none)        go on from this checkpoint, to the bits of a fit without a
 *                                      break, with any threads and isa: see below
 *
 * Setting resume reads the file, and takes from it every option that decides the result and was not
 * set before: k, init and seed too, so that nothing else need be set. Initial centroids and labels
 * need not be given again. The fit then reads it once more and compares: an option with another
 * value is KMEANS_ERROR_ARGUMENT (algorithm may be any exact one; max_iterations may be raised,
 * unless a restart has already ended at it), other data, weights or start KMEANS_ERROR_SHAPE or
 * KMEANS_ERROR_DATA, a damaged file KMEANS_ERROR_FORMAT; threads, isa, time_limit and what is kept
 * may differ. Costs one visit of the rows for their fingerprint (checkpoint alone does, too), one
 * pass for the labels and another for those of the best restart. Seconds of the result include
 * those before the break; time_limit counts from the call.
 */

KMEANS_END_DECLS

#endif
