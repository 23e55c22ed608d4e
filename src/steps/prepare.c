#include "prepare.h"

#include <math.h>
#include <string.h>

#include "kernels/exact/ieee.h"
#include "sums.h"
#include "visit.h"

/* First unusable value in row order, and the rows each thread skipped. */
typedef struct thread_facts {
    km_range range;
    int64_t bad_row, bad_column;
    double bad_value;
    km_csr_fault fault; /* of a sparse row, rather than of a value */
    int64_t skipped;
} thread_facts;

typedef struct prepare {
    const km_checks *checks;
    thread_facts *thread;
} prepare;

/* A row with a value that cannot be used: skipped, or the error to report. */
static void bad_row(const prepare *work, km_run *run, thread_facts *mine, const km_rows *rows,
                    int64_t i, int64_t column, double value)
{
    const int64_t row = km_row_number(rows, i);
    if (!work->checks->finite || (work->checks->nan_skip && isnan(value))) {
        run->labels[row] = -1;
        mine->skipped++;
    } else if (mine->bad_row < 0 || row < mine->bad_row) {
        mine->bad_row = row;
        mine->bad_column = column;
        mine->bad_value = value;
        mine->fault = KM_CSR_SOUND;
    }
}

/* Row by row: a row is looked at before anything else may be done with it. */
static void prepare_sparse(const prepare *work, km_run *run, int32_t t, const km_rows *rows)
{
    thread_facts *const mine = &work->thread[t];
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i);
        double value;
        int64_t column;
        const km_csr_fault fault = run->typed->fault(run, &run->thread[t], rows, i, &column);
        if (fault != KM_CSR_SOUND) {
            if (mine->bad_row < 0 || row < mine->bad_row) {
                mine->bad_row = row;
                mine->bad_column = column;
                mine->fault = fault;
            }
            continue;
        }
        column = run->typed->bad_column(run, rows, i, &value);
        if (column >= 0)
            bad_row(work, run, mine, rows, i, column, value);
        else
            run->typed->range(run, rows, i, 1, &mine->range);
    }
}

/* The block as a whole; only if something in it is bad, row by row (what the first call left in
 * the arrays is then unspecified, so it works on a copy). */
static void prepare_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const prepare *const work = argument;
    thread_facts *const mine = &work->thread[t];
    const int64_t d = run->d;
    const size_t bytes = (size_t)(4 * d) * sizeof(double);
    if (run->typed->sparse) {
        prepare_sparse(work, run, t, rows);
        return;
    }
    double *const saved = mine->range.max_abs + 4 * d;
    memcpy(saved, mine->range.max_abs, bytes);
    if (!run->typed->range(run, rows, 0, rows->m, &mine->range))
        return;
    memcpy(mine->range.max_abs, saved, bytes);
    for (int64_t i = 0; i < rows->m; i++) {
        double value;
        const int64_t column = run->typed->bad_column(run, rows, i, &value);
        if (column >= 0)
            bad_row(work, run, mine, rows, i, column, value);
        else
            run->typed->range(run, rows, i, 1, &mine->range);
    }
}

/* Of the threads' findings the one with the lowest row; KMEANS_OK when there is none. */
static int report_bad(const km_run *run, const thread_facts *thread)
{
    const thread_facts *first = NULL;
    for (int32_t t = 0; t < run->threads; t++)
        if (thread[t].bad_row >= 0 && (!first || thread[t].bad_row < first->bad_row))
            first = &thread[t];
    if (!first)
        return KMEANS_OK;
    const char *const name = run->source->name;
    if (first->fault != KM_CSR_SOUND)
        return km_csr_fail(run->context, name, first->fault, first->bad_row, first->bad_column,
                           run->d);
    const bool named = name && name[0];
    return km_fail(run->context, KMEANS_ERROR_DATA,
                   "%s%srow %lld, column %lld (counted from 0) is %g; values must be finite and at "
                   "most 2^500 in magnitude%s",
                   named ? name : "", named ? ": " : "", (long long)first->bad_row,
                   (long long)first->bad_column,
                   isnan(first->bad_value) ? fabs(first->bad_value) : first->bad_value,
                   isnan(first->bad_value) ? " (nan = skip leaves such rows out)" : "");
}

int km_check_weights(kmeans_context *context, const double *weights, int64_t n)
{
    bool positive = false;
    for (int64_t i = 0; i < n; i++) {
        if (!(weights[i] >= 0 && weights[i] <= 0x1p500))
            return km_fail(context, KMEANS_ERROR_DATA,
                           "weight of row %lld is %g; weights must be at least 0 and at most 2^500",
                           (long long)i, isnan(weights[i]) ? fabs(weights[i]) : weights[i]);
        positive = positive || weights[i] > 0;
    }
    return positive ? KMEANS_OK
                    : km_fail(context, KMEANS_ERROR_DATA, "all %lld weights are 0", (long long)n);
}

