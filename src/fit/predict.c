#include "predict.h"

#include <math.h>

#include "kernels/exact/distance.h"
#include "steps/inertia.h"
#include "steps/visit.h"

/* First bad value seen by one thread. */
typedef struct bad_value {
    int64_t row, column;
    double value;
} bad_value;

typedef struct predict {
    const km_settings *settings;
    const km_prediction *wanted;
    bad_value *bad;  /* [threads] row < 0: none */
    double *scratch; /* [threads][4*d]: column statistics nobody reads */
    int status;
    km_run run;
    int32_t threads;
} predict;

static km_range scratch_range(const predict *work, const km_run *run, int32_t t)
{
    double *const at = work->scratch + t * 4 * run->d;
    return (km_range){at, at + run->d, at + 2 * run->d, at + 3 * run->d};
}

/* Label m rows, all usable, and write what is wanted. */
static void predict_rows(const predict *work, km_run *run, int32_t index, const km_rows *rows)
{
    const km_prediction *const wanted = work->wanted;
    km_thread *const t = &run->thread[index];
    run->typed->assign(run, t, rows, t->fresh);
    if (wanted->distances)
        run->typed->two_distances(run, t, rows, t->fresh, wanted->distances + 2 * rows->row0);
    for (int64_t i = 0; i < rows->m; i++) {
        const double *const c = wanted->centroids + t->fresh[i] * run->d;
        if (wanted->labels)
            wanted->labels[rows->row0 + i] = t->fresh[i];
        if (wanted->inertia)
            km_wide_add_product(&t->wide, rows->weight ? rows->weight[i] : 1,
                                km_row_d2(run, rows, i, c, t->row));
    }
}

static void skip_row(const predict *work, km_run *run, int32_t t, int64_t row, int64_t column,
                     double value)
{
    const km_settings *const s = work->settings;
    const bool skip = !s->finite_check || (s->nan_skip && isnan(value));
    bad_value *const bad = &work->bad[t];
    (void)run;
    if (!skip && (bad->row < 0 || row < bad->row))
        *bad = (bad_value){row, column, value};
    if (work->wanted->labels)
        work->wanted->labels[row] = -1;
    if (work->wanted->distances)
        work->wanted->distances[2 * row] = work->wanted->distances[2 * row + 1] = NAN;
}

static void predict_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const predict *const work = argument;
    const km_range range = scratch_range(work, run, t);
    if (run->source->dtype == KMEANS_U8 || !run->typed->range(run, rows, 0, rows->m, &range)) {
        predict_rows(work, run, t, rows);
        return;
    }
    for (int64_t i = 0; i < rows->m; i++) {
        double value;
        const int64_t column = run->typed->bad_column(run, rows, i, &value);
        km_rows one = *rows;
        one.m = 1;
        one.row0 = rows->row0 + i;
        one.x = (const char *)rows->x + i * rows->ldx * run->typed->real_size;
        one.weight = rows->weight ? rows->weight + i : NULL;
        if (column >= 0)
            skip_row(work, run, t, one.row0, column, value);
        else
            predict_rows(work, run, t, &one);
    }
}

static int report(const predict *work, km_run *run)
{
    const bad_value *first = NULL;
    for (int32_t t = 0; t < run->threads; t++)
        if (work->bad[t].row >= 0 && (!first || work->bad[t].row < first->row))
            first = &work->bad[t];
    if (!first)
        return KMEANS_OK;
    return km_fail(run->context, KMEANS_ERROR_DATA,
                   "row %lld, column %lld (counted from 0) is %g; values must be finite and at "
                   "most 2^500 in magnitude%s",
                   (long long)first->row, (long long)first->column, first->value,
                   isnan(first->value) ? " (nan = skip leaves such rows out)" : "");
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
        work->status = report(work, run);
    for (int32_t t = 1; t < run->threads; t++)
        km_wide_merge(&run->thread[0].wide, &run->thread[t].wide);
    if (work->status == 0 && work->wanted->inertia)
        *work->wanted->inertia = km_wide_round(&run->thread[0].wide);
}

static int choose(kmeans_context *context, const km_settings *settings, const km_isa **isa,
                  int32_t *threads)
{
    const int status = km_isa_choose(context, settings->isa, isa);
    if (status < 0)
        return status;
    const int count = settings->threads > 0 ? settings->threads : km_default_threads(context);
    *threads = count;
    return count < 0 ? count : KMEANS_OK;
}

int km_predict_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                   const km_prediction *wanted)
{
    predict work = {.settings = settings, .wanted = wanted};
    const km_isa *isa;
    int status = choose(context, settings, &isa, &work.threads);
    if (status < 0)
        return status;
    if (source->weights && (status = km_check_weights(context, source->weights, source->rows)) < 0)
        return status;
    const km_sizes sizes = {.n = source->rows, .d = source->cols, .k = wanted->k,
                            .dtype = source->dtype, .threads = work.threads};
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
    kmeans_source *source;
    const km_isa *isa;
    const double *centroids;
    int64_t k, row0, count;
    double *out;
    double *rows; /* [threads][TILE_ROWS][d] */
    km_work deal;
    km_team *team;
} transform;

static void transform_phase(void *argument, int32_t t)
{
    transform *const work = argument;
    const int64_t d = work->source->cols;
    double *const rows = work->rows + t * TILE_ROWS * d;
    for (int64_t item; (item = km_work_next(&work->deal, t)) >= 0;) {
        const int64_t first = item * TILE_ROWS;
        const int64_t m = work->count - first < TILE_ROWS ? work->count - first : TILE_ROWS;
        kmeans_source_read(work->source, work->row0 + first, m, rows);
        for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < work->k; j++) {
                const double *const c = work->centroids + j * d;
                const double d2 = work->isa->f64->d2(rows + i * d, c, d);
                const bool safe = d2 > 0x1p-900 && d2 < 0x1p1000;
                work->out[(first + i) * work->k + j] =
                    safe ? sqrt(d2) : km_distance_nearest(rows + i * d, c, d);
            }
    }
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
    transform work = {.source = source, .centroids = centroids, .k = k, .row0 = row0,
                      .count = count, .out = out};
    int32_t threads;
    int status = choose(context, settings, &work.isa, &threads);
    if (status < 0)
        return status;
    work.rows = km_alloc(&context->memory, threads, TILE_ROWS * source->cols * 8);
    work.deal.ranges = km_alloc(&context->memory, threads, sizeof *work.deal.ranges);
    work.deal.threads = threads;
    if (work.rows && work.deal.ranges)
        status = km_team_run(context, threads, transform_drive, &work);
    else
        status = km_fail(context, KMEANS_ERROR_MEMORY, "no memory for tiles of %lld columns",
                         (long long)source->cols);
    km_free(work.deal.ranges);
    km_free(work.rows);
    return status;
}
