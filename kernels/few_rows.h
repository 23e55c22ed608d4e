/* Few centroids: rows of one type met in lanes of another, or of the same.
 *
 * Parameters: REAL and T(name) of the lanes, ROW and R(name) of the rows, and FEW_LOAD, a file with
 * R(few_shift) and R(few_load). After few_body.h. */

#include FEW_LOAD

/* Rows 0 .. m-1, at most FEW_ROWS: the last one fills the last group. */
KM_INLINE void R(few_chunk)(const ROW *x, int64_t ldx, int64_t m, int64_t d, const T(km_low) * c,
                            const R(few_shift) * shift, T(few_work) * work)
{
    const int64_t bytes = ldx * (int64_t)sizeof *x, tile = T(FEW_GROUP) * bytes;
    const int64_t far = (8192 / tile + 1) * tile; /* whole tiles: by measurement 4 to 16 KB do */
    for (int64_t i = 0; i < m; i += T(FEW_GROUP)) {
        for (int r = 0; r < T(FEW_GROUP); r++) {
            const ROW *const row = x + (i + r < m ? i + r : m - 1) * ldx;
            R(few_load)(row, d, c, shift, work->z + r * KM_PACKED_LD(d));
        }
        const T(few_ahead) ahead = {(uintptr_t)(x + i * ldx) + (uintptr_t)far, T(FEW_GROUP), bytes};
        T(few_group)(d, c, i, ahead, T(VL) * (int)sizeof *x, work);
    }
    for (int64_t i = 0; i < m; i += T(VL)) {
        T(few_compare)(d, c, i, work);
    }
}

static int64_t R(assign_few)(const ROW *x, int64_t ldx, int64_t m, int64_t d, const T(km_low) * c,
                             int32_t *label)
{
    T(few_work) work;
    R(few_shift) shift;
    R(few_start)(d, c, &shift);
    int64_t open = 0;
    for (int64_t i0 = 0; i0 < m; i0 += T(FEW_ROWS)) {
        const int64_t some = m - i0 < T(FEW_ROWS) ? m - i0 : T(FEW_ROWS);
        R(few_chunk)(x + i0 * ldx, ldx, some, d, c, &shift, &work);
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
