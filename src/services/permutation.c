/* The Feistel network of permutation.h. */
#include "permutation.h"

#include "hash.h"

km_permutation km_permutation_make(int64_t n, uint64_t seed, uint32_t restart, uint32_t epoch)
{
    const km_random stream = {seed, KM_RANDOM_ORDER, restart, epoch};
    km_permutation made = {.n = (uint64_t)n};
    int32_t bits = 0;
    while (bits < 63 && (uint64_t)1 << bits < made.n)
        bits++;
    made.left = bits / 2;
    made.right = bits - made.left;
    for (int r = 0; r < KM_PERMUTATION_ROUNDS; r++)
        made.key[r] = km_random_bits(&stream, (uint64_t)r);
    return made;
}

int64_t km_permutation_at(const km_permutation *permutation, int64_t at)
{
    const uint64_t left_mask = ((uint64_t)1 << permutation->left) - 1;
    const uint64_t right_mask = ((uint64_t)1 << permutation->right) - 1;
    uint64_t value = (uint64_t)at;
    do {
        uint64_t left = value >> permutation->right, right = value & right_mask;
        for (int r = 0; r < KM_PERMUTATION_ROUNDS; r += 2) {
            left ^= km_mix(right + permutation->key[r]) & left_mask;
            right ^= km_mix(left + permutation->key[r + 1]) & right_mask;
        }
        value = left << permutation->right | right;
    } while (value >= permutation->n);
    return (int64_t)value;
}
