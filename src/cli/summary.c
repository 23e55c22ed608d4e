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
        {"time_limit", "the --time-limit; not converged"},
        {"cancelled", "a signal; not converged"},
    };
    const char *words = info->stop_reason;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (strcmp(reasons[i].reason, info->stop_reason) == 0) {
            words = reasons[i].words;
        }
    }
    fprintf(stream, "%s after %lld %s: %s", info->converged ? "converged" : "stopped",
            (long long)info->iterations, info->iterations == 1 ? "pass" : "passes", words);
    if (info->restarts > 1) {
        fprintf(stream, " (best of %lld restarts: restart %lld)", (long long)info->restarts,
                (long long)info->best_restart);
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
        print_clusters(stream, result, &info);
        print_hints(stream, args, &info, saved);
    }
}
