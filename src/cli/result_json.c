#include "result_json.h"

#include "write.h"

static void write_restarts(json_writer *json, const kmeans_result *result)
{
    int64_t count = 0;
    const kmeans_restart_row *const restarts = kmeans_result_restarts(result, &count);
    put_begin(json, "restarts", '[');
    for (int64_t r = 0; r < count; r++) {
        put_begin(json, NULL, '{');
        put_real(json, "inertia", restarts[r].inertia);
        put_integer(json, "iterations", restarts[r].iterations);
        put_text(json, "stop_reason", restarts[r].stop_reason);
        put_end(json, '}');
    }
    put_end(json, ']');
}

static void write_warnings(json_writer *json, const kmeans_result *result)
{
    const char *code = NULL;
    const char *text = NULL;
    put_begin(json, "warnings", '[');
    for (int64_t i = 0; (text = kmeans_result_warning(result, i, &code)) != NULL; i++) {
        put_begin(json, NULL, '{');
        put_text(json, "code", code);
        put_text(json, "text", text);
        put_end(json, '}');
    }
    put_end(json, ']');
}

void put_resident_peak(json_writer *json)
{
    char line[256];
    long long kilobytes = -1;
    FILE *const status = fopen("/proc/self/status", "r");
    while (status != NULL && kilobytes < 0 && fgets(line, sizeof line, status) != NULL) {
        (void)sscanf(line, "VmHWM: %lld", &kilobytes);
    }
    if (status != NULL) {
        fclose(status);
    }
    if (kilobytes >= 0) {
        put_integer(json, "resident_peak", kilobytes * 1024);
    } else {
        put_null(json, "resident_peak");
    }
}

static void write_costs(json_writer *json, const kmeans_result_info *info, const row_set *rows)
{
    put_begin(json, "seconds", '{');
    put_real(json, "load", rows->seconds);
    put_real(json, "init", info->seconds_init);
    put_real(json, "iterate", info->seconds_iterate);
    put_real(json, "assign", info->assign_seconds);
    put_real(json, "update", info->update_seconds);
    put_real(json, "total", info->seconds_total);
    put_end(json, '}');
    put_begin(json, "bytes", '{');
    put_integer(json, "planned", info->bytes_planned);
    put_integer(json, "peak", info->bytes_peak);
    put_integer(json, "scratch", info->bytes_scratch);
    put_resident_peak(json);
    put_end(json, '}');
}

static void write_outcome(json_writer *json, const kmeans_result_info *info,
                          const kmeans_result *result)
{
    const double *const inertias = kmeans_result_cluster_inertia(result);
    put_real(json, "inertia", info->inertia);
    put_integer(json, "iterations", info->iterations);
    if (info->batches > 0) {
        put_integer(json, "batches", info->batches);
    }
    put_bool(json, "converged", info->converged != 0);
    put_text(json, "stop_reason", info->stop_reason);
    put_real(json, "stop_value", info->stop_value);
    put_real(json, "stop_limit", info->stop_limit);
    put_integers(json, "sizes", kmeans_result_sizes(result), info->k);
    put_real(json, "total_weight", info->total_weight);
    if (inertias != NULL) {
        put_reals(json, "cluster_inertia", inertias, info->k);
    }
    if (info->distinct_rows > 0) {
        put_integer(json, "distinct_rows", info->distinct_rows);
    }
    put_integer(json, "rows_skipped", info->rows_skipped);
    put_integer(json, "empty_events", info->empty_events);
}

void write_result_json(const output_file *output, const cli_args *args, const row_set *rows,
                       const kmeans_options *options, const kmeans_result *result)
{
    kmeans_result_info info = {.size = sizeof info};
    int64_t passes = 0;
    if (output == NULL || kmeans_result_get_info(result, &info) != KMEANS_OK) {
        return;
    }
    json_writer writer = {output->stream, 0, true};
    json_writer *const json = &writer;
    put_begin(json, NULL, '{');
    put_text(json, "version", kmeans_version());
    put_integer(json, "bits_version", kmeans_bits_version());
    put_options(json, options);
    put_text(json, "algorithm", info.algorithm);
    put_text(json, "isa", info.isa);
    put_integer(json, "threads", info.threads);
    put_integer(json, "threads_asked", info.threads_asked);
    put_integer(json, "n", info.n);
    put_integer(json, "d", info.d);
    put_integer(json, "k", info.k);
    put_text(json, "dtype", kmeans_dtype_name(info.dtype));
    put_data(json, args, rows);
    write_outcome(json, &info, result);
    write_restarts(json, result);
    put_integer(json, "best_restart", info.best_restart);
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &passes);
    put_trace(json, trace, passes);
    write_warnings(json, result);
    write_costs(json, &info, rows);
    put_integer(json, "distances_done", info.distances_done);
    put_integer(json, "rows_rechecked", info.rows_rechecked);
    put_text(json, "checksum", kmeans_result_checksum(result));
    put_end(json, '}');
}
