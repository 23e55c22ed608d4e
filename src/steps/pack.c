#include "pack.h"

#include <math.h>
#include <string.h>

#include "kernels/exact/ieee.h"
#include "kernels/pack_panels.h"
#include "axes.h"
#include "level.h"
#include "pack_bounds.h"
#include "services/hash.h"
#include "services/profile.h"
#include "sparse.h"
#include "visit.h"

/* A quick hash to find equal centroids by: four chains of one multiplication per value. */
static uint64_t quick_hash(const double *x, int64_t d)
{
    uint64_t h[4] = {1, 2, 3, 4};
    for (int64_t p = 0; p < d; p++) {
        const uint64_t bits = km_bits(x[p] + 0.0); /* -0 + 0 = +0 */
        h[p % 4] = (h[p % 4] ^ bits ^ bits >> 29) * 0x9fb21c651e98df25U;
    }
    return km_mix(h[0] ^ km_mix(h[1] ^ km_mix(h[2] ^ km_mix(h[3]))));
}

uint64_t km_hash_row(const double *x, int64_t m)
{
    uint64_t h = 0x9e3779b97f4a7c15U;
    for (int64_t p = 0; p < m; p++)
        h = km_mix(h ^ km_bits(x[p] + 0.0)); /* -0 + 0 = +0 */
    return h;
}

static bool same_row(const double *a, const double *b, int64_t d)
{
    for (int64_t p = 0; p < d; p++)
        if (a[p] != b[p])
            return false;
    return true;
}

/* Mark centroids that equal an earlier one: they can never be nearest, since ties go to the lowest
 * index. A hash table with linear probing holds the first of each. */
static void find_duplicates(km_packed *packed, int64_t d)
{
    const uint64_t mask = ((uint64_t)1 << packed->slots_bits) - 1;
    memset(packed->slots, 0xff, (size_t)(mask + 1) * sizeof *packed->slots);
    packed->repeats = false;
    for (int64_t j = 0; j < packed->k; j++) {
        uint64_t at = packed->hash[j] & mask;
        packed->duplicate[j] = 0;
        for (; packed->slots[at] >= 0; at = (at + 1) & mask) {
            const int64_t other = packed->slots[at];
            if (packed->hash[other] == packed->hash[j] &&
                same_row(packed->c + other * d, packed->c + j * d, d)) {
                packed->duplicate[j] = 1;
                packed->repeats = true;
                break;
            }
        }
        if (!packed->duplicate[j])
            packed->slots[at] = (int32_t)j;
    }
}

/* shift = mean of the centroids in REAL; any value is right, a central one makes bounds tight. */
static void choose_shift(km_run *run)
{
    km_packed *const packed = &run->packed;
    const int64_t k = packed->k, d = run->d;
    memset(packed->shift, 0, (size_t)d * sizeof *packed->shift);
    for (int64_t j = 0; j < k; j++)
        for (int64_t p = 0; p < d; p++)
            packed->shift[p] += packed->c[j * d + p]; /* |c| <= 2^500, k < 2^31 */
    for (int64_t p = 0; p < d; p++) {
        packed->shift[p] /= (double)k;
        if (run->typed == &km_typed_f64) {
            ((double *)packed->shift_real)[p] = packed->shift[p];
        } else {
            const float rounded = (float)packed->shift[p];
            const bool fits = rounded > -0x1p126f && rounded < 0x1p126f;
            ((float *)packed->shift_real)[p] = fits ? rounded : 0;
            packed->shift[p] = fits ? (double)rounded : 0;
        }
    }
}

/* scale = power of two with max |c - shift| * scale in [0.5, 1), so that squares neither overflow
 * nor underflow where it matters. Kept within 2^+-100 in float and 2^+-450 in double: beyond,
 * bounds become infinite and every row is settled in float64. */
static double choose_scale(const km_run *run, double *largest)
{
    const km_packed *const packed = &run->packed;
    double most = 0;
    for (int64_t j = 0; j < packed->k; j++)
        for (int64_t p = 0; p < run->d; p++) {
            const double size = fabs(packed->c[j * run->d + p] - packed->shift[p]);
            most = size > most ? size : most;
        }
    *largest = most;
    if (most == 0)
        return 1;
    const int32_t limit = run->typed == &km_typed_f64 ? 450 : 100;
    int32_t exponent = 1022 - (int32_t)(km_bits(most) >> 52 & 0x7ff);
    exponent = exponent > limit ? limit : exponent;
    return km_pow2(exponent < -limit ? -limit : exponent);
}

