/* Floor 3: mini-batch k-means (D. Sculley, Web-scale k-means clustering, WWW 2010), a batch at a
 * time.
 *
 * With N_j the weight that centroid j has taken so far (0 at first), a batch moves it so:
 *   labels   of the batch's rows for the centroids as they are: the exact argmin
 *   W_j, S_j the weight and the weighted sum of the batch's rows of label j, each the float64
 *            nearest to the exact value
 *   N_j      = N_j + W_j
 *   c_jp     = c_jp + (S_jp - W_j c_jp) / N_j
 * every operation of the last two rounded to float64 by itself (product, difference, quotient,
 * sum; nothing fused). Centroids without a row of positive weight stay.
 *
 * Then, after every 10 k rows or as long as some N_j is 0, starved centroids are placed anew:
 * those with N_j < ratio * max N, the lowest N first (ties: the lower index) and no more than half
 * the rows of positive weight. The e-th of them in index order takes the e-th row of positive
 * weight by (key, row), the keys being Philox numbers of (seed, restart, batch, row's place in the
 * batch), and the smallest N of the centroids that keep their place. */
#ifndef KM_MINIBATCH_H
#define KM_MINIBATCH_H

#include "steps/pass.h"
#include "steps/seed.h"

typedef struct km_minibatch {
    uint64_t seed;
    uint32_t restart;
    double ratio;       /* below which a centroid is starved; <= 0: never */
    double *taken;      /* [k] N */
    double *next_taken; /* [k] N after the batch */
    km_seeder drawer;   /* with room for k rows */
    bool *starved;      /* [k] scratch */
    int64_t batches;    /* so far; those without weight do not count */
    int64_t rows;       /* of positive weight since centroids were last placed anew */
    int64_t moved;      /* centroids that the last batch placed anew */
    double inertia;     /* of the last batch, with the centroids that labelled it */
    double weight;      /* of the last batch */
    km_pass_facts facts;
} km_minibatch;

/* Allocate for a run. On an error the caller closes. */
int km_minibatch_open(km_run *run, const km_facts *facts, uint64_t seed, double ratio,
                      km_minibatch *state);
void km_minibatch_close(km_minibatch *state);
int64_t km_minibatch_bytes(const km_run *run);

/* Before the first batch of a restart. */
void km_minibatch_start(km_run *run, km_minibatch *state, uint32_t restart);

/* One batch, which is the rows of the run: c to c_new (k x d each). Its labels are run->labels.
 * Returns 0; 1 (stopped) or an error: then nothing counts. */
int km_minibatch_step(km_run *run, km_minibatch *state, const double *c, double *c_new);

#endif
