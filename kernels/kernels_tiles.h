/* The contract of the tile kernels: a screen in bfloat16 by a matrix unit, for float and double
 * rows, with thresholds that the caller proves (src/steps/assign_tiles_real.h).
 *
 * A group is 32 rows or 32 centroids; dimensions go by slices of 32, the last one padded with
 * zeros. Values are bfloat16 (uint16_t: the upper half of a float), rounded to nearest, ties to
 * even, subnormal results and inputs being zero.
 *
 * Centroid tiles: group q, slice s at tiles + (q*slices + s) * 1024: [32 centroids][32 dimensions].
 * Row tiles:      group g, slice s at tiles + (g*slices + s) * 1024: two halves of 16 rows, each
 *                 [16 pairs of dimensions][16 rows][2].
 * All 64-byte aligned. Missing rows and centroids of the last group are zero. */
#ifndef KM_KERNELS_TILES_H
#define KM_KERNELS_TILES_H

#include <stdint.h>

enum {
    KM_TILE_GROUP = 32,
    KM_TILE_WORDS = 1024,   /* uint16_t of one group and slice */
    KM_TILE_CANDIDATES = 8, /* kept per row */
};

static inline int64_t km_tile_slices(int64_t d) { return (d + 31) / 32; }
static inline int64_t km_tile_groups(int64_t m) { return (m + KM_TILE_GROUP - 1) / KM_TILE_GROUP; }

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
    double *norm2;   /* [k] |z|^2 within (d + 8) * 2^-53, relatively */
    int64_t near_ld;
} km_tile_centroids;

/* What packing measures of row i, z being (x - shift) * scale rounded to float (from double rows in
 * double first), b its bfloat16. Sums of squares are at least the real ones, and may be infinite
 * or NaN where the row leaves float's range. */
typedef struct km_tile_rows {
    uint16_t *tiles;
    float *norm2;     /* [m] |z|^2 */
    float *residual2; /* [m] |z - b|^2 */
    float *dot;       /* [m] sum of z_p * c_p in float, any order, c the row's `near`; 0 without */
} km_tile_rows;

/* For every row a centroid that may well be its nearest: centroid label[i] is at c + label[i] * ld,
 * floats, zero from d to ld (a multiple of 16). */
typedef struct km_tile_near {
    const float *c;
    int64_t ld;
    const int32_t *label; /* [whole groups], -1: none; row i's, not row order[i]'s */
} km_tile_near;

/* Coefficients of a row's bound e_i = norm * norm2 + residual * residual2 + least, and of what is
 * known of its `near`: see the slot `start`. */
typedef struct km_tile_terms {
    float norm, residual, least;
    float dot;         /* times norm2: error of the row's dot product, the row's part */
    const float *lead; /* [k] half the squared norm of a centroid and its part of that error */
} km_tile_terms;

/* What a scan knows of the rows and finds. Arrays over rows have whole groups, 64-byte aligned. */
typedef struct km_tile_scan {
    const int32_t *near; /* [rows] a centroid that is no candidate, or -1 */
    float *threshold;    /* [rows] a score that is not below it makes a candidate; rises */
    float *slack; /* [rows] and [centroids]: after a candidate with score w the threshold is */
    const float *raise; /*        at least w - slack[i] - raise[j], each difference rounded */
    int32_t *count;     /* [rows] candidates; more than KM_TILE_CANDIDATES: too many */
    int32_t *label;     /* [rows][KM_TILE_CANDIDATES], ascending */
    float *score;       /* the same shape */
} km_tile_scan;

typedef struct km_tile_operands {
    const uint16_t *rows;
    int64_t row_groups;
    const uint16_t *centroids;
    const float *init; /* [centroids][16], each value 16 times; -inf never makes a candidate */
    int64_t centroid_groups;
    int64_t slices;
    float *partial;    /* scratch, 1024 per group of rows, 64-byte aligned */
    const void *ahead; /* memory that will be read next: may be fetched, need not exist */
    int64_t ahead_bytes;
} km_tile_operands;

typedef struct km_tiles {
    /* Pack the 32 centroids of group q, z = (c - shift) * scale in double as in pack_panels.h, b
     * their bfloat16. With e = tau |b|^2 / 2 + |z - b|^2 / (2 sigma) + a (|z|^2 + |b|^2 + e) / 2,
     * rounded up,
     *   init  >= e - |z|^2 / 2, barely above it,
     *   raise >= init + |z|^2 / 2 + e.
     * Centroids from k on and duplicates (not NULL) get init -inf and raise 0; tiles from k on are
     * zero. Calls for different groups may run at the same time. */
    void (*pack_centroids)(const double *c, int64_t k, int64_t d, const double *shift, double scale,
                           const uint8_t *duplicate, const km_tile_bound *bound, int64_t q,
                           const km_tile_centroids *to);

    /* Pack m rows (any alignment) of d dimensions: row i of the tiles is row order[i] of x.
     * scratch: km_tile_scratch_bytes(d), 64-byte aligned. */
    void (*pack_f32)(const float *x, int64_t ldx, const int32_t *order, int64_t m, int64_t d,
                     const float *shift, double scale, const km_tile_near *near, void *scratch,
                     const km_tile_rows *out);
    void (*pack_f64)(const double *x, int64_t ldx, const int32_t *order, int64_t m, int64_t d,
                     const double *shift, double scale, const km_tile_near *near, void *scratch,
                     const km_tile_rows *out);

    /* For i < m, every operation rounded to float in any order: e = e_i as above, slack = 2e,
     * threshold = h - 2^-20 |h|-ish with h = dot[i] - lead[near] - terms.dot * norm2 - e, that is
     * at most the real h of these floats; at least -FLT_MAX, and that without a `near`. Where
     * norm2 or e is not below 2^100: threshold +inf. Rows from m to the end of their group: +inf.
     * count = 0. */
    void (*start)(int64_t m, const km_tile_rows *rows, const km_tile_terms *terms,
                  const km_tile_scan *scan);

    /* Scores w_ij = init[j] + sum_p row_p * centroid_p, accumulated in float as the instruction
     * TDPBF16PS does it: pairs of dimensions, subnormals flushed. With K = 32*slices, the result is
     * within (K+4)u (|init_j| + sum_p |row_p centroid_p|) + 3K * 2^-126 of the real value.
     * All groups of rows against all groups of centroids, ascending; j counts from 0. Quickest
     * where rows with `near` centroids of one group are together. */
    void (*screen)(const km_tile_operands *operands, const km_tile_scan *scan);

    /* The same scores, but no candidates: each threshold rises to at least w - slack[i] - raise,
     * the largest score being w and raise at least every raise[j]. Two scans cost less than the
     * many candidates that a first scan from nothing meets on its way. `near` and `ahead` are not
     * looked at. */
    void (*lift)(const km_tile_operands *operands, float raise, const km_tile_scan *scan);

    /* Sum of z_p * c_p in float, any order, with z as above; c zero from d up to 16's multiple. */
    float (*dot_f32)(const float *x, int64_t d, const float *shift, double scale, const float *c);
    float (*dot_f64)(const double *x, int64_t d, const double *shift, double scale, const float *c);
} km_tiles;

/* 16 rows as bfloat16, and the shift as doubles. */
static inline int64_t km_tile_scratch_bytes(int64_t d)
{
    return km_tile_slices(d) * 32 * (16 * 2 + 8);
}

extern const km_tiles km_tiles_amx;
extern const km_tiles km_tiles_emulated;

#endif