/* The weights that count, and that there are some. */
static int weigh(km_run *run, km_facts *facts)
{
    km_weigh_rows(run, facts);
    return facts->max_weight > 0 ? KMEANS_OK
                                 : km_fail(run->context, KMEANS_ERROR_DATA,
                                           "no row has both usable values and a positive weight");
}

/* The zeros of sparse rows: in every column in which some row has no entry. */
static void add_zeros(const km_run *run, const thread_facts *thread, km_range *range)
{
    const double rows = (double)(run->n - run->skipped);
    for (int64_t p = 0; p < run->d; p++) {
        double seen = 0;
        for (int32_t t = 0; t < run->threads; t++)
            seen += thread[t].range.seen[p];
        if (seen == rows)
            continue;
        range->min[p] = km_smaller(range->min[p], 0);
        range->max[p] = km_larger(range->max[p], 0);
    }
}

static int visit_ranges(km_run *run, const km_checks *checks, km_facts *facts)
{
    const int64_t d = run->d;
    double *const memory = km_alloc(&run->context->memory, run->threads, 8 * d * 8);
    thread_facts *const thread =
        km_alloc(&run->context->memory, run->threads, (int64_t)sizeof *thread);
    int status = KMEANS_ERROR_MEMORY;
    if (memory && thread) {
        prepare work = {checks, thread};
        for (int32_t t = 0; t < run->threads; t++) {
            km_range_start(&thread[t].range, memory + t * 8 * d, d);
            thread[t].range.seen = run->typed->sparse ? memory + (t * 8 + 4) * d : NULL;
            thread[t].bad_row = -1;
        }
        status = km_visit(run, prepare_block, &work);
        for (int32_t t = 0; t < run->threads; t++) {
            km_range_merge(&facts->range, &thread[t].range, d);
            run->skipped += thread[t].skipped;
        }
        if (run->typed->sparse)
            add_zeros(run, thread, &facts->range);
        status = status ? status : report_bad(run, thread);
    } else {
        km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for the ranges of %lld columns",
                (long long)d);
    }
    km_free(thread);
    km_free(memory);
    return status;
}

bool km_squares_exist(const km_facts *facts, int64_t d)
{
    bool exist = true;
    for (int64_t p = 0; p < d; p++)
        exist = exist && facts->range.low_bit[p] > 0x1p-500; /* differences are its multiples */
    return exist;
}

/* No sum of squares may leave float64. */
static int check_sizes(km_run *run, const km_facts *facts)
{
    double bound = 0;
    for (int64_t p = 0; p < run->d; p++)
        bound += 4 * facts->range.max_abs[p] * facts->range.max_abs[p];
    if (bound * run->total_weight < 0x1p1023)
        return KMEANS_OK;
    return km_fail(run->context, KMEANS_ERROR_DATA,
                   "the weights add up to %g and rows may be %g apart, squared: the inertia would "
                   "exceed 2^1023",
                   run->total_weight, bound);
}

void km_facts_free(km_facts *facts)
{
    km_free(facts->memory);
    facts->memory = NULL;
}

/* Labels of both arrays, written before they are read where none are known: a page that is read
 * first is mapped twice, as zeros, and anew by the first write. */
enum { LABELS = 4096 };

static void begin_labels(void *argument, km_run *run, int32_t t, int64_t item)
{
    const int64_t first = item * LABELS;
    const size_t count = (size_t)(run->n - first < LABELS ? run->n - first : LABELS);
    const size_t bytes = count * sizeof *run->labels;
    const bool *const known = argument;
    (void)t;
    if (!*known)
        memset(run->labels + first, 0, bytes);
    memcpy(run->fresh_labels + first, run->labels + first, bytes);
}

int km_prepare(km_run *run, const km_checks *checks, km_facts *facts)
{
    facts->memory = km_alloc(&run->context->memory, 4 * run->d, sizeof(double));
    if (!facts->memory)
        return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                       (long long)run->d);
    km_range_start(&facts->range, facts->memory, run->d);
    int status = KMEANS_OK;
    const km_number *const number = km_number_of(run->source->dtype);
    if (!number->special && !checks->range) {
        km_range_assume(&facts->range, number, run->d);
    } else {
        status = visit_ranges(run, checks, facts);
    }
    if (status == 0 && run->skipped == run->n)
        status = km_fail(run->context, KMEANS_ERROR_DATA, "all %lld rows were skipped",
                         (long long)run->n);
    run->has_skips = run->skipped > 0;
    bool known = run->has_skips || checks->labelled;
    km_for_row_blocks(run, (run->n + LABELS - 1) / LABELS, begin_labels, &known);
    if (status == 0)
        status = weigh(run, facts);
    if (status == 0)
        status = check_sizes(run, facts);
    return status == 0 ? km_sums_open(run, facts) : status;
}
