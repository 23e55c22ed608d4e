#include "measures.h"

#include <math.h>
#include <string.h>

#include "kernels/exact/distance.h"
#include "steps/pass.h"
#include "steps/visit.h"

typedef struct measuring {
    const km_settings *settings;
    const km_measures_asked *asked;
    kmeans_measures found;
    km_run run;
    km_facts facts;
    km_spread spread;
    km_clusters clusters;
    int64_t *rows;    /* [k] of each cluster */
    double *weight;   /* [k] */
    double *means[2]; /* [k][d]: zeros, and the means */
    km_dd *before, *after;
    double *shift2;
    int64_t *total; /* [limbs+1][d] digits of all rows */
    double *middle; /* [d] their mean */
    int status;
} measuring;

double km_longest_distance(const km_facts *facts, int64_t d)
{
    double most = 0;
    for (int64_t p = 0; p < d; p++)
        most = km_larger(most, facts->range.max_abs[p]);
    return 2.125 * most * sqrt((double)d); /* an eighth for rounding */
}

/* Renumber the clusters that have rows, once it is known which rows are skipped. */
static void renumber(measuring *work)
{
    km_run *const run = &work->run;
    int64_t *const rows = work->rows;
    int64_t *const number = run->sums.count; /* free until rows are added */
    int64_t count = 0;
    for (int64_t i = 0; i < run->n; i++)
        if (run->labels[i] >= 0)
            rows[run->labels[i]]++;
    for (int64_t j = 0; j < run->k; j++) {
        number[j] = count;
        count += rows[j] > 0;
    }
    for (int64_t i = 0; i < run->n; i++)
        if (run->labels[i] >= 0)
            run->labels[i] = (int32_t)number[run->labels[i]];
    work->found.rows = run->n - run->skipped;
    work->found.clusters = count;
    work->clusters = (km_clusters){count, work->means[1], work->weight};
}

/* Means and weights; `after` gets the terms of the inertia where the spread is open. */
static int find_means(measuring *work)
{
    km_run *const run = &work->run;
    km_update update = {&work->spread, work->means[0], work->means[1],
                        work->before,  work->after,    work->shift2};
    km_sums_clear(run);
    const int status = km_pass_add_labelled(run);
    if (status)
        return status;
    km_update_centroids(run, &update);
    for (int64_t j = 0; j < work->clusters.count; j++) {
        const km_weight_total weight = km_sums_weight(&run->sums, j);
        work->weight[j] = km_weight_dd(&weight).hi;
    }
    return KMEANS_OK;
}

/* The mean of all rows from the sums of the clusters. */
static void find_middle(measuring *work)
{
    km_run *const run = &work->run;
    const km_sums *const sums = &run->sums;
    int64_t weight[KM_MAX_LIMBS + 1] = {0};
    km_weight_total total = {0};
    for (int64_t j = 0; j < work->clusters.count; j++) {
        const km_weight_total one = km_sums_weight(sums, j);
        km_digits_add(work->total, km_sums_digits(run, j), sums->limbs, run->d);
        total.count += one.count;
        if (one.digits)
            km_digits_add(weight, one.digits, one.limbs, 1);
    }
    if (sums->weight_limbs > 0)
        total = (km_weight_total){total.count, weight, sums->weight_limbs, sums->weight_exponent};
    km_digits_mean(work->total, sums->limbs, run->d, sums->exponent, &total, work->middle);
}

/* B of the header, its sum over clusters rounded once. */
static double between_clusters(measuring *work)
{
    const km_clusters *const clusters = &work->clusters;
    const int64_t d = work->run.d;
    km_wide *const sum = &work->run.thread[0].wide;
    find_middle(work);
    km_wide_clear(sum);
    for (int64_t j = 0; j < clusters->count; j++)
        km_wide_add_product(sum, clusters->weight[j],
                            km_d2_nearest(clusters->means + j * d, work->middle, d));
    return km_wide_round(sum);
}

static int measure_inertia(measuring *work)
{
    km_run *const run = &work->run;
    kmeans_measures *const found = &work->found;
    const double count = (double)found->clusters, n = run->total_weight;
    double inertia = 0;
    if (!km_inertia_formula(run, &work->spread, work->after, &inertia)) {
        const int status = km_inertia_rows(run, work->means[1], false, &inertia);
        if (status)
            return status;
    }
    if (work->asked->wanted & KMEANS_MEASURE_INERTIA)
        found->inertia = inertia;
    if (work->asked->wanted & KMEANS_MEASURE_CALINSKI_HARABASZ && count > 1 && n > count)
        found->calinski_harabasz = between_clusters(work) / (count - 1) / (inertia / (n - count));
    return KMEANS_OK;
}

/* The spread, or one that is not valid: an update reads its m in any case. */
static int open_spread(measuring *work, bool needed)
{
    km_run *const run = &work->run;
    if (needed)
        return km_spread_open(run, &work->facts, &work->spread);
    work->spread.m = km_alloc(&run->context->memory, run->d, sizeof(double));
    return work->spread.m ? KMEANS_OK
                          : km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                                    (long long)run->d);
}

