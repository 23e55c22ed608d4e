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

#include "tiles.h"

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

/* Sums start from init, the same for all rows: they are the scores. */
KM_INLINE const float *first_results(const km_tile_operands *o, int64_t q)
{
    return o->init + q * HALF_SCORES;
}

/* Scores of 16 rows: a line per centroid. */
typedef struct half_scores {
    const float *w;
} half_scores;

KM_INLINE half_scores scores_of(const km_tile_operands *o, const float *sums, int64_t q, int64_t g,
                                int half)
{
    (void)o;
    (void)q;
    (void)g;
    return (half_scores){sums + half * HALF_SCORES};
}

KM_INLINE __m512 line_of(half_scores scores, int j) { return _mm512_load_ps(scores.w + 16 * j); }

/* Centroids j0 .. j0+15 of one row. */
KM_INLINE __m512 column_of(half_scores scores, int lane, int j0)
{
    const __m512i lines =
        _mm512_set_epi32(240, 224, 208, 192, 176, 160, 144, 128, 112, 96, 80, 64, 48, 32, 16, 0);
    return _mm512_i32gather_ps(lines, scores.w + 16 * j0 + lane, 4);
}

#include "scan.h"

#include "../bfloat16_words.h"

#include "../pack_tiles_body.h"

enum { GROUP_HEAD = WORDS_HEAD };

#include "screen.h"

#include "../avx512/tile_start.h"

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

extern const km_tiles km_tiles_amx_bytes;

const km_tiles km_tiles_amx = {
    .name = "tiles bf16",
    .cost = 1.0 / 6,
    .relative = 0x1p-9 * 0.577, /* uniform in half a unit of the last place: / sqrt(3) */
    .value_size = sizeof(uint16_t),
    .init_lanes = 16,
    .wide = &km_tiles_amx_bytes,
    .wide_from = 384, /* measured: 1.0 times as fast at 256, 1.15 at 384, 1.25 at 768 */
#ifdef KM_HAVE_AVX512VNNI
    .bytes = &km_bytes_avx512vnni,
    .shorts = &km_shorts_avx512vnni, /* every CPU with AMX has VNNI (km_cpu_has_amx asks) */
#endif
    .pack_centroids = pack_centroids,
    .pack_f32 = pack_f32,
    .pack_f64 = pack_f64,
    .start = start,
    .screen = screen,
    .lift = lift,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
};
