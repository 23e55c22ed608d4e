/* Few centroids: rows of one type met in lanes of another, or of the same.
 *
 * Parameters: REAL and T(name) of the lanes, ROW and R(name) of the rows, and FEW_LOAD, a file with
 * R(few_shift) and R(few_load). After few_body.h. */

#include FEW_LOAD

/* The rows of a call, which may lie apart. */
typedef struct R(few_source) {
    const ROW *x;
    int64_t ldx, m;
    const int32_t *row;
} R(few_source);

KM_INLINE const ROW *R(few_row)(const R(few_source) * from, int64_t i)
{
    return from->x + (from->row != NULL ? from->row[i] : i) * from->ldx;
}

KM_INLINE int64_t R(few_on)(const R(few_source) * from)
{
    const int64_t step = from->ldx < 0 ? -from->ldx : from->ldx + (from->ldx == 0);
    return (8192 / (T(FEW_GROUP) * step * (int64_t)sizeof(ROW)) + 1) * T(FEW_GROUP);
}

/* The first rows of a call, of which none has been asked for. */
KM_INLINE void R(few_begin)(const R(few_source) * from, int64_t d)
{
    const int64_t on = R(few_on)(from), m = on < from->m ? on : from->m;
    for (int64_t i = 0; from->row != NULL && i < m; i++) {
        for (int64_t b = 0; b < d * (int64_t)sizeof(ROW); b += 64) {
            __builtin_prefetch((const char *)R(few_row)(from, i) + b, 0, 2);
        }
    }
}

/* The tile that is asked for while that of row i is met: whole tiles on, by measurement 4 to 16 KB.
 * Beyond the last row: what follows it, or, of rows apart, nothing new. */
KM_INLINE T(few_ahead) R(few_next)(const R(few_source) * from, int64_t i)
{
    const int64_t on = R(few_on)(from);
    T(few_ahead) ahead = {.first = 0, .rows = T(FEW_GROUP)};
    for (int64_t r = i; r < i + T(FEW_GROUP); r++) {
        const int64_t last = from->row != NULL && r + on >= from->m ? from->m - 1 : r + on;
        const int64_t number = from->row != NULL ? from->row[last] : last;
        const int64_t bytes = number * from->ldx * (int64_t)sizeof(ROW);
        ahead.row[r - i] = (uintptr_t)from->x + (uintptr_t)bytes;
    }
    return ahead;
}

/* Rows i0 .. i0+m-1, at most FEW_ROWS: the last one fills the last group. */
KM_INLINE void R(few_chunk)(const R(few_source) * from, int64_t i0, int64_t m, int64_t d,
                            const T(km_low) * c, const R(few_shift) * shift, T(few_work) * work)
{
    for (int64_t i = 0; i < m; i += T(FEW_GROUP)) {
        for (int r = 0; r < T(FEW_GROUP); r++) {
            const ROW *const row = R(few_row)(from, i0 + (i + r < m ? i + r : m - 1));
            R(few_load)(row, d, c, shift, work->z + r * KM_PACKED_LD(d));
        }
        T(few_group)(d, c, i, R(few_next)(from, i0 + i), T(VL) * (int)sizeof(ROW), work);
    }
    for (int64_t i = 0; i < m; i += T(VL)) {
        T(few_compare)(d, c, i, work);
    }
}

static int64_t R(assign_few)(const ROW *x, int64_t ldx, int64_t m, int64_t d, const T(km_low) * c,
                             int32_t *label)
{
    const R(few_source) from = {.x = x, .ldx = ldx, .m = m, .row = c->row};
    T(few_work) work;
    R(few_shift) shift;
    R(few_start)(d, c, &shift);
    R(few_begin)(&from, d);
    int64_t open = 0;
    for (int64_t i0 = 0; i0 < m; i0 += T(FEW_ROWS)) {
        const int64_t some = m - i0 < T(FEW_ROWS) ? m - i0 : T(FEW_ROWS);
        R(few_chunk)(&from, i0, some, d, c, &shift, &work);
        for (int64_t i = 0; i < some; i++) {
            label[i0 + i] = work.label[i];
            open += work.label[i] < 0;
        }
        if (c->gap != NULL) {
            memcpy(c->gap + i0, work.gap, (size_t)some * sizeof *work.gap);
        }
    }
    return open;
}
