#include "predict.h"

#include <math.h>

#include "kernels/exact/distance.h"
#include "steps/inertia.h"
#include "steps/sparse.h"
#include "steps/visit.h"

/* First bad value seen by one thread; row < 0: none. */
typedef struct bad_value {
    int64_t row, column;
    double value;
    km_csr_fault fault; /* of a sparse row, rather than of a value */
} bad_value;

/* A value that cannot be used: bad data, unless the settings say otherwise. */
static void note_bad(const km_settings *s, bad_value *bad, int64_t row, int64_t column,
                     double value)
{
    const bool skip = !s->finite_check || (s->nan_skip && isnan(value));
    if (!skip && (bad->row < 0 || row < bad->row))
        *bad = (bad_value){row, column, value, KM_CSR_SOUND};
}

static int report_bad(kmeans_context *context, const kmeans_source *source, const bad_value *bad,
                      int32_t threads)
{
    const bad_value *first = NULL;
    for (int32_t t = 0; t < threads; t++)
        if (bad[t].row >= 0 && (!first || bad[t].row < first->row))
            first = &bad[t];
    if (!first)
        return KMEANS_OK;
    if (first->fault != KM_CSR_SOUND)
        return km_csr_fail(context, source->name, first->fault, first->row, first->column,
                           source->cols);
    const bool nan = isnan(first->value);
    return km_fail(context, KMEANS_ERROR_DATA,
                   "row %lld, column %lld (counted from 0) is %g; values must be finite and at "
                   "most 2^500 in magnitude%s",
                   (long long)first->row, (long long)first->column, nan ? NAN : first->value,
                   nan ? " (nan = skip leaves such rows out)" : "");
}

typedef struct predict {
    const km_settings *settings;
    const km_prediction *wanted;
    bad_value *bad;  /* [threads] */
    double *scratch; /* [threads][4*d]: column statistics nobody reads */
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
    note_bad(work->settings, &work->bad[t], row, column, value);
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
    bad_value found = {.row = one->row0}, *const bad = &work->bad[t];
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
        work->status = report_bad(run->context, run->source, work->bad, run->threads);
    for (int32_t t = 1; t < run->threads; t++)
        km_wide_merge(&run->thread[0].wide, &run->thread[t].wide);
    if (work->status == 0 && work->wanted->inertia)
        *work->wanted->inertia = km_wide_round(&run->thread[0].wide);
}

/* Table and number of threads for labelling or measuring n rows. */
static int choose(kmeans_context *context, const km_settings *settings, int64_t n, int64_t d,
                  int64_t k, const km_isa **isa, int32_t *threads)
{
    const int status = km_isa_choose(context, settings->isa, isa);
    if (status < 0)
        return status;
    const int count = settings->threads > 0 ? settings->threads : km_default_threads(context);
    *threads = count < 0 ? count : km_useful_threads(count, n, d, k);
    return count < 0 ? count : KMEANS_OK;
}

int km_predict_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                   const km_prediction *wanted)
{
    predict work = {.settings = settings, .wanted = wanted};
    const km_isa *isa;
    int status = choose(context, settings, source->rows, km_row_entries(source), wanted->k, &isa,
                        &work.threads);
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

enum { TILE_ROWS = 64 };

typedef struct transform {
    const km_settings *settings;
    kmeans_source *source;
    const km_isa *isa;
    const double *centroids;
    int64_t k, row0, count;
    double *out;
    double *rows;   /* [threads][TILE_ROWS][d] */
    bad_value *bad; /* [threads] */
    int *status;    /* [threads] of reading */
    km_work deal;
    km_team *team;
} transform;

static int64_t find_bad(const double *x, int64_t d)
{
    for (int64_t p = 0; p < d; p++)
        if (!(fabs(x[p]) <= 0x1p500))
            return p;
    return -1;
}

/* Distances of row x; all NaN where it cannot be used. */
static void transform_row(const transform *work, int32_t t, const double *x, int64_t row)
{
    const int64_t d = work->source->cols;
    double *const out = work->out + (row - work->row0) * work->k;
    const int64_t column = find_bad(x, d);
    if (column >= 0)
        note_bad(work->settings, &work->bad[t], row, column, x[column]);
    for (int64_t j = 0; j < work->k; j++) {
        const double *const c = work->centroids + j * d;
        const double d2 = column < 0 ? work->isa->f64->d2(x, c, d) : NAN;
        const bool safe = column >= 0 || (d2 > 0x1p-900 && d2 < 0x1p1000);
        out[j] = safe ? sqrt(d2) : km_distance_nearest(x, c, d);
    }
}

static void transform_phase(void *argument, int32_t t)
{
    transform *const work = argument;
    const int64_t d = work->source->cols;
    double *const rows = work->rows + t * TILE_ROWS * d;
    for (int64_t item; (item = km_work_next(&work->deal, t)) >= 0;) {
        const int64_t first = item * TILE_ROWS;
        const int64_t m = work->count - first < TILE_ROWS ? work->count - first : TILE_ROWS;
        const int status = work->source->ops->read(work->source, work->row0 + first, m, rows);
        if (status < 0)
            work->status[t] = status;
        for (int64_t i = 0; status == KMEANS_OK && i < m; i++)
            transform_row(work, t, rows + i * d, work->row0 + first + i);
    }
}

static int transform_status(kmeans_context *context, const transform *work, int32_t threads)
{
    for (int32_t t = 0; t < threads; t++)
        if (work->status[t] < 0)
            return work->status[t];
    return report_bad(context, work->source, work->bad, threads);
}

static void transform_drive(km_team *team, void *argument)
{
    transform *const work = argument;
    km_work_deal(&work->deal, (work->count + TILE_ROWS - 1) / TILE_ROWS);
    km_team_phase(team, transform_phase, work);
}

int km_transform_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                     const double *centroids, int64_t k, int64_t row0, int64_t count, double *out)
{
    transform work = {.settings = settings,
                      .source = source,
                      .centroids = centroids,
                      .k = k,
                      .row0 = row0,
                      .count = count,
                      .out = out};
    int32_t threads;
    int status = choose(context, settings, count, source->cols, k, &work.isa, &threads);
    if (status < 0)
        return status;
    work.rows = km_alloc(&context->memory, threads, TILE_ROWS * source->cols * 8);
    work.deal.ranges = km_alloc(&context->memory, threads, sizeof *work.deal.ranges);
    work.deal.threads = threads;
    work.bad = km_alloc(&context->memory, threads, sizeof *work.bad);
    work.status = km_alloc(&context->memory, threads, sizeof *work.status);
    for (int32_t t = 0; work.bad && t < threads; t++)
        work.bad[t].row = -1;
    if (work.rows && work.deal.ranges && work.bad && work.status)
        status = km_team_run(context, threads, transform_drive, &work);
    else
        status = km_fail(context, KMEANS_ERROR_MEMORY, "no memory for tiles of %lld columns",
                         (long long)source->cols);
    if (status == KMEANS_OK)
        status = transform_status(context, &work, threads);
    km_free(work.status);
    km_free(work.bad);
    km_free(work.deal.ranges);
    km_free(work.rows);
    return status;
}
