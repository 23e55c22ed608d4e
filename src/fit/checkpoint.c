/* The content of a checkpoint, and writing it. */
#include "checkpoint.h"

#include <errno.h>
#include <string.h>

uint64_t km_start_hash(const km_settings *settings)
{
    const km_settings *const s = settings;
    if (s->init == KM_INIT_CENTROIDS && s->centroids)
        return km_hash_reals(s->centroids, s->k * s->centroids_d);
    if (s->init == KM_INIT_LABELS && s->labels)
        return km_hash_labels(s->labels, s->labels_n);
    return 0;
}

void km_exchange_head(km_words *words, km_checkpoint_head *head)
{
    km_exchange_int(words, &head->bits_version, 0, INT32_MAX);
    km_exchange_int(words, &head->n, 1, INT64_MAX);
    km_exchange_int(words, &head->d, 1, INT64_MAX);
    km_exchange_int(words, &head->k, 1, INT32_MAX);
    km_exchange_int(words, &head->dtype, 0, INT32_MAX);
    km_exchange_int(words, &head->weighted, 0, 1);
    km_exchange(words, &head->fingerprint.data);
    km_exchange(words, &head->fingerprint.weights);
    km_exchange(words, &head->start);
    km_exchange_text(words, head->decisions, KM_DECISIONS_SIZE);
}

static void exchange_bool(km_words *words, bool *value)
{
    int64_t word = *value;
    km_exchange_int(words, &word, 0, 1);
    *value = word != 0;
}

static void exchange_reason(km_words *words, const char **reason)
{
    int64_t number = km_reason_number(*reason);
    km_exchange_int(words, &number, 0, KM_REASONS - 1);
    *reason = km_reason_at(number);
}

/* Passes, events, rows: far from an overflow by one. */
static const int64_t most = (int64_t)1 << 60;

static void exchange_attempt(km_words *words, km_attempt *a, int64_t capacity)
{
    km_exchange_real(words, &a->inertia);
    km_exchange_int(words, &a->iterations, 0, most);
    km_exchange_int(words, &a->batches, 0, most);
    exchange_bool(words, &a->rounded);
    exchange_reason(words, &a->verdict.reason);
    km_exchange_real(words, &a->verdict.value);
    km_exchange_real(words, &a->verdict.limit);
    exchange_bool(words, &a->converged);
    km_exchange_int(words, &a->empty_events, 0, most);
    km_exchange_int(words, &a->empty_left, 0, most);
    km_exchange_int(words, &a->distinct, 0, most);
    km_exchange_int(words, &a->trace_rows, 0, capacity);
}

static void exchange_pass(km_words *words, km_pass_result *r)
{
    km_exchange_int(words, &r->pass, 0, most);
    exchange_bool(words, &r->fixpoint);
    exchange_bool(words, &r->cycle);
    km_exchange_real(words, &r->changed_weight);
    km_exchange_real(words, &r->total_weight);
    km_exchange_real(words, &r->shift_max);
    km_exchange_real(words, &r->shift2_total);
    km_exchange_real(words, &r->inertia);
    km_exchange_real(words, &r->inertia_before);
}

void km_exchange_state(km_words *words, km_fit *fit, km_state *state, double *elapsed,
                       int64_t *max_iterations)
{
    const int64_t restarts = fit->settings->restarts;
    km_exchange_int(words, &state->stage, KM_STAGE_START, KM_STAGE_PASSED);
    km_exchange_int(words, &state->restart, 0, restarts - 1);
    exchange_attempt(words, &state->attempt, fit->trace_capacity);
    exchange_pass(words, &state->r);
    km_exchange_int(words, &state->changed, 0, most);
    km_exchange_int(words, &state->best_restart, -1, restarts - 1);
    exchange_attempt(words, &state->best, fit->trace_capacity);
    km_exchange_int(words, &state->epochs.batches, 0, most);
    km_exchange_real(words, &state->epochs.smoothed);
    km_exchange_real(words, &state->epochs.least);
    km_exchange_int(words, &state->epochs.idle, 0, most);
    km_exchange_int(words, &state->epochs.step, 0, most);
    km_exchange_int(words, &state->epochs.rows, 0, most);
    km_exchange_real(words, &state->variance);
    km_exchange(words, &state->cycle_hash);
    km_exchange_int(words, &state->cycle_pass, 0, most);
    km_exchange_int(words, max_iterations, 0, INT64_MAX);
    km_exchange_real(words, &state->seconds_init);
    km_exchange_real(words, &state->seconds_iterate);
    km_exchange_real(words, &state->seconds_assign);
    km_exchange_real(words, &state->seconds_update);
    km_exchange_int(words, &state->distances, 0, INT64_MAX);
    km_exchange_int(words, &state->rechecked, 0, INT64_MAX);
    km_exchange_real(words, elapsed);
}

static void exchange_trace(km_words *words, kmeans_trace_row *trace, int64_t rows)
{
    for (kmeans_trace_row *row = trace; row < trace + rows; row++) {
        km_exchange_int(words, &row->pass, 0, INT64_MAX);
        km_exchange_real(words, &row->inertia);
        km_exchange_real(words, &row->inertia_updated);
        km_exchange_int(words, &row->changed, 0, INT64_MAX);
        km_exchange_real(words, &row->shift_max);
        km_exchange_real(words, &row->shift_total);
        km_exchange_int(words, &row->empty, 0, INT64_MAX);
        km_exchange_int(words, &row->distances_done, 0, INT64_MAX);
        km_exchange_int(words, &row->distances_avoided, 0, INT64_MAX);
        km_exchange_int(words, &row->rows_rechecked, 0, INT64_MAX);
        km_exchange_int(words, &row->survivors, 0, INT64_MAX);
        km_exchange_real(words, &row->assign_seconds);
        km_exchange_real(words, &row->update_seconds);
    }
}

