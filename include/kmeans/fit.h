/* Fit, predict, transform, score, and the plan.
 *
 * All calls: thread-safe on distinct contexts; the floating-point mode of the caller is saved,
 * replaced by round-to-nearest with subnormals kept and exceptions masked, and restored (flags
 * too) on every way out and around callbacks. */
#ifndef KMEANS_FIT_H
#define KMEANS_FIT_H

#include "options.h"
#include "result.h"
#include "source.h"

KMEANS_BEGIN_DECLS

/* Fit k-means to the rows of a source.
 *
 * A pass t labels every row with its nearest centroid of the pass before, then moves each centroid
 * to the mean of its rows (exact quotient, rounded once). After each pass the rules are tested and
 * the first that holds is the stop reason: with iterations = N only that; else fixpoint (no
 * centroid changed a bit), cycle (rounded sums only), change_fraction, shift_tol,
 * shift_tol_relative, inertia_tol_relative, max_iterations; then cancelled and time_limit, which
 * are also looked at within a pass. Unless it was a fixpoint, labels are then made once more, for
 * the centroids that are returned: labels, centroids and inertia of a result always belong
 * together.
 *
 * algorithm = lloyd (S. P. Lloyd, 1982) shows every row to the centroids in every pass. hamerly (G.
 * Hamerly, Making k-means even faster, SDM 2010) keeps 4 more bytes per row: how far the centroids
 * may move before its label can change; until then the row need not meet them, nor, where rows can
 * be addressed, be read. All rows are seen in the first pass and after one from the second on in
 * which more than half of them changed, in blocks in which most rows must be, and where nan = skip
 * left rows out. Where rows meet the centroids on leading axes (kmeans_plan.axes) it also keeps
 * their components, axes + 2 floats per row, if that is at most a quarter of what the row takes and
 * no scratch file; rows stay unseen once so few change that this spares more. Dense rows only. Its
 * result is lloyd's to the bit; only the trace's counts of distances, rechecks and survivors tell.
 * auto takes hamerly where a row costs enough (d > 16, d k >= 512, or from d = 8 on 64), the first
 * screen is float32 or bytes in vectors, and there is no memory_limit.
 *
 * algorithm = minibatch (D. Sculley, Web-scale k-means clustering, WWW 2010) is not exact: its
 * centroids are near those of Lloyd's iteration for a small part of the work, and the bits are
 * still the same everywhere. An epoch visits all rows once in an order drawn for it, in batches
 * of batch_size; from a source that has no single rows (a callback without fetch) in their own
 * order, with a warning. With N_j the weight that centroid j has taken so far, a batch in which
 * W_j and S_j are the weight and the weighted sum of the rows labelled j (each the float64
 * nearest to the exact value but where rounded_sums warns) makes N_j = N_j + W_j, then
 * c_j = c_j + (S_j - W_j c_j) / N_j, every operation rounded to float64 by itself. After
 * every 10 k rows, or while some N_j is 0, centroids with N_j < reassignment_ratio * max N are
 * placed on random rows of the batch, half of its rows at most, with the smallest N of the others.
 * It stops (no_improvement) after max_no_improvement batches in a row that did not lower the
 * smoothed inertia per row s = s (1 - a) + b a, b being the batch's, a = min(1, 2 batch_size / (n +
 * 1)); else after max_iterations epochs (100 unless set) or exactly `iterations` of them. Labels
 * and inertia are then made for all rows; a fit that is cancelled or out of time does this too,
 * once a batch is done. It needs batch_size rows of memory beside.
 *
 * Seeding: greedy k-means++ (D. Arthur, S. Vassilvitskii, k-means++: the advantages of careful
 * seeding, SODA 2007; several candidates per step as in their section 5). init =
 * k-means-parallel: k-means|| (B. Bahmani et al., Scalable k-means++, PVLDB 5, 2012) with l = 2k
 * and 5 rounds, then weighted greedy k-means++ among the candidates, each with the weight of the
 * rows that are nearest to it: 6 visits of the rows instead of one or two per centroid, more where
 * there are fewer than k candidates by then, or a callback has no fetch (kmeans_callback). Random
 * numbers: Philox4x32-10 (J. Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011),
 * keyed by the seed and counted by restart, step and row: never by thread.
 *
 * Cost per pass: at most 2*n*k*d operations and one read of the data. Memory: see kmeans_plan_fit.
 *
 * Returns KMEANS_OK, a positive code (finished early), or an error; *result is set only when the
 * return is >= 0 and belongs to the caller (kmeans_result_free). */
KMEANS_API int kmeans_fit(kmeans_context *context, const kmeans_options *options,
                          kmeans_source *source, kmeans_result **result);

/* What a fit would do and allocate, without reading the rows. */
typedef struct kmeans_plan {
    size_t size;           /* set to sizeof(kmeans_plan) by the caller */
    int64_t bytes_total;   /* what the fit allocates at its peak, input not counted */
    int64_t bytes_rows;    /* of it, per-row state: labels twice (4 bytes), 8 bytes while seeding,
                              4 for hamerly, and 4 (axes + 2) where it keeps components */
    int64_t bytes_cluster; /* of it, per-cluster state: centroids, sums, packed copies */
    int64_t bytes_thread;  /* of it, per-thread state, all threads together */
    int32_t threads;
    int32_t axes;    /* leading principal axes of the centroids on which rows meet them first
                        where one near each row is known and that spares enough; 0: never */
    const char *isa; /* constant texts */
    const char *algorithm;
    const char *kernel;    /* first screen: "tiles bf16", "tiles int8", "tiles int7"; "panel f32";
                           "lanes f32", "lanes int16": rows in lanes; "few f32": few
                           clusters; "bytes int8", "bytes int7": rows of bytes as they are,
                           from the second pass on */
    int64_t bytes_scratch; /* of scratch files; such row state is in none of the sums above */
} kmeans_plan;

