/* Floor 2: a batch of rows of the source, gathered into memory of its own, as the rows of a run. */
#ifndef KM_BATCH_H
#define KM_BATCH_H

#include "services/permutation.h"
#include "ranges.h"

/* What a run knows of the rows that it visits. */
typedef struct km_row_state {
    kmeans_source *source;
    int64_t n;
    const double *weights;
    int32_t *labels, *fresh_labels;
    bool labels_known;
    bool has_skips;
    int64_t skipped;
    double total_weight;
} km_row_state;

typedef struct km_batch {
    int64_t size;          /* rows there is room for */
    kmeans_source *source; /* over rows */
    void *rows;            /* REAL [size][d] */
    km_csr_place *pick;    /* sparse rows stay where they are: [size] */
    double *weights;       /* [size], NULL where the source has none */
    int32_t *labels, *fresh_labels;
    int *status;         /* [threads] of gathering */
    bool in_order;       /* rows as they come, since the source cannot seek: */
    km_block block;      /* what it handed out last, */
    int64_t block_row;   /* and the first row of it that is in no batch */
    km_row_state others; /* the batch's own while the run visits its source, and the reverse */
    km_facts facts;      /* of the batch's rows */
    km_range *ranges;    /* [threads], NULL: the grids of all rows are exact and are kept */
} km_batch;

/* Allocate; size >= 1. On an error the caller closes. */
int km_batch_open(km_run *run, int64_t size, km_batch *batch);
void km_batch_close(km_batch *batch);
int64_t km_batch_bytes(const km_run *run, int64_t size, bool weighted);

/* Allocate what km_batch_enter needs to choose grids. On an error the caller closes. */
int km_batch_open_grids(km_run *run, km_batch *batch);

/* Gather the rows at places first .. first+m-1 of a permutation of the run's rows, m <= size, with
 * their weights; what is skipped there is skipped here. Where the source cannot seek
 * (batch->in_order) the permutation is not looked at, and the calls of an epoch must follow each
 * other from first = 0 on. 0 or a negative status of the source. */
int km_batch_fill(km_run *run, km_batch *batch, const km_permutation *order, int64_t first,
                  int64_t m);

/* Let the run visit the batch instead of its source, row i being the batch's i-th; and back. Where
 * the grids of all rows (facts) are too coarse for exact sums, those of the batch are its own.
 * enter returns 0, 1 (stopped) or an error; leave follows in any case. */
int km_batch_enter(km_run *run, km_batch *batch);
void km_batch_leave(km_run *run, km_batch *batch, const km_facts *facts);

#endif
