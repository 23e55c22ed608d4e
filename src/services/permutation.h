/* Floor 1: a keyed permutation of 0 .. n-1 that takes no memory and gives any place at once: a
 * Feistel network (M. Luby, C. Rackoff, How to construct pseudorandom permutations from
 * pseudorandom functions, SIAM J. Comput. 17, 1988) over the smallest power of two >= n, walked on
 * until the value lies below n (J. Black, P. Rogaway, Ciphers with arbitrary finite domains, CT-RSA
 * 2002: fewer than two steps on average).
 *
 * A number of b bits is a left part of floor(b/2) and a right part of the other bits; in round r =
 * 0 .. 5 the left part (r even) or the right part (r odd) is changed by exclusive or with the
 * lowest bits of mix(other part + key_r), mix being the splitmix64 finaliser. The keys are
 * Philox numbers of (seed, restart, epoch), so the order is the same on every machine. */
#ifndef KM_PERMUTATION_H
#define KM_PERMUTATION_H

#include "random.h"

enum { KM_PERMUTATION_ROUNDS = 6 };

typedef struct km_permutation {
    uint64_t n;
    int32_t left, right; /* bits */
    uint64_t key[KM_PERMUTATION_ROUNDS];
} km_permutation;

/* The permutation of n >= 1 numbers for an epoch of a restart. */
km_permutation km_permutation_make(int64_t n, uint64_t seed, uint32_t restart, uint32_t epoch);

/* The number at place `at`, 0 <= at < n. */
int64_t km_permutation_at(const km_permutation *permutation, int64_t at);

#endif
