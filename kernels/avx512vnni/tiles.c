/* Tile kernels on bytes with VPDPBUSD: see ../kernels_tiles.h and ../byte_quads.h. The sums are
 * exact integers: all rounding is in the packing, where it is measured, and in the operations that
 * make a score of a sum. */
#include <immintrin.h>
#include <float.h>
#include <stddef.h>
#include <string.h>

#include "../tiles_scan.h"

enum { BYTE_MOST = 127, ROW_BIAS = 128 };

#include "../byte_quads.h"

#include "../pack_tiles_body.h"

#include "../avx512/tile_start.h"

#include "../tile_ahead.h"

#include "../avx512/byte_lanes.h"

#include "products.h"

#include "../byte_screen.h"

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
    .row = 900, /* by measurement, d = 20 to 1,500, k = 20 to 96 */
    .column = 14,
    .absolute = 0.289 / BYTE_MOST, /* uniform in a unit: / sqrt(12) */
    .value_size = 1,
    .most = BYTE_MOST,
    .head = WORDS_HEAD,
    .gaps = true,
    .shorts = &km_shorts_avx512vnni,
    .bytes = &km_bytes_avx512vnni,
    .pack_centroids = pack_centroids,
    .pack_f32 = pack_f32,
    .pack_f64 = pack_f64,
    .start = start,
    .screen = screen,
    .lift = lift,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
};
