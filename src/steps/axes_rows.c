/* Rows on the axes of km_axes from pass to pass: see axes.h. */
#include "axes.h"

#include <string.h>

#include "visit.h"

/* Of a row its components, their tail, and the tail of the first of them, which is 0 where nothing
 * is known: tails are not (km_axes_tail). */
static float *record_of(const km_run *run, const km_thread *t, const km_rows *rows, int64_t q)
{
    const km_axes *const axes = &run->packed.axes;
    return axes->kept + km_row_number(rows, t->local[q]) * KM_AXES_KEPT(axes->h);
}

bool km_axes_recall(const km_run *run, km_thread *t, const km_rows *rows)
{
    const int64_t h = run->packed.axes.h, ld = KM_PACKED_LD(h + 1);
    const int64_t lead = KM_PACKED_LD(KM_AXES_LEAD + 1);
    if (!run->packed.axes.kept)
        return false;
    for (int64_t q = 0; q < rows->m; q++) {
        const float *const from = record_of(run, t, rows, q);
        if (!(from[h + 1] > 0))
            return false;
        memcpy(t->axes.z + q * ld, from, (size_t)(h + 1) * sizeof *from);
        memcpy(t->axes.lead + q * lead, from, KM_AXES_LEAD * sizeof *from);
        t->axes.lead[q * lead + KM_AXES_LEAD] = from[h + 1];
    }
    return true;
}

void km_axes_keep(const km_run *run, const km_thread *t, const km_rows *rows)
{
    const int64_t h = run->packed.axes.h, ld = KM_PACKED_LD(h + 1);
    const int64_t lead = KM_PACKED_LD(KM_AXES_LEAD + 1);
    if (!run->packed.axes.kept)
        return;
    for (int64_t q = 0; q < rows->m; q++) {
        float *const to = record_of(run, t, rows, q);
        memcpy(to, t->axes.z + q * ld, (size_t)(h + 1) * sizeof *to);
        to[h + 1] = t->axes.lead[q * lead + KM_AXES_LEAD];
    }
}

static void forget_item(void *argument, km_run *run, int32_t t, int64_t item)
{
    const km_axes *const axes = &run->packed.axes;
    const int64_t size = KM_AXES_KEPT(axes->h), from = item * 4096;
    const int64_t end = run->n - from < 4096 ? run->n : from + 4096;
    (void)argument;
    (void)t;
    for (int64_t i = from; i < end; i++)
        axes->kept[i * size + size - 1] = 0;
}

void km_axes_forget(km_run *run)
{
    if (run->packed.axes.kept)
        km_for_row_blocks(run, (run->n + 4095) / 4096, forget_item, NULL);
}

bool km_axes_hold(const km_axes *axes)
{
    return axes->used && axes->known && axes->kept && axes->valid;
}
