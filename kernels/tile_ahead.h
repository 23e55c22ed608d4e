/* Reading ahead while the screen computes. */
#ifndef KM_TILE_AHEAD_H
#define KM_TILE_AHEAD_H

/* What the caller will read next, fetched into the L2 cache a few lines per slice: more at once
 * would keep the operands waiting. */
typedef struct stream {
    const char *at, *end;
    int64_t share; /* bytes per slice */
} stream;

static stream open_stream(const km_tile_operands *o, int64_t blocks, int64_t depth)
{
    enum { most = 8 }; /* lines; above, reading the rows when their turn comes is as quick */
    const int64_t slices = blocks * depth, whole = o->ahead_bytes;
    const int64_t lines = slices > 0 ? whole / slices / 64 + 1 : 0;
    return (stream){o->ahead, (const char *)o->ahead + whole, lines <= most ? 64 * lines : 0};
}

KM_INLINE void fetch_ahead(stream *ahead)
{
    const char *const to = ahead->at + ahead->share;
    for (; ahead->at < to && ahead->at < ahead->end; ahead->at += 64) {
        __builtin_prefetch(ahead->at, 0, 2);
    }
}

#endif
