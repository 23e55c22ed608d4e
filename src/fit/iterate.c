/* The passes of one restart. */
#include "checkpoint.h"

#include <math.h>
#include <string.h>

#include "services/probes.h"
#include "steps/bounds.h"
#include "steps/pack.h"
#include "steps/visit.h"

static bool same_bits(const double *a, const double *b, int64_t m)
{
    return memcmp(a, b, (size_t)m * sizeof *a) == 0;
}

/* Brent's cycle search (An improved Monte Carlo factorization algorithm, BIT 20, 1980) on a hash:
 * the remembered pass moves to 1, 2, 4, 8, .. Only rounded sums can cycle. */
static bool find_cycle(km_fit *fit, int64_t pass, const double *c)
{
    if (!fit->run.sums.rounded)
        return false;
    const uint64_t hash = km_hash_row(c, fit->run.k * fit->run.d);
    if (pass > 1 && hash == fit->state.cycle_hash)
        return true;
    if (pass == 1 || pass >= 2 * fit->state.cycle_pass) {
        fit->state.cycle_hash = hash;
        fit->state.cycle_pass = pass;
    }
    return false;
}

/* Mean column variance from the exact total: the spread of all rows about their mean. */
static int find_variance(km_fit *fit)
{
    km_run *const run = &fit->run;
    const km_sums *const sums = &run->sums;
    const int64_t d = run->d;
    int64_t weight_digits[KM_MAX_LIMBS + 1] = {0};
    km_weight_total weight = {.limbs = sums->weight_limbs, .exponent = sums->weight_exponent};
    if (fit->settings->shift_tol_relative < 0 || fit->state.variance >= 0)
        return KMEANS_OK;
    memset(fit->mean_digits, 0, (size_t)((sums->limbs + 1) * d) * sizeof *fit->mean_digits);
    for (int64_t j = 0; j < run->k; j++) {
        km_digits_add(fit->mean_digits, km_sums_digits(run, j), sums->limbs, d);
        weight.count += sums->count[j];
        if (sums->weight_limbs > 0)
            km_digits_add(weight_digits, km_sums_weight_digits(sums, j), sums->weight_limbs, 1);
    }
    weight.digits = sums->weight_limbs > 0 ? weight_digits : NULL;
    km_digits_mean(fit->mean_digits, sums->limbs, d, sums->exponent, &weight, fit->mean);
    double spread;
    const int status = km_inertia_rows(run, fit->mean, true, &spread);
    if (status == 0)
        fit->state.variance = spread / run->total_weight / (double)d;
    return status;
}

/* Inertia of the pass's labels with the old and with the new centroids. */
static int find_inertias(km_fit *fit, const km_update *update, double *before, double *after)
{
    km_run *const run = &fit->run;
    int status = KMEANS_OK;
    if (!km_inertia_formula(run, &fit->spread, update->before, before))
        status = km_inertia_rows(run, update->c_old, false, before);
    if (status == 0 && same_bits(update->c_old, update->c_new, run->k * run->d))
        *after = *before;
    else if (status == 0 && !km_inertia_formula(run, &fit->spread, update->after, after))
        status = km_inertia_rows(run, update->c_new, false, after);
    return status;
}

static int handle_empty(km_fit *fit, km_attempt *attempt, km_update *update, int64_t empty,
                        int64_t pass)
{
    km_run *const run = &fit->run;
    int64_t left = 0;
    if (empty == 0 || fit->settings->empty == KM_EMPTY_KEEP)
        return KMEANS_OK;
    if (fit->settings->empty == KM_EMPTY_RELOCATE) {
        const bool entered = km_profile_enter(fit->profile, KM_PHASE_EMPTY);
        const int status = km_relocate(run, update, &fit->relocation, &left);
        km_profile_leave(fit->profile, entered);
        attempt->empty_left += left;
        return status;
    }
    int64_t first = 0;
    while (run->sums.count[first] > 0)
        first++;
    return km_fail(fit->context, KMEANS_ERROR_EMPTY,
                   "cluster %lld has no rows in pass %lld, and the option empty is \"error\"",
                   (long long)first, (long long)pass);
}

static void sum_shifts(const km_run *run, const double *shift2, kmeans_trace_row *row,
                       km_pass_result *r)
{
    double most = 0;
    r->shift2_total = 0;
    for (int64_t j = 0; j < run->k; j++) {
        most = shift2[j] > most ? shift2[j] : most;
        r->shift2_total += shift2[j];
    }
    row->shift_max = r->shift_max = sqrt(most);
    row->shift_total = sqrt(r->shift2_total);
}

/* A row that moves is taken away and added: as much as adding two. As many are expected to as in
 * the pass before; in the second, after one that changed all labels, fewer than half (of
 * bench/peers' sets 15 to 48 %). Rows with weights move one by one, which is twice as dear. */
static km_sums_mode choose_mode(const km_fit *fit, int64_t pass, int64_t changed)
{
    if (pass == 1)
        return fit->settings->init == KM_INIT_LABELS ? KM_SUMS_MOVED : KM_SUMS_ALL;
    const bool many =
        fit->run.weights ? changed > fit->run.n / 4 : pass > 2 && changed > fit->run.n / 2;
    return many ? KM_SUMS_ALL : KM_SUMS_MOVED;
}

/* Seconds since *clock, which goes on from now. */
static double split_time(double *clock)
{
    const double before = *clock;
    *clock = km_now();
    return *clock - before;
}

