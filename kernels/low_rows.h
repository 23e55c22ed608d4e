/* Low dimensions: rows of one type met in lanes of another, or of the same.
 *
 * Parameters: REAL and T(name) of the lanes, ROW and R(name) of the rows, which R(low_turn) and
 * R(low_pick) turn into columns. After low_body.h. */

typedef struct R(low_rows) {
    const ROW *x;
    int64_t ldx;
    ROW shift[KM_LOW_D], scale;
} R(low_rows);

#include LOW_TURN

/* Fewer than four columns, many rows at once: rows without gaps a vector at a time where LOW_TURN
 * can, others by a plain loop. It takes all columns of a row at once: one that leaves gaps must not
 * be read beyond the last row, and compilers then take the last rows one by one. */
KM_INLINE void R(low_copy_rows)(const ROW *restrict x, const int64_t ldx, int64_t m, const int d,
                                const ROW *shift, ROW scale, REAL *restrict z, const int64_t ld)
{
    const ROW s0 = shift[0], s1 = d > 1 ? shift[1] : 0, s2 = d > 2 ? shift[2] : 0;
    for (int64_t i = 0; i < m; i++) {
        z[i] = (REAL)((x[i * ldx] - s0) * scale);
        if (d > 1) {
            z[ld + i] = (REAL)((x[i * ldx + 1] - s1) * scale);
        }
        if (d > 2) {
            z[2 * ld + i] = (REAL)((x[i * ldx + 2] - s2) * scale);
        }
    }
}

KM_INLINE void R(low_copy)(const R(low_rows) * rows, int64_t i0, int64_t m, int64_t padded,
                           const int d, REAL *z, const int64_t ld)
{
    const ROW *const x = rows->x + i0 * rows->ldx;
    if (rows->ldx == d) { /* a constant */
        const int64_t i = R(low_turn_few)(rows, x, m, d, z, ld);
        R(low_copy_rows)(x + i * d, d, m - i, d, rows->shift, rows->scale, z + i, ld);
    } else {
        R(low_copy_rows)(x, rows->ldx, m, d, rows->shift, rows->scale, z, ld);
    }
    for (int p = 0; p < d; p++) {
        for (int64_t i = m; i < padded; i++) {
            z[p * ld + i] = 0;
        }
    }
}

/* z[p*ld + i] = (x[i0+i][p] - shift[p]) * scale for i < padded, d >= 4; rows from m on repeat row
 * i0. */
KM_INLINE void R(low_columns)(const R(low_rows) * rows, int64_t i0, int64_t m, int64_t padded,
                              const int d, REAL *z, const int64_t ld)
{
    for (int64_t i = 0; i < padded; i += T(VL)) {
        if (i + T(VL) <= m) {
            R(low_turn)(rows, i0 + i, d, z + i, ld);
            continue;
        }
        int32_t index[T(VL)];
        for (int r = 0; r < T(VL); r++) {
            index[r] = i + r < m ? (int32_t)i + r : 0;
        }
        R(low_pick)(rows, i0, index, d, z + i, ld);
    }
}

/* label[] of the rows that may change, against all centroids, one vector at a time. */
KM_INLINE void R(low_reopen)(const R(low_rows) * rows, int64_t i0, int64_t m, const int d,
                             const T(km_low) * c, const int32_t *hint, int32_t *list,
                             int32_t *label)
{
    _Alignas(64) REAL z[KM_LOW_D * T(VL)];
    int32_t found[T(VL)];
    const int64_t count = list_different(label, hint, m, list);
    for (int64_t q = 0; q < count; q += T(VL)) {
        const int64_t some = count - q < T(VL) ? count - q : T(VL);
        int32_t index[T(VL)];
        for (int64_t r = 0; r < T(VL); r++) {
            index[r] = list[q + (r < some ? r : 0)];
        }
        R(low_pick)(rows, i0, index, d, z, T(VL));
        T(low_step)(z, T(VL), d, 1, c, found, NULL);
        for (int64_t r = 0; r < some; r++) {
            label[list[q + r]] = found[r];
        }
    }
}

/* Rows of the next chunk are asked for while those of this one are compared: the turning reads a
 * chunk at once, further than the processor looks ahead by itself. */
KM_INLINE void R(low_prefetch)(const R(low_rows) * rows, int64_t i, int64_t count, const int d)
{
    const int64_t first = (i + T(LOW_CHUNK)) * rows->ldx * (int64_t)sizeof(ROW);
    const uintptr_t from = (uintptr_t)rows->x + (uintptr_t)first;
    for (int64_t at = 0; rows->ldx == d && at < count * d * (int64_t)sizeof(ROW); at += 64) {
        __builtin_prefetch((const void *)(from + (uintptr_t)at), 0, 2);
    }
}

/* The turned rows of a chunk that have labels from before: these, or -1. inner: whether rows near
 * their centroid are looked for first, which goes on as long as they are a quarter. */
