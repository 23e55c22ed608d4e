/* One restart by batches: epochs of all rows in an order of their own.
 *
 * An epoch e = 1, 2, .. visits the rows in the order of a keyed permutation (permutation.h), cut
 * into batches of batch_size rows, the last one shorter. It stops after max_no_improvement batches
 * in a row without improvement of the smoothed inertia: with b the inertia of a batch, over its
 * weight, and a = min(1, 2 batch_size / (n + 1)), n the rows that are not skipped,
 *     s = b for the second batch (the first has the centroids of the start), then s (1 - a) + b a
 * in float64, every operation rounded by itself; an improvement is an s below all before. */
#include "checkpoint.h"

#include <math.h>
#include <string.h>

#include "kernels/exact/wide.h"
#include "steps/visit.h"

int64_t km_fit_batch_rows(const km_fit *fit)
{
    const int64_t n = fit->source->rows, size = fit->settings->batch_size;
    return !fit->algorithm->by_batches ? 0 : size < n ? size : n;
}

void km_fit_add_batches(const km_fit *fit, const km_run *run, int64_t *rows, int64_t *clusters)
{
    const int64_t size = km_fit_batch_rows(fit);
    if (size == 0)
        return;
    *rows = km_size_add(*rows, km_batch_bytes(run, size, fit->source->weights != NULL));
    *clusters = km_size_add(*clusters, km_minibatch_bytes(run));
}

typedef struct epochs {
    km_wide inertia, weight;
    int64_t reassigned;
    km_pass_facts facts; /* of this epoch */
} epochs;

/* Whether the last batch was one of too many. */
static bool is_idle(km_fit *fit, km_verdict *verdict)
{
    km_epochs_state *const state = &fit->state.epochs;
    const km_minibatch *const last = &fit->minibatch;
    const double n = (double)(fit->run.n - fit->run.skipped), share = 2.0 * (double)fit->batch.size;
    const double a = share < n + 1 ? share / (n + 1) : 1;
    const double b = last->inertia / last->weight;
    const int64_t most = fit->settings->max_no_improvement;
    if (++state->batches == 1)
        return false;
    state->smoothed = state->batches == 2 ? b : state->smoothed * (1 - a) + b * a;
    const bool improved = state->batches == 2 || state->smoothed < state->least;
    state->least = improved ? state->smoothed : state->least;
    state->idle = improved ? 0 : state->idle + 1;
    if (fit->settings->iterations > 0 || most == 0 || state->idle < most)
        return false;
    *verdict = (km_verdict){"no_improvement", (double)state->idle, (double)most};
    return true;
}

/* One batch from the rows at places first ..; c[0] moves. */
static int do_batch(km_fit *fit, epochs *state, const km_permutation *order, int64_t first)
{
    km_run *const run = &fit->run;
    const int64_t left = run->n - first, m = left < fit->batch.size ? left : fit->batch.size;
    km_minibatch *const last = &fit->minibatch;
    int status = km_batch_fill(run, &fit->batch, order, first, m);
    if (status)
        return status;
    run->rows_before = first;
    status = km_batch_enter(run, &fit->batch);
    if (status == 0)
        status = km_minibatch_step(run, last, fit->c[0], fit->c[1]);
    fit->state.attempt.rounded = fit->state.attempt.rounded || (status == 0 && run->sums.rounded);
    km_batch_leave(run, &fit->batch, &fit->facts);
    if (status)
        return status;
    double *const old = fit->c[0];
    fit->c[0] = fit->c[1];
    fit->c[1] = old;
    km_wide_add(&state->inertia, last->inertia);
    km_wide_add(&state->weight, last->weight);
    state->reassigned += last->moved;
    state->facts.distances += last->facts.distances;
    state->facts.rechecked += last->facts.rechecked;
    state->facts.survivors += last->facts.survivors;
    return KMEANS_OK;
}

/* The batches of an epoch. Returns 0, also where they were found idle, 1 (stopped) or an error. */
static int do_batches(km_fit *fit, epochs *state, int64_t epoch, km_verdict *verdict)
{
    const km_permutation order = km_permutation_make(fit->run.n, fit->settings->seed,
                                                     fit->minibatch.restart, (uint32_t)epoch);
    for (int64_t first = 0; first < fit->run.n; first += fit->batch.size) {
        const int status = do_batch(fit, state, &order, first);
        if (status)
            return status;
        if (fit->minibatch.weight > 0 && is_idle(fit, verdict))
            return KMEANS_OK;
        if (km_poll(&fit->run, false))
            return 1;
    }
    return KMEANS_OK;
}

/* The trace row of an epoch. A broken-off one counts as if its batches stood for all rows. */
static void fill_row(km_fit *fit, epochs *state, double start, kmeans_trace_row *row)
{
    const km_run *const run = &fit->run;
    double most = 0, total = 0;
    const double inertia = km_wide_round(&state->inertia), weight = km_wide_round(&state->weight);
    for (int64_t j = 0; j < run->k; j++) {
        const double d2 =
            run->isa->f64->d2(fit->c[0] + j * run->d, fit->epoch_c + j * run->d, run->d);
        most = d2 > most ? d2 : most;
        total += d2;
    }
    row->inertia =
        weight < run->total_weight && weight > 0 ? inertia * (run->total_weight / weight) : inertia;
    row->inertia_updated = row->inertia;
    row->shift_max = sqrt(most);
    row->shift_total = sqrt(total);
    row->empty = state->reassigned;
    row->distances_done = state->facts.distances;
    row->rows_rechecked = state->facts.rechecked;
    row->survivors = state->facts.survivors;
    row->assign_seconds = km_now() - start;
}

