/* All typed steps for one element type.
 * Parameters: REAL, T(name), KM_UNIT (unit roundoff), KM_TINY (smallest normal number),
 * KM_MOST (results from here on may have overflowed), KM_LONG_ROW (squared norm of rows whose
 * scores may overflow). */
#include "load_real.h"

#include "assign_real.h"

#include "distances_real.h"

static int32_t T(tile_rows)(const km_isa *isa) { return T(kernels_of)(isa)->mr; }

static int32_t T(panel)(const km_isa *isa) { return T(kernels_of)(isa)->nr; }

static int32_t T(block)(const km_isa *isa) { return T(kernels_of)(isa)->block_rows; }

static int32_t T(state)(const km_isa *isa) { return T(kernels_of)(isa)->state_size; }

const km_typed T(km_typed) = {
    .real_size = sizeof(REAL),
    .unit = KM_UNIT,
    .load = T(load),
    .range = T(range),
    .bad_column = T(bad_column),
    .squares = T(squares),
    .pack = T(pack),
    .assign = T(assign),
    .two_distances = T(two_distances),
    .add = T(add),
    .near = T(near_bound),
    .d2 = T(d2),
    .row = T(row),
    .tile_rows = T(tile_rows),
    .panel = T(panel),
    .block = T(block),
    .state = T(state),
};
