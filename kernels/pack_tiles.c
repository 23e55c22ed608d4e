#include "pack_tiles.h"

#include <math.h>

#include "bfloat16.h"
#include "kernels_tiles.h"

typedef struct norms {
    double whole, half, error; /* squared: of z, of its bfloat16, of their difference */
} norms;

/* Centroid c as line `line` of its group's tiles, and as floats. */
static norms pack_one(const double *c, int64_t d, const double *shift, double scale, int64_t ld,
                      uint16_t *line, float *near)
{
    norms sums = {0, 0, 0};
    for (int64_t p = 0; p < ld; p++) {
        const double z = p < d ? (c[p] - shift[p]) * scale : 0;
        const uint16_t half = km_bf16_round((float)z);
        const double b = (double)km_bf16_value(half);
        line[p / 32 * KM_TILE_WORDS + p % 32] = half;
        near[p] = (float)z;
        sums.whole += z * z;
        sums.half += b * b;
        sums.error += (z - b) * (z - b);
    }
    return sums;
}

static float up(double value) { return (float)(value + fabs(value) * 0x1p-22 + 0x1p-140); }

/* The sums have relative errors below (d + 4) * 2^-53; 2^-30 is more, and the part of a*e too. */
static void set_bound(const norms *sums, const km_tile_bound *bound, float *init, float *raise)
{
    const double more = 1 + 0x1p-30;
    const double e = (bound->tau * sums->half / 2 + sums->error / (2 * bound->sigma) +
                      bound->a * (sums->whole + sums->half) / 2) *
                     (1 + 2 * bound->a) * more;
    *init = up(e - sums->whole / 2 + sums->whole * (more - 1));
    *raise = up((double)*init + sums->whole / 2 * more + e);
}

void km_pack_tiles(const double *c, int64_t k, int64_t d, const double *shift, double scale,
                   const uint8_t *duplicate, const km_tile_bound *bound, int64_t q,
                   const km_tile_centroids *to)
{
    const int64_t slices = km_tile_slices(d), ld = to->near_ld;
    uint16_t *const tiles = to->tiles + q * slices * KM_TILE_WORDS;
    memset(tiles, 0, (size_t)(slices * KM_TILE_WORDS) * sizeof *tiles);
    for (int64_t l = 0; l < KM_TILE_GROUP; l++) {
        const int64_t j = q * KM_TILE_GROUP + l;
        float init = -INFINITY;
        to->raise[j] = 0;
        if (j < k) {
            const norms sums =
                pack_one(c + j * d, d, shift, scale, ld, tiles + 32 * l, to->near + j * ld);
            if (duplicate == NULL || !duplicate[j])
                set_bound(&sums, bound, &init, &to->raise[j]);
        }
        for (int lane = 0; lane < 16; lane++)
            to->init[16 * j + lane] = init;
    }
}
