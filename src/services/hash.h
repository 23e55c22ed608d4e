/* Floor 1: one mixing function for everything that is hashed. */
#ifndef KM_HASH_H
#define KM_HASH_H

#include <stdint.h>

/* The finaliser of splitmix64 (G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number
 * generators, OOPSLA 2014, variant 13 of D. Stafford): a bijection of 64-bit numbers. */
static inline uint64_t km_mix(uint64_t z)
{
    z ^= z >> 30;
    z *= UINT64_C(0xbf58476d1ce4e5b9);
    z ^= z >> 27;
    z *= UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

#endif
