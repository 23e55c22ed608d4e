/* Centroids into the tiles that the slot `screen` of kernels_tiles.h reads. */
#ifndef KM_PACK_TILES_H
#define KM_PACK_TILES_H

#include <stdint.h>

/* How the bound of a score is divided between row and centroid (assign_tiles_real.h). */
typedef struct km_tile_bound {
    double tau, sigma; /* positive */
    double a;          /* rounding of the matrix unit */
} km_tile_bound;

typedef struct km_tile_centroids {
    uint16_t *tiles; /* whole groups */
    float *init;     /* [centroids of whole groups][16] */
    float *raise;    /* [centroids of whole groups] */
    float *near;     /* [k][near_ld]: z rounded to float, zero from d on */
    int64_t near_ld;
} km_tile_centroids;

/* Pack the 32 centroids of group q, z = (c - shift) * scale in double as in pack_panels.h, b their
 * bfloat16. With e = tau |b|^2 / 2 + |z - b|^2 / (2 sigma) + a (|z|^2 + |b|^2 + e) / 2, rounded up,
 *   init  >= e - |z|^2 / 2, barely above it,
 *   raise >= init + |z|^2 / 2 + e.
 * Centroids from k on and duplicates (not NULL) get init -inf, raise 0 and zero tiles. Calls for
 * different groups may run at the same time. */
void km_pack_tiles(const double *c, int64_t k, int64_t d, const double *shift, double scale,
                   const uint8_t *duplicate, const km_tile_bound *bound, int64_t q,
                   const km_tile_centroids *to);

#endif
