#include "bounds.h"

#include <math.h>
#include <string.h>

#include "level.h"
#include "visit.h"

/* A number of this size or more, as a float rounded up; 0 stays 0. */
static float round_up(double x) { return x > 0 ? (float)(x * (1 + 0x1p-22)) + 0x1p-100F : 0; }

/* No limit is known: drift begins anew. */
static void forget(km_run *run)
{
    km_bounds *const bounds = &run->bounds;
    bounds->unit = run->packed.scale;
    memset(bounds->drift, 0, (size_t)run->k * sizeof *bounds->drift);
}

void km_bounds_start(km_run *run, km_sums_mode mode)
{
    km_bounds *const bounds = &run->bounds;
    if (!bounds->limit || run->has_skips)
        return;
    const double by = bounds->unit / run->packed.scale;
    const bool near = by >= 0x1p-20 && by <= 0x1p20; /* else gaps might underflow */
    bounds->known = run->labels_known && bounds->c == run->packed.c && near;
    if (!bounds->known)
        forget(run);
    bounds->by = bounds->known ? (float)by : 1;
    bounds->keep = bounds->known && mode == KM_SUMS_MOVED;
    bounds->note = !run->packed.axes.used && (bounds->calm || run->packed.level != KM_BY_TILES);
}

int64_t km_bounds_select(const km_run *run, int64_t row0, int64_t m, int32_t *index)
{
    const km_bounds *const bounds = &run->bounds;
    const km_kernels_f32 *const kernels = run->isa->f32;
    const int32_t *const old = run->labels + row0;
    int32_t *const kept = run->fresh_labels + row0;
    kernels->keep_labels(old, bounds->limit + row0, bounds->drift, m, kept);
    return kernels->list_different(kept, old, m, index);
}

float km_bounds_left(const km_run *run, int64_t row)
{
    const km_bounds *const bounds = &run->bounds;
    if (!bounds->known)
        return 0;
    const double left = (double)bounds->limit[row] - (double)bounds->before[run->labels[row]];
    return (float)(left / (double)bounds->by * (1 - 0x1p-20));
}

void km_bounds_note(const km_run *run, const km_rows *rows, const int32_t *label)
{
    const km_bounds *const bounds = &run->bounds;
    float *const limit = bounds->limit + rows->row0;
    /* A duplicate is not among the others that a screen sees. */
    for (int64_t i = 0; run->packed.repeats && i < rows->m; i++)
        rows->gap[i] = 0;
    run->isa->f32->set_limits(rows->gap, bounds->by, label, bounds->drift, rows->m,
                              rows->index ? rows->gap : limit);
    for (int64_t i = 0; rows->index && i < rows->m; i++)
        limit[rows->index[i]] = rows->gap[i];
}

/* Whether most rows that tiles met are left without a gap, and float32, which has no use for
 * centroids at rest then, would take less than eight times as long. */
static bool gives_few(const km_run *run, const km_pass_facts *facts)
{
    const double met = run->packed.tiles.kernels->cost * (double)facts->distances;
    int64_t pairs = facts->distances;
    for (int32_t t = 0; t < run->threads; t++)
        pairs += run->thread[t].avoided;
    return 2 * facts->rechecked * run->k > facts->distances && 8 * met > (double)pairs;
}

/* Rows without a gap are met in every pass, again in vain. They are met in float32 instead until
 * that meets a quarter of all rows. */
static void review_stuck(km_run *run, const km_pass_facts *facts)
{
    km_bounds *const bounds = &run->bounds;
    const bool stuck = bounds->stuck;
    bounds->vain = false;
    if (run->packed.axes.used)
        return;
    bounds->stuck = false;
    bounds->aside =
        run->packed.level > KM_BY_TILES && (stuck || bounds->aside > 0) ? bounds->aside + 1 : 0;
    if (!facts || !bounds->keep)
        return;
    if (run->packed.level > KM_BY_TILES)
        bounds->stuck = stuck && 4 * facts->distances < run->n * run->k;
    else if (bounds->wait > 0)
        bounds->wait--;
    else
        bounds->stuck = gives_few(run, facts);
}

