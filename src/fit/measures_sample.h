/* Floor 4: the rows of a silhouette, and the labellings of them that are measured. */
#ifndef KM_MEASURES_SAMPLE_H
#define KM_MEASURES_SAMPLE_H

#include "measures.h"

/* One labelling of the rows of a sample. */
typedef struct km_labelling {
    int32_t *label;   /* [m] */
    int64_t clusters; /* numbers of clusters that may occur: 0 .. clusters-1 */
    int64_t begin;    /* of its clusters among those of all labellings */
    double *weight;   /* [clusters] of its rows here; 0: it has none */
    int64_t occupied; /* clusters that have rows */
} km_labelling;

typedef struct km_sample {
    int64_t m;        /* rows */
    int64_t *row;     /* [m] their numbers */
    double total;     /* weight of all of them */
    int64_t count;    /* labellings */
    int64_t clusters; /* of all labellings */
    km_labelling *labelling;
    int32_t *labels; /* [count][m] */
    double *weights; /* [clusters] */
    int64_t *order;  /* [m] places, cluster by cluster: while one labelling is weighed */
    int64_t *ends;   /* [most clusters of one + 1] */
} km_sample;

/* Allocate for m rows and `count` labellings with k[] clusters. Errors: KMEANS_ERROR_MEMORY; the
 * caller closes. */
int km_sample_open(km_run *run, int64_t m, const int64_t *k, int64_t count, km_sample *sample);
void km_sample_close(km_sample *sample);

/* All rows of the run with a label >= 0 where they are m, else m of them, drawn without replacement
 * by the seed; their labels and weights. labels: [count], of all rows. */
void km_sample_choose(km_run *run, uint64_t seed, const int32_t *const *labels, km_sample *sample);

static inline double km_weight_of_row(const km_run *run, int64_t row)
{
    return run->weights ? run->weights[row] : 1;
}

#endif
