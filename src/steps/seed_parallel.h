/* Floor 2: k-means|| (B. Bahmani, B. Moseley, A. Vattani, R. Kumar, S. Vassilvitskii, Scalable
 * k-means++, Proc. VLDB Endow. 5, 2012): candidates in a few rounds over the rows, many at a time.
 *
 * The first candidate is a row drawn in proportion to its weight. Then in each of 5 rounds every
 * row becomes a candidate by itself with probability min(1, l q / sum q), l = 2k, where q is the
 * integer weight of the row (seed_draw.h: w*D, D its squared distance to the nearest candidate so
 * far): if
 *     floor(u sum q / 2^64) < l q
 * in integers, u being 64 Philox bits of (seed, restart, round, row). Equal rows count once. Rounds
 * go on while there are fewer than k candidates and some D is not 0. A candidate's weight is that
 * of the rows it is nearest to. k-means++ then chooses the centroids among the candidates. */
#ifndef KM_SEED_PARALLEL_H
#define KM_SEED_PARALLEL_H

#include "seed.h"

typedef struct km_candidates {
    int64_t capacity;              /* rows there is room for */
    int64_t count;                 /* of them so far */
    double *rows;                  /* [capacity][d] */
    double *weights;               /* [capacity] */
    int64_t *digits;               /* [capacity][KM_MAX_LIMBS + 1] scratch: exact weights */
    double max_weight, low_weight; /* of the rows, as in km_facts */
} km_candidates;

/* Candidates of a round at most: 2k expected, and 8 standard deviations and some more. What would
 * be beyond is left to the next round. The seeder must have room for as many rows, the run for as
 * many packed centroids. */
int64_t km_round_candidates(int64_t k);

/* Candidates of all rounds at most. */
int64_t km_most_candidates(int64_t k);

/* Fill candidates from the rows of the run: one visit for each round and one more; fresh_labels of
 * the run have the nearest of each row then, -1 for skipped ones. Returns 0, 1 (stopped) or an
 * error. */
int km_seed_candidates(km_run *run, km_seeder *seeder, uint32_t restart, km_candidates *candidates);

#endif
