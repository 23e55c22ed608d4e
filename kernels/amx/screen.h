/* The slots `screen` and `lift`: the order of the blocks. Included after multiply_slice,
 * first_results and scan.h.
 *
 * A group of centroids stays in the L1 cache while all groups of rows pass by; of more than PART
 * slices it takes turns part by part, and unfinished scores wait in `partial`. */

#include "../tile_ahead.h"

enum { PART = 8 }; /* slices: 16 KB of centroids */

/* A block: group q of centroids and g of rows, part p of their slices. */
typedef struct place {
    int64_t q, p, g;
} place;

typedef struct shape {
    const km_tile_operands *o;
    int64_t words, parts, depth; /* depth: slices of a part, the last one may have fewer */
} shape;

KM_INLINE place next_place(const shape *s, place at)
{
    if (++at.g < s->o->row_groups) {
        return at;
    }
    at.g = 0;
    if (++at.p < s->parts) {
        return at;
    }
    at.p = 0;
    at.q += at.q + 1 < s->o->centroid_groups; /* after the last block: anything */
    return at;
}

KM_INLINE operands first_operands(const shape *s, place at)
{
    const int64_t from = at.p * s->depth * KM_TILE_WORDS;
    const int64_t group = GROUP_HEAD + s->words * 2;
    const char *const c = (const char *)s->o->centroids + at.q * group + GROUP_HEAD;
    const char *const x = (const char *)s->o->rows + at.g * group + GROUP_HEAD;
    return (operands){(const uint16_t *)c + from, (const uint16_t *)x + from};
}

KM_INLINE const float *results_of(const shape *s, place at, int64_t *half)
{
    *half = at.p == 0 ? 0 : HALF_SCORES;
    return at.p == 0 ? first_results(s->o, at.q) : s->o->partial + at.g * BLOCK_SCORES;
}

/* All slices of the block at `at`, the last one loading the operands of the block after. */
KM_INLINE void multiply_block(const shape *s, place at, place after, stream *ahead,
                              stream *centroids)
{
    operands next = first_operands(s, at);
    const int64_t left = s->o->slices - at.p * s->depth;
    const int64_t slices = left < s->depth ? left : s->depth;
    for (int64_t n = 1; n < slices; n++) {
        next.c += KM_TILE_WORDS;
        next.x += KM_TILE_WORDS;
        fetch_ahead(ahead);
        fetch_ahead(centroids);
        multiply_slice(next);
    }
    fetch_ahead(ahead);
    fetch_ahead(centroids);
    multiply_slice(first_operands(s, after));
}

/* The part of the centroids that comes after the one at `at`, whose first block it is. */
static stream next_part(const shape *s, place at)
{
    const int64_t bytes = s->depth * KM_TILE_WORDS * 2;
    const place next = next_place(s, (place){at.q, at.p, s->o->row_groups});
    const char *const from = (const char *)first_operands(s, next).c;
    const int64_t share = bytes / (s->o->row_groups * s->depth) / 64 + 1;
    return (stream){from, from + bytes, 64 * share};
}

/* raise < 0: look for candidates; else lift the thresholds. */
KM_INLINE void finish_block(const km_tile_operands *o, const float *sums, place at, float raise,
                            const km_tile_scan *scan)
{
    if (raise < 0) {
        scan_block(o, sums, at.q, at.g, scan);
    } else {
        lift_block(o, sums, at.q, at.g, raise, scan);
    }
}

KM_INLINE void go_through(const km_tile_operands *o, float raise, const km_tile_scan *scan)
{
    _Alignas(64) float sums[BLOCK_SCORES];
    const int64_t parts = (o->slices + PART - 1) / PART;
    const shape s = {o, o->slices * KM_TILE_WORDS, parts, (o->slices + parts - 1) / parts};
    const int64_t blocks = o->row_groups * parts * o->centroid_groups;
    stream ahead = open_stream(o, blocks, s.depth);
    stream centroids = {0};
    place at = {0, 0, 0}, waiting = {0, 0, -1};
    int64_t half;
    configure_tiles();
    load_operands(first_operands(&s, at));
    load_results(first_results(o, 0), 0);
    for (int64_t block = 0; block < blocks; block++) {
        const place after = next_place(&s, at);
        const float *const from = results_of(&s, after, &half);
        if (at.g == 0) {
            centroids = next_part(&s, at);
        }
        multiply_block(&s, at, after, &ahead, &centroids);
        if (waiting.g >= 0) {
            finish_block(o, sums, waiting, raise, scan);
        }
        const int done = at.p == parts - 1;
        exchange_results(done ? sums : o->partial + at.g * BLOCK_SCORES, from, half);
        waiting = done ? at : (place){0, 0, -1};
        at = after;
    }
    _tile_release();
    if (waiting.g >= 0) {
        finish_block(o, sums, waiting, raise, scan);
    }
}

static void screen(const km_tile_operands *o, const km_tile_scan *scan) { go_through(o, -1, scan); }

static void lift(const km_tile_operands *o, float raise, const km_tile_scan *scan)
{
    km_tile_operands unfetched = *o;
    unfetched.ahead_bytes = 0;
    go_through(&unfetched, raise < 0 ? 0 : raise, scan);
}
