/* Rows into kernel form, and the slots that take rows as they are.
 * Parameters: see typed_real.h. */
#include <math.h>
#include <string.h>

#include "kernels/exact/distance.h"

/* Local numbers of the rows that are not skipped. */
static int64_t T(list_rows)(const int32_t *label, int64_t m, int32_t *index)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < m; i++)
        if (label[i] >= 0)
            index[kept++] = (int32_t)i;
    return kept;
}

/* The rows of the index, out of x, to `to`. They lie apart, which no prefetcher of a CPU follows:
 * the memory of a row some places on is asked for. */
static void T(bring_together)(km_rows *rows, int64_t d, REAL *to)
{
    enum { ahead = 8, line = 64, most = 16 * line };
    const REAL *const x = rows->x;
    for (int64_t i = 0; i < rows->m; i++, to += d) {
        const REAL *const from = x + rows->index[i] * rows->ldx;
        const int64_t next = i + ahead < rows->m ? rows->index[i + ahead] : rows->index[i];
        for (int64_t b = 0; b < d * (int64_t)sizeof *x && b < most; b += line)
            __builtin_prefetch((const char *)(x + next * rows->ldx) + b);
        for (int64_t p = 0; d <= KM_LOW_D && p < d; p++)
            to[p] = from[p];
        if (d > KM_LOW_D)
            memcpy(to, from, (size_t)d * sizeof *to);
    }
    rows->x = to - rows->m * d;
    rows->ldx = d;
    rows->apart = false;
}

static void T(load)(const km_run *run, km_thread *t, const km_block *block, int64_t i0, int64_t m,
                    km_rows *rows)
{
    const int64_t row0 = block->row0 + i0;
    const double *weight = run->weights ? run->weights + row0 : NULL;
    *rows = (km_rows){.ldx = run->d, .m = m, .row0 = row0, .weight = weight};
    if (run->select)
        rows->m = run->select(run, t, run->select_argument, block, row0, m);
    else if (run->has_skips)
        rows->m = T(list_rows)(run->labels + row0, m, t->index);
    rows->index = rows->m < m ? t->index : NULL;
    REAL *const buffer = t->rows;
    if (!rows->index) {
        rows->x = T(km_block_rows)(block, i0, &rows->ldx);
        if (!rows->x) {
            T(km_block_load)(T(kernels_of)(run->isa), block, i0, m, buffer, run->d);
            rows->x = buffer;
            rows->ldx = run->d;
        }
        return;
    }
    for (int64_t i = 0; weight && i < rows->m; i++)
        t->weight[i] = weight[t->index[i]];
    rows->x = run->select ? T(km_block_rows)(block, i0, &rows->ldx) : NULL;
    rows->apart = rows->x != NULL;
    if (!rows->x) {
        for (int64_t i = 0; i < rows->m; i++)
            T(km_block_load)
        (T(kernels_of)(run->isa), block, i0 + t->index[i], 1, buffer + i * run->d, run->d);
        rows->x = buffer;
    } else if (run->side_by_side) {
        T(bring_together)(rows, run->d, buffer);
    }
    rows->weight = weight ? t->weight : NULL;
}

/* Rows of a view are converted from where they lie; other sources hand out float64. */
static int T(gather)(const km_run *run, const int64_t *rows, int64_t m, double *row, void *out)
{
    kmeans_source *const source = run->source;
    const int64_t d = source->cols;
    REAL *to = out;
    for (int64_t i = 0; i < m; i++, to += d) {
        if (source->ops->fetch == km_view_fetch) {
            T(km_block_load)(T(kernels_of)(run->isa), &source->view, rows[i], 1, to, d);
            continue;
        }
        const int status = source->can & KM_CAN_SHARE
                               ? source->ops->read(source, rows[i], 1, row)
                               : source->ops->fetch(source, rows + i, 1, row);
        if (status < 0)
            return status;
        for (int64_t p = 0; p < d; p++)
            to[p] = (REAL)row[p]; /* exact: the source's type is no wider */
    }
    return KMEANS_OK;
}

static void T(copy)(const km_run *run, const km_block *block, int64_t i0, int64_t m, void *out)
{
    T(km_block_load)(T(kernels_of)(run->isa), block, i0, m, out, run->d);
}

static int T(range)(const km_run *run, const km_rows *rows, int64_t i0, int64_t m,
                    const km_range *range)
{
    const REAL *const x = (const REAL *)rows->x + i0 * rows->ldx;
    return T(kernels_of)(run->isa)->range(x, rows->ldx, m, run->d, range);
}

static int64_t T(bad_column)(const km_run *run, const km_rows *rows, int64_t i, double *value)
{
    const REAL *const x = (const REAL *)rows->x + i * rows->ldx;
    for (int64_t p = 0; p < run->d; p++) {
        *value = (double)x[p];
        if (!(*value >= -0x1p500 && *value <= 0x1p500))
            return p;
    }
    return -1;
}

/* The slot takes at most 2^10 elements a call and adds two patterns for each. */
static void T(squares)(const km_run *run, km_thread *t, const km_rows *rows, const double *shift,
                       const double *magic, int64_t *digits)
{
    (void)t;
    enum { limit = 1024, grids = 3 };
    const T(km_kernels) *const kernels = T(kernels_of)(run->isa);
    const int64_t width = run->d < limit ? run->d : limit;
    const int64_t height = limit / width;
    for (int64_t i = 0; i < rows->m; i += height) {
        const int64_t m = rows->m - i < height ? rows->m - i : height;
        const double *const w = rows->weight ? rows->weight + i : NULL;
        for (int64_t p = 0; p < run->d; p += width) {
            const int64_t d = run->d - p < width ? run->d - p : width;
            uint64_t acc[grids] = {0};
            kernels->sum_squares((const REAL *)rows->x + i * rows->ldx + p, rows->ldx, w, m, d,
                                 shift + p, magic, acc);
            km_digits_flush(digits, acc, 2 * m * d, magic, grids, 1);
        }
    }
}

static void T(add)(const km_run *run, km_thread *t, const km_rows *rows, const int32_t *label,
                   int64_t i0, int64_t m, int32_t subtract, uint64_t *acc)
{
    (void)t;
    const T(km_kernels) *const kernels = T(kernels_of)(run->isa);
    const REAL *const x = (const REAL *)rows->x + i0 * rows->ldx;
    const km_sums *const sums = &run->sums;
    if (rows->weight)
        kernels->add_rows_weighted(x, rows->ldx, label, rows->weight + i0, m, run->d, sums->magic,
                                   sums->limbs, subtract, acc);
    else
        kernels->add_rows(x, rows->ldx, label, m, run->d, sums->magic, sums->limbs, subtract, acc);
}

static void T(move)(const km_run *run, const km_rows *rows, const int32_t *row, const int32_t *from,
                    const int32_t *to, int64_t m, uint64_t *acc)
{
    const km_sums *const sums = &run->sums;
    T(kernels_of)
    (run->isa)->move_rows(rows->x, rows->ldx, row, from, to, m, run->d, sums->magic, sums->limbs,
                          acc);
}

static void T(row)(const km_run *run, const km_rows *rows, int64_t i, double *out)
{
    const REAL *const x = (const REAL *)rows->x + i * rows->ldx;
    for (int64_t p = 0; p < run->d; p++)
        out[p] = (double)x[p];
}
