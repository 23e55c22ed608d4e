/* Floor 1: random numbers as a pure function of (seed, purpose, restart, step, index):
 * Philox4x32-10 (J. Salmon, M. Moraes, R. Dror, D. Shaw, Parallel random numbers: as easy as
 * 1, 2, 3, SC 2011). The same on every machine and for every number of threads. */
#ifndef KM_RANDOM_H
#define KM_RANDOM_H

#include <stdint.h>

/* What a number is drawn for: no two uses share one. */
typedef enum km_purpose {
    KM_RANDOM_ROWS = 1,    /* init random: key of a row */
    KM_RANDOM_SAMPLE = 2,  /* init_sample: key of a row */
    KM_RANDOM_FIRST = 3,   /* k-means++: first row */
    KM_RANDOM_DRAW = 4,    /* k-means++: candidate `index` of step `step` */
    KM_RANDOM_BOX = 5,     /* init box: component `index` */
    KM_RANDOM_ORDER = 6,   /* mini-batch: key of round `index` of the row order of epoch `step` */
    KM_RANDOM_STARVED = 7, /* mini-batch: key of row `index` of batch `step` */
    KM_RANDOM_ROUND = 8    /* k-means||: row `index` in round `step`; step 0: the first row */
} km_purpose;

typedef struct km_random {
    uint64_t seed;
    uint32_t purpose;
    uint32_t restart; /* < 2^24 */
    uint32_t step;
} km_random;

/* Philox4x32-10 itself: counter in, 4 words out. */
void km_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* 64 random bits for `index`: counter = (purpose << 24 | restart, step, index low, index high),
 * key = (seed low, seed high); the first two words of the block, low word first. */
uint64_t km_random_bits(const km_random *stream, uint64_t index);

/* An integer in 0 .. bound-1 (bound >= 1), exactly uniform: Lemire's multiplication with rejection
 * on the 128-bit product; a rejected draw continues with words 2, 3 of the same block, then with
 * the blocks of steps 2^32 - 1, 2^32 - 2, ... */
uint64_t km_random_below(const km_random *stream, uint64_t index, uint64_t bound);

#endif
