#include "measures.h"

#include "steps/visit.h"

/* For the larger of the two works. */
int km_measures_threads(kmeans_context *context, const km_settings *settings,
                        const kmeans_source *source, int64_t k, int64_t m)
{
    const int threads = settings->threads > 0 ? settings->threads : km_default_threads(context);
    if (threads < 0)
        return threads;
    const int32_t rows = km_useful_threads(threads, source->rows, km_row_entries(source), k);
    const int32_t sample = m > 0 ? km_useful_threads(threads, m, source->cols, m) : 1;
    return rows > sample ? rows : sample;
}

int km_check_labels(kmeans_context *context, const int32_t *labels, int64_t n, int64_t k)
{
    for (int64_t i = 0; i < n; i++)
        if (labels[i] < -1 || labels[i] >= k)
            return km_fail(context, KMEANS_ERROR_DATA,
                           "label of row %lld is %d; labels must be -1 .. %lld", (long long)i,
                           (int)labels[i], (long long)k - 1);
    return KMEANS_OK;
}

/* Labels into the run, where -1 marks the rows that are not looked at. */
static int take_labels(km_run *run, const int32_t *labels, int64_t k)
{
    const int status = km_check_labels(run->context, labels, run->n, k);
    if (status < 0)
        return status;
    for (int64_t i = 0; i < run->n; i++) {
        const bool counts = !run->weights || run->weights[i] > 0;
        run->labels[i] = counts ? labels[i] : -1;
        run->skipped += run->labels[i] < 0;
    }
    run->has_skips = run->skipped > 0;
    return run->skipped < run->n
               ? KMEANS_OK
               : km_fail(run->context, KMEANS_ERROR_DATA,
                         "none of the %lld rows has a label from 0 on and a positive weight",
                         (long long)run->n);
}

int km_measures_open(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                     const int32_t *labels, int64_t k, int threads, km_run *run)
{
    const km_isa *isa;
    int status = km_isa_choose(context, settings->isa, &isa);
    if (status == 0 && source->weights)
        status = km_check_weights(context, source->weights, source->rows);
    const km_sizes sizes = {.n = source->rows,
                            .d = source->cols,
                            .k = k,
                            .dtype = source->dtype,
                            .sparse = source->sparse,
                            .threads = threads,
                            .fit = true};
    if (status == 0)
        status = km_run_open(run, context, source, isa, &sizes);
    if (status < 0)
        return status;
    run->started = run->polled = km_now();
    run->time_limit = settings->time_limit;
    return take_labels(run, labels, k);
}
