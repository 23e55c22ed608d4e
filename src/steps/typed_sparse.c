/* The typed steps on sparse rows, for float32 and float64 values and both widths of indices: rows
 * stay in place, and one at a time is brought into one form (km_entries). */
#include <math.h>
#include <string.h>

#include "kernels/exact/ieee.h"
#include "kernels/sparse_rows.h"
#include "sparse.h"

static int64_t csr_row(const km_rows *rows, int64_t i)
{
    return rows->csr_row + (rows->index ? rows->index[i] : i);
}

static void load(const km_run *run, km_thread *t, const km_block *block, int64_t i0, int64_t m,
                 km_rows *rows)
{
    const int64_t row0 = block->row0 + i0;
    const double *const weight = run->weights ? run->weights + row0 : NULL;
    *rows = (km_rows){
        .m = m, .row0 = row0, .weight = weight, .csr = block->csr, .csr_row = i0, .ldx = run->d};
    if (run->select) {
        rows->m = run->select(run, t, run->select_argument, block, row0, m);
    } else if (run->has_skips) {
        rows->m = 0;
        for (int64_t i = 0; i < m; i++)
            if (run->labels[row0 + i] >= 0)
                t->index[rows->m++] = (int32_t)i;
    }
    if (rows->m == m)
        return;
    rows->index = t->index;
    for (int64_t i = 0; weight && i < rows->m; i++)
        t->weight[i] = weight[t->index[i]];
    rows->weight = weight ? t->weight : NULL;
}

/* Values and columns of entries begin .. begin + m - 1 into the thread's buffer. */
static void copy_entries(const km_csr *csr, int64_t begin, int64_t m, km_sparse_scratch *s)
{
    const bool plain = !csr->wide && csr->base == 0;
    const int32_t *const narrow = csr->indices;
    for (int64_t q = 0; plain && q < m; q++)
        s->column[q] = narrow[begin + q];
    for (int64_t q = 0; !plain && q < m; q++)
        s->column[q] = (int32_t)km_csr_column(csr, begin + q);
    const float *const single = csr->values;
    const double *const wide = csr->values;
    for (int64_t q = 0; csr->dtype == KMEANS_F32 && q < m; q++)
        s->value[q] = (double)single[begin + q];
    for (int64_t q = 0; csr->dtype != KMEANS_F32 && q < m; q++)
        s->value[q] = wide[begin + q];
}

km_entries km_entries_of(const km_run *run, km_thread *t, const km_rows *rows, int64_t i)
{
    km_sparse_scratch *const s = &t->sparse;
    int64_t begin, end;
    (void)run;
    const km_csr *const csr = km_csr_row(rows->csr, csr_row(rows, i), &begin, &end);
    const int64_t m = end - begin;
    if (s->csr == csr && s->begin == begin && s->entries.m == m)
        return s->entries;
    if (csr->dtype == KMEANS_F64 && !csr->wide && csr->base == 0) {
        s->entries = (km_entries){(const int32_t *)csr->indices + begin,
                                  (const double *)csr->values + begin, m};
    } else {
        copy_entries(csr, begin, m, s);
        s->entries = (km_entries){s->column, s->value, m};
    }
    s->norm2 = 0;
    for (int64_t q = 0; q < m; q++)
        s->norm2 += s->entries.value[q] * s->entries.value[q];
    s->csr = csr;
    s->begin = begin;
    return s->entries;
}

static km_csr_fault fault(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                          int64_t *column)
{
    km_sparse_scratch *const s = &t->sparse; /* mark starts as zeros */
    (void)run;
    return km_csr_check_row(rows->csr, csr_row(rows, i), ++s->stamp, s->mark, column);
}

/* The lowest such column, as in a dense row. */
static int64_t bad_column(const km_run *run, const km_rows *rows, int64_t i, double *value)
{
    int64_t begin, end, bad = -1;
    (void)run;
    const km_csr *const csr = km_csr_row(rows->csr, csr_row(rows, i), &begin, &end);
    for (int64_t q = begin; q < end; q++) {
        const double x = km_csr_value(csr, q);
        if (x >= -0x1p500 && x <= 0x1p500)
            continue;
        const int64_t p = km_csr_column(csr, q);
        if (bad < 0 || p < bad) {
            bad = p;
            *value = x;
        }
    }
    return bad;
}

