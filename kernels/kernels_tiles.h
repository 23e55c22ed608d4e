/* The contract of the tile kernels: a screen in short numbers, bfloat16 in a matrix unit or bytes
 * in vectors, for float and double rows, with thresholds that the caller proves
 * (src/steps/assign_tiles_real.h).
 *
 * A group is 32 rows or 32 centroids; dimensions go by slices of 64 bytes, the last one padded
 * with zeros. A group takes km_tile_group_bytes(), 64-byte aligned: its head, then its slices of
 * 2,048 bytes. Missing rows and centroids of the last group are zero.
 *
 * bfloat16 (uint16_t: the upper half of a float), rounded to nearest, ties to even, subnormal
 * results and inputs being zero; no head, 32 dimensions a slice:
 *   centroids: [32 centroids][32 dimensions]
 *   rows:      two halves of 16 rows, [16 pairs of dimensions][16 rows][2]
 * Bytes: a value is unit * q, q integer, |q| <= most. The unit of a row is its own, largest
 * magnitude / most; centroids share one. A group of rows has float factor[32] in its head, the
 * row's unit times that of the centroids; all the rest is the table's own (amx/bytes.c,
 * byte_quads.h). */
#ifndef KM_KERNELS_TILES_H
#define KM_KERNELS_TILES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels_bytes.h"
#include "kernels_shorts.h"

enum {
    KM_TILE_GROUP = 32,
    KM_TILE_WORDS = 1024,       /* bfloat16 of one group and slice */
    KM_TILE_CANDIDATES = 32,    /* kept per row: one is a dot product, a row given up takes k */
    KM_TILE_BYTE_SLICES = 1024, /* 65,536 products of a byte and a signed byte: below 2^31 */
};

static inline int64_t km_tile_slices(int64_t d) { return (d + 31) / 32; }
static inline int64_t km_tile_groups(int64_t m) { return (m + KM_TILE_GROUP - 1) / KM_TILE_GROUP; }

/* How the bound of a score is divided between row and centroid (assign_tiles_real.h). */
typedef struct km_tile_bound {
    double tau, sigma; /* positive */
    double a;          /* rounding of sums and scores */
    double largest;    /* at least every |z| of a centroid; may be exceeded by rounding */
} km_tile_bound;

typedef struct km_tile_centroids {
    void *tiles;   /* whole groups */
    float *init;   /* [centroids of whole groups][16], where the table wants it */
    float *raise;  /* [centroids of whole groups] */
    float *near;   /* [k][near_ld]: z rounded to float, zero from d on */
    double *norm2; /* [k] |z|^2 within (d + 8) * 2^-53, relatively */
    int64_t near_ld;
} km_tile_centroids;

/* What packing measures of row i, z being (x - shift) * scale rounded to float (from double rows in
 * double first), b its short numbers. Sums of squares are at least the real ones, and may be
 * infinite or NaN where the row leaves float's range. */
typedef struct km_tile_rows {
    void *tiles;
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
    float unit;           /* bytes: of the centroids */
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
    float *most;        /* [rows] or NULL; where kernels have `gaps`: the largest score met, but for
                         * that of `near` and of what has an init of -inf; -inf: none */
} km_tile_scan;

typedef struct km_tile_operands {
    const void *rows;
    int64_t row_groups;
    const void *centroids;
    const float *init; /* [centroids][16], each value 16 times; -inf never makes a candidate */
    int64_t centroid_groups;
    int64_t slices, d;
    float *partial;    /* scratch, 1024 per group of rows, 64-byte aligned */
    const void *ahead; /* memory that will be read next: may be fetched, need not exist */
    int64_t ahead_bytes;
} km_tile_operands;

typedef struct km_tiles km_tiles;

struct km_tiles {
    const char *name;   /* of the screen, for people: "tiles bf16", "tiles int8" */
    double cost;        /* of a multiply-add, that of a float32 kernel being 1 */
    double row, column; /* what a row costs besides, and each of its columns, in the same unit */
    double relative;    /* the usual rounding error of a component is that times the component */
    double absolute;    /* and that times the largest of all */
    int64_t value_size; /* bytes of a short number */
    int32_t most;       /* of bytes: their largest magnitude */
    int64_t head;       /* bytes in front of each group */
    int64_t init_lanes; /* floats of `init` per centroid: 16, or 0 */
    bool gaps;          /* `screen` fills `most` where it is asked to */

