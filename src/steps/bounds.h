/* Floor 2: rows that keep their label unseen from pass to pass.
 *
 * A row's gap is the distance to the nearest of the other centroids less that to its own. When
 * centroids move, it shrinks by no more than the way of its own centroid and the longest way of
 * another one (the triangle inequality, twice). So for every cluster j these ways are added up,
 * pass by pass, to drift[j], and a row whose gap was at least g when its cluster's drift was D has
 * its label, with no other centroid as near, as long as drift[j] < limit = g + D: one number per
 * row, written only when the row meets the centroids. This is the test of G. Hamerly, Making
 * k-means even faster, SDM 2010, with upper and lower bound in one and nothing to bring up to date
 * in passes in which a row is not seen.
 *
 * Limits and drift are floats in units of 1 / unit, rounded so that a row never keeps a label too
 * long. Gaps come from the screens (km_rows.gap); where none is known a row has the limit -inf. */
#ifndef KM_BOUNDS_H
#define KM_BOUNDS_H

#include <math.h>

#include "pass.h"

/* Serial, when the centroids are packed: whether rows of the coming pass may keep their labels
 * (run->bounds.keep) and whether gaps are wanted (run->bounds.note): tiles are slower with them (by
 * 3 to 15 %) and give none that outlasts an update while more than an eighth of the rows change.
 * Axes give none at all. Without limits: neither. */
void km_bounds_start(km_run *run, km_sums_mode mode);

/* Of rows row0 .. row0+m-1 those that may not, into index; run->fresh_labels of the others are
 * made. */
int64_t km_bounds_select(const km_run *run, int64_t row0, int64_t m, int32_t *index);

/* What was left of a row's gap, from below, in the packed centroids' unit, when the last update
 * began: as much is left to the centroids that did not move in it where the row's did not either.
 * Not greater than 0: nothing is known. */
float km_bounds_left(const km_run *run, int64_t row);

/* A gap from below: the root of own + 2 half less that of own. own: the squared distance to the
 * row's own centroid, from above, below 0 standing for 0; 2 half: what others' are longer by at
 * least. */
static inline double km_gap(double own, double half)
{
    const double from = own > 0 ? own : 0;
    return 2 * (1 - 0x1p-20) * half / (sqrt(from + 2 * half) + sqrt(from));
}

/* Limits of the rows of a block from their new labels and rows->gap, which is overwritten. No row's
 * before the pass is done with it: km_bounds_left reads the limit from before the last update. */
void km_bounds_note(const km_run *run, const km_rows *rows, const int32_t *label);

/* Serial, after a pass; NULL: it was broken off. */
void km_bounds_end(km_run *run, const km_pass_facts *facts);

/* Serial, before the centroids of the coming pass are packed: tiles could not tell most of the rows
 * that were left from their second nearest, and so gave them no gap; float32 will. */
bool km_bounds_stuck(const km_run *run);

/* Serial, after an update: the rows' labels are those of c_old, the next pass is over c_new (both
 * k x d). Does nothing without limits. Costs 3 k d operations. */
void km_bounds_move(km_run *run, const double *c_old, const double *c_new);

#endif
