/* Floor 4: distances of rows of a sample to each other, and the memory that their sums take. */
#ifndef KM_MEASURES_PAIRS_H
#define KM_MEASURES_PAIRS_H

#include "measures_sample.h"

enum { KM_TILE_ROWS = 64 }; /* at most */

/* What a thread works on: rows of a tile, and others. */
typedef struct km_tile {
    double distance[KM_TILE_ROWS];
    double *rows, *other; /* [height][d], [part][d] */
    km_u128 *sum;         /* [clusters of all labellings][height] of distances, in units */
    km_wide *wide;        /* [labellings] of s_i */
    int status;
} km_tile;

typedef struct km_pairing {
    km_sample sample;
    double *copy;      /* [m][d] of a source that threads cannot share, else NULL */
    const km_csr *csr; /* rows are taken entry by entry from here; NULL: as float64 */
    int32_t exponent;
    int64_t height, part; /* rows of a tile; of them, and of the others, at a time */
    int64_t first;        /* tile of the phase that is running */
    km_tile *tiles;       /* [threads] */
    double *numbers;
    km_u128 *sums;
    km_wide *wides;
} km_pairing;

/* The memory: the sample is open, height and part are known. KMEANS_ERROR_MEMORY. */
int km_pairing_open(km_pairing *work, km_run *run);
void km_pairing_close(km_pairing *work);

/* How the rows of the sample, which is chosen, are to be read. 0 or an error of the source. */
int km_pairing_start(km_pairing *work, km_run *run);

/* m rows of the sample as float64, in the copy or read into buffer; t->status says what failed. */
const double *km_pairing_rows(const km_pairing *work, const km_run *run, km_tile *t, int64_t first,
                              int64_t m, double *buffer);

/* distance[] of row q of the sample to its rows i .. i+m-1, what kmeans_transform gives; y and x
 * are those rows as km_pairing_rows has them. */
void km_measure_row(const km_pairing *work, const km_run *run, km_tile *t, int64_t q,
                    const double *y, int64_t i, const double *x, int64_t m);

/* The same entry by entry (measures_sparse.c): the rows of the sample in memory where that takes
 * less time, else NULL. */
const km_csr *km_pairing_entries(const km_sample *sample, const kmeans_source *source);
void km_measure_entries(const km_pairing *work, const km_run *run, km_tile *t, int64_t q, int64_t i,
                        int64_t m);

#endif
