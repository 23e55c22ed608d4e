/* A group of centroids as TDPBSSD takes it. */
#ifndef KM_AMX_BYTE_GROUPS_H
#define KM_AMX_BYTE_GROUPS_H

#include "../byte_words.h"

/* Of rows: the factors; of centroids: unused. */
enum { WORDS_HEAD = KM_TILE_GROUP * sizeof(float), GROUP_HEAD = WORDS_HEAD };

KM_INLINE void store_eight(void *group, int64_t l, int64_t p, const word *words)
{
    memcpy((word *)group + WORDS_HEAD + p / 64 * KM_TILE_WORDS * 2 + 64 * l + p % 64, words, 8);
}

KM_INLINE void store_init(const km_tile_centroids *to, void *group, int64_t j, float init,
                          int64_t total)
{
    (void)group;
    (void)total;
    for (int lane = 0; lane < 16; lane++) {
        to->init[16 * j + lane] = init;
    }
}

#endif
