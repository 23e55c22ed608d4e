/* Philox4x32-10 and what is drawn from it. */
#include "random.h"

__extension__ typedef unsigned __int128 km_u128;

/* Multipliers and Weyl increments of the paper (section 4.2, Random123's philox.h). */
static const uint32_t multiplier0 = 0xD2511F53U;
static const uint32_t multiplier1 = 0xCD9E8D57U;
static const uint32_t weyl0 = 0x9E3779B9U; /* golden ratio */
static const uint32_t weyl1 = 0xBB67AE85U; /* sqrt(3) - 1 */

void km_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t product0 = (uint64_t)multiplier0 * c0;
        const uint64_t product1 = (uint64_t)multiplier1 * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)product1;
        c3 = (uint32_t)product0;
        k0 += weyl0;
        k1 += weyl1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* The two 64-bit numbers of one block. */
static void draw_block(const km_random *stream, uint32_t step, uint64_t index, uint64_t bits[2])
{
    const uint32_t counter[4] = {stream->purpose << 24 | stream->restart, step, (uint32_t)index,
                                 (uint32_t)(index >> 32)};
    const uint32_t key[2] = {(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)};
    uint32_t out[4];
    km_philox(counter, key, out);
    bits[0] = out[0] | (uint64_t)out[1] << 32;
    bits[1] = out[2] | (uint64_t)out[3] << 32;
}

uint64_t km_random_bits(const km_random *stream, uint64_t index)
{
    uint64_t bits[2];
    draw_block(stream, stream->step, index, bits);
    return bits[0];
}

/* D. Lemire, Fast random integer generation in an interval, ACM TOMACS 29, 2019: the high half of
 * bits * bound is uniform once the low half below 2^64 mod bound is rejected. */
uint64_t km_random_below(const km_random *stream, uint64_t index, uint64_t bound)
{
    const uint64_t reject = (0 - bound) % bound;
    uint32_t step = stream->step;
    for (uint32_t attempt = 0;; attempt++) {
        uint64_t bits[2];
        draw_block(stream, step, index, bits);
        for (int half = 0; half < 2; half++) {
            const km_u128 product = (km_u128)bits[half] * bound;
            if ((uint64_t)product >= reject) {
                return (uint64_t)(product >> 64);
            }
        }
        step = UINT32_MAX - attempt;
    }
}
