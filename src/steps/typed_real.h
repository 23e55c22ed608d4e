/* All typed steps for one element type.
 * Parameters: REAL, T(name), KM_UNIT (unit roundoff), KM_TINY (smallest normal number),
 * KM_MOST (results from here on may have overflowed), KM_LONG_ROW (squared norm of rows whose
 * scores may overflow). */
#include "load_real.h"

#include "assign_real.h"

#include "assign_low_real.h"

#include "distances_real.h"

static void T(assign)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    if (run->packed.low && run->packed.a0 < 1)
        T(assign_lanes)(run, t, rows, label);
    else
        T(assign_panels)(run, t, rows, label);
    t->distances += rows->m * run->packed.k;
}

/* Pack centroids j0 .. j1-1: panels, squared norms from above, lowered half norms. c2 comes from
 * the half norm, whose squares were formed after scaling: unscaled ones could underflow. */
static void T(pack)(km_run *run, int64_t j0, int64_t j1)
{
    km_packed *const packed = &run->packed;
    const int32_t nr = T(kernels_of)(run->isa)->nr;
    REAL *const half = packed->half_norm;
    double longest; /* not needed: c2 bounds each norm by itself */
    T(km_pack_panels)
    (packed->c, packed->k, run->d, packed->shift, packed->scale, packed->duplicate, j0, j1, nr,
     packed->panels, half, &longest);
    const double up = (1 + 2 * km_d2_error(run->d)) * (1 + 4 * KM_UNIT);
    for (int64_t j = j0; j < j1; j++) {
        packed->c2[j] = packed->duplicate[j] ? KM_TINY : 2 * (double)half[j] * up + KM_TINY;
        if (half[j] < (REAL)INFINITY && packed->a0 < 1)
            half[j] -= (REAL)(2.7 * packed->a0) * half[j];
        if (packed->low)
            T(pack_low)(packed, run->d, nr, j);
    }
}

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
