/* The whole fit: choose, prepare, restarts, result. */
#include "checkpoint.h"

#include <string.h>

#include "services/probes.h"
#include "steps/visit.h"

int km_fit_choose(km_fit *fit, kmeans_context *context, const km_settings *settings,
                  kmeans_source *source)
{
    static const char *const names[] = {"auto", "lloyd", "hamerly", "minibatch"};
    fit->context = context;
    fit->settings = settings;
    fit->source = source;
    int status = km_isa_choose(context, settings->isa, &fit->isa);
    if (status < 0)
        return status;
    const int threads = settings->threads > 0 ? settings->threads : km_default_threads(context);
    if (threads < 0)
        return threads;
    fit->allowed = threads;
    fit->threads = km_useful_threads(threads, source->rows, km_row_entries(source), settings->k);
    const km_sizes sizes = km_fit_sizes(fit, 0, 0);
    /* Within a memory limit `auto` takes what needs least. */
    const bool least = settings->algorithm == KM_ALGORITHM_AUTO && settings->memory_limit > 0;
    const int choice = least ? KM_ALGORITHM_LLOYD : settings->algorithm;
    fit->algorithm = km_algorithm_choose(names[choice], &sizes, fit->isa);
    return fit->algorithm ? KMEANS_OK
                          : km_fail(context, KMEANS_ERROR_UNSUPPORTED,
                                    "algorithm is \"%s\": not for sparse rows", names[choice]);
}

km_sizes km_fit_sizes(const km_fit *fit, int32_t limbs, int32_t weight_limbs)
{
    return (km_sizes){.n = fit->source->rows,
                      .d = fit->source->cols,
                      .k = fit->settings->k,
                      .dtype = fit->source->dtype,
                      .sparse = fit->source->sparse,
                      .threads = fit->threads,
                      .limbs = limbs,
                      .weight_limbs = weight_limbs,
                      .fit = true,
                      .passes = !fit->algorithm || !fit->algorithm->by_batches,
                      .bounds = fit->algorithm && fit->algorithm->bounds,
                      .packed = km_parallel_packed(fit->settings),
                      .spill = fit->spill};
}

/* What happens before the first restart: checks, ranges, grids, spread. */
static int check_and_size(km_fit *fit)
{
    const km_settings *const s = fit->settings;
    const km_checks checks = {
        .finite = s->finite_check, .nan_skip = s->nan_skip, .range = s->init == KM_INIT_BOX};
    int status = KMEANS_OK;
    if (fit->source->weights)
        status = km_check_weights(fit->context, fit->source->weights, fit->source->rows);
    if (status == 0)
        status = km_prepare(&fit->run, &checks, &fit->facts);
    if (status == 0 && fit->run.n - fit->run.skipped < s->k)
        status =
            km_fail(fit->context, KMEANS_ERROR_SHAPE,
                    "k is %lld; only %lld rows are left after %lld were skipped", (long long)s->k,
                    (long long)(fit->run.n - fit->run.skipped), (long long)fit->run.skipped);
    if (status == 0)
        status = km_spread_open(&fit->run, &fit->facts, &fit->spread);
    if (status == 0)
        status = km_fit_open_late(fit);
    return status;
}

static int prepare(km_fit *fit)
{
    const bool entered = km_profile_enter(fit->profile, KM_PHASE_READ);
    int status = check_and_size(fit);
    if (status == 0 && (fit->writing || fit->reading))
        status = km_find_fingerprint(&fit->run, &fit->fingerprint);
    km_profile_leave(fit->profile, entered);
    return status;
}

/* Labels of skipped rows only, as prepare left them, before another restart. */
static void reset_labels(km_run *run)
{
    run->labels_known = false;
    run->still_c = run->bounds.c = NULL;
    for (int64_t i = 0; i < run->n; i++) {
        run->labels[i] = run->labels[i] < 0 ? -1 : 0;
        km_memory_step(&run->context->memory, i);
    }
}