void km_exchange_arrays(km_words *words, km_fit *fit, km_state *state, double *older, double *newer,
                        double *taken)
{
    const bool passed = state->stage == KM_STAGE_PASSED, batches = fit->algorithm->by_batches;
    const int64_t size = fit->run.k * fit->run.d;
    const int64_t kept = batches && passed ? fit->run.k : 0;
    int64_t counts = kept;
    for (kmeans_restart_row *row = fit->result->restarts;
         row < fit->result->restarts + state->restart; row++) {
        km_exchange_real(words, &row->inertia);
        km_exchange_int(words, &row->iterations, 0, most);
        exchange_reason(words, &row->stop_reason);
    }
    exchange_trace(words, fit->trace, state->attempt.trace_rows);
    if (passed && !batches)
        km_exchange_reals(words, older, size);
    if (state->stage != KM_STAGE_START)
        km_exchange_reals(words, newer, size);
    if (state->best_restart >= 0) {
        exchange_trace(words, fit->best_trace, state->best.trace_rows);
        km_exchange_reals(words, fit->best_c, size);
    }
    km_exchange_int(words, &counts, kept, kept);
    km_exchange_reals(words, taken, kept);
}

static void exchange_all(km_words *words, km_fit *fit, double elapsed)
{
    km_checkpoint *const c = fit->writing;
    km_state state = c->noted;
    int64_t max_iterations = km_most_passes(fit->settings);
    km_exchange_head(words, &c->head);
    km_exchange_state(words, fit, &state, &elapsed, &max_iterations);
    km_exchange_arrays(words, fit, &state, c->older, (double *)c->newer, c->taken);
}

static void warn(km_fit *fit, int error)
{
    char reason[128];
    km_errno_text(error, reason, sizeof reason);
    km_warn(fit->result, "checkpoint", "checkpoint: cannot write %s: %s", fit->settings->checkpoint,
            reason);
}

static void write_file(km_fit *fit)
{
    km_checkpoint *const c = fit->writing;
    const double now = km_now(), elapsed = fit->elapsed + now - fit->run.started;
    km_words_count(&c->words);
    exchange_all(&c->words, fit, elapsed);
    km_words_begin(&c->words, &c->file);
    if (!c->words.error)
        exchange_all(&c->words, fit, elapsed);
    const int error = km_words_end(&c->words);
    if (error)
        warn(fit, error);
    c->saved = !error;
    c->written = km_now();
}

int km_checkpoint_open(km_fit *fit)
{
    char reason[128];
    const char *const path = fit->settings->checkpoint;
    const int error = km_atomic_open(&fit->writing->file, path);
    if (!error)
        return KMEANS_OK;
    km_errno_text(error, reason, sizeof reason);
    return km_fail(fit->context, KMEANS_ERROR_FILE, "checkpoint: cannot write %s: %s", path,
                   error == EINVAL  ? "it is no regular file"
                   : error == EBUSY ? "another process is writing it"
                                    : reason);
}

void km_checkpoint_begin(km_fit *fit)
{
    km_checkpoint *const c = fit->writing;
    const km_run *const run = &fit->run;
    c->head = (km_checkpoint_head){.bits_version = kmeans_bits_version(),
                                   .n = run->n,
                                   .d = run->d,
                                   .k = run->k,
                                   .dtype = fit->source->dtype,
                                   .weighted = run->weights != NULL,
                                   .fingerprint = fit->fingerprint,
                                   .start = km_start_hash(fit->settings)};
    strncpy(c->head.decisions, fit->settings->decisions, KM_DECISIONS_SIZE - 1);
    c->taken = (double *)(c + 1);
    c->older = c->taken + run->k;
    c->written = run->started;
}

void km_checkpoint_note(km_fit *fit, bool last)
{
    km_checkpoint *const c = fit->writing;
    const km_state *const state = &fit->state;
    /* Labels that were given are not kept: a fit that did not end its first pass begins anew. */
    if (!c || (state->stage == KM_STAGE_SEEDED && fit->settings->init == KM_INIT_LABELS))
        return;
    const double now = km_now();
    c->noted = *state;
    c->there = true;
    c->saved = false;
    c->newer = fit->c[0];
    if (state->stage == KM_STAGE_PASSED) {
        c->noted.seconds_iterate += now - fit->begun;
        c->newer = fit->c[1];
    }
    if (state->stage == KM_STAGE_PASSED || fit->algorithm->by_batches)
        memcpy(c->older, fit->c[0], (size_t)(fit->run.k * fit->run.d) * sizeof *c->older);
    if (fit->algorithm->by_batches) { /* c[] moves with every batch */
        c->newer = c->older;
        memcpy(c->taken, fit->minibatch.taken, (size_t)fit->run.k * sizeof *c->taken);
    }
    const double every = fit->settings->checkpoint_every;
    if (last || (every >= 0 && now - c->written >= every))
        write_file(fit);
}

void km_checkpoint_drop(km_fit *fit)
{
    if (fit->writing)
        fit->writing->there = false;
}

void km_checkpoint_stop(km_fit *fit)
{
    if (fit->writing && fit->writing->there && !fit->writing->saved)
        write_file(fit);
}
