/* From the best attempt to the result. */
#include "fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "kernels/exact/wide.h"
#include "steps/pack.h"
#include "steps/visit.h"

/* Rows of positive weight per cluster, and their exact total weight rounded once. */
static void count_sizes(km_fit *fit)
{
    km_run *const run = &fit->run;
    const km_sums *const sums = &run->sums;
    kmeans_result *const result = fit->result;
    for (int64_t i = 0; i < run->n; i++) {
        km_memory_step(&run->context->memory, i);
        if (run->labels[i] >= 0 && !(run->weights && run->weights[i] == 0))
            result->sizes[run->labels[i]]++;
    }
    for (int64_t j = 0; j < run->k; j++)
        result->weights[j] = (double)result->sizes[j];
    if (!run->weights)
        return;
    /* The sums are over: their digits serve to add up the weights once more. */
    const int32_t width = sums->weight_limbs + 1;
    memset(sums->weight_digits, 0, (size_t)(run->k * width) * sizeof *sums->weight_digits);
    for (int64_t i = 0; i < run->n; i++) {
        km_memory_step(&run->context->memory, i);
        if (run->labels[i] >= 0)
            km_sums_add_weight(sums, run->weights[i], sums->weight_digits + run->labels[i] * width);
    }
    for (int64_t j = 0; j < run->k; j++)
        result->weights[j] = km_digits_nearest(sums->weight_digits + j * width, sums->weight_limbs,
                                               1, sums->weight_exponent);
}

static void distances_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    double *const out = argument;
    km_thread *const thread = &run->thread[t];
    for (int64_t i = 0; i < rows->m; i++)
        thread->fresh[i] = run->labels[km_row_number(rows, i)];
    for (int64_t i = 0; i < rows->m; i++) {
        const km_rows one = km_one_row(run, rows, i);
        run->typed->two_distances(run, thread, &one, thread->fresh + i,
                                  out + 2 * km_row_number(rows, i));
    }
}

static int find_distances(km_fit *fit, const double *c)
{
    km_run *const run = &fit->run;
    double *const out = fit->result->distances;
    for (int64_t i = 0; i < 2 * run->n; i++) {
        km_memory_step(&run->context->memory, i);
        out[i] = NAN; /* skipped rows keep it */
    }
    km_pack(run, c, run->k);
    return km_visit(run, distances_block, out);
}

static int allocate(km_fit *fit)
{
    km_memory *const memory = &fit->context->memory;
    kmeans_result *const result = fit->result;
    const int64_t k = fit->run.k;
    const bool distances = fit->settings->distances, inertia = fit->settings->cluster_inertia;
    result->sizes = km_alloc(memory, k, sizeof *result->sizes);
    result->weights = km_alloc(memory, k, sizeof *result->weights);
    if (distances)
        result->distances = km_alloc_rows(memory, fit->run.n, 2 * sizeof(double));
    if (inertia)
        result->cluster_inertia = km_alloc(memory, k, sizeof(double));
    if (result->sizes && result->weights && (!distances || result->distances) &&
        (!inertia || result->cluster_inertia))
        return KMEANS_OK;
    return km_fail_rows(fit->context, "the result", fit->run.n);
}

static void move_best(km_fit *fit, const km_attempt *best)
{
    kmeans_result *const result = fit->result;
    km_run *const run = &fit->run;
    double **const c = best->centroids == fit->best_c ? &fit->best_c
                       : best->centroids == fit->c[0] ? &fit->c[0]
                                                      : &fit->c[1];
    result->centroids = *c;
    *c = NULL;
    for (int64_t q = 0; q < run->k * run->d; q++)
        result->centroids[q] += 0.0; /* a given -0 becomes +0 */
    kmeans_trace_row **const trace = fit->best_trace ? &fit->best_trace : &fit->trace;
    result->trace = *trace;
    result->trace_rows = best->trace_rows;
    *trace = NULL;
}

static void move_labels(km_fit *fit)
{
    fit->result->labels = fit->run.labels;
    fit->run.labels = NULL;
}

/* Fewer distinct rows than clusters: seen by k-means++, or when clusters stay empty although
 * every row lies on its centroid. */
static int64_t distinct_rows(const km_fit *fit, const km_attempt *best)
{
    int64_t used = 0;
    for (int64_t j = 0; j < fit->run.k; j++)
        used += fit->result->sizes[j] > 0;
    if (used < fit->run.k && best->converged && best->inertia == 0 &&
        km_squares_exist(&fit->facts, fit->run.d))
        return used;
    return best->distinct;
}

static const char *plural(int64_t count) { return count == 1 ? "" : "s"; }

