/* Floor 2: a step of greedy k-means++: what its candidates would gain. */
#ifndef KM_SEED_TRIAL_H
#define KM_SEED_TRIAL_H

#include "seed_draw.h"

typedef struct km_seed_step {
    km_seeder *seeder;
    const double *c; /* centroids so far */
    int64_t number;  /* how many of them */
    int64_t chosen;  /* the candidate that is being added */
    km_draw draw;
} km_seed_step;

/* Candidate q to measure from. */
km_center km_seed_center(const km_run *run, const km_seeder *seeder, int64_t q);

/* An interval around D of row i for centroid c, by the recipe. (Lower bounds elsewhere in seeding
 * are of the plain distance: where D is enlarged they hold all the more.) */
km_interval km_seed_rough(const km_run *run, const km_seeder *seeder, km_thread *t,
                          const km_rows *rows, int64_t i, km_center c);

/* The float64 nearest to the distance of row i; where squares would underflow, of the distance
 * times a power of two that is the same for all rows. */
double km_seed_exact(const km_run *run, const km_seeder *seeder, km_thread *t, const km_rows *rows,
                     int64_t i, km_center c);

/* run->labels of a row that counts holds during a step which candidates may be nearer than D:
 * bit q mod 31. */
static inline int32_t km_seed_bit(int64_t q) { return (int32_t)1 << q % 31; }

/* Fill quarter, least and most of the seeder for the candidates of the step. */
void km_seed_measure(km_run *run, km_seed_step *step);

/* For km_visit_selected: add what rows contribute to the gain of the candidates. */
void km_seed_try_block(void *step, km_run *run, int32_t t, const km_rows *rows);

/* The candidate with the largest gain; the first of equals. */
int64_t km_seed_best(const km_run *run, const km_seeder *seeder);

#endif
