/* Groups for products of an unsigned byte of a row and a signed one of a centroid: centroids
 * [quads of dimensions][32 centroids][4], rows [32 rows][dimensions] of q + ROW_BIAS, four
 * dimensions broadcast; the surplus is taken off beforehand. */
#ifndef KM_BYTE_QUADS_H
#define KM_BYTE_QUADS_H

#include "byte_words.h"

typedef struct group_head {
    int32_t offset[KM_TILE_GROUP]; /* -ROW_BIAS * sum of q; of rows: the factors, as floats */
    float init[KM_TILE_GROUP];
} group_head;

enum { WORDS_HEAD = sizeof(group_head) };

/* Rows of a group and some centroids of another, from the first on. */
typedef struct byte_block {
    const uint8_t *x;
    int64_t ldx, d;
    const int32_t *offset;
    const int8_t *c;
} byte_block;

/* Four dimensions of row r. */
KM_INLINE int32_t quad_of(const uint8_t *x, int64_t r, int64_t ldx)
{
    int32_t four;
    memcpy(&four, x + r * ldx, sizeof four);
    return four;
}

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
    head->offset[j % KM_TILE_GROUP] = (int32_t)(-ROW_BIAS * total);
    head->init[j % KM_TILE_GROUP] = init;
}

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

#endif
