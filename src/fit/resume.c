/* Going on from a checkpoint. */
#include "checkpoint.h"

#include <math.h>
#include <string.h>

#include "kernels/exact/ieee.h"
#include "steps/visit.h"

static int fail_damaged(kmeans_context *context, const char *path)
{
    return km_fail(context, KMEANS_ERROR_FORMAT,
                   "resume: %s is damaged: it holds a number that cannot be", path);
}

static int read_head(km_words *words, kmeans_context *context, const char *path,
                     km_checkpoint_head *head)
{
    const int status = km_words_open(words, context, path);
    if (status < 0)
        return status;
    *head = (km_checkpoint_head){0};
    km_exchange_head(words, head);
    if (head->bits_version == kmeans_bits_version() && !words->bad)
        return KMEANS_OK;
    km_words_close(words);
    return words->bad ? fail_damaged(context, path)
                      : km_fail(context, KMEANS_ERROR_FORMAT,
                                "resume: %s has version %lld of the results; this library has "
                                "version %d, whose results are other bits",
                                path, (long long)head->bits_version, kmeans_bits_version());
}

int km_checkpoint_read_head(kmeans_context *context, const char *path, km_checkpoint_head *head)
{
    km_words *const words = km_alloc(&context->memory, 1, (int64_t)sizeof *words);
    if (!words)
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory to read the checkpoint %s", path);
    const int status = read_head(words, context, path, head);
    if (status == KMEANS_OK)
        km_words_close(words);
    km_free(words);
    return status;
}

/* The door has compared sizes and options; here the content, which is known by now. */
static int check_content(const km_fit *fit, const km_checkpoint_head *head)
{
    const km_run *const run = &fit->run;
    const km_settings *const s = fit->settings;
    const char *const format = "resume: %s was made with other %s";
    if (head->n != run->n || head->d != run->d || head->k != run->k)
        return km_fail(fit->context, KMEANS_ERROR_SHAPE, format, s->resume, "sizes");
    if (head->fingerprint.data != fit->fingerprint.data)
        return km_fail(fit->context, KMEANS_ERROR_DATA, format, s->resume,
                       "data: the rows differ from those here");
    if (head->weighted != (run->weights != NULL) ||
        head->fingerprint.weights != fit->fingerprint.weights)
        return km_fail(fit->context, KMEANS_ERROR_DATA, format, s->resume,
                       "weights than those here");
    if ((s->centroids || s->labels) && head->start != km_start_hash(s))
        return km_fail(fit->context, KMEANS_ERROR_DATA, format, s->resume,
                       s->centroids ? "initial centroids" : "initial labels");
    return KMEANS_OK;
}

/* Restarts that ended at the old limit would have gone on under a new one. */
static int check_limit(const km_fit *fit, int64_t before)
{
    const km_settings *const s = fit->settings;
    const int64_t most = km_most_passes(s);
    for (int64_t r = 0; r < fit->state.restart && most != before; r++) {
        const char *const reason = fit->result->restarts[r].stop_reason;
        if (strcmp(reason, "max_iterations") == 0)
            return km_fail(fit->context, KMEANS_ERROR_ARGUMENT,
                           "max_iterations is %lld; %s has %lld, at which restart %lld ended: it "
                           "cannot be raised any more",
                           (long long)most, s->resume, (long long)before, (long long)r);
    }
    return KMEANS_OK;
}

static bool are_usable(const double *c, int64_t m)
{
    bool usable = true;
    for (int64_t q = 0; q < m; q++)
        usable = usable && fabs(c[q]) <= 0x1p500;
    return usable;
}

/* After a pass there are two sets of centroids; batches leave one. */
static bool has_two_sets(const km_fit *fit)
{
    return fit->state.stage == KM_STAGE_PASSED && !fit->algorithm->by_batches;
}

static bool are_weights(const km_fit *fit)
{
    bool usable = true;
    for (int64_t j = 0; j < fit->run.k && fit->algorithm->by_batches; j++)
        usable = usable && fit->minibatch.taken[j] >= 0 && fit->minibatch.taken[j] < 0x1p1000;
    return usable;
}

/* Given centroids or labels are in no file: at the start they must be here, and a note of what
 * labels make of it is never kept. */
