/* The slot `pack_centroids` of kernels_tiles.h, in plain C that compilers turn into vectors: eight
 * lanes of dimensions side by side. Included by a table's source. */
#include "bfloat16.h"

typedef struct norms {
    double whole[8], half[8], error[8]; /* squares: of z, of its bfloat16, of their difference */
} norms;

/* Eight dimensions of a centroid as bfloat16 and as floats. */
KM_INLINE void pack_eight(const double *restrict c, const double *restrict shift, double scale,
                          uint16_t *restrict line, float *restrict near, norms *sums)
{
    for (int l = 0; l < 8; l++) {
        const double z = (c[l] - shift[l]) * scale;
        const float rounded = (float)z;
        const uint16_t word = km_bf16_round(rounded);
        const double half = (double)km_bf16_value(word);
        line[l] = word;
        near[l] = rounded;
        sums->whole[l] += z * z;
        sums->half[l] += half * half;
        sums->error[l] += (z - half) * (z - half);
    }
}

/* Centroid c as a line of its group's tiles, and as floats. */
static void pack_centroid(const double *c, int64_t d, const double *shift, double scale, int64_t ld,
                          uint16_t *line, float *near, norms *sums)
{
    for (int64_t p = 0; p < ld; p += 8) {
        const int64_t n = d - p < 8 ? d - p : 8;
        uint16_t *const to = line + p / 32 * KM_TILE_WORDS + p % 32;
        double some[8] = {0}, shifts[8] = {0};
        if (n == 8) {
            pack_eight(c + p, shift + p, scale, to, near + p, sums);
            continue;
        }
        for (int64_t l = 0; l < n; l++) {
            some[l] = c[p + l];
            shifts[l] = shift[p + l];
        }
        pack_eight(some, shifts, scale, to, near + p, sums);
    }
}

static double sum_of(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static float raised(double value) { return (float)(value + fabs(value) * 0x1p-22 + 0x1p-140); }

/* The sums have relative errors below (d + 4) * 2^-53; 2^-30 is more, and the part of a*e too. */
static void set_bound(const norms *sums, const km_tile_bound *bound, float *init, float *raise)
{
    const double more = 1 + 0x1p-30, whole = sum_of(sums->whole), half = sum_of(sums->half);
    const double e = (bound->tau * half / 2 + sum_of(sums->error) / (2 * bound->sigma) +
                      bound->a * (whole + half) / 2) *
                     (1 + 2 * bound->a) * more;
    *init = raised(e - whole / 2 + whole * (more - 1));
    *raise = raised((double)*init + whole / 2 * more + e);
}

static void pack_centroids(const double *c, int64_t k, int64_t d, const double *shift, double scale,
                           const uint8_t *duplicate, const km_tile_bound *bound, int64_t q,
                           const km_tile_centroids *to)
{
    const int64_t slices = km_tile_slices(d), ld = to->near_ld;
    uint16_t *const tiles = to->tiles + q * slices * KM_TILE_WORDS;
    memset(tiles, 0, (size_t)(slices * KM_TILE_WORDS) * sizeof *tiles);
    for (int64_t l = 0; l < KM_TILE_GROUP; l++) {
        const int64_t j = q * KM_TILE_GROUP + l;
        const int is_twin = j < k && duplicate != NULL && duplicate[j];
        norms sums = {{0}, {0}, {0}};
        float init = -INFINITY;
        to->raise[j] = 0;
        if (j < k) {
            uint16_t *const line = tiles + 32 * l;
            pack_centroid(c + j * d, d, shift, scale, ld, line, to->near + j * ld, &sums);
            to->norm2[j] = sum_of(sums.whole);
        }
        if (j < k && !is_twin) {
            set_bound(&sums, bound, &init, &to->raise[j]);
        }
        for (int lane = 0; lane < 16; lane++) {
            to->init[16 * j + lane] = init;
        }
    }
}