static void add_warnings(const km_fit *fit, const km_attempt *best)
{
    kmeans_result *const result = fit->result;
    const kmeans_result_info *const info = &result->info;
    if (info->distinct_rows > 0)
        km_warn(result, "distinct_rows",
                "only %" PRId64 " distinct row%s for %" PRId64 " clusters: the others stay empty",
                info->distinct_rows, plural(info->distinct_rows), info->k);
    if (fit->algorithm->by_batches && fit->batch.in_order)
        km_warn(result, "rows_in_order",
                "the batches are rows as they follow each other: single rows of this source cannot "
                "be had");
    if (best->empty_events > 0 && fit->algorithm->by_batches)
        km_warn(result, "starved_clusters",
                "%" PRId64 " time%s a centroid with too little weight was placed anew",
                best->empty_events, plural(best->empty_events));
    else if (best->empty_events > 0 && fit->settings->empty == KM_EMPTY_RELOCATE)
        km_warn(result, "empty_clusters",
                "%" PRId64 " time%s a cluster became empty: %" PRId64
                " moved to the farthest row, %" PRId64 " left in place for want of one",
                best->empty_events, plural(best->empty_events),
                best->empty_events - best->empty_left, best->empty_left);
    else if (best->empty_events > 0)
        km_warn(result, "empty_clusters",
                "%" PRId64 " time%s a cluster became empty and was left in its place",
                best->empty_events, plural(best->empty_events));
    if (info->rows_skipped > 0)
        km_warn(result, "rows_skipped", "%" PRId64 " row%s with unusable values: label -1",
                info->rows_skipped, plural(info->rows_skipped));
    const km_sums *const sums = &fit->run.sums;
    if (fit->algorithm->by_batches ? best->rounded || sums->weights_rounded : sums->rounded)
        km_warn(result, "rounded_sums",
                "values differ by more than 2^203 in one column: the smallest were rounded in the "
                "sums");
    if (fit->settings->checkpoint_every != 300 && !fit->settings->checkpoint) /* not its default */
        km_warn(result, "checkpoint_every", "checkpoint_every has no effect without checkpoint");
    if (best->verdict.reason && strcmp(best->verdict.reason, "max_iterations") == 0)
        km_warn(result, "max_iterations", "stopped after %" PRId64 " %s", info->iterations,
                fit->algorithm->by_batches ? "epochs, while batches still improved"
                                           : "passes, before a fixpoint");
}

static void fill_info(km_fit *fit, const km_attempt *best)
{
    const km_run *const run = &fit->run;
    kmeans_result_info *const info = &fit->result->info;
    info->size = sizeof *info;
    info->n = run->n;
    info->d = run->d;
    info->k = run->k;
    info->rows_skipped = run->skipped;
    info->dtype = fit->source->dtype;
    info->threads_asked = fit->settings->threads;
    info->converged = best->converged;
    info->isa = fit->isa->name;
    info->algorithm = fit->algorithm->name;
    info->inertia = best->inertia;
    info->iterations = best->iterations;
    info->batches = best->batches;
    info->stop_reason = best->verdict.reason;
    info->stop_value = best->verdict.value;
    info->stop_limit = best->verdict.limit;
    info->empty_events = best->empty_events;
    info->distinct_rows = distinct_rows(fit, best);
    info->best_restart = fit->state.best_restart;
    info->total_weight = run->total_weight;
    info->seconds_init = fit->state.seconds_init;
    info->seconds_iterate = fit->state.seconds_iterate;
    info->assign_seconds = fit->state.seconds_assign;
    info->update_seconds = fit->state.seconds_update;
    info->distances_done = fit->state.distances;
    info->rows_rechecked = fit->state.rechecked;
}

/* The code that says the fit ended before its time. */
static int early_code(const km_fit *fit, const km_attempt *best)
{
    if (fit->cut_short)
        return atomic_load(&fit->run.stop) == KM_STOP_TIME ? KMEANS_STOPPED_TIME_LIMIT
                                                           : KMEANS_STOPPED_CANCELLED;
    return strcmp(best->verdict.reason, "max_iterations") == 0 ? KMEANS_STOPPED_MAX_ITERATIONS
                                                               : KMEANS_OK;
}

int km_fit_finish(km_fit *fit)
{
    const km_attempt *const best = &fit->state.best;
    km_run *const run = &fit->run;
    kmeans_result *const result = fit->result;
    if (fit->best_labels)
        km_copy_rows(&fit->context->memory, run->labels, fit->best_labels, run->n,
                     sizeof *run->labels);
    run->finishing = true;
    int status = allocate(fit);
    if (status == 0)
        count_sizes(fit);
    if (status == 0 && result->distances)
        status = find_distances(fit, best->centroids);
    if (status == 0 && result->cluster_inertia)
        status = km_inertia_clusters(run, best->centroids, best->inertia, result->cluster_inertia);
    if (status)
        return status;
    move_best(fit, best);
    move_labels(fit);
    fill_info(fit, best);
    add_warnings(fit, best);
    return early_code(fit, best);
}
