/* Tile kernels in plain C: the arithmetic of TDPBF16PS (Intel, Instruction Set Extensions
 * Programming Reference, chapter 3) value by value, for tests on processors without it. */
#include <float.h>
#include <math.h>
#include <stddef.h>

#include "bfloat16.h"
#include "tiles_scan.h"

static float flush(float value) { return fabsf(value) < 0x1p-126f ? 0 * value : value; }

/* Product of one pair into an accumulator: one rounding, as the fused operation does it. Products
 * of two bfloat16 are exact in float unless they leave its range. */
static float multiply_add(float sum, uint16_t a, uint16_t b)
{
    const float x = flush(km_bf16_value(a)), y = flush(km_bf16_value(b)), product = x * y;
    const bool exact = fabsf(product) >= 0x1p-126f && fabsf(product) < INFINITY;
    return flush(exact || x == 0 || y == 0 ? sum + product : fmaf(x, y, sum));
}

/* Score of row r of group x and centroid c of its group: per slice even and odd dimensions
 * apart, then together, then onto the score. */
static float score_pair(const uint16_t *x, int r, const uint16_t *c, int j, float init,
                        int64_t slices)
{
    float score = init;
    for (int64_t s = 0; s < slices; s++) {
        const uint16_t *const row = x + s * KM_TILE_WORDS + r / 16 * 512 + r % 16 * 2;
        const uint16_t *const line = c + s * KM_TILE_WORDS + 32 * j;
        float even = 0, odd = 0;
        for (int pair = 0; pair < 16; pair++) {
            even = multiply_add(even, line[2 * pair], row[32 * pair]);
            odd = multiply_add(odd, line[2 * pair + 1], row[32 * pair + 1]);
        }
        score = flush(score + flush(even + odd));
    }
    return score;
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
        for (int64_t i = 0; i < o->row_groups * KM_TILE_GROUP; i++) {
            const uint16_t *const x = (const uint16_t *)o->rows + i / KM_TILE_GROUP * words;
            const float w = score_pair(x, (int)(i % KM_TILE_GROUP), c, (int)(j % KM_TILE_GROUP),
                                       o->init[16 * j], o->slices);
            meet(scan, i, j, w, raise);
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
