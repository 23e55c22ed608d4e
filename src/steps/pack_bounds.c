#include "pack_bounds.h"

#include <math.h>

#include "visit.h"

/* Largest of the roundings by which a coefficient is raised: a few float operations on it. */
static const double up = 1 + 0x1p-18;

/* Squared norm from above; half of it as float, lowered as panels_pair.h has it; lead. */
static void set_norms(const km_packed_tiles *tiles, int64_t j, double a0, double more)
{
    const double c2 = tiles->to.norm2[j] * more + 1e-38;
    const float half = (float)(tiles->to.norm2[j] / 2);
    tiles->c2[j] = c2 * (1 + 0x1p-22);
    tiles->half[j] = half - (float)(2.7 * a0) * half;
    tiles->lead[j] = (float)(c2 * (0.5 + a0) * up);
}

static void tiles_item(void *argument, km_run *run, int32_t t, int64_t q)
{
    const km_packed *const packed = &run->packed;
    const km_packed_tiles *const tiles = &packed->tiles;
    const double a0 = packed->panels_f32.a0, more = 1 + (double)(run->d + 16) * 0x1p-52;
    (void)argument;
    (void)t;
    run->isa->tiles->pack_centroids(packed->c, packed->k, run->d, packed->shift, packed->scale,
                                    packed->duplicate, &tiles->bound, q, &tiles->to);
    const int64_t first = q * KM_TILE_GROUP, end = first + KM_TILE_GROUP;
    for (int64_t j = first; j < end && j < packed->k; j++)
        set_norms(tiles, j, a0, more);
}

/* About the squared norm of centroid j, from some 64 of its columns: the tiles are not made yet. */
static double sampled_norm2(const km_run *run, int64_t j)
{
    const km_packed *const packed = &run->packed;
    const int64_t stride = 1 + run->d / 64;
    double sum = 0;
    for (int64_t p = j % stride; p < run->d; p += stride) {
        const double z = (packed->c[j * run->d + p] - packed->shift[p]) * packed->scale;
        sum += z * z * (double)stride;
    }
    return sum;
}

/* tau and sigma from the lengths that rows (in the pass before) and centroids have: each makes the
 * two halves of its inequality equal for a row and a centroid of the usual length. The usual
 * rounding error of a bfloat16 is 2^-9 / sqrt(3). */
static void balance(km_run *run)
{
    km_packed *const packed = &run->packed;
    km_tile_bound *const bound = &packed->tiles.bound;
    const double relative = 0x1p-9 * 0.577, scale2 = packed->scale * packed->scale;
    double c2 = 1e-30, x2 = 0, r2 = 0;
    int64_t rows = 0;
    for (int64_t j = 0; j < packed->k; j++)
        c2 += sampled_norm2(run, j) / (double)packed->k;
    for (int32_t t = 0; t < run->threads; t++) {
        x2 += run->thread[t].tile.norm2_sum * scale2;
        r2 += run->thread[t].tile.residual2_sum * scale2;
        rows += run->thread[t].tile.rows_sum;
    }
    x2 = rows > 0 ? x2 / (double)rows : 2 * c2;
    r2 = rows > 0 ? r2 / (double)rows : relative * relative * x2;
    const double tau = sqrt(r2 / c2), sigma = relative * sqrt(c2 / x2);
    bound->tau = tau > 1e-6 && tau < 1e6 ? tau : 1e-3;
    bound->sigma = sigma > 1e-9 && sigma < 1e6 ? sigma : 1e-3;
}

/* The row's part E of the bound in assign_tiles_real.h. r = |x' - x^| is at most the measured residual
 * and what rounding to float took, 2^-23 |x'| with room, so that
 *     r^2 <= (1 + 2^-6) residual^2 + 66 * 2^-46 |x'|^2,     |x^|^2 <= 2|x'|^2 + 2 residual^2;
 * 1e-30 covers what underflows: components are about 1. */
static void set_terms(km_run *run)
{
    km_packed *const packed = &run->packed;
    km_packed_tiles *const tiles = &packed->tiles;
    const km_tile_bound *const b = &tiles->bound;
    tiles->terms.norm = (float)((66 * 0x1p-46 / (2 * b->tau) + b->sigma / 2 + b->a) * up);
    tiles->terms.residual = (float)(((1 + 0x1p-6) / (2 * b->tau) + b->a) * up);
    tiles->terms.least = 1e-30f;
    tiles->terms.dot = (float)(packed->panels_f32.a0 / 2 * up);
    tiles->terms.lead = tiles->lead;
}

void km_pack_tiles_all(km_run *run)
{
    km_packed *const packed = &run->packed;
    char *const memory = packed->panels_f64.panels; /* not in use on this level */
    packed->tiles.to.tiles = (uint16_t *)memory;
    packed->tiles.to.near = (float *)(memory + km_tile_centroid_bytes(packed->k, run->d));
    balance(run);
    packed->tiles.bound.a = 1.05 * (double)(run->d + 52) * 0x1p-24; /* K + 20 */
    set_terms(run);
    packed->tiles.repeats = false;
    for (int64_t j = 0; j < packed->k; j++)
        packed->tiles.repeats |= packed->duplicate[j] != 0;
    km_for_items(run, km_tile_groups(packed->k), tiles_item, NULL);
    packed->tiles.most_raise = 0;
    for (int64_t j = 0; j < packed->k; j++)
        if (packed->tiles.to.raise[j] > packed->tiles.most_raise)
            packed->tiles.most_raise = packed->tiles.to.raise[j];
}
