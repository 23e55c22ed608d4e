/* Tile kernels on bytes of seven bits with VPMADDUBSW, for processors without VNNI: see
 * ../kernels_tiles.h and ../byte_quads.h. */
#include <immintrin.h>
#include <float.h>
#include <stddef.h>
#include <string.h>

#include "../tiles_scan.h"

enum { BYTE_MOST = 63, ROW_BIAS = 64 };

#include "../byte_quads.h"

#include "../pack_tiles_body.h"

#include "tile_start.h"

#include "../tile_ahead.h"

#include "byte_lanes.h"

#include "byte_products.h"

#include "../byte_screen.h"

#define REAL    float
#define T(name) name##_f32
#include "byte_rows.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "byte_rows.h"
#undef REAL
#undef T

const km_tiles km_tiles_avx2 = {
    .name = "tiles int7",
    .cost = 0.5,
    .row = 1200, /* by measurement, d = 32 to 768, k = 24 to 1,024 */
    .column = 20,
    .absolute = 0.289 / BYTE_MOST, /* uniform in a unit: / sqrt(12) */
    .value_size = 1,
    .most = BYTE_MOST,
    .head = WORDS_HEAD,
    .gaps = true,
    .bytes = &km_bytes_avx2,
    .pack_centroids = pack_centroids,
    .pack_f32 = pack_f32,
    .pack_f64 = pack_f64,
    .start = start,
    .screen = screen,
    .lift = lift,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
};
