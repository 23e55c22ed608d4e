/* Floor 2: centroids made ready for the kernels. */
#ifndef KM_PACK_H
#define KM_PACK_H

#include "typed.h"

/* Pack k x d centroids into run->packed (k <= capacity): chooses shift (their mean) and scale (a
 * power of two that brings them to about 1), finds duplicates, fills panels and bounds. c is
 * borrowed until the next packing. Labels do not depend on any of it. Where the driver set
 * run->unmoved, which is taken back here, what is packed may stand. run->still decides the order of
 * the centroids. */
void km_pack(km_run *run, const double *c, int64_t k);

/* Within a visit: the panels of a level, packed now if nobody has needed them in this pass. */
void km_need_panels(const km_run *run, km_level level);

/* A 64-bit hash of m doubles in order, -0 taken as +0. */
uint64_t km_hash_row(const double *x, int64_t m);

#endif
