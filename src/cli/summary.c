/* The result of a fit for people. */
#include "result_json.h"

#include <string.h>

enum { MOST_CLUSTERS = 20, MOST_COLUMNS = 8 };

/* Why it stopped, in words. */
static void print_stop(FILE *stream, const kmeans_result_info *info)
{
    static const struct {
        const char *reason;
        const char *words;
    } reasons[] = {
        {"fixpoint", "no centroid changed any more"},
        {"cycle", "the centroids began to repeat"},
        {"max_iterations", "the limit --max-iter; not converged"},
        {"iterations", "as many as asked for"},
        {"shift_tol", "no centroid moved further than --shift-tol"},
        {"shift_tol_relative", "the centroids moved less than --tol"},
        {"inertia_tol_relative", "the inertia fell less than --inertia-tol"},
        {"change_fraction", "fewer rows changed than --change-fraction"},
        {"no_improvement", "the last batches brought no improvement"},
        {"time_limit", "the --time-limit; not converged"},
        {"cancelled", "a signal; not converged"},
    };
    const char *words = info->stop_reason;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (strcmp(reasons[i].reason, info->stop_reason) == 0) {
            words = reasons[i].words;
        }
    }
    const bool batches = info->batches > 0;
    fprintf(stream, "%s after %lld %s%s: %s", info->converged ? "converged" : "stopped",
            (long long)info->iterations, batches ? "epoch" : "pass",
            info->iterations == 1 ? ""
            : batches             ? "s"
                                  : "es",
            words);
    if (info->restarts > 1) {
        fprintf(stream, " (best of %lld restarts: restart %lld, counted from 0)",
                (long long)info->restarts, (long long)info->best_restart);
    }
    fputc('\n', stream);
}

static void print_facts(FILE *stream, const row_set *rows, const kmeans_result *result,
                        const kmeans_result_info *info)
{
    char inertia[REAL_TEXT];
    const double used = (double)(info->n - info->rows_skipped);
    format_real(info->inertia, inertia);
    fprintf(stream, "n=%lld d=%lld k=%lld %s, inertia %s (%.6g per row)\n", (long long)info->n,
            (long long)info->d, (long long)info->k, kmeans_dtype_name(info->dtype), inertia,
            used > 0 ? info->inertia / used : 0.0);
    print_stop(stream, info);
    fprintf(stream, "%.3f s (load %.3f, start %.3f, passes %.3f), %s, %s, %d %s%s, checksum %s\n",
            rows->seconds + info->seconds_total, rows->seconds, info->seconds_init,
            info->seconds_iterate, info->algorithm, info->isa, info->threads,
            info->threads == 1 ? "thread" : "threads",
            info->threads < info->threads_asked ? " (more have too little to do)" : "",
            kmeans_result_checksum(result));
}

/* How the passes of the best restart went, for --verbose. An exact assignment of n rows to k
 * centroids counts as 2nkd operations, however it was done. */
static void print_rates(FILE *stream, const kmeans_result *result, const kmeans_result_info *info)
{
    int64_t count = 0, rechecked = 0, survivors = 0, visits = 0;
    double assign = 0, update = 0, operations = 0, best = 0, quickest = 0;
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &count);
    for (int64_t r = 0; r < count; r++) {
        const int64_t pairs = trace[r].distances_done + trace[r].distances_avoided;
        const double flops = 2 * (double)pairs * (double)info->d;
        const double seconds = trace[r].assign_seconds + trace[r].update_seconds;
        if (flops <= 0 || seconds <= 0) {
            continue;
        }
        visits++;
        assign += trace[r].assign_seconds;
        update += trace[r].update_seconds;
        operations += flops;
        rechecked += trace[r].rows_rechecked;
        survivors += trace[r].survivors;
        if (flops / trace[r].assign_seconds > best) {
            best = flops / trace[r].assign_seconds;
            quickest = seconds;
        }
    }
    if (visits > 0 && assign > 0) {
        fprintf(stream,
                "%s kernels on %s: %.3g GFLOP/s effective (best %.3g, pass %.3g ms), "
                "update %.2g %% of the time, %.2g %% of rows rechecked, %.3g candidates a row\n",
                info->isa, kmeans_dtype_name(info->dtype), operations / assign * 1e-9, best * 1e-9,
                quickest * 1e3, 100 * update / (assign + update),
                100 * (double)rechecked / ((double)visits * (double)info->n),
                (double)survivors / ((double)visits * (double)info->n));
    }
}

static void print_clusters(FILE *stream, const kmeans_result *result,
                           const kmeans_result_info *info)
{
    const int64_t *const sizes = kmeans_result_sizes(result);
    const double *const centroids = kmeans_result_centroids(result);
    /* One line less when there is a line that says how many are left out. */
    const int64_t shown = info->k <= MOST_CLUSTERS ? info->k : MOST_CLUSTERS - 1;
    const int64_t columns = info->d <= MOST_COLUMNS ? info->d : MOST_COLUMNS;
    const double used = (double)(info->n - info->rows_skipped);
    fprintf(stream, "cluster       size    share  centroid%s\n",
            info->d > columns ? " (first 8 numbers)" : "");
    for (int64_t j = 0; j < shown; j++) {
        fprintf(stream, "%7lld %10lld %7.2f%% ", (long long)j, (long long)sizes[j],
                used > 0 ? 100 * (double)sizes[j] / used : 0.0);
        for (int64_t p = 0; p < columns; p++) {
            fprintf(stream, " %10.6g", centroids[j * info->d + p]);
        }
        fputc('\n', stream);
    }
    if (shown < info->k) {
        fprintf(stream, "and %lld more clusters\n", (long long)(info->k - shown));
    }
}

/* What to do next, on one line. */
static void print_hints(FILE *stream, const cli_args *args, const kmeans_result_info *info,
                        bool saved)
{
    const bool one_start = info->restarts == 1 && info->k > 1 && !arg_given(args, "init-labels") &&
                           !arg_given(args, "init");
    if (!saved) {
        fprintf(stream, "nothing was saved: add --labels FILE, --centroids FILE or --json FILE%s\n",
                one_start ? "; --restarts 10 may find a better result" : "");
    } else if (one_start) {
        fprintf(stream, "this was one start: --restarts 10 may find a better result\n");
    }
}

void print_summary(FILE *stream, const cli_args *args, const row_set *rows,
                   const kmeans_result *result, bool saved)
{
    kmeans_result_info info = {.size = sizeof info};
    if (kmeans_result_get_info(result, &info) == KMEANS_OK) {
        print_facts(stream, rows, result, &info);
        if (arg_given(args, "verbose")) {
            print_rates(stream, result, &info);
        }
        print_clusters(stream, result, &info);
        print_hints(stream, args, &info, saved);
    }
}
