/* Tile kernels on AMX with bytes (TDPBSSD): see ../kernels_tiles.h, and tiles.c for the shape of a
 * block. A slice is 64 dimensions: centroids [32 centroids][64], rows in two halves of 16,
 * [16 quads of dimensions][16 rows][4]. Sums are exact integers from zero. */
#include <immintrin.h>
#include <float.h>
#include <stddef.h>
#include <string.h>

#include "../tiles_scan.h"

#include "tiles.h"

/* See tiles.c. */
KM_INLINE void multiply_slice(operands next)
{
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 4, 7);
    _tile_loadd(4, next.c, 64);
    _tile_dpbssd(3, 5, 7);
    _tile_loadd(7, next.x + 512, 64);
    _tile_dpbssd(2, 5, 6);
    _tile_loadd(5, next.c + 512, 64);
    _tile_loadd(6, next.x, 64);
}

/* What results are loaded from at first: a half of zeros, both halves the same. */
KM_INLINE const float *first_results(const km_tile_operands *o, int64_t q)
{
    static const _Alignas(64) float zeros[HALF_SCORES];
    (void)o;
    (void)q;
    return zeros;
}

/* Sums of 16 rows and what makes scores of them: a line per centroid. */
typedef struct half_scores {
    const int32_t *sum;
    const float *init; /* of 32 centroids, 16 times each */
    __m512 factor;     /* of the rows */
} half_scores;

enum { BYTE_MOST = 127, ROW_BIAS = 0 };

#include "byte_groups.h"

KM_INLINE half_scores scores_of(const km_tile_operands *o, const float *sums, int64_t q, int64_t g,
                                int half)
{
    const int64_t bytes = GROUP_HEAD + o->slices * KM_TILE_WORDS * 2;
    const float *const factor = (const float *)((const char *)o->rows + g * bytes);
    return (half_scores){(const int32_t *)(sums + half * HALF_SCORES), o->init + q * HALF_SCORES,
                         _mm512_load_ps(factor + 16 * half)};
}

KM_INLINE __m512 line_of(half_scores scores, int j)
{
    const __m512 sum = _mm512_cvtepi32_ps(_mm512_load_si512(scores.sum + 16 * j));
    return _mm512_fmadd_ps(sum, scores.factor, _mm512_load_ps(scores.init + 16 * j));
}

/* Centroids j0 .. j0+15 of one row. */
KM_INLINE __m512 column_of(half_scores scores, int lane, int j0)
{
    const __m512i lines =
        _mm512_set_epi32(240, 224, 208, 192, 176, 160, 144, 128, 112, 96, 80, 64, 48, 32, 16, 0);
    const __m512i sum = _mm512_i32gather_epi32(lines, scores.sum + 16 * j0 + lane, 4);
    const __m512 init = _mm512_i32gather_ps(lines, scores.init + 16 * j0, 4);
    const __m512 factor = _mm512_permutexvar_ps(_mm512_set1_epi32(lane), scores.factor);
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), factor, init);
}

#include "scan.h"

#include "../pack_tiles_body.h"

#include "screen.h"

#include "../avx512/tile_start.h"

#include "transpose.h"

KM_INLINE uint8_t *line_of_row(uint8_t *lines, char *group, int64_t i, int64_t ld)
{
    (void)group;
    return lines + i % 16 * ld;
}

KM_INLINE void place_lines(const uint8_t *lines, int64_t ld, char *group, int64_t half)
{
    const uint16_t *const from = (const uint16_t *)lines;
    uint16_t *const to = (uint16_t *)(group + GROUP_HEAD) + half * 512;
    for (int64_t s = 0; s < ld / 64; s++) {
        transpose_pairs(from + 32 * s, ld / 2, to + s * KM_TILE_WORDS);
    }
}

#define REAL    float
#define T(name) name##_f32
#include "../avx512/byte_rows.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "../avx512/byte_rows.h"
#undef REAL
#undef T

extern const km_tiles km_tiles_amx_bytes;

const km_tiles km_tiles_amx_bytes = {
    .name = "tiles int8",
    .cost = 1.0 / 8,
    .absolute = 0.289 / BYTE_MOST, /* uniform in a unit: / sqrt(12) */
    .value_size = 1,
    .most = BYTE_MOST,
    .head = WORDS_HEAD,
    .init_lanes = 16,
    .pack_centroids = pack_centroids,
    .pack_f32 = pack_f32,
    .pack_f64 = pack_f64,
    .start = start,
    .screen = screen,
    .lift = lift,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
};
