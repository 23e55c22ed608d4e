/* Tile registers: shapes, loads and stores, for both kinds of short numbers. */
#ifndef KM_AMX_TILES_H
#define KM_AMX_TILES_H

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

/* Sums of one block: [half of the rows][32 centroids][16 rows]. */
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

#endif
