/* kmeans sweep */
#include "sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "method.h"
#include "progress.h"
#include "signals.h"
#include "tables.h"

static void prepare_outputs(sweep *s)
{
    const char *const flags[][2] = {{"weights", NULL}};
    const cli_args *const args = s->args;
    int count = 0;
    s->json = add_output(&s->outputs, "json", arg_value(args, "json"), OUTPUT_JSON);
    s->csv = add_output(&s->outputs, "csv", arg_value(args, "csv"), OUTPUT_ARRAY);
    if (s->csv != NULL && s->csv->npy) {
        die(EXIT_USAGE, "--csv %s: the table is text: .csv, .tsv or .txt", s->csv->path);
    }
    input_name *const inputs = list_inputs(args, flags, 1, &count);
    open_outputs(&s->outputs, inputs, count);
    release(inputs);
}

static void read_options(sweep *s)
{
    const cli_args *const args = s->args;
    char seed[32];
    if (!arg_given(args, "clusters")) {
        die(EXIT_USAGE, "the numbers of clusters are missing: -k 2:20 or -k 2,4,8");
    }
    s->clusters = parse_clusters(arg_value(args, "clusters"), &s->count);
    read_measures(s);
    check_stop_rules(args);
    check_init_trials(s->options,
                      option_is(s->options, "init", "k-means++") ||
                          option_is(s->options, "init", "k-means-parallel"),
                      arg_given(args, "init") ? arg_value(args, "init") : "");
    read_seed(args, s->context, s->options);
    int status = kmeans_options_get(s->options, "seed", seed, sizeof seed);
    s->seed = strtoull(seed, NULL, 10);
    if (status == KMEANS_OK) {
        status = kmeans_options_create(s->context, &s->fitting);
    }
    if (status == KMEANS_OK) {
        status = kmeans_options_set(s->fitting, "seed", seed);
    }
    if (status != KMEANS_OK) {
        die_status(s->context, status);
    }
    set_library_options(args, s->context, s->fitting);
}

/* What does not go together is found before the first fit: the plan of the largest k. */
static void check_plan(sweep *s)
{
    kmeans_plan plan = {.size = sizeof plan};
    int status = KMEANS_OK;
    for (int64_t i = 0; i < s->count && status == KMEANS_OK; i += s->count > 1 ? s->count - 1 : 1) {
        status = kmeans_options_set_int(s->fitting, "k", s->clusters[i]);
        if (status == KMEANS_OK) {
            status = kmeans_plan_fit(s->context, s->fitting, s->rows.source, &plan);
        }
    }
    if (status < 0) {
        die_run(s->args, s->context, s->fitting, &s->rows, status);
    }
}

/* A fit or a measurement that was not finished: the sweep ends before this k. */
bool sweep_is_stopped(const sweep *s, int status)
{
    const bool stopped = status == KMEANS_STOPPED_TIME_LIMIT ||
                         status == KMEANS_STOPPED_CANCELLED || status == KMEANS_ERROR_CANCELLED;
    if (status < 0 && !stopped) {
        die_run(s->args, s->context, s->fitting, &s->rows, status);
    }
    return stopped || pending_signal() != 0;
}

/* How many rows are skipped is known after the first fit only: a k that is above what is left is
 * refused then, not after all the fits before it. */
static void check_rows_left(const sweep *s, const kmeans_result_info *info)
{
    const int64_t left = s->rows.n - info->rows_skipped;
    const int64_t k = s->clusters[s->count - 1];
    if (k > left) {
        die(EXIT_DATA, "--clusters: k is %lld; only %lld rows are left after %lld were skipped",
            (long long)k, (long long)left, (long long)info->rows_skipped);
    }
}

static void take_result(const sweep *s, sweep_row *row, const kmeans_result *result)
{
    kmeans_result_info info = {.size = sizeof info};
    kmeans_result_get_info(result, &info);
    check_rows_left(s, &info);
    row->inertia = info.inertia;
    row->iterations = info.iterations;
    memcpy(row->checksum, kmeans_result_checksum(result), sizeof row->checksum);
}

