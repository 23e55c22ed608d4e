/* Floor 2: which candidates of a step may be nearer to a row than its centroid. */
#ifndef KM_SEED_NEAR_H
#define KM_SEED_NEAR_H

#include "seed.h"

/* Candidates that a row meets together: those from `first` on, of a multiple of KM_NEAR_GROUP. */
static inline int64_t km_seed_group(int64_t trials, int64_t first)
{
    return trials - first < KM_NEAR_GROUP ? trials - first : KM_NEAR_GROUP;
}

/* seeder->candidate into candidate_real, in the groups of kernels/centroid.h. */
void km_seed_pack(const km_run *run, km_seeder *seeder, int64_t trials);

/* Whether |x - c|^2 is not proved to be d2 or more, for the first row x of `row` and candidate 0,
 * by a sum in the rows' type and its bound. */
bool km_seed_near(const km_run *run, const km_seeder *seeder, const km_rows *row, double d2);

enum { KM_NEAR_ROWS = 256 }; /* rows that meet a group together */

/* Rows of a selection that are still open, and the candidates first + e each of them is open for,
 * bit e of open. */
typedef struct km_near_list {
    int64_t m; /* <= KM_NEAR_ROWS */
    int32_t at[KM_NEAR_ROWS];
    double d2[KM_NEAR_ROWS];
    uint8_t open[KM_NEAR_ROWS];
} km_near_list;

/* Take from open the candidates that are proved to be no nearer than d2, by products and sums in
 * the rows' type (the slot `open` of kernels/centroid.h). */
void km_seed_near_list(const km_run *run, const km_seeder *seeder, const km_rows *rows,
                       int64_t first, km_near_list *list);

#endif
