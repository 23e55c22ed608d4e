#include "batch.h"

#include <string.h>

#include "sums.h"
#include "visit.h"

enum { ITEM_ROWS = 32 }; /* rows that a thread gathers at a time */

/* Numbers for the ranges of the batch and of every thread, one more for those of sparse rows. */
static int64_t range_columns(const km_run *run) { return (4 + 5 * (int64_t)run->threads) * run->d; }

int64_t km_batch_bytes(const km_run *run, int64_t size, bool weighted)
{
    const int64_t blocks[][2] = {
        {size, run->d * run->typed->real_size},
        {size, sizeof(int32_t)},
        {size, sizeof(int32_t)},
        {run->threads, sizeof(int)},
        {1, run->typed->sparse ? km_csr_source_size() : (int64_t)sizeof(kmeans_source)},
        {run->typed->sparse ? size : 0, sizeof(km_csr_place)},
        {run->threads, sizeof(km_range)},
        {range_columns(run), sizeof(double)}};
    int64_t bytes = weighted ? km_alloc_bytes(size, sizeof(double)) : 0;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && bytes >= 0; i++)
        bytes = km_size_add(bytes, km_alloc_bytes(blocks[i][0], blocks[i][1]));
    return bytes < 0 ? INT64_MAX : bytes;
}

/* The batch as rows picked out of the source's matrices. */
static int open_sparse(km_run *run, km_batch *batch)
{
    const kmeans_source *const from = run->source;
    const km_csr picked = {
        .pick = batch->pick, .entries = from->entries, .cols = from->cols, .dtype = from->dtype};
    return km_source_over_csr(run->context, &km_csr_memory_ops, &picked, batch->size, "", NULL,
                              &batch->source);
}

int km_batch_open(km_run *run, int64_t size, km_batch *batch)
{
    km_memory *const memory = &run->context->memory;
    *batch = (km_batch){.size = size, .in_order = !(run->source->can & KM_CAN_SEEK)};
    batch->rows = km_alloc(memory, size, run->d * run->typed->real_size);
    batch->pick = km_alloc(memory, run->typed->sparse ? size : 0, sizeof *batch->pick);
    batch->labels = km_alloc(memory, size, sizeof *batch->labels);
    batch->fresh_labels = km_alloc(memory, size, sizeof *batch->fresh_labels);
    batch->status = km_alloc(memory, run->threads, sizeof *batch->status);
    if (run->weights)
        batch->weights = km_alloc(memory, size, sizeof *batch->weights);
    if (!batch->rows || !batch->pick || !batch->labels || !batch->fresh_labels || !batch->status ||
        (run->weights && !batch->weights))
        return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for batches of %lld rows",
                       (long long)size);
    if (run->typed->sparse)
        return open_sparse(run, batch);
    const int dtype = run->typed == &km_typed_f64 ? KMEANS_F64 : KMEANS_F32;
    const kmeans_dense view = kmeans_dense_rows(batch->rows, dtype, size, run->d);
    return kmeans_source_dense(run->context, &view, &batch->source);
}

int km_batch_open_grids(km_run *run, km_batch *batch)
{
    km_memory *const memory = &run->context->memory;
    batch->ranges = km_alloc(memory, run->threads, sizeof *batch->ranges);
    batch->facts.memory = km_alloc(memory, range_columns(run), sizeof *batch->facts.memory);
    if (batch->ranges && batch->facts.memory)
        return KMEANS_OK;
    return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for the ranges of %lld columns",
                   (long long)run->d);
}

void km_batch_close(km_batch *batch)
{
    kmeans_source_close(batch->source);
    km_free(batch->rows);
    km_free(batch->pick);
    km_free(batch->weights);
    km_free(batch->labels);
    km_free(batch->fresh_labels);
    km_free(batch->status);
    km_free(batch->ranges);
    km_free(batch->facts.memory);
    *batch = (km_batch){0};
}

typedef struct gathering {
    km_batch *batch;
    const km_permutation *order;
    int64_t first, m;
} gathering;

/* What is known of row `row` of the source, which becomes row i of the batch. */
static void take_row(const km_run *run, km_batch *batch, int64_t i, int64_t row)
{
    batch->labels[i] = batch->fresh_labels[i] = run->has_skips && run->labels[row] < 0 ? -1 : 0;
    if (batch->weights)
        batch->weights[i] = run->weights[row];
}

static void *row_of(const km_run *run, const km_batch *batch, int64_t i)
{
    return (char *)batch->rows + i * run->d * run->typed->real_size;
}

static void gather_item(void *argument, km_run *run, int32_t t, int64_t item)
{
    const gathering *const work = argument;
    km_batch *const batch = work->batch;
    const int64_t first = item * ITEM_ROWS, left = work->m - first;
    const int64_t m = left < ITEM_ROWS ? left : ITEM_ROWS;
    int64_t rows[ITEM_ROWS];
    for (int64_t i = 0; i < m; i++) {
        rows[i] = km_permutation_at(work->order, work->first + first + i);
        take_row(run, batch, first + i, rows[i]);
    }
    if (run->has_skips)
        km_memory_release(&run->context->memory); /* labels from anywhere: a page each */
    if (run->typed->sparse) {
        for (int64_t i = 0; i < m; i++)
            batch->pick[first + i] = km_csr_find_row(run->source, rows[i]);
        return;
    }
    const int status =
        run->typed->gather(run, rows, m, run->thread[t].row, row_of(run, batch, first));
    if (status < 0)
        batch->status[t] = status;
}

