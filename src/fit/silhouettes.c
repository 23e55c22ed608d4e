/* Silhouettes of many labellings: every distance is measured once. */
#include "measures.h"

typedef struct measuring {
    const km_settings *settings;
    const km_silhouettes_asked *asked;
    double *silhouettes;
    km_run run;
    km_facts facts;
    int status;
} measuring;

/* The sample is drawn from the rows that have a label: the same for all, or it were not the one of
 * each alone. */
static int check_labellings(kmeans_context *context, int64_t n, const km_silhouettes_asked *asked)
{
    for (int64_t l = 1; l < asked->count; l++) {
        const int32_t *const labels = asked->labels[l];
        const int status = km_check_labels(context, labels, n, asked->k[l]);
        if (status < 0)
            return status;
        for (int64_t i = 0; i < n; i++)
            if ((labels[i] < 0) != (asked->labels[0][i] < 0))
                return km_fail(context, KMEANS_ERROR_DATA,
                               "label of row %lld is %d in labels[0] and %d in labels[%lld]; the "
                               "rows without a label must be the same ones in all",
                               (long long)i, (int)asked->labels[0][i], (int)labels[i],
                               (long long)l);
    }
    return KMEANS_OK;
}

static void drive(km_team *team, void *argument)
{
    measuring *const work = argument;
    km_run *const run = &work->run;
    const km_checks checks = {.finite = work->settings->finite_check,
                              .nan_skip = work->settings->nan_skip,
                              .range = true,
                              .labelled = true};
    run->team = team;
    run->progress.phase = "measure";
    work->status = km_prepare(run, &checks, &work->facts);
    if (work->status == 0)
        work->status = km_silhouettes(run, &work->facts, work->asked, work->silhouettes);
    if (work->status > 0)
        work->status = km_fail(run->context, KMEANS_ERROR_CANCELLED,
                               "stopped before the silhouettes were known");
}

int km_silhouettes_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                       const km_silhouettes_asked *asked, double *silhouettes)
{
    measuring work = {.settings = settings, .asked = asked};
    const int64_t m = asked->most < source->rows ? asked->most : source->rows;
    const int threads = km_measures_threads(context, settings, source, 1, m);
    if (threads < 0)
        return threads;
    work.silhouettes = km_alloc(&context->memory, asked->count, sizeof *silhouettes);
    int status = work.silhouettes
                     ? KMEANS_OK
                     : km_fail(context, KMEANS_ERROR_MEMORY, "no memory for %lld silhouettes",
                               (long long)asked->count);
    if (status == 0)
        status = km_measures_open(context, settings, source, asked->labels[0], asked->k[0], threads,
                                  &work.run);
    if (status == 0)
        status = check_labellings(context, source->rows, asked);
    if (status == 0)
        status = km_team_run(context, threads, drive, &work);
    status = status < 0 ? status : work.status;
    for (int64_t l = 0; status == 0 && l < asked->count; l++)
        silhouettes[l] = work.silhouettes[l];
    km_facts_free(&work.facts);
    km_run_close(&work.run);
    km_free(work.silhouettes);
    return status;
}
