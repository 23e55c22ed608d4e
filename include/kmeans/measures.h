/* Measures of quality: how well labels of any origin divide the rows of a source.
 *
 * With n rows x_i, clusters C_1 .. C_K (the labels that occur; others do not count), m_j the mean
 * of cluster j (the exact quotient, rounded once), m the mean of all rows, |.| the Euclidean norm:
 *
 *   inertia               W = sum_i |x_i - m_label(i)|^2. Small is compact; it falls as K grows.
 *   calinski_harabasz     [B / (K - 1)] / [W / (n - K)] with B = sum_j |C_j| |m_j - m|^2. Large is
 *                         good (T. Calinski, J. Harabasz, A dendrite method for cluster analysis,
 *                         Communications in Statistics 3, 1974). Undefined for K = 1 and K = n;
 *                         +infinity where W = 0 and B > 0 (scikit-learn gives 1 there), undefined
 *                         where both are 0.
 *   davies_bouldin        mean over j of max over l != j of (S_j + S_l) / |m_j - m_l|, S_j being
 *                         the mean distance of the rows of cluster j to m_j. Small is good
 *                         (D. L. Davies, D. W. Bouldin, A cluster separation measure, IEEE PAMI 1,
 *                         1979, p = 2, q = 1). Pairs of equal means are left out, as scikit-learn
 *                         does; undefined for K = 1.
 *   silhouette            mean over i of s_i = (b_i - a_i) / max(a_i, b_i), a_i being the mean
 *                         distance of x_i to the other rows of its cluster, b_i the least mean
 *                         distance to the rows of another one; s_i = 0 for the only row of a
 *                         cluster, and where a_i = b_i = 0. From -1 to 1, large is good (P. J.
 *                         Rousseeuw, Silhouettes, J. Computational and Applied Mathematics 20,
 *                         1987). Undefined for K = 1.
 *   silhouette_simplified the same with a_i the distance to m_label(i) and b_i that to the nearest
 *                         other mean (E. R. Hruschka, L. N. de Castro, R. J. G. B. Campello,
 *                         Evolutionary algorithms for clustering gene-expression data, ICDM 2004).
 *
 * These are the definitions of scikit-learn's functions of the same names, where it has them.
 * Undefined is NaN. Weights count as copies of a row, as everywhere: |C_j| and n are then sums of
 * weights, the "other rows" of a cluster weigh |C_j| - 1, a cluster of weight up to 1 is a single
 * row; rows of weight 0 are left out.
 *
 * The silhouette costs n^2 d. Where more than `sample` rows count it is that of so many of them
 * and of no others, drawn without replacement by the option seed; silhouette_rows says how many.
 *
 * Same bits for any threads, instruction set, block size and kind of source: over rows all sums are
 * of integers. A distance to a mean is the float64 nearest to the real one; a distance between two
 * rows or two means is what kmeans_transform gives. */
#ifndef KMEANS_MEASURES_H
#define KMEANS_MEASURES_H

#include "options.h"
#include "source.h"

KMEANS_BEGIN_DECLS

/* What is wanted: a sum of these. */
enum {
    KMEANS_MEASURE_INERTIA = 1,
    KMEANS_MEASURE_CALINSKI_HARABASZ = 2,
    KMEANS_MEASURE_DAVIES_BOULDIN = 4,
    KMEANS_MEASURE_SILHOUETTE = 8,
    KMEANS_MEASURE_SILHOUETTE_SIMPLIFIED = 16,
    KMEANS_MEASURE_ALL = 31
};

/* Rows of the silhouette where `sample` is 0. */
#define KMEANS_SILHOUETTE_SAMPLE 10000

/* Set size to sizeof(kmeans_measures) before the call. Measures that were not wanted are NaN. */
typedef struct kmeans_measures {
    size_t size;
    int64_t rows;     /* that count: a label, a positive weight, not skipped for a NaN */
    int64_t clusters; /* K */
    double inertia;
    double calinski_harabasz;
    double davies_bouldin;
    double silhouette;
    double silhouette_simplified;
    int64_t silhouette_rows; /* rows of the silhouette: fewer than `rows` for a sample; 0: not
                                wanted */
    int64_t bytes_peak;      /* the most that the call had allocated */
} kmeans_measures;

/* Measure labels (n int32: 0 .. k-1, or -1: the row is left out and not looked at).
 *
 * Of the options, seed, threads, isa, nan, finite_check and time_limit count; options may be NULL.
 * sample: the most rows of the silhouette, at least 2; 0: KMEANS_SILHOUETTE_SAMPLE.
 *
 * Cost: 3 visits of the rows for the inertia and Calinski-Harabasz, 3 for Davies-Bouldin, which
 * takes K^2 d operations beside, or the simplified silhouette, n K d; of them 2 are the same ones;
 * a visit and sample^2 d operations for the silhouette (of sparse rows of one matrix that are long
 * and have their entries in the order of columns: sample^2 times the entries of two rows).
 *
 * Memory: 8 bytes a row, k x d numbers as in a fit, 20 bytes per row of the sample, for each
 * thread up to 1 MB (more only above 16,000 columns or 4,000 clusters: 64 bytes each), and of
 * sources that several threads cannot read at once (streams, callbacks) the rows of the sample as
 * float64.
 *
 * Errors, with *measures untouched: KMEANS_ERROR_ARGUMENT (NULL, wanted, sample),
 * KMEANS_ERROR_SHAPE (k), KMEANS_ERROR_DATA (a label outside -1 .. k-1, no row that counts, rows or
 * weights that a fit would refuse), KMEANS_ERROR_MEMORY, KMEANS_ERROR_CANCELLED (the progress
 * callback, which is called with the phase "measure", or time_limit), those of the source. */
KMEANS_API int kmeans_measure(kmeans_context *context, const kmeans_options *options,
                              kmeans_source *source, const int32_t *labels, int64_t k,
                              unsigned wanted, int64_t sample, kmeans_measures *measures);

/* The silhouettes of `count` labellings of the same rows, such as those of fits with several k: to
 * the bit what kmeans_measure finds for each, but every distance is measured once for all of them.
 *
 * labels[l] (n int32: 0 .. k[l]-1, or -1) is labelling l; the rows with -1 must be the same ones in
 * all. silhouettes: count numbers, NaN where a labelling has one cluster only. The other arguments
 * are those of kmeans_measure.
 *
 * Cost: a visit, sample^2 d operations, and an addition for each pair of rows and each labelling.
 * Memory: as above, with 4 bytes per row of the sample and 1.2 KB per thread for every labelling,
 * and the clusters of all of them.
 *
 * Errors, with silhouettes untouched: those of kmeans_measure; KMEANS_ERROR_ARGUMENT for count < 1,
 * KMEANS_ERROR_DATA naming a row that has a label in some labellings only. */
KMEANS_API int kmeans_silhouettes(kmeans_context *context, const kmeans_options *options,
                                  kmeans_source *source, const int32_t *const *labels,
                                  const int64_t *k, int64_t count, int64_t sample,
                                  double *silhouettes);

KMEANS_END_DECLS

#endif
