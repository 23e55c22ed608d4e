/* Tile kernels on AMX (TDPBF16PS): see ../kernels_tiles.h.
 *
 * Centroids are the left operand, rows the right one: a result tile has a centroid per line and 16
 * rows in its lanes, so that the largest of 32 scores of 16 rows takes 32 vector maxima and one
 * comparison. Four result tiles make a block of 32 x 32; while the matrix unit works on one block,
 * the vector units go through the scores of the block before. */
#include <immintrin.h>
#include <float.h>
#include <stddef.h>
#include <string.h>

#include "../tiles_scan.h"

typedef struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes_per_row[16];
    uint8_t rows[16];
} tile_config;

/* Eight tiles of 16 rows of 64 bytes: 0-3 results, 4 and 5 centroids, 6 and 7 rows. */
static void configure_tiles(void)
{
    tile_config config = {.palette = 1};
    for (int t = 0; t < 8; t++) {
        config.bytes_per_row[t] = 64;
        config.rows[t] = 16;
    }
    _tile_loadconfig(&config);
}

/* Scores of one block: [half of the rows][32 centroids][16 rows]. */
enum { HALF_SCORES = 32 * 16, BLOCK_SCORES = 2 * HALF_SCORES };

/* The operands of one slice of a block. */
typedef struct operands {
    const uint16_t *c, *x;
} operands;

KM_INLINE void load_operands(operands at)
{
    _tile_loadd(4, at.c, 64);
    _tile_loadd(6, at.x, 64);
    _tile_loadd(7, at.x + 512, 64);
    _tile_loadd(5, at.c + 512, 64);
}

/* Where the four results of a block are or go: the two halves of the rows `half` floats apart, 0
 * for init, which they share. */
KM_INLINE void load_results(const float *from, int64_t half)
{
    _tile_loadd(0, from, 64);
    _tile_loadd(1, from + half, 64);
    _tile_loadd(3, from + 256 + half, 64);
    _tile_loadd(2, from + 256, 64);
}

/* Tile registers are not renamed: an operand can be loaded once its last product has begun, so
 * each is loaded for the next slice right there: against loads in front of the products, 320 cycles
 * for 360 in a block of four slices, 120 for 150 in one of one. */
KM_INLINE void multiply_slice(operands next)
{
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(4, next.c, 64);
    _tile_dpbf16ps(3, 5, 7);
    _tile_loadd(7, next.x + 512, 64);
    _tile_dpbf16ps(2, 5, 6);
    _tile_loadd(5, next.c + 512, 64);
    _tile_loadd(6, next.x, 64);
}

/* Results out, the next block's in, in the order in which the products end. */
KM_INLINE void exchange_results(float *to, const float *from, int64_t half)
{
    _tile_stored(0, to, 64);
    _tile_loadd(0, from, 64);
    _tile_stored(1, to + HALF_SCORES, 64);
    _tile_loadd(1, from + half, 64);
    _tile_stored(3, to + HALF_SCORES + 256, 64);
    _tile_loadd(3, from + 256 + half, 64);
    _tile_stored(2, to + 256, 64);
    _tile_loadd(2, from + 256, 64);
}

/* The largest of 32 scores, for 16 rows. Where a row holds NaN, all its scores are NaN. */
KM_INLINE __m512 largest_scores(const float *scores)
{
    __m512 most[4];
    for (int v = 0; v < 4; v++) {
        most[v] = _mm512_load_ps(scores + 16 * v);
    }
    for (int j = 4; j < 32; j += 4) {
        for (int v = 0; v < 4; v++) {
            most[v] = _mm512_max_ps(most[v], _mm512_load_ps(scores + 16 * (j + v)));
        }
    }
    return _mm512_max_ps(_mm512_max_ps(most[0], most[1]), _mm512_max_ps(most[2], most[3]));
}

