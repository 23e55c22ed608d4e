/* A group of centroids as VPDPBUSD takes it: [quads of dimensions][32 centroids][4]. Rows are
 * unsigned, q + 128, and the surplus is taken off beforehand. */
#ifndef KM_VNNI_GROUP_H
#define KM_VNNI_GROUP_H

#include "../byte_words.h"

typedef struct group_head {
    int32_t offset[KM_TILE_GROUP]; /* -128 * sum of q; of rows: the factors, as floats */
    float init[KM_TILE_GROUP];
} group_head;

enum { WORDS_HEAD = sizeof(group_head) };

KM_INLINE void store_eight(void *group, int64_t l, int64_t p, const word *words)
{
    word *const to = (word *)group + WORDS_HEAD + p / 4 * 4 * KM_TILE_GROUP + 4 * l;
    memcpy(to, words, 4);
    memcpy(to + 4 * KM_TILE_GROUP, words + 4, 4);
}

KM_INLINE void store_init(const km_tile_centroids *to, void *group, int64_t j, float init,
                          int64_t total)
{
    group_head *const head = group;
    (void)to;
    head->offset[j % KM_TILE_GROUP] = (int32_t)(-128 * total);
    head->init[j % KM_TILE_GROUP] = init;
}

#endif
