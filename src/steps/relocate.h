/* Floor 2: rows for empty clusters.
 *
 * Candidates are rows with positive weight at a positive distance from their centroid, whose
 * cluster keeps another row of positive weight, and whose value differs from the rows already
 * taken; ordered by largest squared distance (weight not counted), then lowest row. The e-th
 * empty cluster in index order takes the e-th candidate. Labels and persistent sums stay as they
 * are: only the centroids that are made from them change. */
#ifndef KM_RELOCATE_H
#define KM_RELOCATE_H

#include "update.h"

/* Scratch, allocated before the iterations. */
typedef struct km_relocation {
    int64_t capacity;   /* candidates kept per thread */
    struct km_far *far; /* [threads][capacity] */
    int64_t *held;      /* [threads] */
    int64_t *taken_row; /* [k] */
    int32_t *donor;     /* [k] */
    double *value;      /* [k][d] values of the rows taken */
    int64_t *keeps;     /* [k] rows a cluster still has */
    int64_t *digits;    /* one cluster's sums without the rows it gave */
} km_relocation;

int64_t km_relocation_bytes(int64_t k, int64_t d, int32_t threads);
int km_relocation_open(km_run *run, km_relocation *scratch);
void km_relocation_free(km_relocation *scratch);

/* Fill the empty clusters of an update in place (c_new, after, shift2); *left is the number for
 * which there was no candidate. run->labels and update->c_old are those of the pass. Returns 0, 1
 * (stopped) or an error. */
int km_relocate(km_run *run, km_update *update, km_relocation *scratch, int64_t *left);

#endif
