/* Tile kernels in plain C: the arithmetic of TDPBF16PS (Intel, Instruction Set Extensions
 * Programming Reference, chapter 3) value by value, for tests on processors without it. */
#include <float.h>
#include <math.h>
#include <stddef.h>

#include "bfloat16.h"
#include "tiles_scan.h"

static float flush(float value) { return fabsf(value) < 0x1p-126f ? copysignf(0, value) : value; }

enum { LANES = 16 }; /* rows whose scores are taken together, in independent sums */

/* The pairs of one line of a group, a pair a row, as floats: the even dimension's values of all
 * rows, then the odd one's. */
static void unpack(const uint16_t *pairs, float *x)
{
    for (int r = 0; r < LANES; r++) {
        x[r] = flush(km_bf16_value(pairs[2 * r]));
        x[LANES + r] = flush(km_bf16_value(pairs[2 * r + 1]));
    }
}

/* Products of one centroid's value and each row's into sums: one rounding, as the fused operation
 * does it. Products of two bfloat16 are exact in float unless they leave its range: the first loop,
 * without branches, takes them for exact, the second repairs the lanes if one was not. */
static void multiply_add(float *sum, float y, const float *x)
{
    float before[LANES];
    int inexact = 0;
    for (int r = 0; r < LANES; r++) {
        const float product = y * x[r], size = fabsf(product);
        inexact |= (x[r] != 0) & (y != 0) & (!(size >= 0x1p-126f) | !(size < INFINITY));
        before[r] = sum[r];
        sum[r] = flush(sum[r] + product);
    }
    for (int r = 0; inexact && r < LANES; r++)
        sum[r] = flush(fmaf(y, x[r], before[r]));
}

/* Scores of 16 rows, from x on, and centroid j of its group: per slice even and odd dimensions
 * apart, then together, then onto the score. */
static void score_rows(const uint16_t *x, const uint16_t *c, int j, float init, int64_t slices,
                       float *score)
{
    for (int r = 0; r < LANES; r++)
        score[r] = init;
    for (int64_t s = 0; s < slices; s++, x += KM_TILE_WORDS, c += KM_TILE_WORDS) {
        float even[LANES] = {0}, odd[LANES] = {0};
        for (int pair = 0; pair < 16; pair++) {
            const uint16_t *const y = c + 32 * j + 2 * pair;
            float values[2 * LANES];
            unpack(x + 32 * pair, values);
            multiply_add(even, flush(km_bf16_value(y[0])), values);
            multiply_add(odd, flush(km_bf16_value(y[1])), values + LANES);
        }
        for (int r = 0; r < LANES; r++)
            score[r] = flush(score[r] + flush(even[r] + odd[r]));
    }
}

static void start(int64_t m, const km_tile_rows *rows, const km_tile_terms *terms,
                  const km_tile_scan *scan)
{
    for (int64_t i = 0; i < km_tile_groups(m) * KM_TILE_GROUP; i++) {
        scan->count[i] = 0;
        scan->threshold[i] = INFINITY;
        if (i >= m)
            continue;
        const double norm2 = (double)rows->norm2[i];
        const float e_float =
            (float)((double)terms->norm * norm2 +
                    (double)terms->residual * (double)rows->residual2[i] + (double)terms->least);
        const double e = (double)e_float;
        scan->slack[i] = 2 * e_float;
        if (!(norm2 < 0x1p100 && e < 0x1p100))
            continue;
        scan->threshold[i] = -FLT_MAX;
        if (scan->near[i] < 0)
            continue;
        const double dot = (double)rows->dot[i], lead = (double)terms->lead[scan->near[i]];
        const double h = dot - lead - (double)terms->dot * norm2 - e;
        const double low = h - (fabs(dot) + lead + e) * 0x1p-20;
        scan->threshold[i] = low > (double)-FLT_MAX ? (float)low : -FLT_MAX;
    }
}

/* Row i meets centroid j: raise < 0: it may be a candidate; else its threshold may rise. */
static void meet(const km_tile_scan *scan, int64_t i, int64_t j, float w, float raise)
{
    const float least = w - scan->slack[i] - raise;
    if (raise < 0 && scan->most && j != scan->near[i] && w > scan->most[i])
        scan->most[i] = w;
    if (raise < 0 && w >= scan->threshold[i] && j != scan->near[i])
        km_tile_candidate(scan, i, (int32_t)j, w);
    else if (raise >= 0 && least > scan->threshold[i])
        scan->threshold[i] = least;
}

static void go_through(const km_tile_operands *o, float raise, const km_tile_scan *scan)
{
    const int64_t words = o->slices * KM_TILE_WORDS;
    for (int64_t j = 0; j < o->centroid_groups * KM_TILE_GROUP; j++) {
        const uint16_t *const c = (const uint16_t *)o->centroids + j / KM_TILE_GROUP * words;
        for (int64_t i = 0; i < o->row_groups * KM_TILE_GROUP; i += LANES) {
            const uint16_t *const x = (const uint16_t *)o->rows + i / KM_TILE_GROUP * words +
                                      i % KM_TILE_GROUP / LANES * 512;
            float score[LANES];
            score_rows(x, c, (int)(j % KM_TILE_GROUP), o->init[16 * j], o->slices, score);
            for (int r = 0; r < LANES; r++)
                meet(scan, i + r, j, score[r], raise);
        }
    }
}

static void screen(const km_tile_operands *o, const km_tile_scan *scan)
{
    for (int64_t i = 0; scan->most && i < o->row_groups * KM_TILE_GROUP; i++)
        scan->most[i] = -INFINITY;
    go_through(o, -1, scan);
}

static void lift(const km_tile_operands *o, float raise, const km_tile_scan *scan)
{
    go_through(o, raise < 0 ? 0 : raise, scan);
}

#include "bfloat16_words.h"

#include "pack_tiles_body.h"

#define REAL    float
#define T(name) name##_f32
#include "tiles_emulated_rows.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "tiles_emulated_rows.h"
#undef REAL
#undef T

const km_tiles km_tiles_emulated = {
    .name = "tiles bf16",
    .cost = 1.0 / 6,
    .relative = 0x1p-9 * 0.577, /* uniform in half a unit of the last place: / sqrt(3) */
    .value_size = sizeof(uint16_t),
    .init_lanes = 16,
    .gaps = true,
    .shorts = &km_shorts_emulated,
    .bytes = &km_bytes_emulated,
    .pack_centroids = pack_centroids,
    .pack_f32 = pack_f32,
    .pack_f64 = pack_f64,
    .start = start,
    .screen = screen,
    .lift = lift,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
};
