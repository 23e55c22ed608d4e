/* Silhouettes of several fits at once. They take far longer than the fits, nearly all of it in
 * distances between rows, which are the same for every k. */
#include "sweep.h"

#include <string.h>

/* Labels that wait take this many bytes at most, and their clusters are so many: beyond, the sums
 * of a row by cluster leave the caches. */
enum { MOST_BYTES = 16 << 20, MOST_CLUSTERS = 4096 };

/* Under a time limit each k is finished before the next. */
void open_silhouettes(sweep *s)
{
    const int64_t fits = MOST_BYTES / ((int64_t)sizeof *s->labels * s->rows.n);
    const bool wanted = s->wanted & KMEANS_MEASURE_SILHOUETTE;
    s->together = fits < s->count ? fits : s->count;
    if (!wanted || s->together < 1 || arg_given(s->args, "time-limit")) {
        s->together = 1;
    }
    if (s->together > 1) {
        s->labels = allocate(s->together * s->rows.n, sizeof *s->labels);
    }
}

unsigned measured_alone(const sweep *s)
{
    return s->together > 1 ? s->wanted & ~(unsigned)KMEANS_MEASURE_SILHOUETTE : s->wanted;
}

void keep_labels(sweep *s, sweep_row *row, const kmeans_result *result)
{
    const int64_t n = s->rows.n;
    const double *const weights = s->rows.weights;
    if (s->together == 1) {
        return;
    }
    int32_t *const labels = s->labels + s->waiting * n;
    memcpy(labels, kmeans_result_labels(result), (size_t)n * sizeof *labels);
    row->measured.rows = 0;
    for (int64_t i = 0; i < n; i++) {
        row->measured.rows += labels[i] >= 0 && (weights == NULL || weights[i] > 0);
    }
}

bool silhouettes_are_due(const sweep *s, int64_t next_k)
{
    int64_t clusters = next_k;
    for (int64_t w = 0; w < s->waiting; w++) {
        clusters += s->table[s->done - 1 - w].k;
    }
    return s->waiting > 0 && (next_k == 0 || s->waiting == s->together || clusters > MOST_CLUSTERS);
}

static void take_silhouettes(sweep *s, const double *values, double seconds)
{
    sweep_row *const first = s->table + s->done - s->waiting;
    for (int64_t w = 0; w < s->waiting; w++) {
        kmeans_measures *const measured = &first[w].measured;
        measured->silhouette = values[w];
        measured->silhouette_rows = measured->rows < s->sample ? measured->rows : s->sample;
        first[w].seconds_measure += seconds / (double)s->waiting;
    }
}

bool measure_silhouettes(sweep *s)
{
    const sweep_row *const first = s->table + s->done - s->waiting;
    const int32_t **const labels = allocate(s->waiting, sizeof *labels);
    int64_t *const k = allocate(s->waiting, sizeof *k);
    double *const values = allocate(s->waiting, sizeof *values);
    const double start = seconds_since_start();
    for (int64_t w = 0; w < s->waiting; w++) {
        labels[w] = s->labels + w * s->rows.n;
        k[w] = first[w].k;
    }
    const bool complete =
        !sweep_is_stopped(s, kmeans_silhouettes(s->context, s->fitting, s->rows.source, labels, k,
                                                s->waiting, s->sample, values));
    const double seconds = seconds_since_start() - start;
    if (complete) {
        take_silhouettes(s, values, seconds);
        if (arg_given(s->args, "verbose")) {
            print_note("silhouettes of %lld fits: %.3f s", (long long)s->waiting, seconds);
        }
        s->waiting = 0;
    }
    release(values);
    release(k);
    release(labels);
    return complete;
}
