/* Exact arithmetic of verify. It shares nothing with the library: sums of products of doubles are
 * kept as one long fixed-point number that covers the whole range of double (U. Kulisch, Computer
 * Arithmetic and Validity, 2008), so nothing is ever rounded, whatever the magnitudes. */
#ifndef KMEANS_CLI_VERIFY_EXACT_H
#define KMEANS_CLI_VERIFY_EXACT_H

#include "cli.h"

/* Digits of 32 bits with room for carries. The lowest bit of a product of two doubles, as frexp
 * splits them, is worth at least 2^-2252; products reach 2^2048 and sums of 2^63 of them fit. */
enum { EXACT_LIMBS = 140, EXACT_LOWEST = 2272 };

typedef struct exact_sum {
    int64_t limb[EXACT_LIMBS];
    int64_t additions; /* since the carries were last propagated */
} exact_sum;

void exact_add(exact_sum *sum, double a);
void exact_add_product(exact_sum *sum, double a, double b); /* + a*b */

/* -1, 0 or 1. */
int exact_sign(exact_sum *sum);

/* The value to within a few units in the last place of a double. */
double exact_value(exact_sum *sum);

/* Which of the two centroids is nearer to x: the sign of |x-a|^2 - |x-b|^2, exact. */
int compare_distances(const double *x, const double *a, const double *b, int64_t d);

/* The squared distance in plain float64; every term is non-negative, so the relative error is at
 * most (d + 3) 2^-53 unless squares underflow. */
double plain_distance(const double *x, const double *c, int64_t d);

/* The nearest of k centroids, ties to the lowest index. d2 gets the k plain distances, near_ties
 * is raised when more than one came near enough to need exact comparison. */
int32_t find_nearest(const double *x, const double *centroids, int64_t k, int64_t d, double *d2,
                     int64_t *near_ties);

#endif
