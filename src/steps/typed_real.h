/* All typed steps for one element type.
 * Parameters: REAL, T(name), KM_UNIT (unit roundoff), KM_TINY (smallest normal number),
 * KM_LANES_F64 where low dimensions are met in lanes of double too. */
#include <float.h>

#include "kernels/exact/ieee.h"
#include "kernels/pack_panels.h"
#include "bounds.h"
#include "level.h"
#include "pack.h"
#include "parts.h"
#include "load_real.h"

#include "ladder_real.h"
#include "near_real.h"

static void T(assign_panels)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *own,
                             int32_t *label);

#include "assign_shorts_real.h"

#define COMPUTE  float
#define C(name)  name##_f32
#define P(name)  T(name##_by_f32)
#define UNIT     0x1p-24
#define TINY     0x1p-126
#define LONG_ROW 0x1p100
#include "panels_pair.h"
#include "assign_low_real.h"
#undef COMPUTE
#undef C
#undef P
#undef UNIT
#undef TINY
#undef LONG_ROW

#define COMPUTE  double
#define C(name)  name##_f64
#define P(name)  T(name##_by_f64)
#define UNIT     0x1p-53
#define TINY     0x1p-1022
#define LONG_ROW 0x1p900
#include "panels_pair.h"
#ifdef KM_LANES_F64
#include "assign_low_real.h"
#endif

/* own: places of the rows' centroids of the pass before, overwritten; or NULL. */
static void T(assign_panels)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *own,
                             int32_t *label)
{
    const km_level level = t->level == KM_BY_F64 ? KM_BY_F64 : KM_BY_F32;
    km_need_panels(run, level);
    if (level == KM_BY_F64)
        T(assign_panels_by_f64)(run, t, rows, own, label);
    else
        T(assign_panels_by_f32)(run, t, rows, own, label);
}

#include "open_real.h"

#include "assign_tiles_real.h"

#include "assign_axes_real.h"

#include "distances_real.h"

static void T(assign_packed)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    const km_packed *const packed = &run->packed;
    const bool single = t->level == KM_BY_F64 ? packed->panels_f64.rows : packed->panels_f32.rows;
    const bool known = single && packed->front < packed->k;
    t->packs -= t->packs > 0;
    for (int64_t i = 0; known && i < rows->m; i++)
        t->own[i] = T(near_place)(run, rows, i);
    T(assign_panels)(run, t, rows, known ? t->own : NULL, label);
}

static void T(assign)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    const km_packed *const packed = &run->packed;
    const km_panels *const own = t->level == KM_BY_F64 ? &packed->panels_f64 : &packed->panels_f32;
    const bool screened = t->by_axes || t->level == KM_BY_TILES;
    const bool lanes = !screened && own->low_ready && t->packs == 0;
    km_rows together = *rows;
    if (rows->apart && !lanes) {
        T(bring_together)(&together, run->d, t->rows);
        rows = &together;
    }
    const int64_t pairs = rows->m * packed->k, avoided = t->avoided;
    for (int64_t i = 0; rows->gap && i < rows->m; i++)
        rows->gap[i] = 0;
    if (t->by_axes)
        T(assign_axes)(run, t, rows, label);
    else if (t->level == KM_BY_TILES && packed->panels_f32.a0 < 1)
        T(assign_tiles)(run, t, rows, label);
    else if (lanes)
        run->typed->lanes[t->level].assign(run, t, rows, label);
    else
        T(assign_packed)(run, t, rows, label);
    t->distances += pairs;
    t->survivors += rows->m;
    t->met += pairs - (t->avoided - avoided);
    km_review_level(run, t);
}

const km_typed T(km_typed) = {
    .real_size = sizeof(REAL),
    .load = T(load),
    .gather = T(gather),
    .copy = T(copy),
    .range = T(range),
    .bad_column = T(bad_column),
    .squares = T(squares),
    .lanes =
        {
            [KM_BY_F32] = {T(pack_low_by_f32), T(assign_lanes_by_f32)},
#ifdef KM_LANES_F64
            [KM_BY_F64] = {T(pack_low_by_f64), T(assign_lanes_by_f64)},
#endif
        },
    .assign = T(assign),
    .two_distances = T(two_distances),
    .add = T(add),
    .move = T(move),
    .whole_d2 = T(whole_d2),
    .near_d2 = T(near_d2),
    .exact_d2 = T(exact_d2),
    .sum_d2 = T(sum_d2),
    .row = T(row),
};