    /* Kernels on shorter numbers that are quicker from so many dimensions on, or NULL. Where too
     * much is left to recheck, this table follows. */
    const km_tiles *wide;
    int64_t wide_from;

    const km_shorts *shorts; /* for low dimensions, which do not use tiles, or NULL */
    const km_bytes *bytes;   /* for rows of bytes and few centroids */

    /* Pack the 32 centroids of group q; the j-th of all is centroid order[j] of c and `duplicate`
     * (NULL: j), its results are the j-th. With z = (c - shift) * scale in double as in
     * pack_panels.h, b their short numbers and e = tau |b|^2 / 2 + |z - b|^2 / (2 sigma)
     * + a (|z|^2 + |b|^2 + e) / 2, rounded up,
     *   init  >= e - |z|^2 / 2, barely above it,
     *   raise >= init + |z|^2 / 2 + e.
     * Centroids from k on and duplicates (not NULL) get init -inf and raise 0; tiles from k on are
     * zero. Calls for different groups may run at the same time. */
    void (*pack_centroids)(const double *c, const int32_t *order, int64_t k, int64_t d,
                           const double *shift, double scale, const uint8_t *duplicate,
                           const km_tile_bound *bound, int64_t q, const km_tile_centroids *to);

    /* Pack m rows (any alignment) of d dimensions: row i of the tiles is row order[i] of x.
     * scratch: km_tile_scratch_bytes(d), 64-byte aligned. */
    void (*pack_f32)(const float *x, int64_t ldx, const int32_t *order, int64_t m, int64_t d,
                     const float *shift, double scale, const km_tile_near *near, void *scratch,
                     const km_tile_rows *out);
    void (*pack_f64)(const double *x, int64_t ldx, const int32_t *order, int64_t m, int64_t d,
                     const double *shift, double scale, const km_tile_near *near, void *scratch,
                     const km_tile_rows *out);

    /* For i < m, every operation rounded to float in any order: e = e_i as above, slack = 2e with
     * this e and no other, threshold = h - 2^-20 |h|-ish with h = dot[i] - lead[near] - terms.dot *
     * norm2 - e, that is at most the real h of these floats; at least -FLT_MAX, and that without a
     * `near`. Where norm2 or e is not below 2^100: threshold +inf. Rows from m to the end of their
     * group: +inf. count = 0. */
    void (*start)(int64_t m, const km_tile_rows *rows, const km_tile_terms *terms,
                  const km_tile_scan *scan);

    /* Scores w_ij = init[j] + sum_p row_p * centroid_p; bfloat16: accumulated in float as the
     * instruction TDPBF16PS does it, pairs of dimensions, subnormals flushed; bytes: the sum is
     * exact (slices <= KM_TILE_BYTE_SLICES), then converted, times the factor, plus init. With K
     * the dimensions of all slices, the result is within (K+4)u (|init_j| + sum_p |row_p
     * centroid_p|) + 3K * 2^-126 of the real value; bytes: 4u.
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
};

static inline int64_t km_tile_group_slices(const km_tiles *tiles, int64_t d)
{
    return (d * tiles->value_size + 63) / 64;
}

static inline int64_t km_tile_group_bytes(const km_tiles *tiles, int64_t d)
{
    return tiles->head + km_tile_group_slices(tiles, d) * KM_TILE_WORDS * 2;
}

/* The unit of centroids as bytes, the largest magnitude of which is `most`; of bfloat16: 0. */
static inline float km_tile_unit(double largest, int32_t most)
{
    return most > 0 ? (float)(largest / most) : 0;
}

/* 16 rows as bfloat16 or as bytes, one as floats, and the shift as doubles. */
static inline int64_t km_tile_scratch_bytes(int64_t d)
{
    return (d + 63) / 64 * 64 * (16 * 2 + 4 + 8);
}

#define KM_ISA(name, feature, tiles)
#define KM_TILED_ISA(name, tables, feature) extern const km_tiles km_tiles_##name;
#include "isa.inc"
#undef KM_ISA
#ifdef KM_HAVE_AVX512
extern const km_tiles km_tiles_avx512;
#endif
#ifdef KM_HAVE_AVX2
extern const km_tiles km_tiles_avx2;
#endif

#endif
