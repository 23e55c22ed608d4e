/* Floor 4: the rows of a silhouette, sorted by cluster. */
#ifndef KM_MEASURES_SAMPLE_H
#define KM_MEASURES_SAMPLE_H

#include "measures.h"

typedef struct km_sample {
    int64_t m;        /* rows */
    int64_t clusters; /* that may occur */
    int64_t *row;     /* [m] their numbers */
    int32_t *label;   /* [m] ascending */
    int64_t *begin;   /* [clusters+1] of each cluster in row */
    double *weight;   /* [clusters] of its rows here */
    double total;     /* of all of them */
} km_sample;

/* Allocate for m rows. Errors: KMEANS_ERROR_MEMORY; the caller closes. */
int km_sample_open(km_run *run, int64_t m, int64_t clusters, km_sample *sample);
void km_sample_close(km_sample *sample);

/* All rows of the run with a label >= 0 where they are m, else m of them, drawn without replacement
 * by the seed. */
void km_sample_choose(km_run *run, uint64_t seed, km_sample *sample);

static inline double km_weight_of_row(const km_run *run, int64_t row)
{
    return run->weights ? run->weights[row] : 1;
}

#endif
