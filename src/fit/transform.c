/* Distances of rows to all centroids. */
#include "predict_parts.h"

#include <math.h>

#include "kernels/exact/distance.h"
#include "memory_limit.h"

enum { TILE_ROWS = 64 };

typedef struct transform {
    const km_settings *settings;
    kmeans_source *source;
    const km_isa *isa;
    const double *centroids;
    int64_t k, row0, count;
    double *out;
    double *rows;      /* [threads][TILE_ROWS][d] */
    km_bad_value *bad; /* [threads] */
    int *status;       /* [threads] of reading */
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
        km_note_bad(work->settings, &work->bad[t], row, column, x[column]);
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
    return km_report_bad(context, work->source, work->bad, threads);
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
    int status = km_predict_choose(context, settings, count, source->cols, k, &work.isa, &threads);
    if (status == 0 && row0 == 0) /* later tiles take what the first one took */
        status = km_limit_check(context, settings, source, threads,
                                km_alloc_bytes(threads, TILE_ROWS * source->cols * 8));
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
