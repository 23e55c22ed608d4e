/* Distances between a sparse row and a centroid of doubles, by the entries of the row alone where
 * that proves the answer: |x - c|^2 = |c|^2 + sum over entries of x (x - 2c), and a comparison
 * needs |a|^2 - |b|^2 - 2 sum over entries of x (a - b). Same results as distance.h for the dense
 * row.
 *
 * Any finite |x|, |c| <= 2^501. */
#ifndef KM_EXACT_SPARSE_H
#define KM_EXACT_SPARSE_H

#include "dd.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A sparse row: m entries, each column at most once, in any order; entries may be 0. */
typedef struct km_entries {
    const int32_t *column; /* [m] */
    const double *value;   /* [m] */
    int64_t m;
} km_entries;

/* |c|^2 of a centroid: |sum.hi + sum.lo - |c|^2| <= error / 2, error 0 where the sum is exact. */
typedef struct km_norm {
    km_dd sum;
    double error;
    int64_t nonzeros; /* of c */
} km_norm;

km_norm km_norm_of(const double *c, int64_t d);

/* The float64 nearest to |x - c|^2 and to |x - c|: 1 and *nearest where the entries prove it, else
 * 0: then distance.h has to. */
int km_sparse_d2(km_entries x, const double *c, const km_norm *norm, double *nearest);
int km_sparse_distance(km_entries x, const double *c, const km_norm *norm, double *nearest);

/* The sign of |x - a|^2 - |x - b|^2 as real numbers. Goes over all d columns only where the
 * entries prove nothing. */
int km_sparse_compare(km_entries x, const double *a, const km_norm *norm_a, const double *b,
                      const km_norm *norm_b, int64_t d);

/* The last rung of it: same results. */
int km_sparse_compare_wide(km_entries x, const double *a, const double *b, int64_t d);

#ifdef __cplusplus
}
#endif

#endif
