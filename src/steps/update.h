/* Floor 2: the one update step: exact means, shifts and the terms of the inertia. */
#ifndef KM_UPDATE_H
#define KM_UPDATE_H

#include "inertia.h"

typedef struct km_update {
    const km_spread *spread;
    const double *c_old; /* k x d */
    double *c_new;       /* k x d; NULL: no update, only `before` is wanted */
    km_dd *before;       /* [k] inertia terms with c_old */
    km_dd *after;        /* [k] with c_new */
    double *shift2;      /* [k] squared shift */
} km_update;

/* Where a cluster's sums are those of the last update (km_sums.stale), c_old must be what that one
 * left in c_new, and `after` as it left it: both are kept.
 *
 * Gather what the threads hold, move every centroid to the mean of its rows (exact quotient,
 * rounded once); a cluster without weight keeps its place. Returns the number of those. */
int64_t km_update_centroids(km_run *run, km_update *update);

/* The update of clusters j0 .. j1-1 of sparse rows, at most KM_SPARSE_CLUSTERS, whose sums are
 * gathered: what update_item does, by the columns that are not 0 (update_sparse.c). known: the sets
 * of these columns of c_old [k], or NULL: they are looked for. t: of this thread. */
void km_sparse_update(const km_run *run, const km_update *update, km_thread *t, int64_t j0,
                      int64_t j1, const uint64_t *known);

/* Shift and `after` of cluster j again, when c_new[j] was changed by hand. */
void km_update_refresh(const km_run *run, km_update *update, int64_t j);

/* The inertia of run->labels with centroids c, whose sums are complete but not gathered: by the
 * formula, else by the rows. term: scratch of k. Returns 0, 1 (stopped) or an error. */
int km_labels_inertia(km_run *run, const km_spread *spread, const double *c, km_dd *term,
                      double *inertia);

#endif
