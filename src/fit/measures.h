/* Floor 4: measures of quality for given labels. */
#ifndef KM_MEASURES_H
#define KM_MEASURES_H

#include <kmeans/measures.h>

#include "kernels/exact/ieee.h"
#include "kernels/exact/int128.h"
#include "settings.h"
#include "steps/update.h"

/* What is asked for; the door has checked it. */
typedef struct km_measures_asked {
    const int32_t *labels;
    int64_t k;
    unsigned wanted;
    int64_t sample; /* >= 2 */
} km_measures_asked;

int km_measures_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                    const km_measures_asked *asked, kmeans_measures *found);

/* The clusters that have rows, renumbered 0 .. count-1 in the order of their labels. */
typedef struct km_clusters {
    int64_t count;
    const double *means;  /* [count][d] */
    const double *weight; /* [count] */
} km_clusters;

/* Davies-Bouldin and the simplified silhouette, as asked->wanted says; run->labels are renumbered.
 * Returns 0, 1 (stopped) or an error, as the next. */
int km_measure_spread(km_run *run, const km_facts *facts, const km_clusters *clusters,
                      const km_measures_asked *asked, kmeans_measures *found);

/* Silhouettes of labellings of the same rows: those with run->labels >= 0. */
typedef struct km_silhouettes_asked {
    const int32_t *const *labels; /* [count][n] */
    const int64_t *k;             /* [count] labels are below it */
    int64_t count;
    int64_t most; /* rows that are looked at, >= 2 */
    uint64_t seed;
} km_silhouettes_asked;

/* silhouettes: [count]. Returns 0, 1 (stopped) or an error. */
int km_silhouettes(km_run *run, const km_facts *facts, const km_silhouettes_asked *asked,
                   double *silhouettes);

/* The whole call of kmeans_silhouettes. */
int km_silhouettes_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                       const km_silhouettes_asked *asked, double *silhouettes);

/* What the measures begin with (measures_open.c): threads for rows by clusters (k) and, where m >
 * 0, for m rows by themselves; the run opened with so many, settings' time limit and the labels,
 * -1 where a row is not looked at. */
int km_measures_threads(kmeans_context *context, const km_settings *settings,
                        const kmeans_source *source, int64_t k, int64_t m);
int km_measures_open(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                     const int32_t *labels, int64_t k, int threads, km_run *run);

/* KMEANS_ERROR_DATA unless all n labels are -1 .. k-1. */
int km_check_labels(kmeans_context *context, const int32_t *labels, int64_t n, int64_t k);

/* Sums of numbers >= 0 in units of 2^exponent, so that their order does not matter. The grid is
 * chosen so that `count` numbers up to `bound` add up to less than 2^126; what lies below it, some
 * 80 bits under the bound, is cut off. */
static inline int32_t km_fixed_exponent(double bound, int64_t count)
{
    int32_t bits = 1;
    while (bits < 63 && (int64_t)1 << bits <= count)
        bits++;
    return km_exponent(bound) + 1 + bits - 126;
}

static inline km_u128 km_fixed_of(double value, int32_t exponent)
{
    const km_parts parts = km_take_apart(value);
    const int32_t shift = parts.exponent - exponent;
    if (shift >= 0)
        return (km_u128)parts.mantissa << shift;
    return shift > -64 ? (km_u128)(parts.mantissa >> -shift) : 0;
}

static inline void km_fixed_add(km_u128 *sum, double value, int32_t exponent)
{
    *sum += km_fixed_of(value, exponent);
}

/* s_i of a and b. */
static inline double km_silhouette_of(double a, double b)
{
    const double larger = km_larger(a, b);
    return larger > 0 ? (b - a) / larger : 0;
}

/* No distance between two rows, or a row and a mean, is larger. */
double km_longest_distance(const km_facts *facts, int64_t d);

#endif
