#include "pack_bounds.h"

#include <math.h>

#include "kernels/exact/ieee.h"
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
    tiles->kernels->pack_centroids(packed->c, packed->order, packed->k, run->d, packed->shift,
                                   packed->scale, packed->duplicate, &tiles->bound, q, &tiles->to);
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

/* 2^(mean + 1/2) of `count` exponents with this sum. */
static double typical(int64_t sum, int64_t count)
{
    const int64_t whole = (sum - (sum < 0 ? count - 1 : 0)) / count; /* rounded down */
    const double part = (double)(sum - whole * count) / (double)count;
    return whole > -1000 && whole < 1000 ? km_pow2((int32_t)whole) * (1 + part) * 1.4142 : 1;
}

static double within(double value, double least, double most)
{
    return value > most ? most : value > least ? value : least;
}

/* tau and sigma from the lengths that rows (since the packing before) and centroids have: each
 * makes the two halves of its inequality equal for a row and a centroid of the usual length. */
static void balance(km_run *run)
{
    km_packed *const packed = &run->packed;
    km_tile_bound *const bound = &packed->tiles.bound;
    const km_tiles *const kernels = packed->tiles.kernels;
    const double scale2 = packed->scale * packed->scale;
    double c2 = 1e-30;
    int64_t norms = 0, residuals = 0, rows = 0;
    for (int64_t j = 0; j < packed->k; j++)
        c2 += sampled_norm2(run, j) / (double)packed->k;
    for (int32_t t = 0; t < run->threads; t++) {
        km_tile_scratch *const tile = &run->thread[t].tile;
        norms += tile->norm2_exponents;
        residuals += tile->residual2_exponents;
        rows += tile->sampled;
        tile->norm2_exponents = tile->residual2_exponents = tile->sampled = 0;
    }
    const double absolute = kernels->absolute * bound->largest;
    const double relative =
        kernels->relative + absolute * sqrt((double)run->d / c2); /* one of them is 0 */
    const double x2 = rows > 0 ? typical(norms, rows) * scale2 : 2 * c2;
    const double r2 = rows > 0 ? typical(residuals, rows) * scale2 : relative * relative * x2;
    bound->tau = within(sqrt(r2 / c2), 1e-6, 1e3);
    bound->sigma = within(relative * sqrt(c2 / x2), 1e-9, 1e3);
}

/* The row's part E of the bound in assign_tiles_real.h. r = |x' - x^| is at most the measured
 * residual and what rounding to float took, 2^-23 |x'| with room, so that
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

void km_pack_tiles_all(km_run *run, double largest)
{
    km_packed *const packed = &run->packed;
    packed->tiles.bound.largest = largest;
    balance(run);
    packed->tiles.bound.a = 1.05 * (double)(run->d + 52) * 0x1p-24; /* K + 20 */
    set_terms(run);
    km_for_items(run, km_tile_groups(packed->k), tiles_item, NULL);
    packed->tiles.most_raise = 0;
    for (int64_t j = 0; j < packed->k; j++)
        if (packed->tiles.to.raise[j] > packed->tiles.most_raise)
            packed->tiles.most_raise = packed->tiles.to.raise[j];
}
