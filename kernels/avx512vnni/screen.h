/* The slots `screen` and `lift`. Included by tiles.c.
 *
 * A group of centroids stays in the L1 cache while all rows pass by, MR at a time. 16 sums in
 * registers cover the latency of VPDPBUSD (5 cycles, two a cycle); of the 10 loads per 16 products
 * there is room for 16. */

enum { MR = 8 };

/* Rows i0 .. i0+MR-1 of a group and the 32 centroids of another. */
typedef struct byte_block {
    const uint8_t *x;
    int64_t ldx, quads;
    const group_head *head;
    const int8_t *c;
} byte_block;

/* _mm512_dpbusd_epi32. With the intrinsic, gcc 12 copies every sum twice in a round of the loop. */
KM_INLINE void add_products(__m512i *sum, __m512i row, __m512i c)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(*sum) : "v"(row), "v"(c));
}

KM_INLINE void multiply_bytes(const byte_block *b, __m512i sum[MR][2])
{
    const __m512i from0 = _mm512_load_si512(b->head->offset);
    const __m512i from1 = _mm512_load_si512(b->head->offset + 16);
    for (int r = 0; r < MR; r++) {
        sum[r][0] = from0;
        sum[r][1] = from1;
    }
    const int8_t *c = b->c;
    const uint8_t *x = b->x;
    for (int64_t quad = 0; quad < b->quads; quad++, c += 128, x += 4) {
        const __m512i c0 = _mm512_load_si512(c), c1 = _mm512_load_si512(c + 64);
#pragma GCC unroll 8
        for (int r = 0; r < MR; r++) {
            int32_t four;
            memcpy(&four, x + r * b->ldx, 4);
            const __m512i row = _mm512_set1_epi32(four);
            add_products(&sum[r][0], row, c0);
            add_products(&sum[r][1], row, c1);
        }
    }
}

/* Candidates of row i, scores w0 and w1 of the centroids from j0, those in `found`. */
static void list_found(__m512 w0, __m512 w1, uint32_t found, int64_t i, int32_t j0,
                       const km_tile_scan *scan)
{
    _Alignas(64) float w[32];
    _mm512_store_ps(w, w0);
    _mm512_store_ps(w + 16, w1);
    for (; found != 0; found &= found - 1) {
        const int j = __builtin_ctz(found);
        if (w[j] >= scan->threshold[i]) {
            km_tile_candidate(scan, i, j0 + j, w[j]);
        }
    }
}

/* A row's own `near` is no candidate. */
KM_INLINE uint32_t shown_centroids(int32_t near, int32_t j0)
{
    const uint32_t at = (uint32_t)near - (uint32_t)j0;
    return at < KM_TILE_GROUP ? ~(1U << at) : ~0U;
}

KM_INLINE void scan_rows(__m512 w[MR][2], int64_t i0, int32_t j0, const km_tile_scan *scan)
{
    uint32_t found[MR], any = 0;
    for (int r = 0; r < MR; r++) {
        const __m512 threshold = _mm512_set1_ps(scan->threshold[i0 + r]);
        const __mmask16 low = _mm512_cmp_ps_mask(w[r][0], threshold, _CMP_GE_OQ);
        const __mmask16 high = _mm512_cmp_ps_mask(w[r][1], threshold, _CMP_GE_OQ);
        found[r] = _mm512_kunpackw(high, low);
        any |= found[r];
    }
    if (any == 0) {
        return;
    }
    for (int r = 0; r < MR; r++) {
        found[r] &= shown_centroids(scan->near[i0 + r], j0);
        if (found[r] != 0) {
            list_found(w[r][0], w[r][1], found[r], i0 + r, j0, scan);
        }
    }
}

/* The largest scores so far, 16 lanes a row. */
KM_INLINE void keep_largest(__m512 w[MR][2], float *largest)
{
    for (int r = 0; r < MR; r++) {
        const __m512 most = _mm512_max_ps(w[r][0], w[r][1]);
        _mm512_store_ps(largest + 16 * r, _mm512_max_ps(_mm512_load_ps(largest + 16 * r), most));
    }
}

enum { PARTIAL = 1024 }; /* floats of `partial` per group of rows */

/* A group of rows against a group of centroids; lift: only the largest scores are kept. */
KM_INLINE void meet_groups(const km_tile_operands *o, int64_t g, int64_t q, int64_t group_bytes,
                           int lift, const km_tile_scan *scan)
{
    const char *const rows = (const char *)o->rows + g * group_bytes;
    const char *const centroids = (const char *)o->centroids + q * group_bytes;
    const group_head *const head = (const group_head *)centroids;
    const int64_t ldx = o->slices * 64;
    const float *const factor = (const float *)rows;
    float *const largest = o->partial + g * PARTIAL;
    const __m512 init0 = _mm512_load_ps(head->init), init1 = _mm512_load_ps(head->init + 16);
    for (int64_t i = 0; i < KM_TILE_GROUP; i += MR) {
        const byte_block b = {(const uint8_t *)rows + WORDS_HEAD + i * ldx, ldx, (o->d + 3) / 4,
                              head, (const int8_t *)centroids + WORDS_HEAD};
        __m512i sum[MR][2];
        __m512 w[MR][2];
        multiply_bytes(&b, sum);
        for (int r = 0; r < MR; r++) {
            const __m512 f = _mm512_set1_ps(factor[i + r]);
            w[r][0] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum[r][0]), f, init0);
            w[r][1] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum[r][1]), f, init1);
        }
        if (lift) {
            keep_largest(w, largest + 16 * i);
        } else {
            scan_rows(w, g * KM_TILE_GROUP + i, (int32_t)(q * KM_TILE_GROUP), scan);
        }
    }
}

static int64_t bytes_of_group(const km_tile_operands *o)
{
    return WORDS_HEAD + o->slices * KM_TILE_WORDS * 2;
}

static void screen(const km_tile_operands *o, const km_tile_scan *scan)
{
    const int64_t bytes = bytes_of_group(o);
    stream ahead = open_stream(o, o->row_groups * o->centroid_groups, 1);
    for (int64_t q = 0; q < o->centroid_groups; q++) {
        for (int64_t g = 0; g < o->row_groups; g++) {
            fetch_ahead(&ahead);
            meet_groups(o, g, q, bytes, 0, scan);
        }
    }
}

static void lift(const km_tile_operands *o, float raise, const km_tile_scan *scan)
{
    const int64_t bytes = bytes_of_group(o);
    for (int64_t i = 0; i < o->row_groups * PARTIAL; i++) {
        o->partial[i] = -INFINITY;
    }
    for (int64_t q = 0; q < o->centroid_groups; q++) {
        for (int64_t g = 0; g < o->row_groups; g++) {
            meet_groups(o, g, q, bytes, 1, scan);
        }
    }
    for (int64_t i = 0; i < o->row_groups * KM_TILE_GROUP; i++) {
        const float *const largest = o->partial + i / KM_TILE_GROUP * PARTIAL;
        const float w = _mm512_reduce_max_ps(_mm512_load_ps(largest + i % KM_TILE_GROUP * 16));
        const float least = w - scan->slack[i] - (raise < 0 ? 0 : raise);
        scan->threshold[i] = least > scan->threshold[i] ? least : scan->threshold[i];
    }
}
