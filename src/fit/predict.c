#include "predict_parts.h"

#include <math.h>

#include "memory_limit.h"
#include "steps/inertia.h"
#include "steps/sparse.h"
#include "steps/visit.h"

typedef struct predict {
    const km_settings *settings;
    const km_prediction *wanted;
    km_bad_value *bad; /* [threads] */
    double *scratch;   /* [threads][4*d]: column statistics nobody reads */
    int status;
    km_run run;
    int32_t threads;
} predict;

/* Label m rows, all usable, and write what is wanted. */
static void predict_rows(const predict *work, km_run *run, int32_t index, const km_rows *rows)
{
    const km_prediction *const wanted = work->wanted;
    km_thread *const t = &run->thread[index];
    run->typed->assign(run, t, rows, t->fresh);
    if (wanted->distances)
        run->typed->two_distances(run, t, rows, t->fresh, wanted->distances + 2 * rows->row0);
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t j = t->fresh[i];
        const km_center c = {wanted->centroids + j * run->d, km_norm_of_center(run, j)};
        if (wanted->labels)
            wanted->labels[rows->row0 + i] = t->fresh[i];
        if (wanted->inertia)
            km_wide_add_product(&t->wide, rows->weight ? rows->weight[i] : 1,
                                run->typed->sum_d2(run, t, rows, i, c));
    }
}

static void skip_row(const predict *work, int32_t t, int64_t row, int64_t column, double value)
{
    km_note_bad(work->settings, &work->bad[t], row, column, value);
    if (work->wanted->labels)
        work->wanted->labels[row] = -1;
    if (work->wanted->distances)
        work->wanted->distances[2 * row] = work->wanted->distances[2 * row + 1] = NAN;
}

/* Whether every row of the block can be used, where that is quickly told. */
static bool are_usable(const predict *work, const km_run *run, int32_t t, const km_rows *rows)
{
    double *const at = work->scratch + t * 4 * run->d;
    const km_range range = {at, at + run->d, at + 2 * run->d, at + 3 * run->d, NULL};
    return !run->typed->sparse && (!km_number_of(run->source->dtype)->special ||
                                   !run->typed->range(run, rows, 0, rows->m, &range));
}

/* A sparse row whose entries cannot be read: bad data whatever the settings say. */
static bool is_faulty(const predict *work, const km_run *run, int32_t t, const km_rows *one)
{
    km_bad_value found = {.row = one->row0}, *const bad = &work->bad[t];
    if (run->typed->sparse)
        found.fault = run->typed->fault(run, &run->thread[t], one, 0, &found.column);
    if (found.fault != KM_CSR_SOUND && (bad->row < 0 || one->row0 < bad->row))
        *bad = found;
    return found.fault != KM_CSR_SOUND;
}

static void predict_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const predict *const work = argument;
    if (are_usable(work, run, t, rows)) {
        predict_rows(work, run, t, rows);
        return;
    }
    for (int64_t i = 0; i < rows->m; i++) {
        const km_rows one = km_one_row(run, rows, i);
        double value;
        if (is_faulty(work, run, t, &one))
            continue;
        const int64_t column = run->typed->bad_column(run, &one, 0, &value);
        if (column >= 0)
            skip_row(work, t, one.row0, column, value);
        else
            predict_rows(work, run, t, &one);
    }
}

static void drive(km_team *team, void *argument)
{
    predict *const work = argument;
    km_run *const run = &work->run;
    run->team = team;
    run->progress.phase = "assign";
    for (int32_t t = 0; t < run->threads; t++) {
        work->bad[t].row = -1;
        km_wide_clear(&run->thread[t].wide);
    }
    km_pack(run, work->wanted->centroids, work->wanted->k);
    work->status = km_visit(run, predict_block, work);
    if (work->status > 0)
        work->status = km_fail(run->context, KMEANS_ERROR_CANCELLED, "stopped before the last row");
    if (work->status == 0)
        work->status = km_report_bad(run->context, run->source, work->bad, run->threads);
    for (int32_t t = 1; t < run->threads; t++)
        km_wide_merge(&run->thread[0].wide, &run->thread[t].wide);
    if (work->status == 0 && work->wanted->inertia)
        *work->wanted->inertia = km_wide_round(&run->thread[0].wide);
}

/* What the call takes: its own, and buffers of the caller's that are memory. */
static int64_t count_bytes(const kmeans_context *context, const km_prediction *wanted,
                           const km_sizes *sizes, const km_isa *isa)
{
    const km_memory *const memory = &context->memory;
    const bool labels = wanted->labels && !km_is_scratch(memory, wanted->labels);
    const bool distances = wanted->distances && !km_is_scratch(memory, wanted->distances);
    int64_t blocks[6], scratch, bytes = 0;
    km_run_bytes(sizes, isa, &blocks[0], &blocks[1], &blocks[2], &scratch);
    blocks[3] = km_alloc_bytes(sizes->threads, sizeof(km_bad_value));
    blocks[4] = km_alloc_bytes(sizes->threads, 4 * sizes->d * 8);
    blocks[5] = km_size_mul(sizes->n, (labels ? 4 : 0) + (distances ? 16 : 0));
    for (int i = 0; i < 6 && bytes >= 0; i++)
        bytes = km_size_add(bytes, blocks[i]);
    return bytes;
}

int km_predict_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                   const km_prediction *wanted)
{
    predict work = {.settings = settings, .wanted = wanted};
    const km_isa *isa;
    int status = km_predict_choose(context, settings, source->rows, km_row_entries(source),
                                   wanted->k, &isa, &work.threads);
    if (status < 0)
        return status;
    if (source->weights && (status = km_check_weights(context, source->weights, source->rows)) < 0)
        return status;
    const km_sizes sizes = {.n = source->rows,
                            .d = source->cols,
                            .k = wanted->k,
                            .dtype = source->dtype,
                            .sparse = source->sparse,
                            .threads = work.threads};
    status = km_limit_check(context, settings, source, work.threads,
                            count_bytes(context, wanted, &sizes, isa));
    if (status == 0)
        status = km_run_open(&work.run, context, source, isa, &sizes);
    if (status < 0)
        return status;
    work.bad = km_alloc(&context->memory, work.threads, sizeof *work.bad);
    work.scratch = km_alloc(&context->memory, work.threads, 4 * source->cols * 8);
    work.run.started = work.run.polled = km_now();
    work.run.time_limit = settings->time_limit;
    if (!work.bad || !work.scratch)
        status = km_fail(context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                         (long long)source->cols);
    else
        status = km_team_run(context, work.threads, drive, &work);
    km_free(work.scratch);
    km_free(work.bad);
    km_run_close(&work.run);
    return status < 0 ? status : work.status;
}
