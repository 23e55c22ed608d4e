/* How the passes of one restart end: by a rule, or stopped by time or cancel. */
#include "checkpoint.h"

#include "steps/visit.h"

/* Where a stop by time or cancel ends the passes: the last complete assignment stands. */
km_verdict km_fit_stop_verdict(const km_fit *fit)
{
    const km_run *const run = &fit->run;
    if (atomic_load(&run->stop) == KM_STOP_TIME)
        return (km_verdict){"time_limit", km_now() - run->started, run->time_limit};
    return (km_verdict){"cancelled", 0, 0};
}

kmeans_trace_row *km_fit_next_row(km_fit *fit, km_attempt *attempt)
{
    if (attempt->trace_rows == fit->trace_capacity)
        attempt->trace_rows--;
    kmeans_trace_row *const row = &fit->trace[attempt->trace_rows++];
    *row = (kmeans_trace_row){0};
    return row;
}

void km_swap_centroids(km_fit *fit)
{
    double *const old = fit->c[0];
    fit->c[0] = fit->c[1];
    fit->c[1] = old;
}

/* Labels for the centroids that are returned, and the last row of the trace. */
static int label_last(km_fit *fit, const kmeans_trace_row *last)
{
    km_attempt *const attempt = &fit->state.attempt;
    km_run *const run = &fit->run;
    const int64_t pass = last->pass;
    kmeans_trace_row final = {.pass = attempt->converged ? pass : pass + 1};
    final.inertia = last->inertia;
    if (!attempt->converged) {
        km_pass_facts facts;
        const double start = km_now();
        run->progress.phase = "final";
        const int status = fit->algorithm->pass(run, fit->c[0], KM_SUMS_MOVED, &facts);
        if (status)
            return status;
        run->finishing = true;
        km_labels_inertia(run, &fit->spread, fit->c[0], fit->before, &final.inertia);
        run->finishing = false;
        final.distances_done = facts.distances;
        final.distances_avoided = facts.avoided;
        final.rows_rechecked = facts.rechecked;
        final.survivors = facts.survivors;
        final.assign_seconds = km_now() - start;
        fit->state.distances += facts.distances;
        fit->state.rechecked += facts.rechecked;
    }
    final.inertia_updated = final.inertia;
    attempt->inertia = final.inertia;
    attempt->centroids = fit->c[0];
    *km_fit_next_row(fit, attempt) = final;
    return KMEANS_OK;
}

int km_settle_stop(km_fit *fit, int64_t pass, bool labelled)
{
    km_attempt *const attempt = &fit->state.attempt;
    km_run *const run = &fit->run;
    km_checkpoint_stop(fit); /* before a row of the trace is added */
    attempt->verdict = km_fit_stop_verdict(fit);
    attempt->iterations = labelled ? pass : pass - 1;
    if (attempt->iterations == 0)
        return 1; /* nothing complete */
    attempt->converged = false;
    attempt->centroids = labelled ? fit->c[0] : fit->c[1];
    const kmeans_trace_row *const last = fit->trace + attempt->trace_rows - 1;
    if (attempt->trace_rows > 0 && last->pass == attempt->iterations) {
        attempt->inertia = last->inertia;
    } else { /* the update was broken off: its sums are whole, its row is missing */
        run->finishing = true;
        km_labels_inertia(run, &fit->spread, attempt->centroids, fit->before, &attempt->inertia);
        run->finishing = false;
    }
    kmeans_trace_row *const row = km_fit_next_row(fit, attempt);
    row->pass = attempt->iterations;
    row->inertia = row->inertia_updated = attempt->inertia;
    return KMEANS_OK;
}

int km_end_passes(km_fit *fit, const kmeans_trace_row *last)
{
    km_swap_centroids(fit);
    const int status = label_last(fit, last);
    if (status <= 0)
        return status;
    km_swap_centroids(fit);
    return km_settle_stop(fit, last->pass, true);
}
