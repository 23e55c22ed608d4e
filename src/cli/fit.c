/* kmeans fit */
#include "tables.h"

#include <string.h>
#include <unistd.h>

#include "limit.h"
#include "load_side.h"
#include "method.h"
#include "plot/plot.h"
#include "profile.h"
#include "result_json.h"
#include "signals.h"
#include "write.h"

typedef struct fit_run {
    const cli_args *args;
    kmeans_context *context;
    kmeans_options *options;
    kmeans_file_options reading;
    bool init_is_file;
    output_set outputs;
    output_file *labels, *centroids, *distances, *trace, *json, *perf;
    plot_picture plot;
    bool saved; /* one of them is asked for */
    row_set rows;
    int32_t *init_labels;
    kmeans_result *result;
} fit_run;

static void check_exclusions(const fit_run *fit)
{
    const cli_args *const args = fit->args;
    check_stop_rules(args);
    const bool given_start = fit->init_is_file || arg_given(args, "init-labels");
    const char *const restarts = arg_value(args, "restarts");
    if (arg_given(args, "init") && arg_given(args, "init-labels")) {
        die(EXIT_USAGE, "--init and --init-labels exclude each other");
    }
    if (given_start && restarts != NULL && parse_count("restarts", restarts, 1, INT64_MAX) > 1) {
        die(EXIT_USAGE,
            "--restarts %s makes no sense with given %s: every restart would be the "
            "same",
            restarts, fit->init_is_file ? "centroids" : "labels");
    }
    if (!given_start && !arg_given(args, "clusters") && !arg_given(args, "resume")) {
        die(EXIT_USAGE, "the number of clusters is missing: -k N");
    }
    if (arg_given(args, "per-row") && !arg_given(args, "trace") && !arg_given(args, "plot")) {
        die(EXIT_USAGE, "--per-row belongs to --trace FILE and --plot FILE");
    }
}

/* Options that find nothing to do: an error where they contradict the others, else a warning. */
static void check_unused(const fit_run *fit)
{
    const cli_args *const args = fit->args;
    const char *const given = fit->init_is_file                ? "given centroids"
                              : arg_given(args, "init-labels") ? "given labels"
                                                               : NULL;
    const char *const method = given != NULL ? given : arg_value(args, "init");
    const bool plusplus = given == NULL && (option_is(fit->options, "init", "k-means++") ||
                                            option_is(fit->options, "init", "k-means-parallel"));
    check_init_trials(fit->options, plusplus, method);
    if (given != NULL && !option_is(fit->options, "init_sample", "0")) {
        die(EXIT_USAGE, "--init-sample chooses first centroids: it makes no sense with %s", given);
    }
    if (given != NULL && arg_given(args, "seed")) {
        print_warning("--seed has no effect: with %s nothing is drawn", given);
    }
    if (arg_given(args, "checkpoint-every") && !arg_given(args, "checkpoint")) {
        print_warning("--checkpoint-every has no effect without --checkpoint FILE");
    }
    if (!arg_given(args, "json") && option_is(fit->options, "cluster_inertia", "on")) {
        print_warning("--cluster-inertia has no effect: it is shown by --json FILE only");
    }
}

/* A method's name, or else a file. */
static void read_init(fit_run *fit)
{
    const char *const init = arg_value(fit->args, "init");
    if (init == NULL || kmeans_options_set(fit->options, "init", init) == KMEANS_OK) {
        return;
    }
    if (strcmp(init, "-") != 0 && access(init, F_OK) != 0) {
        die(EXIT_USAGE,
            "--init: '%s' is neither k-means++, random, box, k-means-parallel nor a file that "
            "exists",
            init);
    }
    fit->init_is_file = true;
}

static void prepare_outputs(fit_run *fit)
{
    const char *const flags[][2] = {
        {"weights", NULL}, {"init-labels", NULL}, {"resume", "checkpoint"}, {"init", "centroids"}};
    const cli_args *const args = fit->args;
    output_set *const all = &fit->outputs;
    int count = 0;
    fit->labels = add_output(all, "labels", arg_value(args, "labels"), OUTPUT_ARRAY);
    fit->centroids = add_output(all, "centroids", arg_value(args, "centroids"), OUTPUT_ARRAY);
    fit->distances = add_output(all, "distances", arg_value(args, "distances"), OUTPUT_ARRAY);
    fit->trace = add_output(all, "trace", arg_value(args, "trace"), OUTPUT_ARRAY);
    fit->json = add_output(all, "json", arg_value(args, "json"), OUTPUT_JSON);
    add_picture(&fit->plot, all, "plot", arg_value(args, "plot"));
    fit->perf = add_output(all, "perf-json", arg_value(args, "perf-json"), OUTPUT_JSON);
    fit->saved = all->count > (fit->perf != NULL);
    add_output(all, "checkpoint", arg_value(args, "checkpoint"), OUTPUT_NAMED);
    input_name *const inputs = list_inputs(args, flags, fit->init_is_file ? 4 : 3, &count);
    open_outputs(all, inputs, count);
    release(inputs);
    if (fit->distances != NULL) {
        kmeans_options_set_int(fit->options, "distances", 1);
    }
    if (fit->json != NULL && !arg_given(args, "cluster-inertia")) {
        kmeans_options_set_int(fit->options, "cluster_inertia", 1);
    }
}