/* Assignment of one pass. Returns 0, 1 (stopped) or an error. */
static int assign(km_fit *fit, int64_t pass, kmeans_trace_row *row, km_pass_result *r,
                  int64_t *changed, double *clock)
{
    km_run *const run = &fit->run;
    const km_sums_mode mode = choose_mode(fit, pass, *changed);
    km_pass_facts facts;
    if (mode == KM_SUMS_ALL)
        km_sums_clear(run);
    run->unmoved = r->fixpoint && run->packed.c; /* something is packed */
    const int status = fit->algorithm->pass(run, fit->c[0], mode, &facts);
    if (status)
        return status;
    if (pass == 1 && fit->settings->init != KM_INIT_LABELS) {
        facts.changed = run->n - run->skipped;
        facts.changed_weight = run->total_weight;
    }
    *changed = facts.changed;
    r->changed_weight = facts.changed_weight;
    row->changed = facts.changed;
    row->distances_done = facts.distances;
    row->rows_rechecked = facts.rechecked;
    row->survivors = facts.survivors;
    row->assign_seconds = split_time(clock);
    row->distances_avoided = facts.avoided;
    fit->state.distances += facts.distances;
    fit->state.rechecked += facts.rechecked;
    fit->state.seconds_assign += row->assign_seconds;
    return KMEANS_OK;
}

/* Update of one pass: c[1] = means of the labels of c[0]. */
static int update(km_fit *fit, km_attempt *attempt, kmeans_trace_row *row, km_pass_result *r,
                  double *clock)
{
    km_run *const run = &fit->run;
    km_update up = {&fit->spread, fit->c[0], fit->c[1], fit->before, fit->after, fit->shift2};
    KM_PROBE(update_begin, r->pass, run->k);
    row->empty = km_update_centroids(run, &up);
    attempt->empty_events += row->empty;
    int status = handle_empty(fit, attempt, &up, row->empty, r->pass);
    if (status == 0)
        status = find_inertias(fit, &up, &row->inertia, &row->inertia_updated);
    if (status == 0)
        status = find_variance(fit);
    if (status)
        return status;
    sum_shifts(run, fit->shift2, row, r);
    r->inertia = row->inertia;
    r->variance = fit->state.variance;
    r->total_weight = run->total_weight;
    r->fixpoint = same_bits(fit->c[0], fit->c[1], run->k * run->d);
    run->still_c = run->still ? fit->c[1] : NULL;
    km_bounds_move(run, fit->c[0], fit->c[1]);
    r->cycle = !r->fixpoint && find_cycle(fit, r->pass, fit->c[1]);
    row->update_seconds = split_time(clock);
    KM_PROBE(update_end, r->pass, row->empty);
    fit->state.seconds_update += row->update_seconds;
    return KMEANS_OK;
}

static bool tell_pass(km_fit *fit, const kmeans_trace_row *row)
{
    kmeans_progress *const progress = &fit->run.progress;
    progress->phase = "pass";
    progress->pass = row->pass;
    progress->inertia = row->inertia;
    progress->changed_rows = row->changed;
    const bool stop = km_poll(&fit->run, true);
    progress->phase = "assign";
    return stop;
}

/* A pass: 0; 1 if it was stopped, *labelled telling whether its assignment is complete; or an
 * error. */
static int make_pass(km_fit *fit, km_attempt *attempt, bool *labelled)
{
    km_pass_result *const r = &fit->state.r;
    kmeans_trace_row row = {.pass = r->pass};
    double clock = km_now();
    int status = assign(fit, r->pass, &row, r, &fit->state.changed, &clock);
    *labelled = status == 0;
    if (status == 0)
        status = update(fit, attempt, &row, r, &clock);
    if (status)
        return status;
    KM_PROBE(pass, r->pass, row.changed);
    *km_fit_next_row(fit, attempt) = row;
    attempt->iterations = r->pass;
    return KMEANS_OK;
}

/* Where the first pass starts from, or the pass that a checkpoint stands after, its labels and sums
 * brought back. */
static int begin_passes(km_fit *fit)
{
    km_pass_result *const r = &fit->state.r;
    fit->run.progress.restart = fit->state.restart;
    fit->run.progress.phase = "assign";
    if (fit->state.stage == KM_STAGE_PASSED) {
        r->variance = fit->state.variance;
        return km_resume_pass(fit);
    }
    *r = (km_pass_result){.inertia = NAN};
    fit->state.changed = 0;
    return KMEANS_OK;
}

int km_fit_iterate(km_fit *fit)
{
    km_pass_result *const r = &fit->state.r;
    km_attempt *const attempt = &fit->state.attempt;
    const bool last_restart = fit->state.restart + 1 == fit->settings->restarts;
    int status = begin_passes(fit);
    if (status)
        return status;
    for (bool made = fit->state.stage == KM_STAGE_PASSED;; made = false) {
        bool labelled, stopped = false;
        if (!made) {
            r->pass++;
            r->inertia_before = r->inertia; /* NaN in pass 1 */
            status = make_pass(fit, attempt, &labelled);
            if (status)
                return status < 0 ? status : km_settle_stop(fit, r->pass, labelled);
            fit->state.stage = KM_STAGE_PASSED;
        }
        const kmeans_trace_row last = fit->trace[attempt->trace_rows - 1];
        attempt->converged = r->fixpoint;
        attempt->verdict = km_test_rules(fit->settings, r);
        if (!made) {
            km_checkpoint_note(fit, last_restart && attempt->verdict.reason);
            stopped = tell_pass(fit, &last);
        }
        if (stopped)
            km_checkpoint_stop(fit); /* before a row of the trace is added */
        if (attempt->verdict.reason)
            return km_end_passes(fit, &last);
        if (stopped)
            return km_settle_stop(fit, r->pass, true);
        km_swap_centroids(fit);
    }
}