static km_verdict test_limit(const km_fit *fit)
{
    const km_settings *const s = fit->settings;
    const int64_t most = km_most_passes(s), epoch = fit->state.attempt.iterations;
    const km_verdict none = {NULL, 0, 0};
    const km_verdict limit = {s->iterations > 0 ? "iterations" : "max_iterations", (double)epoch,
                              (double)most};
    return most > 0 && epoch >= most ? limit : none;
}

/* A checkpoint stands between two epochs: one that ends within an epoch keeps that before. */
static void note_epoch(km_fit *fit, const char *reason)
{
    km_state *const state = &fit->state;
    state->stage = KM_STAGE_PASSED;
    state->r.pass = state->attempt.iterations;
    state->epochs.step = fit->minibatch.batches;
    state->epochs.rows = fit->minibatch.rows;
    km_checkpoint_note(fit, reason && state->restart + 1 == fit->settings->restarts);
}

/* One epoch and its trace row; *verdict: the rule that held. Returns 0, 1 (stopped) or an error. */
static int do_epoch(km_fit *fit, epochs *state, km_attempt *attempt, km_verdict *verdict)
{
    const int64_t before = fit->state.epochs.batches, epoch = attempt->iterations + 1;
    const double start = km_now();
    km_wide_clear(&state->inertia);
    km_wide_clear(&state->weight);
    state->reassigned = 0;
    state->facts = (km_pass_facts){0};
    memcpy(fit->epoch_c, fit->c[0], (size_t)(fit->run.k * fit->run.d) * sizeof *fit->epoch_c);
    const int status = do_batches(fit, state, epoch, verdict);
    if (status < 0 || fit->state.epochs.batches == before)
        return status;
    if (status > 0)
        km_checkpoint_stop(fit); /* before a row of the trace is added */
    kmeans_trace_row *const row = km_fit_next_row(fit, attempt);
    row->pass = attempt->iterations = epoch;
    fill_row(fit, state, start, row);
    attempt->batches = fit->state.epochs.batches;
    attempt->empty_events += row->empty;
    fit->state.distances += row->distances_done;
    fit->state.rechecked += row->rows_rechecked;
    fit->state.seconds_assign += row->assign_seconds;
    const bool idle = verdict->reason != NULL;
    if (!idle)
        *verdict = test_limit(fit);
    if (status == 0 && !idle)
        note_epoch(fit, verdict->reason);
    return status;
}

static bool tell_epoch(km_fit *fit, const km_attempt *attempt)
{
    kmeans_progress *const progress = &fit->run.progress;
    progress->phase = "pass";
    progress->pass = attempt->iterations;
    progress->inertia = fit->trace[attempt->trace_rows - 1].inertia;
    const bool stop = km_poll(&fit->run, true);
    progress->phase = "assign";
    return stop;
}

/* Labels, sums and inertia of all rows. Who stops this visit gets it all the same, since there are
 * no labels before: a second time, without looking. */
static int label_all(km_fit *fit, km_attempt *attempt)
{
    km_run *const run = &fit->run;
    km_pass_facts facts;
    const double start = km_now();
    run->rows_before = 0;
    run->progress.phase = "final";
    km_sums_clear(run);
    int status = fit->algorithm->pass(run, fit->c[0], KM_SUMS_ALL, &facts);
    run->finishing = true;
    if (status > 0) {
        km_checkpoint_stop(fit); /* before a row of the trace is added */
        attempt->verdict = km_fit_stop_verdict(fit);
        km_sums_clear(run);
        status = fit->algorithm->pass(run, fit->c[0], KM_SUMS_ALL, &facts);
    }
    if (status == 0)
        status = km_labels_inertia(run, &fit->spread, fit->c[0], fit->before, &attempt->inertia);
    run->finishing = false;
    if (status)
        return status;
    kmeans_trace_row *const row = km_fit_next_row(fit, attempt);
    row->pass = attempt->iterations + 1;
    row->inertia = row->inertia_updated = attempt->inertia;
    row->distances_done = facts.distances;
    row->rows_rechecked = facts.rechecked;
    row->survivors = facts.survivors;
    row->assign_seconds = km_now() - start;
    fit->state.distances += facts.distances;
    fit->state.rechecked += facts.rechecked;
    attempt->centroids = fit->c[0];
    return KMEANS_OK;
}

/* From the first centroids, or from the end of an epoch; *verdict: a rule that holds there. */
static void begin_epochs(km_fit *fit, km_verdict *verdict)
{
    km_state *const state = &fit->state;
    const bool resumed = state->stage == KM_STAGE_PASSED;
    fit->run.progress.restart = state->restart;
    fit->run.progress.phase = "assign";
    if (!resumed) {
        state->epochs = (km_epochs_state){0};
        km_minibatch_start(&fit->run, &fit->minibatch, (uint32_t)state->restart);
        return;
    }
    fit->minibatch.restart = (uint32_t)state->restart;
    fit->minibatch.batches = state->epochs.step;
    fit->minibatch.rows = state->epochs.rows;
    *verdict = test_limit(fit);
}

int km_fit_epochs(km_fit *fit)
{
    km_attempt *const attempt = &fit->state.attempt;
    epochs state = {0};
    km_verdict verdict = {NULL, 0, 0};
    int status = KMEANS_OK;
    bool stopped = false;
    begin_epochs(fit, &verdict);
    while (!verdict.reason && !stopped) {
        status = do_epoch(fit, &state, attempt, &verdict);
        if (status < 0 || attempt->batches == 0)
            return status;
        stopped = status > 0 || tell_epoch(fit, attempt);
    }
    if (stopped)
        km_checkpoint_stop(fit);
    attempt->verdict = stopped && !verdict.reason ? km_fit_stop_verdict(fit) : verdict;
    return label_all(fit, attempt);
}
