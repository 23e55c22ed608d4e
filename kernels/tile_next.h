/* What packing of rows into tiles needs around a row. Parameters: REAL, T(name). */

/* shift * scale, zero in the padding. */
static void T(scale_shift)(const REAL *shift, int64_t d, double scale, REAL *to)
{
    for (int64_t p = 0; p < km_tile_slices(d) * 32; p++) {
        to[p] = p < d ? shift[p] * (REAL)scale : 0;
    }
}

/* What later rows will read, asked for a slice of 16 dimensions at a time while this one is packed:
 * all at once the lines would wait for each other, and nothing be packed. NULL: nothing. */
typedef struct T(tile_next) {
    const REAL *row;   /* some KB on: the order of rows is not that in memory */
    const float *near; /* the next row's centroid: which one, no hardware foresees */
} T(tile_next);

KM_INLINE T(tile_next) T(next_after)(const REAL *x, int64_t ldx, const int32_t *order, int64_t i,
                                     int64_t m, int64_t d, const km_tile_near *near)
{
    enum { ahead = 4096 };
    const int64_t later = i + 1 + ahead / (d * (int64_t)sizeof *x);
    const int32_t j = i + 1 < m ? near->label[i + 1] : -1;
    return (T(tile_next)){later < m ? x + order[later] * ldx : NULL,
                          j >= 0 ? near->c + j * near->ld : NULL};
}

KM_INLINE void T(fetch_slice)(const T(tile_next) * next, int64_t p)
{
    for (int64_t q = p; next->row != NULL && q < p + 16; q += 64 / (int64_t)sizeof(REAL)) {
        __builtin_prefetch(next->row + q, 0, 2);
    }
    if (next->near != NULL) {
        __builtin_prefetch(next->near + p);
    }
}