bool km_bounds_stuck(const km_run *run)
{
    return run->bounds.stuck && run->labels_known && run->bounds.c == run->packed.c;
}

void km_bounds_end(km_run *run, const km_pass_facts *facts)
{
    km_bounds *const bounds = &run->bounds;
    bounds->whole = bounds->note && facts;
    review_stuck(run, facts);
    bounds->calm = facts && 8 * facts->changed <= run->n;
    bounds->quiet = bounds->calm && (bounds->quiet || km_gaps_outdo_axes(run, facts));
    bounds->known = bounds->keep = bounds->note = false;
    bounds->c = NULL;
}

typedef struct move {
    const double *c_old, *c_new;
} move;

/* How far a centroid moved, from above: the roundings of a root of d squares are below 2^-29 of it
 * up to d = 2^23, and as round_up adds 2^-22, that holds up to 2^30; squares that underflow are
 * below 2^-1000. */
static void move_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    const move *const work = argument;
    const int64_t d = run->d;
    const double unit = run->bounds.unit;
    const double *const a = work->c_old + j * d, *const b = work->c_new + j * d;
    double d2 = 0;
    (void)t;
    for (int64_t p = 0; p < d; p++) {
        const double way = (a[p] - b[p]) * unit;
        d2 += way * way;
    }
    const bool moved = memcmp(a, b, (size_t)d * sizeof *a) != 0;
    run->bounds.way[j] = moved ? round_up(sqrt(d2) * (1 + 0x1p-29) + 0x1p-400) : 0;
}

enum { COUNTED = 4096 }; /* rows of an item */

static void count_item(void *argument, km_run *run, int32_t t, int64_t item)
{
    const km_bounds *const bounds = &run->bounds;
    const int64_t from = item * COUNTED;
    const int64_t end = run->n - from < COUNTED ? run->n : from + COUNTED;
    int64_t kept = 0;
    (void)t;
    for (int64_t i = from; i < end; i++)
        kept += bounds->drift[run->labels[i]] < bounds->limit[i];
    atomic_fetch_add((atomic_llong *)argument, kept);
}

/* After the first pass in float32 because of km_bounds_stuck: where its gaps, too, keep less than a
 * quarter of the rows it took longer in vain, and is not tried again for 8, 16 ... passes on tiles
 * in which that would do. */
static void judge_aside(km_run *run)
{
    enum { first = 8, last = 64 };
    km_bounds *const bounds = &run->bounds;
    atomic_llong kept = 0;
    km_for_row_blocks(run, (run->n + COUNTED - 1) / COUNTED, count_item, &kept);
    bounds->vain = 4 * kept < run->n;
    bounds->rest = !bounds->vain         ? 0
                   : bounds->rest == 0   ? first
                   : bounds->rest < last ? 2 * bounds->rest
                                         : last;
    bounds->wait = bounds->rest;
    bounds->stuck = bounds->stuck && !bounds->vain;
    bounds->aside = bounds->vain ? 0 : bounds->aside;
}

void km_bounds_move(km_run *run, const double *c_old, const double *c_new)
{
    km_bounds *const bounds = &run->bounds;
    move work = {c_old, c_new};
    float most = 0, next = 0;
    if (!bounds->limit || !bounds->whole)
        return;
    km_for_items(run, run->k, move_item, &work);
    for (int64_t j = 0; j < run->k; j++) {
        const float way = bounds->way[j];
        next = way > most ? most : way > next ? way : next;
        most = way > most ? way : most;
    }
    memcpy(bounds->before, bounds->drift, (size_t)run->k * sizeof *bounds->drift);
    for (int64_t j = 0; j < run->k; j++) {
        const float way = bounds->way[j], other = way < most ? most : next;
        bounds->drift[j] = round_up((double)bounds->drift[j] + (double)way + (double)other);
    }
    bounds->c = c_new;
    if (bounds->aside == 1)
        judge_aside(run);
}
