#include "result_json.h"

static void write_restarts(json_writer *json, const kmeans_result *result)
{
    int64_t count = 0;
    const kmeans_restart_row *const restarts = kmeans_result_restarts(result, &count);
    json_begin(json, "restarts", '[');
    for (int64_t r = 0; r < count; r++) {
        json_begin(json, NULL, '{');
        json_real(json, "inertia", restarts[r].inertia);
        json_integer(json, "iterations", restarts[r].iterations);
        json_text(json, "stop_reason", restarts[r].stop_reason);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_warnings(json_writer *json, const kmeans_result *result)
{
    const char *code = NULL;
    const char *text = NULL;
    json_begin(json, "warnings", '[');
    for (int64_t i = 0; (text = kmeans_result_warning(result, i, &code)) != NULL; i++) {
        json_begin(json, NULL, '{');
        json_text(json, "code", code);
        json_text(json, "text", text);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_costs(json_writer *json, const kmeans_result_info *info, const row_set *rows)
{
    json_begin(json, "seconds", '{');
    json_real(json, "load", rows->seconds);
    json_real(json, "init", info->seconds_init);
    json_real(json, "iterate", info->seconds_iterate);
    json_real(json, "assign", info->assign_seconds);
    json_real(json, "update", info->update_seconds);
    json_real(json, "total", info->seconds_total);
    json_end(json, '}');
    json_begin(json, "bytes", '{');
    json_integer(json, "planned", info->bytes_planned);
    json_integer(json, "peak", info->bytes_peak);
    json_end(json, '}');
}

static void write_outcome(json_writer *json, const kmeans_result_info *info,
                          const kmeans_result *result)
{
    const double *const inertias = kmeans_result_cluster_inertia(result);
    json_real(json, "inertia", info->inertia);
    json_integer(json, "iterations", info->iterations);
    json_bool(json, "converged", info->converged != 0);
    json_text(json, "stop_reason", info->stop_reason);
    json_real(json, "stop_value", info->stop_value);
    json_real(json, "stop_limit", info->stop_limit);
    json_integers(json, "sizes", kmeans_result_sizes(result), info->k);
    json_real(json, "total_weight", info->total_weight);
    if (inertias != NULL) {
        json_reals(json, "cluster_inertia", inertias, info->k);
    }
    if (info->distinct_rows > 0) {
        json_integer(json, "distinct_rows", info->distinct_rows);
    }
    json_integer(json, "rows_skipped", info->rows_skipped);
    json_integer(json, "empty_events", info->empty_events);
}

void write_result_json(const output_file *output, const cli_args *args, const row_set *rows,
                       const kmeans_options *options, const kmeans_result *result)
{
    kmeans_result_info info = {.size = sizeof info};
    if (output == NULL || kmeans_result_get_info(result, &info) != KMEANS_OK) {
        return;
    }
    json_writer writer = {output->stream, 0, true};
    json_writer *const json = &writer;
    json_begin(json, NULL, '{');
    json_text(json, "version", kmeans_version());
    json_integer(json, "bits_version", kmeans_bits_version());
    json_options(json, options);
    json_text(json, "algorithm", info.algorithm);
    json_text(json, "isa", info.isa);
    json_integer(json, "threads", info.threads);
    json_integer(json, "threads_asked", info.threads_asked);
    json_integer(json, "n", info.n);
    json_integer(json, "d", info.d);
    json_integer(json, "k", info.k);
    json_text(json, "dtype", kmeans_dtype_name(info.dtype));
    json_data(json, args, rows);
    write_outcome(json, &info, result);
    write_restarts(json, result);
    json_integer(json, "best_restart", info.best_restart);
    write_warnings(json, result);
    write_costs(json, &info, rows);
    json_integer(json, "distances_done", info.distances_done);
    json_integer(json, "rows_rechecked", info.rows_rechecked);
    json_text(json, "checksum", kmeans_result_checksum(result));
    json_end(json, '}');
}
