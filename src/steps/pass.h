/* Floor 2: one visit that labels every row and keeps the sums in step. */
#ifndef KM_PASS_H
#define KM_PASS_H

#include "sums.h"

typedef enum km_sums_mode {
    KM_SUMS_NONE, /* labels only */
    KM_SUMS_ALL,  /* sums were cleared: add every row */
    KM_SUMS_MOVED /* sums are those of run->labels: move the rows whose label changed */
} km_sums_mode;

typedef struct km_pass_facts {
    int64_t changed;       /* rows of positive weight whose label differs from run->labels */
    double changed_weight; /* their weight, nearest float64 of the exact sum */
    int64_t rechecked;
    int64_t survivors;
    int64_t distances, avoided; /* pairs of rows and centroids: evaluated, and not */
} km_pass_facts;

/* Label all rows with the nearest packed centroid. On success run->labels holds the new labels,
 * run->fresh_labels the old ones. Returns 0; 1 if stopped: run->labels is then as before (and the
 * sums are not to be used again); or an error of the source. */
int km_pass(km_run *run, km_sums_mode mode, km_pass_facts *facts);

/* Sums of the rows as run->labels says, with no labelling (init from labels). Sums were cleared. */
int km_pass_add_labelled(km_run *run);

#endif
