/* fit --plot */
#include "plot.h"

#include <math.h>
#include <string.h>

#include "../run.h"

char *name_data(const cli_args *args)
{
    if (args->operand_count == 0) {
        return copy_text("");
    }
    const char *const path = args->operands[0];
    const char *const slash = strrchr(path, '/');
    char *const name = shorten_text(strcmp(path, "-") == 0              ? "standard input"
                                    : slash != NULL && slash[1] != '\0' ? slash + 1
                                                                        : path,
                                    60);
    return args->operand_count == 1 ? name
                                    : make_text("%s and %d more", name, args->operand_count - 1);
}

/* Under a limit the covariance takes a small share of it at most. */
static int64_t covariance_bytes(const cli_args *args)
{
    const char *const limit = arg_value(args, "memory-limit");
    const int64_t share = limit != NULL && strcmp(limit, "off") != 0
                              ? parse_size("memory-limit", limit) / 16
                              : COVARIANCE_BYTES;
    return share < COVARIANCE_BYTES ? share : COVARIANCE_BYTES;
}

void draw_fit(plot_picture *picture, const cli_args *args, kmeans_context *context,
              const row_set *rows, const kmeans_options *options, const kmeans_result *result)
{
    kmeans_result_info info = {.size = sizeof info};
    plot_figure figure = {.lead = true};
    plot_curve curve = {0};
    int64_t passes = 0;
    if (picture->path == NULL || kmeans_result_get_info(result, &info) != KMEANS_OK) {
        return;
    }
    plot_subject subject = {.args = args,
                            .context = context,
                            .rows = rows,
                            .labels = kmeans_result_labels(result),
                            .centroids = kmeans_result_centroids(result),
                            .k = info.k,
                            .sizes = kmeans_result_sizes(result),
                            .inertia = info.inertia,
                            .sample = USUAL_SAMPLE,
                            .covariance_bytes = covariance_bytes(args)};
    subject.bad_rows = !option_is(options, "finite_check", "on") ? BAD_ROWS_SKIP_ALL
                       : option_is(options, "nan", "skip")       ? BAD_ROWS_SKIP_NAN
                                                                 : BAD_ROWS_ERROR;
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &passes);
    take_trace(&curve, trace, passes);
    figure.title = make_text("k-means of %s", name_data(args));
    add_caption(&figure, describe_fit(info.n, info.d, info.k, info.inertia));
    add_clusters_panel(&figure, &subject);
    add_inertia_panel(&figure, &curve,
                      arg_given(args, "per-row") ? (double)(info.n - info.rows_skipped) : 1);
    add_sizes_panel(&figure, subject.sizes, info.k);
    finish_picture(picture, &figure);
    release(curve.inertias);
}