static void keep_best(km_fit *fit)
{
    km_run *const run = &fit->run;
    km_attempt *const best = &fit->state.best;
    *best = fit->state.attempt;
    fit->state.best_restart = fit->state.restart;
    if (fit->settings->restarts == 1)
        return;
    memcpy(fit->best_c, best->centroids, (size_t)(run->k * run->d) * sizeof *fit->best_c);
    km_copy_rows(&fit->context->memory, fit->best_labels, run->labels, run->n,
                 sizeof *fit->best_labels);
    best->centroids = fit->best_c;
    kmeans_trace_row *const trace = fit->best_trace;
    fit->best_trace = fit->trace;
    fit->trace = trace;
}

static bool was_stopped(const km_fit *fit) { return atomic_load(&fit->run.stop) != KM_STOP_NONE; }

static bool is_stop(const km_attempt *attempt)
{
    return strcmp(attempt->verdict.reason, "cancelled") == 0 ||
           strcmp(attempt->verdict.reason, "time_limit") == 0;
}

/* A restart from where it stands. */
static int run_restart(km_fit *fit)
{
    km_state *const state = &fit->state;
    const double start = km_now();
    int status = KMEANS_OK;
    if (state->stage == KM_STAGE_START) {
        if (state->restart > 0)
            reset_labels(&fit->run);
        const bool entered = km_profile_enter(fit->profile, KM_PHASE_INIT);
        KM_PROBE(init_begin, state->restart, fit->run.k);
        status = km_fit_start(fit);
        KM_PROBE(init_end, state->restart, status);
        km_profile_leave(fit->profile, entered);
        if (status == 0)
            state->stage = KM_STAGE_SEEDED;
    }
    fit->begun = km_now();
    state->seconds_init += fit->begun - start;
    if (status == 0 && state->stage == KM_STAGE_SEEDED)
        km_checkpoint_note(fit, false);
    if (status == 0)
        status = fit->algorithm->by_batches ? km_fit_epochs(fit) : km_fit_iterate(fit);
    state->seconds_iterate += km_now() - fit->begun;
    return status;
}

/* The next restart, after one that ended by a rule. */
static void begin_restart(km_fit *fit, int64_t r)
{
    km_state *const state = &fit->state;
    state->stage = KM_STAGE_START;
    state->restart = r;
    state->attempt = (km_attempt){0};
    state->r = (km_pass_result){0};
    if (r < fit->settings->restarts)
        km_checkpoint_note(fit, false);
}

/* All restarts that are left; the best is in fit->state. */
static int all_restarts(km_fit *fit)
{
    const km_settings *const s = fit->settings;
    km_state *const state = &fit->state;
    const km_attempt *const attempt = &state->attempt;
    while (state->restart < s->restarts && !was_stopped(fit)) {
        const int64_t r = state->restart;
        const int status = run_restart(fit);
        if (status < 0)
            return status;
        fit->cut_short =
            status > 0 || is_stop(attempt) || (was_stopped(fit) && r + 1 < s->restarts);
        if (status > 0)
            break;
        km_log(fit->context, KMEANS_LOG_INFO, "restart",
               "restart %lld: inertia %.17g after %lld passes, %s", (long long)r, attempt->inertia,
               (long long)attempt->iterations, attempt->verdict.reason);
        fit->result->restarts[r] =
            (kmeans_restart_row){attempt->inertia, attempt->iterations, attempt->verdict.reason};
        fit->result->info.restarts = r + 1;
        km_checkpoint_drop(fit);
        if (state->best_restart < 0 || attempt->inertia < state->best.inertia)
            keep_best(fit);
        if (is_stop(attempt))
            break;
        begin_restart(fit, r + 1);
    }
    if (was_stopped(fit))
        km_checkpoint_stop(fit);
    return KMEANS_OK;
}