#define REAL     float
#define T(name)  name##_f32
#define KM_UNIT  0x1p-24
#define KM_TINY  0x1p-126
#define OVERFLOW 0x1p120
#include "pack_real.h"
#undef REAL
#undef T
#undef KM_UNIT
#undef KM_TINY
#undef OVERFLOW

#define REAL     double
#define T(name)  name##_f64
#define KM_UNIT  0x1p-53
#define KM_TINY  0x1p-1022
#define OVERFLOW 0x1p1000
#include "pack_real.h"

static void hash_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    (void)argument;
    (void)t;
    run->packed.hash[j] = quick_hash(run->packed.c + j * run->d, run->d);
}

void km_need_panels(const km_run *run, km_level level)
{
    if (level == KM_BY_F64)
        demand_panels_f64(run);
    else
        demand_panels_f32(run);
}

/* A level's panels, and what rows meet as they are (candidates of a seeding may be too many). */
static void pack_level(km_run *run, km_level level)
{
    km_packed *const packed = &run->packed;
    km_panels *const panels = level == KM_BY_F64 ? &packed->panels_f64 : &packed->panels_f32;
    if (level == KM_BY_F64)
        pack_panels_f64(run);
    else if (!packed->axes.used) /* else they are packed */
        pack_panels_f32(run);
    panels->low_ready =
        panels->low && panels->a0 < 1 && (run->d <= KM_LOW_D || packed->k <= run->k);
    if (panels->low_ready)
        run->typed->lanes[level].pack(run);
}

/* Chooses the level of the coming pass; is all that it wants packed already? */
static bool starts_packed(km_run *run)
{
    const km_packed *const packed = &run->packed;
    const km_level level = packed->level;
    const km_tiles *const kernels = packed->tiles.kernels;
    const bool axes = packed->axes.used;
    km_start_levels(run);
    const bool same = packed->axes.used == axes && !(axes && packed->axes.trial);
    return run->unmoved && same && packed->level == level && packed->tiles.kernels == kernels &&
           packed->packings > 1;
}

/* Centroids that moved first, where that spares the rows of others a quarter of the groups of tiles
 * or more (panels have groups of their own, about as large). */
static void order_centroids(km_run *run)
{
    km_packed *const packed = &run->packed;
    const bool known = run->labels_known && run->still_c == packed->c;
    const bool *const still = known ? run->still : NULL;
    int64_t moved = 0, front = 0;
    for (int64_t j = 0; still && j < packed->k; j++)
        moved += !still[j];
    const bool worth = still && 4 * km_tile_groups(moved) <= 3 * km_tile_groups(packed->k);
    packed->front = worth ? moved : packed->k;
    int64_t behind = packed->front;
    for (int64_t j = 0; j < packed->k; j++) {
        packed->place[j] = (int32_t)(worth && still[j] ? behind++ : front++);
        packed->order[packed->place[j]] = (int32_t)j;
    }
}

static void pack_dense(km_run *run)
{
    km_packed *const packed = &run->packed;
    double most;
    km_for_items(run, packed->k, hash_item, NULL);
    find_duplicates(packed, run->d);
    order_centroids(run);
    const double scale = packed->scale;
    const bool hold = km_axes_hold(&packed->axes);
    if (!hold)
        choose_shift(run);
    packed->scale = choose_scale(run, &most);
    packed->axes.valid = hold && packed->scale == scale;
    most *= packed->scale;
    packed->panels_f32.low_ready = packed->panels_f64.low_ready = false;
    start_panels_f32(run, 1.01 * (double)run->d * most * most);
    start_panels_f64(run, 1.01 * (double)run->d * most * most);
    if (packed->axes.used) {
        pack_panels_f32(run);
        if (!km_pack_axes(run))
            km_refuse_axes(run);
        else if (!packed->axes.trial)
            return;
    }
    if (packed->level == KM_BY_TILES)
        km_pack_tiles_all(run, most);
    else
        pack_level(run, packed->level);
    const bool trial = packed->level == KM_BY_F32 && packed->packings == 1;
    if (trial && packed->panels_f64.low) /* threads that give it up go on at their best */
        pack_level(run, KM_BY_F64);
}

static void pack_sparse(km_run *run)
{
    km_scan_sparse(run);
    find_duplicates(&run->packed, run->d);
    km_pack_sparse(run);
}

void km_pack(km_run *run, const double *c, int64_t k)
{
    const bool entered = km_profile_enter(run->profile, KM_PHASE_PACK);
    run->packed.c = c;
    run->packed.k = k;
    if (run->typed->sparse)
        pack_sparse(run);
    else if (!starts_packed(run))
        pack_dense(run);
    run->unmoved = false;
    km_profile_leave(run->profile, entered);
}
