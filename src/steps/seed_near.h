/* Floor 2: which candidates of a step may be nearer to a row than its centroid. */
#ifndef KM_SEED_NEAR_H
#define KM_SEED_NEAR_H

#include "seed.h"

/* seeder->candidate into candidate_real, in groups as near_f32 of kernels/centroid.h wants them:
 * exact, since candidates are rows. */
void km_seed_pack(const km_run *run, km_seeder *seeder, int64_t trials);

/* For the first row x of `row` the set of e < KM_NEAR_GROUP, bit e, where |x - c|^2 is not proved
 * to be d2 or more, c being candidate `first` + e < trials; first is a multiple of KM_NEAR_GROUP.
 * By sums in the rows' type and their bound. */
uint32_t km_seed_near(const km_run *run, const km_seeder *seeder, const km_rows *row, int64_t first,
                      double d2);

enum { KM_NEAR_ROWS = 256 }; /* rows that meet a group together */

/* Rows of a selection that are still open, and the candidates first + e each of them is open for,
 * bit e of open. */
typedef struct km_near_list {
    int64_t m; /* <= KM_NEAR_ROWS */
    int32_t at[KM_NEAR_ROWS];
    double d2[KM_NEAR_ROWS];
    uint8_t open[KM_NEAR_ROWS];
} km_near_list;

/* Take from open what km_seed_near would not have in its set; t: the thread that visits them. */
void km_seed_near_list(const km_run *run, const km_seeder *seeder, int32_t t, const km_rows *rows,
                       int64_t first, km_near_list *list);

#endif