/* Under memory_limit the resident memory of the whole process, as it is when the call begins plus
 * all that the fit and its source take, stays below the limit: where row state does not fit, it
 * goes to files without a name in scratch_folder, mapped, of which only a window is resident,
 * the labels of the result too (kmeans_context_release lets go what the caller has touched of
 * them). A limit too small for that is refused before rows are read: KMEANS_ERROR_MEMORY, with the
 * least that would do. Rows that do not fit need a source that reads blocks: a stream or a
 * callback. Results are the same to the bit.
 *
 * Fill *plan for a fit with these options on this source. Since the width of the exact sums
 * depends on the data, the plan assumes the widest that the type can need; the fit allocates no
 * more. Errors as kmeans_fit's for arguments. */
KMEANS_API int kmeans_plan_fit(kmeans_context *context, const kmeans_options *options,
                               kmeans_source *source, kmeans_plan *plan);

/* Zeroed memory for `count` values of `size` bytes each that belong to rows, such as the labels and
 * distances of kmeans_predict. Under memory_limit, where it is more than a 16th of that, it is a
 * file without a name in scratch_folder, mapped: calls that get it let go of the pages that they
 * have touched, and kmeans_context_release of those that the caller has. To be given back with
 * kmeans_rows_free (NULL is allowed) before the context. Aligned to 64 bytes. options may be NULL.
 * Errors, with *rows untouched: KMEANS_ERROR_ARGUMENT (count or size below 1),
 * KMEANS_ERROR_MEMORY. */
KMEANS_API int kmeans_rows_alloc(kmeans_context *context, const kmeans_options *options,
                                 int64_t count, int64_t size, void **rows);
KMEANS_API void kmeans_rows_free(void *rows);

/* Does memory_limit allow the caller to take `bytes` more, with what the source will take when its
 * rows are read? KMEANS_ERROR_MEMORY, with the least that would do, where the process would grow
 * beyond it; KMEANS_ERROR_ARGUMENT for bytes below 0. One thread's stack is allowed for.
 * kmeans_predict asks this by itself. */
KMEANS_API int kmeans_limit_check(kmeans_context *context, const kmeans_options *options,
                                  const kmeans_source *source, int64_t bytes);

/* Label rows with their nearest of k given centroids (k x d float64, row-major).
 *
 * Of the options, threads, isa, nan, finite_check, time_limit and memory_limit count; options may
 * be NULL. Under memory_limit the process stays below it, as in a fit (kmeans_plan_fit), buffers
 * that are not of kmeans_rows_alloc taken to be all new; a limit too small is KMEANS_ERROR_MEMORY,
 * with the least that would do, before rows are read.
 *   labels     n int32, or NULL. Ties go to the lowest index.
 *   distances  n x 2 float64, or NULL: distance to the nearest and to the second nearest centroid
 *              (Euclidean, each the float64 nearest to the real value; +infinity for a second
 *              where k = 1; NaN for skipped rows)
 *   inertia    sum of the weighted squared distances, or NULL
 * Buffers are written as the call goes; on an error they hold unspecified values only if the
 * error is KMEANS_ERROR_DATA in the rows, KMEANS_ERROR_CANCELLED or KMEANS_ERROR_FILE.
 * Cost 2*n*k*d; memory independent of n. */
KMEANS_API int kmeans_predict(kmeans_context *context, const kmeans_options *options,
                              kmeans_source *source, const double *centroids, int64_t k, int64_t d,
                              int32_t *labels, double *distances, double *inertia);

/* Distances (Euclidean, not squared) of rows row0 .. row0+count-1 to all centroids: out is
 * count x k, row-major. By a fixed float64 recipe, the same bits everywhere; exactly 0 for a row
 * equal to a centroid. Call it tile by tile for large n. memory_limit is looked at where row0 is 0,
 * out being there already: KMEANS_ERROR_MEMORY; else errors as of kmeans_predict. */
KMEANS_API int kmeans_transform(kmeans_context *context, const kmeans_options *options,
                                kmeans_source *source, const double *centroids, int64_t k,
                                int64_t d, int64_t row0, int64_t count, double *out);

/* The sum over the rows of the weighted squared distance to the nearest centroid, >= 0. */
KMEANS_API int kmeans_score(kmeans_context *context, const kmeans_options *options,
                            kmeans_source *source, const double *centroids, int64_t k, int64_t d,
                            double *inertia);

/* The checksum of labels and centroids: 32 hex digits and a 0 into text[33]. With h the splitmix64
 * finaliser, the first 16 digits are  sum_i h(h(i+1) + label_i), the last 16  sum_q h(h(q+1) +
 * bits(c_q))  over the float64 centroids in row-major order, -0 taken as +0; both modulo 2^64. */
KMEANS_API int kmeans_checksum(const int32_t *labels, int64_t n, const double *centroids, int64_t k,
                               int64_t d, char text[33]);

KMEANS_END_DECLS

#endif