/* Fit and measures for one k; false when it was stopped. */
static bool fit_clusters(sweep *s, sweep_row *row)
{
    kmeans_result *result = NULL;
    const double start = seconds_since_start();
    set_time_left(s->args, s->fitting);
    int status = kmeans_options_set_int(s->fitting, "k", row->k);
    if (status == KMEANS_OK) {
        status = kmeans_fit(s->context, s->fitting, s->rows.source, &result);
    }
    bool complete = !sweep_is_stopped(s, status);
    const double fitted = seconds_since_start();
    row->seconds_fit = fitted - start;
    if (complete) {
        take_result(s, row, result);
    }
    if (complete && measured_alone(s) != 0) {
        set_time_left(s->args, s->fitting);
        complete = !sweep_is_stopped(
            s, kmeans_measure(s->context, s->fitting, s->rows.source, kmeans_result_labels(result),
                              row->k, measured_alone(s), s->sample, &row->measured));
    }
    if (complete) {
        keep_labels(s, row, result);
    }
    row->seconds_measure = seconds_since_start() - fitted;
    kmeans_result_free(result);
    return complete;
}

static bool sweep_one(sweep *s, int64_t k)
{
    sweep_row *const row = &s->table[s->done];
    *row = (sweep_row){.k = k,
                       .gap = NAN,
                       .gap_error = NAN,
                       .measured = {sizeof row->measured, 0, 0, NAN, NAN, NAN, NAN, NAN, 0, 0}};
    bool complete = fit_clusters(s, row);
    const double start = seconds_since_start();
    if (complete && s->references > 0) {
        mute_warnings(true); /* they are about the data */
        complete = measure_gap(s, row) && pending_signal() == 0;
        mute_warnings(false);
    }
    row->seconds_gap = seconds_since_start() - start;
    if (complete && arg_given(s->args, "verbose")) {
        print_note("k = %lld: fit %.3f s, measures %.3f s, gap %.3f s", (long long)k,
                   row->seconds_fit, row->seconds_measure, row->seconds_gap);
    }
    return complete;
}

static void tell_cut(const sweep *s)
{
    const char *const why =
        pending_signal() != 0 ? "stopped by a signal" : "the time limit ran out";
    if (s->done < s->count) {
        print_warning("%s: k = %lld and what follows is left out", why,
                      (long long)s->clusters[s->done]);
    }
    if (s->waiting > 0) {
        print_warning("%s: the silhouettes of k = %lld to %lld are left out", why,
                      (long long)s->clusters[s->done - s->waiting],
                      (long long)s->clusters[s->done - 1]);
    }
}

static void sweep_all(sweep *s)
{
    s->table = allocate(s->count, sizeof *s->table);
    defer_signals(true);
    if (s->references > 0) {
        open_gap(s);
    }
    open_silhouettes(s);
    for (int64_t i = 0; i < s->count && !s->cut; i++) {
        s->cut = !sweep_one(s, s->clusters[i]);
        if (!s->cut) {
            s->done++;
            s->waiting += s->together > 1;
            s->cut = silhouettes_are_due(s, i + 1 < s->count ? s->clusters[i + 1] : 0) &&
                     !measure_silhouettes(s);
        }
    }
    defer_signals(false);
    if (s->done == 0) {
        die_run(s->args, s->context, s->fitting, &s->rows, KMEANS_ERROR_CANCELLED);
    }
    if (s->cut) {
        tell_cut(s);
    }
    s->suggested = suggest_row(s);
}

static void close_sweep(sweep *s)
{
    close_rows(&s->rows);
    kmeans_options_free(s->fitting);
    kmeans_options_free(s->options);
    kmeans_context_free(s->context);
    release(s->drawn_weight);
    release(s->box);
    release(s->labels);
    release(s->table);
    release(s->clusters);
    release(s);
}

int run_sweep(const cli_args *args)
{
    sweep *const s = allocate(1, sizeof *s);
    s->args = args;
    begin_run(args, &s->context, &s->options);
    say_warnings_once(); /* what is true of the data is so for every k */
    read_file_options(args, &s->reading);
    read_options(s);
    prepare_outputs(s);
    open_rows(args, s->context, &s->reading, &s->rows);
    check_plan(s);
    sweep_all(s);
    const bool on_stdout = outputs_use_stdout(&s->outputs);
    write_sweep_json(s->json, s);
    finish_output(&s->outputs, s->json);
    write_sweep_csv(s->csv, s);
    finish_output(&s->outputs, s->csv);
    if (!is_quiet() && (!on_stdout || arg_given(args, "verbose"))) {
        print_sweep(on_stdout ? stderr : stdout, s);
    }
    const int code = end_code(&s->outputs);
    close_sweep(s);
    return code;
}
