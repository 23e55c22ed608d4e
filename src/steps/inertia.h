/* Floor 2: the sum of squared distances, without a floating-point sum over rows.
 *
 * With s_j the exact sum and W_j the exact weight of cluster j, Q = sum w|x-m|^2 and any m,
 *     inertia = Q + sum_j [ W_j |c_j-m|^2 - 2 (s_j - W_j m).(c_j-m) ].
 * Q is an integer on three grids, formed once (x - m is exact); the rest is double-double over
 * clusters in index order, about 2^-95 relative to Q. Where the result cancels below 2^-40 Q, or
 * the sums were rounded, or squares leave the range of float64, the distances of the rows are
 * summed instead, each by the d2 recipe, exactly (km_wide). Both ways the bits depend on data and
 * centroids only. */
#ifndef KM_INERTIA_H
#define KM_INERTIA_H

#include "kernels/exact/dd.h"
#include "sums.h"

typedef struct km_spread {
    bool valid; /* the formula may be used */
    double *m;  /* [d] */
    double magic[3];
    int32_t exponent;
    km_dd total; /* Q */
} km_spread;

/* Choose m and the grids, and visit the rows for Q. Returns 0, 1 (stopped) or an error. */
int km_spread_open(km_run *run, const km_facts *facts, km_spread *spread);
void km_spread_free(km_spread *spread);

/* The bracket of cluster j for centroid c. */
km_dd km_inertia_term(const km_run *run, const km_spread *spread, int64_t j, const double *c);

/* The same for m clusters j of a list, at most KM_TERM_CLUSTERS, into term[j]; c: centroids of all.
 * 0 where the formula may not be used. */
void km_inertia_terms(const km_run *run, const km_spread *spread, const int64_t *list, int64_t m,
                      const double *c, km_dd *term);

/* Q + sum of k terms. True and *inertia where the formula holds, else false. */
bool km_inertia_formula(const km_run *run, const km_spread *spread, const km_dd *term,
                        double *inertia);

/* The sum over the rows with run->labels and centroids c, or, if `single`, with c as the one
 * centroid of all rows. Takes no memory. Returns 0, 1 (stopped) or an error. */
int km_inertia_rows(km_run *run, const double *c, bool single, double *inertia);

/* The same for every cluster apart, per_cluster [k]; inertia: the total, known before. */
int km_inertia_clusters(km_run *run, const double *c, double inertia, double *per_cluster);

#endif
