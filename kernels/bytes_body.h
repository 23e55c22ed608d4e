/* The slot `measure` of kernels_bytes.h. Included by a folder's bytes.c after its vocabulary:
 *   BYTE_LANES, bytes                        bytes of a vector, its type
 *   BYTE_ROWS, BYTE_SHARED                   rows and centroids side by side, these a multiple of 4
 *   bytes_load, bytes_load_part, bytes_set   of rows, unaligned; the rest of a part is zero
 *   bytes_xor
 *   bytes_add(sum, row, c)                   sums of four products to each of its 32-bit lanes
 *   bytes_add_square(sum, row)               the same of row x and x - 128
 *   bytes_totals(sum, total)                 of four vectors, their lanes together
 *
 * Columns are spread over lanes, so that rows need no packing at all. */

/* Rows are over before a CPU's prefetchers have found their stride: those of a tile some KB on are
 * asked for. */
enum { BYTE_AHEAD = 4 * BYTE_ROWS };

typedef struct byte_tile {
    const uint8_t *row[BYTE_ROWS], *ahead[BYTE_ROWS];
    bytes flip;
} byte_tile;

KM_INLINE void byte_step(const bytes row[BYTE_ROWS], const int8_t *c, int64_t ld,
                         bytes sum[BYTE_ROWS][BYTE_SHARED])
{
    for (int s = 0; s < BYTE_SHARED; s++) {
        const bytes centroid = bytes_aligned(c + s * ld);
        for (int r = 0; r < BYTE_ROWS; r++) {
            bytes_add(&sum[r][s], row[r], centroid);
        }
    }
}

/* Products of the tile's rows and centroids j .. j + BYTE_SHARED-1; what is added up of the rows'
 * squares where they are wanted. */
KM_INLINE void byte_products(const byte_tile *tile, const km_byte_centroids *from, int64_t j,
                             const bool first, bytes square[4], int32_t dot[BYTE_ROWS][KM_BYTES_K])
{
    const int64_t ld = KM_BYTES_LD(from->d), d = from->d;
    const int8_t *const c = from->c + j * ld;
    bytes sum[BYTE_ROWS][BYTE_SHARED], row[BYTE_ROWS];
    for (int r = 0; r < BYTE_ROWS; r++) {
        for (int s = 0; s < BYTE_SHARED; s++) {
            sum[r][s] = bytes_set(0);
        }
    }
    for (int64_t p = 0; p < d; p += BYTE_LANES) {
        const int64_t left = d - p;
        for (int r = 0; r < BYTE_ROWS; r++) {
            const uint8_t *const x = tile->row[r] + p;
            const bytes raw = left < BYTE_LANES ? bytes_load_part(x, left) : bytes_load(x);
            row[r] = bytes_xor(raw, tile->flip);
            if (first && p % 64 == 0) {
                __builtin_prefetch(tile->ahead[r] + p, 0, 3);
            }
            if (square != NULL) {
                bytes_add_square(&square[r], row[r]);
            }
        }
        byte_step(row, c + p, ld, sum);
    }
    for (int r = 0; r < BYTE_ROWS; r++) {
        for (int s = 0; s < BYTE_SHARED; s += 4) {
            bytes_totals(sum[r] + s, dot[r] + j + s);
        }
    }
}

KM_INLINE void byte_facts(const km_byte_centroids *c, const int32_t *restrict dot, int32_t label,
                          int64_t q, const km_byte_facts *facts)
{
    const int32_t sum = dot[c->k], tolerance = (int32_t)(c->ratio * (float)sum) + 3;
    const int32_t own = c->start[label] - dot[label];
    int32_t least = KM_BYTES_FAR;
    for (int32_t j = 0; j < (int32_t)c->padded; j++) {
        const int32_t v = j == label ? KM_BYTES_FAR : c->start[j] - dot[j];
        least = v < least ? v : least;
    }
    facts->margin[q] = least - own - tolerance;
    facts->own[q] = own;
    facts->sum[q] = sum;
}

KM_INLINE void byte_rows(const uint8_t *x, int64_t ldx, const int32_t *row, int64_t m,
                         const km_byte_centroids *c, const int32_t *label, const bool squares,
                         const km_byte_facts *facts)
{
    byte_tile tile = {.flip = bytes_set(c->flip)};
    _Alignas(64) int32_t dot[BYTE_ROWS][KM_BYTES_K];
    for (int64_t q = 0; q < m; q += BYTE_ROWS) {
        bytes square[4] = {bytes_set(0), bytes_set(0), bytes_set(0), bytes_set(0)};
        for (int r = 0; r < BYTE_ROWS; r++) {
            const int64_t next = q + r + BYTE_AHEAD;
            tile.row[r] = x + row[q + r < m ? q + r : m - 1] * ldx;
            tile.ahead[r] = x + row[next < m ? next : m - 1] * ldx;
        }
        byte_products(&tile, c, 0, true, squares ? square : NULL, dot);
        for (int64_t j = BYTE_SHARED; j < c->padded; j += BYTE_SHARED) {
            byte_products(&tile, c, j, false, NULL, dot);
        }
        int32_t total[4];
        bytes_totals(square, total);
        for (int64_t r = 0; r < BYTE_ROWS && q + r < m; r++) {
            byte_facts(c, dot[r], label[row[q + r]], q + r, facts);
            if (squares) {
                facts->square[q + r] = total[r] + 128 * facts->sum[q + r];
            }
        }
    }
}

static void measure_bytes(const uint8_t *x, int64_t ldx, const int32_t *row, int64_t m,
                          const km_byte_centroids *c, const int32_t *label,
                          const km_byte_facts *facts)
{
    if (facts->square != NULL) {
        byte_rows(x, ldx, row, m, c, label, true, facts);
    } else {
        byte_rows(x, ldx, row, m, c, label, false, facts);
    }
}