static void drive(km_team *team, void *argument)
{
    km_fit *const fit = argument;
    fit->run.team = team;
    km_team_profile(team, fit->profile);
    fit->run.progress.phase = "init";
    km_log(fit->context, KMEANS_LOG_INFO, "chosen",
           "algorithm %s, kernels %s, threads %d (allowed %d, no more than the work is worth)",
           fit->algorithm->name, fit->isa->name, (int)km_team_size(team), (int)fit->allowed);
    int status = prepare(fit);
    if (status == 0 && fit->writing)
        km_checkpoint_begin(fit);
    if (status == 0 && fit->reading)
        status = km_resume(fit);
    if (status == 0)
        status = all_restarts(fit);
    if (status >= 0 && fit->state.best_restart < 0)
        status = km_fail(fit->context, KMEANS_ERROR_CANCELLED,
                         "stopped by %s before the first complete assignment",
                         atomic_load(&fit->run.stop) == KM_STOP_TIME ? "time_limit"
                                                                     : "the progress callback");
    if (status >= 0) {
        fit->result->info.threads = km_team_size(team);
        const bool entered = km_profile_enter(fit->profile, KM_PHASE_RESULT);
        status = km_fit_finish(fit);
        km_profile_leave(fit->profile, entered);
    }
    fit->status = status;
}

static int open_result(km_fit *fit)
{
    km_memory *const memory = &fit->context->memory;
    fit->result = km_alloc(memory, 1, sizeof *fit->result);
    if (fit->result) {
        fit->result->context = fit->context;
        fit->result->restarts =
            km_alloc(memory, fit->settings->restarts, sizeof *fit->result->restarts);
    }
    return fit->result && fit->result->restarts
               ? KMEANS_OK
               : km_fail(fit->context, KMEANS_ERROR_MEMORY, "no memory for the result");
}

static int run_team(km_fit *fit, double start)
{
    const double limit = fit->settings->time_limit;
    fit->run.started = fit->run.polled = start;
    fit->run.time_limit = limit;
    fit->run.progress.time_limit = limit > 0 ? limit : 0;
    fit->run.profile = fit->profile;
    if (fit->profile)
        km_profile_add(fit->profile, KM_PHASE_SETUP, km_now() - start);
    return km_team_run(fit->context, fit->threads, drive, fit);
}

/* The profile becomes the result's. */
static void finish_times(km_fit *fit, double seconds)
{
    kmeans_result *const result = fit->result;
    result->info.seconds_total = fit->elapsed + seconds;
    if (!fit->profile)
        return;
    result->profile = fit->profile;
    result->profile_rows = km_profile_finish(fit->profile, seconds, result->info.threads);
    fit->profile = NULL;
}

int km_fit_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
               kmeans_result **result)
{
    km_fit fit = {.state = {.best_restart = -1, .variance = -1}};
    const double start = km_now();
    km_memory_mark(&context->memory);
    const int64_t scratch = context->memory.scratch_used;
    const int64_t used = context->memory.used;
    int status = km_fit_choose(&fit, context, settings, source);
    if (status == 0)
        status = km_fit_limit(context, settings, source, &fit.spill);
    context->memory.spill = fit.spill;
    context->memory.scratch_folder = settings->scratch_folder;
    if (status == 0)
        status = open_result(&fit);
    if (status == 0)
        status = km_fit_open(&fit);
    if (status == 0 && fit.writing)
        status = km_checkpoint_open(&fit);
    if (status == 0)
        status = run_team(&fit, start);
    if (status == 0)
        status = fit.status;
    if (status >= 0) {
        kmeans_plan plan = {.size = sizeof plan};
        km_fit_plan_with(context, settings, source, fit.spill, &plan);
        fit.result->info.bytes_planned = plan.bytes_total;
        fit.result->info.bytes_peak = context->memory.peak - used;
        fit.result->info.bytes_scratch = context->memory.scratch_peak - scratch;
        finish_times(&fit, km_now() - start);
        *result = fit.result;
        fit.result = NULL;
    }
    context->memory.spill = false;
    context->memory.scratch_folder = NULL;
    km_fit_close(&fit);
    kmeans_result_free(fit.result);
    return status;
}