/* The rows are known to be good: see bad_column. */
static void add_to_range(const km_range *range, int64_t p, double x)
{
    range->seen[p]++;
    range->min[p] = km_smaller(range->min[p], x);
    range->max[p] = km_larger(range->max[p], x);
    if (x == 0)
        return;
    const km_parts parts = km_take_apart(x);
    const uint64_t mantissa = (uint64_t)(parts.mantissa < 0 ? -parts.mantissa : parts.mantissa);
    const double low = km_pow2(parts.exponent + __builtin_ctzll(mantissa));
    range->max_abs[p] = km_larger(range->max_abs[p], fabs(x));
    range->low_bit[p] = km_smaller(range->low_bit[p], low);
}

static int range(const km_run *run, const km_rows *rows, int64_t i0, int64_t m,
                 const km_range *range)
{
    (void)run;
    for (int64_t i = i0; i < i0 + m; i++) {
        int64_t begin, end;
        const km_csr *const csr = km_csr_row(rows->csr, csr_row(rows, i), &begin, &end);
        for (int64_t q = begin; q < end; q++)
            add_to_range(range, km_csr_column(csr, q), km_csr_value(csr, q));
    }
    return 0;
}

/* shift is 0 in every column in which some row has no entry (choose_middle): what is absent adds
 * nothing. */
static void squares(const km_run *run, km_thread *t, const km_rows *rows, const double *shift,
                    const double *magic, int64_t *digits)
{
    enum { grids = 3 };
    for (int64_t i = 0; i < rows->m; i++) {
        const km_entries x = km_entries_of(run, t, rows, i);
        for (int64_t q = 0; q < x.m; q += KM_SPARSE_PART) {
            const int64_t m = x.m - q < KM_SPARSE_PART ? x.m - q : KM_SPARSE_PART;
            uint64_t acc[grids] = {0};
            for (int64_t e = 0; e < m; e++)
                t->sparse.shift[e] = shift[x.column[q + e]];
            run->isa->f64->sum_squares(x.value + q, m, rows->weight ? rows->weight + i : NULL, 1, m,
                                       t->sparse.shift, magic, acc);
            km_digits_flush(digits, acc, 2 * m, magic, grids, 1);
        }
    }
}

static void add(const km_run *run, km_thread *t, const km_rows *rows, const int32_t *label,
                int64_t i0, int64_t m, int32_t subtract, uint64_t *acc)
{
    const km_sums *const sums = &run->sums;
    const km_grids grids = {sums->magic, run->d, sums->limbs};
    for (int64_t i = 0; i < m; i++)
        if (label[i] >= 0)
            km_sparse_add(km_entries_of(run, t, rows, i0 + i),
                          rows->weight ? rows->weight + i0 + i : NULL, &grids, subtract,
                          acc + label[i] * sums->limbs * run->d);
}

void km_sparse_row(const km_run *run, const km_rows *rows, int64_t i, double *out)
{
    int64_t begin, end;
    const km_csr *const csr = km_csr_row(rows->csr, csr_row(rows, i), &begin, &end);
    memset(out, 0, (size_t)run->d * sizeof *out);
    for (int64_t q = begin; q < end; q++)
        out[km_csr_column(csr, q)] = km_csr_value(csr, q);
}

const km_typed km_typed_sparse = {
    .real_size = 0,
    .sparse = true,
    .fault = fault,
    .load = load,
    .range = range,
    .bad_column = bad_column,
    .squares = squares,
    .assign = km_sparse_assign,
    .two_distances = km_sparse_two_distances,
    .add = add,
    .whole_d2 = km_sparse_exact_d2,
    .near_d2 = km_sparse_near_d2,
    .exact_d2 = km_sparse_exact_d2,
    .sum_d2 = km_sparse_sum_d2,
    .row = km_sparse_row,
};
