/* Tile kernels on bytes with VPDPBUSD: see ../kernels_tiles.h.
 *
 * Rows are the unsigned operand, [32 rows][dimensions] of q + 128, four dimensions broadcast;
 * centroids the signed one, 32 of them in two vectors (group.h). The sums are exact integers: all
 * rounding is in the packing, where it is measured, and in the operations that make a score of a
 * sum. */
#include <immintrin.h>
#include <float.h>
#include <stddef.h>
#include <string.h>

#include "../tiles_scan.h"

#include "group.h"

#include "../pack_tiles_body.h"

#include "../avx512/tile_start.h"

#include "../avx512/tile_ahead.h"

#include "screen.h"

enum { ROW_BIAS = 0x80 };

/* Rows lie as they are. */
KM_INLINE uint8_t *line_of_row(uint8_t *lines, char *group, int64_t i, int64_t ld)
{
    (void)lines;
    return (uint8_t *)group + WORDS_HEAD + i % KM_TILE_GROUP * ld;
}

KM_INLINE void place_lines(const uint8_t *lines, int64_t ld, char *group, int64_t half)
{
    (void)lines;
    (void)ld;
    (void)group;
    (void)half;
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

const km_tiles km_tiles_avx512vnni = {
    .name = "tiles int8",
    .cost = 1.0 / 3,
    .absolute = 1 / 127.0 * 0.289, /* uniform in a unit: / sqrt(12) */
    .value_size = 1,
    .head = WORDS_HEAD,
    .shorts = &km_shorts_avx512vnni,
    .pack_centroids = pack_centroids,
    .pack_f32 = pack_f32,
    .pack_f64 = pack_f64,
    .start = start,
    .screen = screen,
    .lift = lift,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
};
