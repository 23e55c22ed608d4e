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

/* The silhouette of at most `most` rows. */
int km_measure_silhouette(km_run *run, const km_facts *facts, int64_t clusters, uint64_t seed,
                          int64_t most, kmeans_measures *found);

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

static inline void km_fixed_add(km_u128 *sum, double value, int32_t exponent)
{
    const km_parts parts = km_take_apart(value);
    const int32_t shift = parts.exponent - exponent;
    if (shift >= 0)
        *sum += (km_u128)parts.mantissa << shift;
    else if (shift > -64)
        *sum += (km_u128)(parts.mantissa >> -shift);
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