/* The same without the score of centroid `hidden`, counted from the group's first. */
static __m512 largest_but_hidden(const float *scores, __m512i hidden)
{
    __m512 most = _mm512_set1_ps(-INFINITY), other = most;
    for (int j = 0; j < 32; j += 2) {
        const __mmask16 shown = _mm512_cmpneq_epi32_mask(hidden, _mm512_set1_epi32(j));
        const __mmask16 next = _mm512_cmpneq_epi32_mask(hidden, _mm512_set1_epi32(j + 1));
        most = _mm512_mask_max_ps(most, shown, most, _mm512_load_ps(scores + 16 * j));
        other = _mm512_mask_max_ps(other, next, other, _mm512_load_ps(scores + 16 * (j + 1)));
    }
    return _mm512_max_ps(most, other);
}

/* Candidates among the 32 centroids from j0 for the rows i0 + lane, lane in lanes. */
static inline void find_candidates(const float *scores, uint32_t lanes, int64_t i0, int32_t j0,
                                   const km_tile_scan *scan)
{
    const __m512i lines =
        _mm512_set_epi32(240, 224, 208, 192, 176, 160, 144, 128, 112, 96, 80, 64, 48, 32, 16, 0);
    for (; lanes != 0; lanes &= lanes - 1) {
        const int lane = __builtin_ctz(lanes);
        const __m512 low = _mm512_i32gather_ps(lines, scores + lane, 4);
        const __m512 high = _mm512_i32gather_ps(lines, scores + 256 + lane, 4);
        const __m512 threshold = _mm512_set1_ps(scan->threshold[i0 + lane]);
        uint32_t found = _mm512_cmp_ps_mask(low, threshold, _CMP_GE_OQ) |
                         (uint32_t)_mm512_cmp_ps_mask(high, threshold, _CMP_GE_OQ) << 16;
        for (; found != 0; found &= found - 1) {
            const int j = __builtin_ctz(found);
            const float w = scores[16 * j + lane];
            if (w >= scan->threshold[i0 + lane] && j0 + j != scan->near[i0 + lane]) {
                km_tile_candidate(scan, i0 + lane, j0 + j, w);
            }
        }
    }
}

/* A row's own `near` is no candidate. Which lanes have theirs in this group is known before the
 * products are, so that a mispredicted branch costs little. */
KM_INLINE void scan_block(const float *scores, int64_t q, int64_t g, const km_tile_scan *scan)
{
    const __m512i first = _mm512_set1_epi32((int32_t)(q * KM_TILE_GROUP));
    for (int half = 0; half < 2; half++, scores += HALF_SCORES) {
        const int64_t i0 = g * KM_TILE_GROUP + 16 * half;
        const __m512i hidden = _mm512_sub_epi32(_mm512_load_si512(scan->near + i0), first);
        const int some = _mm512_cmplt_epu32_mask(hidden, _mm512_set1_epi32(KM_TILE_GROUP)) != 0;
        const __m512 most = some ? largest_but_hidden(scores, hidden) : largest_scores(scores);
        const __m512 threshold = _mm512_load_ps(scan->threshold + i0);
        const uint32_t lanes = _mm512_cmp_ps_mask(most, threshold, _CMP_GE_OQ);
        if (lanes != 0) {
            find_candidates(scores, lanes, i0, (int32_t)(q * KM_TILE_GROUP), scan);
        }
    }
}

/* Thresholds rise to what the largest score of each row proves. */
KM_INLINE void lift_block(const float *scores, int64_t g, float raise, const km_tile_scan *scan)
{
    for (int half = 0; half < 2; half++, scores += HALF_SCORES) {
        const int64_t i0 = g * KM_TILE_GROUP + 16 * half;
        __m512 least = _mm512_sub_ps(largest_scores(scores), _mm512_load_ps(scan->slack + i0));
        least = _mm512_sub_ps(least, _mm512_set1_ps(raise));
        const __m512 threshold = _mm512_load_ps(scan->threshold + i0);
        _mm512_store_ps(scan->threshold + i0, _mm512_max_ps(least, threshold)); /* NaN: as it is */
    }
}

#include "../pack_tiles_body.h"

#include "screen.h"

#include "start.h"

#define REAL    float
#define T(name) name##_f32
#include "rows.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "rows.h"
#undef REAL
#undef T

const km_tiles km_tiles_amx = {
    .pack_centroids = pack_centroids,
    .pack_f32 = pack_f32,
    .pack_f64 = pack_f64,
    .start = start,
    .screen = screen,
    .lift = lift,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
};
