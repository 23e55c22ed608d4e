/* Floor 2: rows of bytes that keep their label unconverted.
 *
 * Rows of uint8 or int8 are x = X - o, X >= 0, o = 0 or 128. With centroids c_j = s + u q_j + r_j,
 * s one number for all, u the unit of bytes q_j, and rho the largest magnitude in any r_j,
 *     f_j = |c_j|^2/2 - x.c_j = F_j - u X.q_j - X.r_j - s x.1,  F_j = |c_j|^2/2 + o (c_j - s).1,
 * where the last term is the same for all j. So j is farther from the row than l where
 *     (F_j/u - X.q_j) - (F_l/u - X.q_l) > 2 (rho/u) X.1:
 * integers throughout (kernels_bytes.h), F_j/u rounded to them, less that of the first centroid.
 * Each of the two is within 1/2 + 1/2, and the product, cut off, 1 too small at most: hence the 3.
 *
 * A row for which that holds of its centroid of the pass before and all others keeps its label. It
 * is not converted and takes no part in the update; the others take the way of all rows. */
#ifndef KM_BYTES_H
#define KM_BYTES_H

#include "pass.h"

/* Whether a fit of these sizes has such passes. */
bool km_uses_bytes(const km_sizes *sizes, const km_isa *isa);

/* Serial, before a pass over centroids c (k x d): run->bytes.use and what goes with it. Costs 4 k d
 * operations. */
void km_bytes_start(km_run *run, const double *c, km_sums_mode mode);

/* Serial, after it. */
void km_bytes_end(km_run *run);

/* Of m rows of the block from row0 on, of which t->index lists `open`: those that do not keep their
 * labels by bytes alone; run->fresh_labels of the others are made. */
int64_t km_bytes_select(const km_run *run, km_thread *t, const km_block *block, int64_t row0,
                        int64_t open);

/* After it, unless the screens meet the whole block all the same: limits (bounds.h), where noted,
 * of the `count` rows that it let keep their labels. */
void km_bytes_note(const km_run *run, km_thread *t, int64_t row0, int64_t count);

#endif
