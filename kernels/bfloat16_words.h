/* bfloat16 as the short numbers of pack_tiles_body.h. */
#ifndef KM_BFLOAT16_WORDS_H
#define KM_BFLOAT16_WORDS_H

#include "bfloat16.h"
#include "kernels_tiles.h"

typedef uint16_t word;
typedef km_tile_bound words_unit; /* they need none */

KM_INLINE words_unit unit_of(const km_tile_bound *bound) { return *bound; }

KM_INLINE word round_word(float z, const words_unit *unit)
{
    (void)unit;
    return km_bf16_round(z);
}

KM_INLINE double word_value(word w, const words_unit *unit)
{
    (void)unit;
    return (double)km_bf16_value(w);
}

/* Dimensions p .. p+7 of centroid l of a group. */
KM_INLINE void store_eight(void *group, int64_t l, int64_t p, const word *words)
{
    memcpy((word *)group + p / 32 * KM_TILE_WORDS + 32 * l + p % 32, words, 8 * sizeof *words);
}

/* Its start value; `total` is the sum of its words. */
KM_INLINE void store_init(const km_tile_centroids *to, void *group, int64_t j, float init,
                          int64_t total)
{
    (void)group;
    (void)total;
    for (int lane = 0; lane < 16; lane++) {
        to->init[16 * j + lane] = init;
    }
}

enum { WORDS_HEAD = 0 };

KM_INLINE int64_t words_slices(int64_t d) { return km_tile_slices(d); }

#endif
