/* Floor 2: the first visit of the data: finite check, skipped rows, weights, ranges. */
#ifndef KM_PREPARE_H
#define KM_PREPARE_H

#include "ranges.h"

typedef struct km_checks {
    bool finite;   /* unusable values are an error; else their rows are skipped */
    bool nan_skip; /* rows with NaN are skipped */
    bool range;    /* minimum and maximum are wanted even for integers (init box) */
    bool labelled; /* run->labels and what they skip are known: else all are 0 so far */
} km_checks;

/* Check every row and weight, mark skipped rows with label -1 in run->labels (others get 0), set
 * run->skipped, total_weight, the grids of run->sums (limbs, exponent, magic, weight grids) and
 * allocate the sums. Returns 0, 1 (stopped), or an error: KMEANS_ERROR_DATA names the first bad
 * row and column, or the first bad weight. */
int km_prepare(km_run *run, const km_checks *checks, km_facts *facts);
void km_facts_free(km_facts *facts);

/* Whether the squared distance of two different rows is always a normal number: only then does a
 * distance of 0 mean equal rows. */
bool km_squares_exist(const km_facts *facts, int64_t d);

/* The weights alone: every one finite, >= 0 and <= 2^500, and not all zero. */
int km_check_weights(kmeans_context *context, const double *weights, int64_t n);

#endif