KM_INLINE void R(low_chunk_hinted)(int64_t m, int64_t padded, const int d, const T(km_low) * c,
                                   const int32_t *hint, const T(low_tables) * tables,
                                   T(low_work) * work, int *inner, int32_t *label)
{
    const int step = T(low_groups)(d) * T(VL), squeezes = *inner;
    int64_t left = padded;
    int32_t *const found = squeezes ? work->list : label;
    if (m < padded) {
        memcpy(work->hint, hint, (size_t)m * sizeof *hint);
        hint = work->hint;
    }
    T(low_limits)(padded, d, c, tables, hint, work);
    if (squeezes) {
        left = T(low_squeeze)(m, d, c, tables, hint, work, label);
        hint = work->hint;
        *inner = 4 * left < 3 * m;
    }
    for (int64_t i = 0; i < left; i += step) {
        T(low_check)(work->z + i, d, c, work->limit + i, hint + i, found + i);
    }
    if (squeezes) {
        T(low_spread)(m, found, work, label);
    }
}

/* The same for rows that have none: against all centroids, with gaps where they are wanted. */
KM_INLINE void R(low_chunk_plain)(int64_t m, int64_t padded, const int d, const T(km_low) * c,
                                  T(low_work) * work, REAL *gap, int32_t *label)
{
    const int groups = T(low_groups)(d), step = groups * T(VL), ld = T(LOW_CHUNK);
    for (int64_t i = 0; i < padded; i += step) {
        REAL *const gaps = gap != NULL ? gap + i : NULL;
        if (m - i <= T(VL)) {
            T(low_step)(work->z + i, ld, d, 1, c, label + i, gaps);
        } else {
            T(low_step)(work->z + i, ld, d, groups, c, label + i, gaps);
        }
    }
}

/* Rows i0 .. i0+m-1, at most LOW_CHUNK: first all are turned, so that the latencies of one vector
 * of rows hide behind the work of others. hint: of these rows, or NULL. */
KM_INLINE void R(low_chunk)(const R(low_rows) * rows, int64_t i0, int64_t m, const int d,
                            const T(km_low) * c, const int32_t *hint, const T(low_tables) * tables,
                            T(low_work) * work, int *inner, int32_t *label)
{
    const int step = T(low_groups)(d) * T(VL), ld = T(LOW_CHUNK);
    const int64_t padded = (m + step - 1) / step * step;
    if (d < 4) {
        R(low_copy)(rows, i0, m, padded, d, work->z, ld);
    } else {
        R(low_columns)(rows, i0, m, padded, d, work->z, ld);
    }
    int32_t *const found = m == padded ? label : work->label;
    REAL *const gap = c->gap != NULL ? work->limit : NULL;
    R(low_prefetch)(rows, i0, padded, d);
    if (hint != NULL) {
        R(low_chunk_hinted)(m, padded, d, c, hint, tables, work, inner, found);
    } else {
        R(low_chunk_plain)(m, padded, d, c, work, gap, found);
    }
    if (m < padded) {
        memcpy(label, found, (size_t)m * sizeof *label);
    }
    if (gap != NULL) {
        memcpy(c->gap + i0, gap, (size_t)m * sizeof *gap);
    }
}

/* How many rows are left open. */
KM_INLINE int64_t R(low_block)(const R(low_rows) * rows, int64_t m, const int d,
                               const T(km_low) * c, int32_t *label)
{
    const int hinted = c->hint != NULL && c->gap == NULL && c->k >= T(LOW_HINT_K);
    int inner = T(low_has_inner)(c);
    int64_t open = 0;
    T(low_work) work;
    T(low_tables) tables;
    if (hinted) {
        T(low_prepare)(c, d, &work, &tables);
    }
    for (int64_t i0 = 0; i0 < m; i0 += T(LOW_ROWS)) {
        const int64_t end = m - i0 < T(LOW_ROWS) ? m : i0 + T(LOW_ROWS);
        for (int64_t i = i0; i < end; i += T(LOW_CHUNK)) {
            const int64_t some = end - i < T(LOW_CHUNK) ? end - i : T(LOW_CHUNK);
            const int32_t *const hint = hinted ? c->hint + i : NULL;
            R(low_chunk)(rows, i, some, d, c, hint, &tables, &work, &inner, label + i);
        }
        if (hinted) {
            R(low_reopen)(rows, i0, end - i0, d, c, c->hint + i0, work.list, label + i0);
        }
        int32_t negative = 0; /* as narrow as the labels: the loop takes whole vectors */
        for (int64_t i = i0; i < end; i++) {
            negative += label[i] < 0;
        }
        open += negative;
    }
    return open;
}

/* The loops over columns are long enough: nothing is gained by a constant number. */
static __attribute__((noinline)) int64_t
R(low_block_many)(const R(low_rows) * rows, int64_t m, int d, const T(km_low) * c, int32_t *label)
{
    if (d <= T(LOW_SHORT)) { /* never: the compiler may know */
        return 0;
    }
    return R(low_block)(rows, m, d, c, label);
}

static int64_t R(assign_low)(const ROW *x, int64_t ldx, int64_t m, int64_t d, const T(km_low) * c,
                             int32_t *label)
{
    R(low_rows) rows = {.x = x, .ldx = ldx, .scale = (ROW)c->scale};
    for (int64_t p = 0; p < d; p++) {
        rows.shift[p] = (ROW)c->shift[p];
    }
    switch (d) {
    case 1: return R(low_block)(&rows, m, 1, c, label);
    case 2: return R(low_block)(&rows, m, 2, c, label);
    case 3: return R(low_block)(&rows, m, 3, c, label);
    case 4: return R(low_block)(&rows, m, 4, c, label);
    default: return R(low_block_many)(&rows, m, (int)d, c, label);
    }
}