static bool has_start(const km_fit *fit)
{
    const km_settings *const s = fit->settings;
    if (s->init == KM_INIT_LABELS && fit->state.stage == KM_STAGE_SEEDED)
        return false;
    return fit->state.stage != KM_STAGE_START || ((s->init != KM_INIT_CENTROIDS || s->centroids) &&
                                                  (s->init != KM_INIT_LABELS || s->labels));
}

/* What a whole file with a right checksum could still say that cannot be. */
static bool is_consistent(const km_fit *fit)
{
    const km_state *const s = &fit->state;
    const int64_t size = fit->run.k * fit->run.d;
    const bool passed = s->stage == KM_STAGE_PASSED, best = s->best_restart >= 0;
    bool ended = true;
    for (int64_t r = 0; r < s->restart; r++)
        ended = ended && fit->result->restarts[r].stop_reason;
    return ended && has_start(fit) && best == (s->restart > 0) && s->best_restart < s->restart &&
           (!best || (s->best.verdict.reason && s->best.trace_rows > 0)) &&
           passed == (s->r.pass > 0) && passed == (s->attempt.trace_rows > 0) &&
           (s->attempt.iterations == s->r.pass) &&
           (s->stage == KM_STAGE_START || are_usable(fit->c[has_two_sets(fit)], size)) &&
           (!passed || are_usable(fit->c[0], size)) && are_weights(fit) &&
           (!best || are_usable(fit->best_c, size));
}

/* Labels of the best restart belong to its centroids: stopped before they are there, there is
 * none. */
static int label_best(km_fit *fit)
{
    km_run *const run = &fit->run;
    km_pass_facts facts;
    fit->state.best.centroids = fit->best_c;
    const int status = fit->algorithm->pass(run, fit->best_c, KM_SUMS_NONE, &facts);
    if (status) {
        fit->state.best_restart = -1;
        return status;
    }
    fit->state.distances += facts.distances;
    km_copy_rows(&fit->context->memory, fit->best_labels, run->labels, run->n, sizeof *run->labels);
    run->labels_known = false;
    return KMEANS_OK;
}

static int read_all(km_fit *fit, km_words *words)
{
    km_state *const state = &fit->state;
    const char *const path = fit->settings->resume;
    km_checkpoint_head head;
    double elapsed = 0;
    int64_t max_iterations = 0;
    int status = read_head(words, fit->context, path, &head);
    if (status == 0)
        status = check_content(fit, &head);
    if (status < 0)
        return status;
    km_exchange_state(words, fit, state, &elapsed, &max_iterations);
    if (!words->bad && (state->best_restart < 0 || fit->best_c)) {
        /* c[1] holds the newer of two sets, c[0] the only one. */
        km_exchange_arrays(words, fit, state, fit->c[0], fit->c[has_two_sets(fit)],
                           fit->minibatch.taken);
    }
    if (words->bad || words->left != 0 || !is_consistent(fit))
        return fail_damaged(fit->context, path);
    fit->elapsed = elapsed > 0 ? elapsed : 0;
    fit->result->info.restarts = state->restart;
    return check_limit(fit, max_iterations);
}

int km_resume(km_fit *fit)
{
    km_state *const state = &fit->state;
    int status = read_all(fit, fit->reading);
    km_words_close(fit->reading);
    if (status == 0 && state->best_restart >= 0)
        status = label_best(fit);
    if (status)
        return status;
    km_log(fit->context, KMEANS_LOG_INFO, "resumed", "resumed from %s: restart %lld, pass %lld",
           fit->settings->resume, (long long)state->restart, (long long)state->r.pass);
    return KMEANS_OK;
}

int km_resume_pass(km_fit *fit)
{
    km_run *const run = &fit->run;
    km_pass_facts facts;
    double inertia = 0;
    km_sums_clear(run);
    int status = fit->algorithm->pass(run, fit->c[0], KM_SUMS_ALL, &facts);
    if (status)
        return status;
    fit->state.distances += facts.distances;
    /* This also gathers the sums. The inertia says whether they are what they were. */
    status = km_labels_inertia(run, &fit->spread, fit->c[0], fit->before, &inertia);
    if (status == 0 && km_bits(inertia) != km_bits(fit->state.r.inertia))
        status = km_fail(fit->context, KMEANS_ERROR_DATA,
                         "resume: the inertia of pass %lld is %.17g here; %s has %.17g",
                         (long long)fit->state.r.pass, inertia, fit->settings->resume,
                         fit->state.r.inertia);
    return status;
}
