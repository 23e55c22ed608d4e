/* kmeans predict */
#include "tables.h"

#include <string.h>

#include "limit.h"
#include "load_side.h"
#include "progress.h"
#include "result_json.h"
#include "signals.h"
#include "write.h"

typedef struct predict_run {
    const cli_args *args;
    kmeans_context *context;
    kmeans_options *options;
    kmeans_file_options reading;
    output_set outputs;
    output_file *labels, *distances, *transform, *json;
    row_set rows;
    double *centroids;
    int64_t k, d;
    int32_t *row_labels;
    double *row_distances;
    double inertia;
    double seconds; /* that labelling took */
} predict_run;

static void prepare_outputs(predict_run *predict)
{
    const char *const flags[][2] = {{"weights", NULL}, {"centroids", NULL}};
    const cli_args *const args = predict->args;
    output_set *const all = &predict->outputs;
    int count = 0;
    predict->labels = add_output(all, "labels", arg_value(args, "labels"), OUTPUT_ARRAY);
    predict->distances = add_output(all, "distances", arg_value(args, "distances"), OUTPUT_ARRAY);
    predict->transform = add_output(all, "transform", arg_value(args, "transform"), OUTPUT_ARRAY);
    predict->json = add_output(all, "json", arg_value(args, "json"), OUTPUT_JSON);
    if (all->count == 0) {
        predict->labels = add_output(all, "labels", "-", OUTPUT_ARRAY);
    }
    input_name *const inputs = list_inputs(args, flags, 2, &count);
    open_outputs(all, inputs, count);
    release(inputs);
}

static int64_t rows_of_tile(const predict_run *predict)
{
    const int64_t most = (1 << 19) / predict->k;
    const int64_t rows = predict->rows.n < most ? predict->rows.n : most;
    return rows > 0 ? rows : 1;
}

/* What labelling is followed by must not fail after it: asked before, with the rows that threads
 * convert and their stacks, and not again (write_transform). */
static void check_transform(const predict_run *predict)
{
    enum { converted = 64, stack = 1 << 19, fixed = 3 << 20 };
    const int64_t thread = converted * predict->d * (int64_t)sizeof(double) + stack;
    const int64_t tile = rows_of_tile(predict) * predict->k * (int64_t)sizeof(double);
    if (predict->transform != NULL) {
        check_limit(predict->context, predict->options, &predict->rows,
                    tile + kmeans_default_threads() * thread + fixed);
    }
}

static void compute_labels(predict_run *predict)
{
    const row_set *const rows = &predict->rows;
    predict->row_labels =
        allocate_rows(predict->context, predict->options, rows->n, sizeof(int32_t));
    if (predict->distances != NULL) {
        predict->row_distances =
            allocate_rows(predict->context, predict->options, rows->n, 2 * sizeof(double));
    }
    set_time_left(predict->args, predict->options);
    defer_signals(true);
    const double start = seconds_since_start();
    const int status =
        kmeans_predict(predict->context, predict->options, rows->source, predict->centroids,
                       predict->k, predict->d, predict->row_labels, predict->row_distances,
                       predict->json != NULL ? &predict->inertia : NULL);
    predict->seconds = seconds_since_start() - start;
    defer_signals(false);
    if (status < 0) {
        die_run(predict->args, predict->context, predict->options, &predict->rows, status);
    }
}

/* For --verbose. The exact labels of n rows for k centroids count as 2nkd operations, however they
 * were found; distances and inertia, where asked for, are in the time. */
static void print_rate(const predict_run *predict)
{
    char isa[32];
    const row_set *const rows = &predict->rows;
    const double n = (double)rows->n;
    const double seconds = predict->seconds > 1e-9 ? predict->seconds : 1e-9;
    find_isa(predict->options, isa, sizeof isa);
    print_note("%lld row%s of %lld %s, %lld centroid%s, kernels %s", (long long)rows->n,
               plural(rows->n), (long long)rows->d, kmeans_dtype_name(rows->dtype),
               (long long)predict->k, plural(predict->k), isa);
    print_note("%.3f s (load %.3f, labels %.3f): %.3g rows/s, %.3g GFLOP/s effective",
               rows->seconds + predict->seconds, rows->seconds, predict->seconds, n / seconds,
               2 * n * (double)predict->k * (double)rows->d / seconds * 1e-9);
}