static int measure_silhouette(measuring *work)
{
    km_run *const run = &work->run;
    const int32_t *const labels = run->labels;
    const int64_t most = work->asked->sample, usable = work->found.rows;
    const km_silhouettes_asked asked = {&labels, &work->clusters.count, 1, most,
                                        work->settings->seed};
    work->found.silhouette_rows = usable < most ? usable : most;
    return km_silhouettes(run, &work->facts, &asked, &work->found.silhouette);
}

static int measure(measuring *work)
{
    enum {
        sums = KMEANS_MEASURE_INERTIA | KMEANS_MEASURE_CALINSKI_HARABASZ,
        distances = KMEANS_MEASURE_DAVIES_BOULDIN | KMEANS_MEASURE_SILHOUETTE_SIMPLIFIED
    };
    km_run *const run = &work->run;
    const unsigned wanted = work->asked->wanted;
    const km_checks checks = {.finite = work->settings->finite_check,
                              .nan_skip = work->settings->nan_skip,
                              .range = true,
                              .labelled = true};
    int status = km_prepare(run, &checks, &work->facts);
    if (status)
        return status;
    renumber(work);
    if (wanted & KMEANS_MEASURE_CALINSKI_HARABASZ) {
        km_memory *const memory = &run->context->memory;
        work->total = km_alloc(memory, run->sums.limbs + 1, run->d * 8);
        work->middle = km_alloc(memory, run->d, sizeof(double));
        if (!work->total || !work->middle)
            return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                           (long long)run->d);
    }
    if (wanted & (sums | distances))
        status = open_spread(work, wanted & sums);
    if (status == 0 && wanted & (sums | distances))
        status = find_means(work);
    if (status == 0 && wanted & sums)
        status = measure_inertia(work);
    if (status == 0 && wanted & distances && work->found.clusters > 1)
        status = km_measure_spread(run, &work->facts, &work->clusters, work->asked, &work->found);
    if (status == 0 && wanted & KMEANS_MEASURE_SILHOUETTE)
        status = measure_silhouette(work);
    return status;
}

static void drive(km_team *team, void *argument)
{
    measuring *const work = argument;
    work->run.team = team;
    work->run.progress.phase = "measure";
    work->status = measure(work);
    if (work->status > 0)
        work->status = km_fail(work->run.context, KMEANS_ERROR_CANCELLED,
                               "stopped before the measures were known");
}

static int open_clusters(measuring *work)
{
    kmeans_context *const context = work->run.context;
    km_memory *const memory = &context->memory;
    const int64_t k = work->run.k, row = work->run.d * (int64_t)sizeof(double);
    work->rows = km_alloc(memory, k, sizeof *work->rows);
    work->weight = km_alloc(memory, k, sizeof *work->weight);
    work->means[0] = km_alloc(memory, k, row);
    work->means[1] = km_alloc(memory, k, row);
    work->before = km_alloc(memory, k, sizeof *work->before);
    work->after = km_alloc(memory, k, sizeof *work->after);
    work->shift2 = km_alloc(memory, k, sizeof *work->shift2);
    const bool all = work->rows && work->weight && work->means[0] && work->means[1] &&
                     work->before && work->after && work->shift2;
    return all ? KMEANS_OK
               : km_fail(context, KMEANS_ERROR_MEMORY, "no memory for %lld clusters", (long long)k);
}

static void close_all(measuring *work)
{
    km_free(work->middle);
    km_free(work->total);
    km_free(work->shift2);
    km_free(work->after);
    km_free(work->before);
    km_free(work->means[1]);
    km_free(work->means[0]);
    km_free(work->weight);
    km_free(work->rows);
    km_spread_free(&work->spread);
    km_facts_free(&work->facts);
    km_run_close(&work->run);
}

int km_measures_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                    const km_measures_asked *asked, kmeans_measures *found)
{
    measuring work = {.settings = settings,
                      .asked = asked,
                      .found = {sizeof work.found, 0, 0, NAN, NAN, NAN, NAN, NAN, 0, 0}};
    const bool pairs = asked->wanted & KMEANS_MEASURE_SILHOUETTE;
    const int64_t m = asked->sample < source->rows ? asked->sample : source->rows;
    const int threads = km_measures_threads(context, settings, source, asked->k, pairs ? m : 0);
    if (threads < 0)
        return threads;
    km_memory_mark(&context->memory);
    const int64_t used = context->memory.used;
    int status =
        km_measures_open(context, settings, source, asked->labels, asked->k, threads, &work.run);
    if (status == 0)
        status = open_clusters(&work);
    if (status == 0)
        status = km_team_run(context, threads, drive, &work);
    close_all(&work);
    status = status < 0 ? status : work.status;
    work.found.bytes_peak = context->memory.peak - used;
    if (status == 0)
        *found = work.found;
    return status;
}