static void load_start_centroids(const fit_run *fit)
{
    const char *const path = arg_value(fit->args, "init");
    const char *const asked = arg_value(fit->args, "clusters");
    int64_t k = 0;
    int64_t d = 0;
    double *const centroids = load_centroids(fit->context, "init", path, &k, &d);
    if (asked != NULL && parse_count("clusters", asked, 1, INT64_MAX) != k) {
        die(EXIT_USAGE, "--clusters is %s, but --init %s has %lld row%s", asked, path, (long long)k,
            plural(k));
    }
    check_centroid_columns("init", path, d, &fit->rows);
    const int status = kmeans_options_set_centroids(fit->options, centroids, k, d);
    if (status != KMEANS_OK) {
        die_status(fit->context, status);
    }
    release(centroids);
}

/* The library would not know the file. Labels of rows that it skips do not matter to it. */
static void check_start_labels(const fit_run *fit)
{
    const int64_t k = parse_count("clusters", arg_value(fit->args, "clusters"), 1, INT32_MAX);
    for (int64_t i = 0; i < fit->rows.n && fit->reading.nan_ok == 0; i++) {
        if (fit->init_labels[i] >= k) {
            die(EXIT_DATA,
                "--init-labels %s: row %lld (counted from 0) is %d; labels must be 0 .. %lld for "
                "%lld cluster%s",
                arg_value(fit->args, "init-labels"), (long long)i, fit->init_labels[i],
                (long long)k - 1, (long long)k, plural(k));
        }
    }
}

static void load_start_labels(fit_run *fit)
{
    const int64_t n = fit->rows.n;
    int64_t k = 0;
    fit->init_labels = allocate_rows(fit->context, fit->options, n, sizeof *fit->init_labels);
    load_labels(fit->context, fit->options, "init-labels", arg_value(fit->args, "init-labels"), n,
                0, fit->init_labels);
    for (int64_t i = 0; i < n; i++) {
        k = fit->init_labels[i] >= k ? fit->init_labels[i] + (int64_t)1 : k;
    }
    int status = KMEANS_OK;
    if (!arg_given(fit->args, "clusters")) {
        status = kmeans_options_set_int(fit->options, "k", k);
    } else {
        check_start_labels(fit);
    }
    if (status == KMEANS_OK) {
        status = kmeans_options_set_labels(fit->options, fit->init_labels, n);
    }
    if (status != KMEANS_OK) {
        die_status(fit->context, status);
    }
}

static void write_results(fit_run *fit)
{
    kmeans_result_info info = {.size = sizeof info};
    output_set *const all = &fit->outputs;
    int64_t passes = 0;
    kmeans_result_get_info(fit->result, &info);
    write_labels(fit->labels, fit->context, kmeans_result_labels(fit->result), info.n);
    finish_output(all, fit->labels);
    write_matrix(fit->centroids, fit->context, kmeans_result_centroids(fit->result), info.k,
                 info.d);
    finish_output(all, fit->centroids);
    write_matrix(fit->distances, fit->context, kmeans_result_distances(fit->result), info.n, 2);
    finish_output(all, fit->distances);
    const kmeans_trace_row *const trace = kmeans_result_trace(fit->result, &passes);
    write_trace(fit->trace, trace, passes, arg_given(fit->args, "per-row") ? (double)info.n : 1.0);
    finish_output(all, fit->trace);
    /* The option as it was given, not what was left of it. */
    if (arg_given(fit->args, "time-limit")) {
        kmeans_options_set(fit->options, "time_limit", arg_value(fit->args, "time-limit"));
    }
    write_result_json(fit->json, fit->args, &fit->rows, fit->options, fit->result);
    finish_output(all, fit->json);
    write_profile_json(fit->perf, &fit->rows, fit->result);
    finish_output(all, fit->perf);
    draw_fit(&fit->plot, fit->args, fit->context, &fit->rows, fit->options, fit->result);
    const char *code = NULL;
    for (int64_t i = 0; kmeans_result_warning(fit->result, i, &code) != NULL; i++) {
        all->failures += strcmp(code, "checkpoint") == 0;
    }
}

static void close_fit(fit_run *fit)
{
    kmeans_result_free(fit->result);
    close_rows(&fit->rows);
    kmeans_options_free(fit->options);
    kmeans_rows_free(fit->init_labels);
    kmeans_context_free(fit->context);
    release(fit);
}

static void compute_fit(fit_run *fit)
{
    set_time_left(fit->args, fit->options);
    defer_signals(true);
    const int status = kmeans_fit(fit->context, fit->options, fit->rows.source, &fit->result);
    if (status < 0) {
        die_run(fit->args, fit->context, fit->options, &fit->rows, status);
    }
}

int run_fit(const cli_args *args)
{
    fit_run *const fit = allocate(1, sizeof *fit);
    fit->args = args;
    begin_run(args, &fit->context, &fit->options);
    read_file_options(args, &fit->reading);
    set_profile(args, fit->options);
    read_init(fit);
    set_reading_limit(args, fit->options, &fit->reading);
    check_exclusions(fit);
    check_unused(fit);
    read_seed(args, fit->context, fit->options);
    prepare_outputs(fit);
    set_scratch_folder(args, fit->options, &fit->outputs);
    open_rows(args, fit->context, &fit->reading, &fit->rows);
    if (fit->init_is_file) {
        load_start_centroids(fit);
    }
    if (arg_given(args, "init-labels")) {
        load_start_labels(fit);
    }
    compute_fit(fit);
    const bool on_stdout = outputs_use_stdout(&fit->outputs);
    write_results(fit);
    if (!is_quiet() && (!on_stdout || arg_given(args, "verbose"))) {
        print_summary(on_stdout ? stderr : stdout, args, &fit->rows, fit->result, fit->saved);
    }
    print_profile(on_stdout ? stderr : stdout, args, &fit->rows, fit->result);
    const int code = end_code(&fit->outputs);
    close_fit(fit);
    return code;
}
