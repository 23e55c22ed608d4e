/* Floor 2: a fingerprint of rows and weights, by which other data are told apart.
 *
 * With h the finaliser of splitmix64 (km_mix), b(x) the bits of x as a float64 and all sums modulo
 * 2^64, a row's number is  r_i = sum over p with x_ip != 0 of h(h(p+1) + b(x_ip)),  and
 *     data    = sum_i h(h(i+1) + r_i)
 *     weights = sum_i h(h(i+1) + b(w_i)), 0 without weights.
 * It depends on the order of rows and columns, but not on how they are stored or read, nor on the
 * threads; zeros count as absent, as in sparse rows, and -0 as 0. Skipped rows are left out. */
#ifndef KM_FINGERPRINT_H
#define KM_FINGERPRINT_H

#include "run.h"

typedef struct km_fingerprint {
    uint64_t data;
    uint64_t weights;
} km_fingerprint;

/* One visit of the rows, after km_prepare. Returns 0, 1 (stopped) or an error. */
int km_find_fingerprint(km_run *run, km_fingerprint *fingerprint);

/* The same hash of m numbers that are no rows: first centroids or labels that were given. */
uint64_t km_hash_reals(const double *x, int64_t m);
uint64_t km_hash_labels(const int32_t *labels, int64_t m);

#endif