/* Rows from anywhere, by all threads where the source allows it. */
static int gather(km_run *run, gathering *work)
{
    km_batch *const batch = work->batch;
    const int64_t items = (work->m + ITEM_ROWS - 1) / ITEM_ROWS;
    for (int32_t t = 0; t < run->threads; t++)
        batch->status[t] = KMEANS_OK;
    if (run->source->can & KM_CAN_SHARE)
        km_for_blocks(run, items, gather_item, work);
    for (int64_t item = 0; !(run->source->can & KM_CAN_SHARE) && item < items; item++)
        gather_item(work, run, 0, item);
    for (int32_t t = 0; t < run->threads; t++)
        if (batch->status[t] < 0)
            return batch->status[t];
    return KMEANS_OK;
}

/* The following rows; a block may end within a batch. */
static int read_on(km_run *run, const gathering *work)
{
    km_batch *const batch = work->batch;
    kmeans_source *const source = run->source;
    if (work->first == 0) {
        const int status = source->ops->rewind(source);
        batch->block.rows = batch->block_row = 0;
        if (status < 0)
            return status;
    }
    for (int64_t i = 0, m; i < work->m; i += m, batch->block_row += m) {
        while (batch->block_row == batch->block.rows) {
            const int status = source->ops->next(source, &batch->block);
            batch->block_row = 0;
            if (status < 0)
                return status;
            if (status == 0)
                return km_fail(run->context, KMEANS_ERROR_DATA,
                               "the rows end at %lld; a visit before had %lld",
                               (long long)(work->first + i), (long long)run->n);
        }
        const int64_t there = batch->block.rows - batch->block_row;
        m = work->m - i < there ? work->m - i : there;
        run->typed->copy(run, &batch->block, batch->block_row, m, row_of(run, batch, i));
        for (int64_t q = 0; q < m; q++)
            take_row(run, batch, i + q, work->first + i + q);
    }
    return KMEANS_OK;
}

int km_batch_fill(km_run *run, km_batch *batch, const km_permutation *order, int64_t first,
                  int64_t m)
{
    gathering work = {batch, order, first, m};
    int64_t skipped = 0;
    run->source->visits += first == 0;
    const int status = batch->in_order ? read_on(run, &work) : gather(run, &work);
    if (status < 0)
        return status;
    for (int64_t i = 0; i < m; i++)
        skipped += batch->labels[i] < 0;
    batch->source->rows = batch->source->view.rows = m;
    batch->others = (km_row_state){.source = batch->source,
                                   .n = m,
                                   .weights = batch->weights,
                                   .labels = batch->labels,
                                   .fresh_labels = batch->fresh_labels,
                                   .has_skips = skipped > 0,
                                   .skipped = skipped};
    return KMEANS_OK;
}

static void swap(km_run *run, km_batch *batch)
{
    const km_row_state mine = {.source = run->source,
                               .n = run->n,
                               .weights = run->weights,
                               .labels = run->labels,
                               .fresh_labels = run->fresh_labels,
                               .labels_known = run->labels_known,
                               .has_skips = run->has_skips,
                               .skipped = run->skipped,
                               .total_weight = run->total_weight};
    const km_row_state *const other = &batch->others;
    run->source = other->source;
    run->n = other->n;
    run->weights = other->weights;
    run->labels = other->labels;
    run->fresh_labels = other->fresh_labels;
    run->labels_known = other->labels_known;
    run->has_skips = other->has_skips;
    run->skipped = other->skipped;
    run->total_weight = other->total_weight;
    batch->others = mine;
}

static void range_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const km_batch *const batch = argument;
    run->typed->range(run, rows, 0, rows->m, &batch->ranges[t]);
}

/* As km_prepare finds them for the batch as a source of the data's type. */
static int find_ranges(km_run *run, km_batch *batch)
{
    const int64_t d = run->d;
    double *const memory = batch->facts.memory;
    const km_number *const number = km_number_of(batch->others.source->dtype);
    km_range_start(&batch->facts.range, memory, d);
    if (!number->special) {
        km_range_assume(&batch->facts.range, number, d);
        return KMEANS_OK;
    }
    for (int32_t t = 0; t < run->threads; t++) {
        km_range_start(&batch->ranges[t], memory + (4 + 5 * t) * d, d);
        batch->ranges[t].seen = memory + (8 + 5 * t) * d;
    }
    const int status = km_visit(run, range_block, batch);
    for (int32_t t = 0; t < run->threads; t++)
        km_range_merge(&batch->facts.range, &batch->ranges[t], d);
    return status;
}

int km_batch_enter(km_run *run, km_batch *batch)
{
    swap(run, batch);
    km_weigh_rows(run, &batch->facts);
    if (!batch->ranges)
        return KMEANS_OK;
    const int status = find_ranges(run, batch);
    if (status == 0)
        km_sums_place(run, &batch->facts);
    return status;
}

void km_batch_leave(km_run *run, km_batch *batch, const km_facts *facts)
{
    swap(run, batch);
    if (batch->ranges)
        km_sums_place(run, facts);
}
