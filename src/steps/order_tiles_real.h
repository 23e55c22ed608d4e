/* In what order the rows of a block become tiles. Parameters: see typed_real.h. */

enum { T(ROW_BUCKETS) = 64 };

/* Of rows whose near place is known or -1; those from `front` on have buckets of their own. */
static int32_t T(bucket_of)(int32_t place, int shift, int64_t front)
{
    return place < 0 ? 0 : (place >> shift) + (place >= front);
}

/* An order in which rows with near centroids close to each other are together: a counting sort by
 * the upper bits of the place. Fills near and order. With few centroids most groups of rows have
 * near ones in every group of them: then only those whose centroid did not move part from the
 * others, behind them. Returns how many others there are. */
static int64_t T(order_rows)(const km_run *run, const km_thread *t, const km_rows *rows)
{
    const km_tile_scratch *const tile = &t->tile;
    const int64_t front = run->packed.front;
    int32_t start[T(ROW_BUCKETS) + 2] = {0};
    int32_t *const place = tile->count; /* not in use yet */
    int64_t others = 0;
    int shift = 0;
    while (run->labels_known &&
           run->packed.k >> shift >= (run->packed.k > 2 * KM_TILE_GROUP ? T(ROW_BUCKETS) : 1))
        shift++;
    for (int64_t i = 0; i < rows->m; i++) {
        place[i] = T(near_place)(run, rows, i);
        others += place[i] < front;
        start[T(bucket_of)(place[i], shift, front) + 1]++;
    }
    for (int b = 0; b < T(ROW_BUCKETS); b++)
        start[b + 1] += start[b];
    for (int64_t i = 0; i < rows->m; i++) {
        const int32_t at = start[T(bucket_of)(place[i], shift, front)]++;
        tile->order[at] = (int32_t)i;
        tile->near[at] = place[i];
    }
    for (int64_t i = rows->m; i < km_tile_groups(rows->m) * KM_TILE_GROUP; i++)
        tile->near[i] = -1;
    return others;
}
