/* The slots `screen` and `lift` of kernels on bytes in vectors. Included by a table's tiles.c after
 * byte_quads.h, tile_ahead.h, byte_lanes.h of its registers and its own
 *   MR                           rows side by side
 *   multiply_bytes(block, sum)   the products of MR rows and 2 LANES centroids, from `offset` on
 *
 * A group of centroids stays in the L1 cache while all rows pass by, MR at a time. */

/* The next candidates of row i: scores w of the centroids from j0 on, those in `found`. */
static void list_found(const float *w, uint32_t found, int64_t i, int32_t j0,
                       const km_tile_scan *scan)
{
    for (; found != 0; found &= found - 1) {
        const int j = __builtin_ctz(found);
        if (w[j] >= scan->threshold[i]) {
            km_tile_candidate(scan, i, j0 + j, w[j]);
        }
    }
}

/* The lane of a row's own `near` among the centroids from j0 on, as a bit. */
KM_INLINE uint32_t near_lane(int32_t near, int32_t j0)
{
    const uint32_t at = (uint32_t)near - (uint32_t)j0;
    return at < 2 * LANES ? 1U << at : 0;
}

KM_INLINE void scan_rows(lanes w[MR][2], int64_t i0, int32_t j0, const km_tile_scan *scan)
{
    uint32_t found[MR], any = 0;
    for (int r = 0; r < MR; r++) {
        const lanes threshold = lanes_set(scan->threshold[i0 + r]);
        found[r] = lanes_reach(w[r][0], threshold) | lanes_reach(w[r][1], threshold) << LANES;
        any |= found[r];
    }
    if (any == 0) {
        return;
    }
    for (int r = 0; r < MR; r++) {
        found[r] &= ~near_lane(scan->near[i0 + r], j0); /* it is no candidate */
        if (found[r] != 0) {
            _Alignas(64) float score[2 * LANES];
            lanes_store(score, w[r][0]);
            lanes_store(score + LANES, w[r][1]);
            list_found(score, found[r], i0 + r, j0, scan);
        }
    }
}

enum { PARTIAL = 1024, KEPT = 32 }; /* floats of `partial` for a group of rows, for a row */

/* The largest scores so far, LANES a row. */
KM_INLINE void keep_largest(lanes w[MR][2], float *largest)
{
    for (int r = 0; r < MR; r++) {
        float *const to = largest + KEPT * r;
        lanes_store(to, lanes_max(lanes_load(to), lanes_max(w[r][0], w[r][1])));
    }
}

KM_INLINE void hide_near(lanes w[MR][2], const int32_t *near, int32_t j0)
{
    uint32_t lane[MR], any = 0;
    for (int r = 0; r < MR; r++) {
        lane[r] = near_lane(near[r], j0);
        any |= lane[r];
    }
    if (any == 0) {
        return;
    }
    for (int r = 0; r < MR; r++) {
        w[r][0] = lanes_hide(w[r][0], lane[r]);
        w[r][1] = lanes_hide(w[r][1], lane[r] >> LANES);
    }
}

/* What is done with scores: candidates are listed; the largest are kept, too; that only. */
typedef enum use { LIST, LIST_AND_KEEP, KEEP } use;

/* MR rows from i on of group g and 2 LANES centroids from `at` on of group q. */
KM_INLINE void meet_block(const km_tile_operands *o, const char *rows, const char *centroids,
                          int64_t i, int64_t at, int64_t g, int64_t q, const use to_do,
                          const km_tile_scan *scan)
{
    const group_head *const head = (const group_head *)centroids;
    const float *const factor = (const float *)rows;
    const int64_t ldx = o->slices * 64;
    const byte_block b = {(const uint8_t *)rows + WORDS_HEAD + i * ldx, ldx, o->d,
                          head->offset + at, (const int8_t *)centroids + WORDS_HEAD + 4 * at};
    const lanes init0 = lanes_load(head->init + at), init1 = lanes_load(head->init + at + LANES);
    lanes_sums sum[MR][2];
    lanes w[MR][2];
    multiply_bytes(&b, sum);
    for (int r = 0; r < MR; r++) {
        const lanes f = lanes_set(factor[i + r]);
        w[r][0] = lanes_score(sum[r][0], f, init0);
        w[r][1] = lanes_score(sum[r][1], f, init1);
    }
    const int64_t i0 = g * KM_TILE_GROUP + i;
    const int32_t j0 = (int32_t)(q * KM_TILE_GROUP + at);
    if (to_do != KEEP) {
        scan_rows(w, i0, j0, scan);
    }
    if (to_do == LIST_AND_KEEP) {
        hide_near(w, scan->near + i0, j0);
    }
    if (to_do != LIST) {
        keep_largest(w, o->partial + KEPT * i0);
    }
}

KM_INLINE void meet_groups(const km_tile_operands *o, int64_t g, int64_t q, const use to_do,
                           const km_tile_scan *scan)
{
    const int64_t bytes = WORDS_HEAD + o->slices * KM_TILE_WORDS * 2;
    const char *const rows = (const char *)o->rows + g * bytes;
    const char *const centroids = (const char *)o->centroids + q * bytes;
    for (int64_t i = 0; i < KM_TILE_GROUP; i += MR) {
        for (int64_t at = 0; at < KM_TILE_GROUP; at += 2 * LANES) {
            meet_block(o, rows, centroids, i, at, g, q, to_do, scan);
        }
    }
}

/* Nothing is kept yet. */
static void clear_largest(const km_tile_operands *o)
{
    for (int64_t i = 0; i < o->row_groups * PARTIAL; i++) {
        o->partial[i] = -INFINITY;
    }
}

KM_INLINE void screen_and(const km_tile_operands *o, const use to_do, const km_tile_scan *scan)
{
    stream ahead = open_stream(o, o->row_groups * o->centroid_groups, 1);
    for (int64_t q = 0; q < o->centroid_groups; q++) {
        for (int64_t g = 0; g < o->row_groups; g++) {
            fetch_ahead(&ahead);
            meet_groups(o, g, q, to_do, scan);
        }
    }
}

static void screen(const km_tile_operands *o, const km_tile_scan *scan)
{
    if (scan->most == NULL) {
        screen_and(o, LIST, scan);
        return;
    }
    clear_largest(o);
    screen_and(o, LIST_AND_KEEP, scan);
    for (int64_t i = 0; i < o->row_groups * KM_TILE_GROUP; i++) {
        scan->most[i] = lanes_largest(lanes_load(o->partial + i * KEPT));
    }
}

static void lift(const km_tile_operands *o, float raise, const km_tile_scan *scan)
{
    clear_largest(o);
    for (int64_t q = 0; q < o->centroid_groups; q++) {
        for (int64_t g = 0; g < o->row_groups; g++) {
            meet_groups(o, g, q, KEEP, scan);
        }
    }
    for (int64_t i = 0; i < o->row_groups * KM_TILE_GROUP; i++) {
        const float w = lanes_largest(lanes_load(o->partial + i * KEPT));
        const float least = w - scan->slack[i] - (raise < 0 ? 0 : raise);
        scan->threshold[i] = least > scan->threshold[i] ? least : scan->threshold[i];
    }
}
