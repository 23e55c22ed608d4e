#include "level.h"

#include <math.h>

#include "axes.h"
#include "blocks.h"
#include "bounds.h"

/* Multiply-adds of a float32 kernel that one multiply-add of a level costs. */
static double level_cost(const km_run *run, km_level level)
{
    return level == KM_BY_TILES ? run->packed.tiles.kernels->cost : level == KM_BY_F32 ? 1 : 2;
}

/* Rechecks of thread t against what the next level's screen would have cost more for the same
 * pairs, 1: as much. */
static double burden(const km_run *run, const km_thread *t)
{
    enum { grace = 64 }; /* rows: a few hard ones say nothing yet */
    const double saving = level_cost(run, t->level + 1) - level_cost(run, t->level);
    const double pairs = (double)t->met + grace * (double)run->packed.k;
    return (double)t->effort / (saving * pairs * (double)run->d);
}

/* After a pass: did a thread give the level up? Then all do. */
static bool give_up(km_run *run)
{
    km_packed *const packed = &run->packed;
    const km_level before = packed->level;
    for (int32_t i = 0; i < run->threads; i++)
        if (run->thread[i].level > packed->level)
            packed->level = run->thread[i].level;
    if (packed->tiles.used && packed->level > KM_BY_TILES &&
        packed->tiles.kernels != run->isa->tiles) {
        packed->tiles.kernels = run->isa->tiles; /* longer numbers may do */
        packed->level = KM_BY_TILES;
        return false;
    }
    return packed->level > before;
}

/* The cheapest level of the coming pass. One that knows nothing of the rows scans their tiles twice
 * (assign_tiles_real.h). */
static km_level cheapest_level(const km_run *run)
{
    const km_packed_tiles *const tiles = &run->packed.tiles;
    if (km_bounds_stuck(run))
        return KM_BY_F32;
    const bool pay = tiles->used && (run->labels_known || km_two_scans_pay(tiles->kernels));
    return pay ? KM_BY_TILES : KM_BY_F32;
}

/* A failed try costs each thread a block or so: the more of them, the later the next. What fails in
 * a pass that knows nothing of the rows says little about the next one. */
static void choose_level(km_run *run)
{
    enum { first = 8, last = 64 };
    km_packed *const packed = &run->packed;
    const km_level cheapest = cheapest_level(run);
    if (packed->patience == 0)
        packed->patience = first / 2;
    const bool sees = packed->blind && run->labels_known;
    if (run->bounds.vain && packed->level > cheapest) {
        packed->level = cheapest;
        packed->packings = 0;
    }
    const km_level from = sees ? packed->seen : packed->level;
    if (packed->packings == 0 || sees || from < cheapest) {
        packed->level = from < cheapest ? cheapest : from;
        packed->packings = 0;
    } else if (give_up(run)) {
        packed->patience = packed->patience < last ? 2 * packed->patience : last;
        packed->packings = 0;
    } else if (packed->level > cheapest && packed->packings >= packed->patience) {
        packed->level--;
        packed->packings = 0;
    }
    packed->packings++;
    packed->blind = !run->labels_known;
    packed->seen = packed->blind ? packed->seen : packed->level;
}

/* Passes without axes at most until they are tried again. */
enum { AXES_REST = 64 };

/* Whether rows meet the axes first in the coming pass. That needs a centroid of each row: of the
 * pass before, or of the seeding. Where a thread gave them up, they are made anew, at once, then
 * after 1, 2, 4 ... passes; and after the first pass of all: of starting centroids, which are rows,
 * more lies off them than of means. */
static void choose_axes(km_run *run)
{
    km_axes *const axes = &run->packed.axes;
    const bool can = axes->h > 0 && run->labels_known;
    bool failed = false;
    for (int32_t i = 0; i < run->threads; i++)
        failed = failed || (axes->used && !run->thread[i].by_axes);
    if (failed) {
        axes->known = false;
        axes->rests = axes->rest;
        axes->rest = axes->rest == 0 ? 1 : axes->rest < AXES_REST ? 2 * axes->rest : AXES_REST;
    }
    axes->known = axes->known && !axes->of_rows;
    axes->trial = !axes->known || run->still_c != run->packed.c;
    axes->used = can && axes->rests == 0 && !run->bounds.quiet && !km_bounds_stuck(run);
    axes->rests -= can && axes->rests > 0;
}

void km_refuse_axes(km_run *run)
{
    run->packed.axes.used = run->packed.axes.known = false;
    run->packed.axes.rests = AXES_REST;
    for (int32_t i = 0; i < run->threads; i++)
        run->thread[i].by_axes = false;
}

static void start_level(km_thread *t, km_level level)
{
    t->level = level;
    t->packs = 0;
    t->met = t->effort = 0;
}

void km_start_levels(km_run *run)
{
    if (!run->packed.axes.used || !run->labels_known) /* else levels say nothing of themselves */
        choose_level(run);
    choose_axes(run);
    for (int32_t i = 0; i < run->threads; i++) {
        start_level(&run->thread[i], run->packed.level);
        run->thread[i].by_axes = run->packed.axes.used;
    }
}

/* What the axes took against what the level would have taken for the same pairs. */
static double axes_burden(const km_run *run, const km_thread *t)
{
    enum { grace = 64 };
    const double pairs = (double)t->met + grace * (double)run->packed.k;
    const double level = level_cost(run, run->packed.level) * (double)run->d;
    return ((double)t->effort + KM_AXES_PAIR * (double)t->met) / (pairs * level);
}

/* The level itself is packed only where the axes are tried. */
static void review_axes(const km_run *run, km_thread *t)
{
    if (axes_burden(run, t) <= 1)
        return;
    const bool packed = run->packed.axes.trial || t->level > KM_BY_F32;
    t->by_axes = false;
    start_level(t, packed ? t->level : KM_BY_F32);
}

void km_review_level(const km_run *run, km_thread *t)
{
    if (t->by_axes) {
        review_axes(run, t);
        return;
    }
    if (t->level < KM_BY_F64 && burden(run, t) > 1) {
        start_level(t, t->level + 1);
    }
}

/* Of MNIST (d = 784, k = 32 to 1,000) gaps leave a share of 0.6 sqrt(k f) of the pairs, 8 sqrt(f)
 * at most, where a part f of the rows changed, within a third up to f = 1/10,000. They are made in
 * a pass over all pairs, which 32 passes shall pay for. */
bool km_gaps_outdo_axes(const km_run *run, const km_pass_facts *facts)
{
    const km_axes *const axes = &run->packed.axes;
    const double n = (double)run->n, k = (double)run->k, d = (double)run->d;
    const double part = sqrt((double)facts->changed / n);
    const double share = (k < 178 ? 0.6 * sqrt(k) : 8) * part + 1.0 / 32;
    const double all = n * k * d * level_cost(run, run->packed.level);
    const int64_t row = km_axes_row_cost(run->d, axes->kept ? 0 : axes->h);
    const double on_axes = n * (KM_AXES_PACKED_ROW * d + (double)row);
    return axes->used && share * all < on_axes + KM_AXES_PAIR * (double)facts->distances;
}
