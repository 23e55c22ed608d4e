/* Floor 2: centroids into bfloat16 tiles, and the coefficients of their bound. */
#ifndef KM_PACK_BOUNDS_H
#define KM_PACK_BOUNDS_H

#include "typed.h"

/* Fill run->packed.tiles; shift, scale, duplicates, the order and the bound of the float32 panels
 * are there already. `largest` is the largest |(c - shift) * scale|. */
void km_pack_tiles_all(km_run *run, double largest);

#endif