/* n x k distances, a few megabytes at a time. */
static void write_transform(predict_run *predict)
{
    const int64_t n = predict->rows.n;
    const int64_t k = predict->k;
    const int64_t rows_at_once = rows_of_tile(predict);
    if (predict->transform == NULL) {
        return;
    }
    const int64_t limit = memory_limit_of(predict->options);
    double *const tile = allocate(rows_at_once * k, sizeof *tile);
    kmeans_options_set_int(predict->options, "memory_limit", 0);
    begin_matrix(predict->transform, KMEANS_F64, n, k);
    for (int64_t row = 0; row < n && !ferror(predict->transform->stream); row += rows_at_once) {
        const int64_t count = n - row < rows_at_once ? n - row : rows_at_once;
        const int status =
            kmeans_transform(predict->context, predict->options, predict->rows.source,
                             predict->centroids, k, predict->d, row, count, tile);
        if (status < 0) {
            die_run(predict->args, predict->context, predict->options, &predict->rows, status);
        }
        write_tile(predict->transform, KMEANS_F64, tile, count, k);
    }
    kmeans_options_set_int(predict->options, "memory_limit", limit);
    release(tile);
    finish_output(&predict->outputs, predict->transform);
}

static void put_memory(json_writer *json, const predict_run *predict)
{
    const int64_t limit = memory_limit_of(predict->options);
    put_begin(json, "bytes", '{');
    put_resident_peak(json);
    if (limit > 0) {
        put_integer(json, "memory_limit", limit);
    } else {
        put_null(json, "memory_limit");
    }
    put_end(json, '}');
}

static void write_predict_json(const predict_run *predict, FILE *stream)
{
    const row_set *const rows = &predict->rows;
    json_writer writer = {stream, 0, true};
    json_writer *const json = &writer;
    char checksum[33] = "";
    int64_t skipped = 0;
    int64_t *const sizes = allocate(predict->k, sizeof *sizes);
    for (int64_t i = 0; i < rows->n; i++) {
        if (predict->row_labels[i] >= 0) {
            sizes[predict->row_labels[i]]++;
        } else {
            skipped++;
        }
        if (i % ROW_WINDOW == 0) {
            kmeans_context_release(predict->context);
        }
    }
    make_checksum(predict->context, predict->row_labels, rows->n, predict->centroids,
                  predict->k * predict->d, checksum);
    put_begin(json, NULL, '{');
    put_text(json, "version", kmeans_version());
    put_integer(json, "bits_version", kmeans_bits_version());
    put_integer(json, "n", rows->n);
    put_integer(json, "d", rows->d);
    put_integer(json, "k", predict->k);
    put_text(json, "dtype", kmeans_dtype_name(rows->dtype));
    put_data(json, predict->args, rows);
    put_text(json, "centroids", arg_value(predict->args, "centroids"));
    put_real(json, "inertia", predict->inertia);
    put_integers(json, "sizes", sizes, predict->k);
    put_integer(json, "rows_skipped", skipped);
    put_begin(json, "seconds", '{');
    put_real(json, "load", rows->seconds);
    put_real(json, "total", seconds_since_start());
    put_end(json, '}');
    put_memory(json, predict);
    put_text(json, "checksum", checksum);
    put_end(json, '}');
    release(sizes);
}

static void write_results(predict_run *predict)
{
    output_set *const all = &predict->outputs;
    write_labels(predict->labels, predict->context, predict->row_labels, predict->rows.n);
    finish_output(all, predict->labels);
    write_matrix(predict->distances, predict->context, predict->row_distances, predict->rows.n, 2);
    finish_output(all, predict->distances);
    write_transform(predict);
    if (predict->json != NULL) {
        write_predict_json(predict, predict->json->stream);
        finish_output(all, predict->json);
    }
}

static void close_predict(predict_run *predict)
{
    close_rows(&predict->rows);
    kmeans_rows_free(predict->row_labels);
    kmeans_rows_free(predict->row_distances);
    kmeans_options_free(predict->options);
    kmeans_context_free(predict->context);
    release(predict->centroids);
    release(predict);
}

int run_predict(const cli_args *args)
{
    predict_run *const predict = allocate(1, sizeof *predict);
    predict->args = args;
    begin_run(args, &predict->context, &predict->options);
    read_file_options(args, &predict->reading);
    if (!arg_given(args, "centroids")) {
        die(EXIT_USAGE, "--centroids FILE is missing");
    }
    set_reading_limit(args, predict->options, &predict->reading);
    prepare_outputs(predict);
    set_scratch_folder(args, predict->options, &predict->outputs);
    if (arg_given(args, "weights") && predict->json == NULL) {
        print_warning("--weights has no effect: only the inertia of --json FILE counts them");
    }
    const char *const path = arg_value(args, "centroids");
    predict->centroids =
        load_centroids(predict->context, "centroids", path, &predict->k, &predict->d);
    open_rows(args, predict->context, &predict->reading, &predict->rows);
    check_centroid_columns("centroids", path, predict->d, &predict->rows);
    check_transform(predict);
    compute_labels(predict);
    if (arg_given(args, "verbose")) {
        print_rate(predict);
    }
    write_results(predict);
    const int code = end_code(&predict->outputs);
    close_predict(predict);
    return code;
}
