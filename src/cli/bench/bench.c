/* kmeans bench: times of a pass for builds, tables, threads, algorithms and types, side by side. */
#include "bench.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "machine.h"
#include "run.h"
#include "tables.h"

void add_note(bench_run *bench, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (int i = 0; i < bench->note_count; i++) {
        if (strcmp(bench->notes[i], text) == 0) {
            return;
        }
    }
    if (bench->note_count < MOST_NOTES) {
        bench->notes[bench->note_count++] = copy_text(text);
    }
}

/* Flags that say something about rows which are not drawn, or the other way round. */
static void check_flags(const bench_run *bench)
{
    static const char *const of_files[] = {"columns", "exclude",   "separator", "header",
                                           "dtype",   "format",    "offset",    "source",
                                           "weights", "block-size"};
    const cli_args *const args = bench->args;
    const bool data = args->operand_count > 0;
    if (data && bench->workload != NULL) {
        die(EXIT_USAGE, "--workload %s brings its own rows: name no DATA", bench->workload);
    }
    if (data && arg_given(args, "rows")) {
        die(EXIT_USAGE, "--rows is for rows that are drawn, not for DATA");
    }
    for (size_t i = 0; i < sizeof of_files / sizeof of_files[0] && !data; i++) {
        if (arg_given(args, of_files[i])) {
            die(EXIT_USAGE, "--%s is for DATA; without it rows are drawn", of_files[i]);
        }
    }
}

static void read_settings(bench_run *bench)
{
    const cli_args *const args = bench->args;
    const char *const runs = arg_value(args, "runs");
    const char *const seed = arg_value(args, "seed");
    bench->workload = arg_value(args, "workload");
    bench->init = arg_given(args, "init") ? arg_value(args, "init") : "random";
    snprintf(bench->seed, sizeof bench->seed, "%" PRIu64,
             seed != NULL ? parse_seed("seed", seed) : 0);
    bench->runs = runs != NULL ? (int)parse_count("runs", runs, 1, 100000) : 5;
    bench->cpus = find_threads();
    bench->in_processes = arg_given(args, "against");
    find_cpu(bench->cpu, sizeof bench->cpu);
    if (kmeans_options_set(bench->options, "init", bench->init) != KMEANS_OK) {
        die(EXIT_USAGE, "--init: '%s' is none of k-means++, random, box, k-means-parallel",
            bench->init);
    }
    kmeans_options_set(bench->options, "seed", bench->seed);
    check_flags(bench);
}

static void open_data(bench_run *bench)
{
    const cli_args *const args = bench->args;
    for (int i = 0; i < args->operand_count && bench->in_processes; i++) {
        if (strcmp(args->operands[i], "-") == 0) {
            die(EXIT_USAGE, "standard input cannot be read by every build: name a file");
        }
    }
    if (args->operand_count > 0) {
        open_rows(args, bench->context, &bench->reading, &bench->data);
    }
}

static void write_outputs(bench_run *bench, output_set *outputs, output_file *json,
                          output_file *csv, int different)
{
    const bool on_stdout = outputs_use_stdout(outputs);
    if (json != NULL) {
        write_bench_json(json->stream, bench, different);
        finish_output(outputs, json);
    }
    if (csv != NULL) {
        write_bench_csv(csv->stream, csv->separator, bench);
        finish_output(outputs, csv);
    }
    if (!is_quiet() && !on_stdout) {
        print_table(stdout, bench, different);
    }
}

int run_bench(const cli_args *args)
{
    const char *const flags[][2] = {{"weights", NULL}};
    bench_run *const bench = allocate(1, sizeof *bench);
    output_set outputs = {0};
    int input_count = 0;
    bench->args = args;
    begin_run(args, &bench->context, &bench->options);
    read_settings(bench);
    read_file_options(args, &bench->reading);
    output_file *const json = add_output(&outputs, "json", arg_value(args, "json"), OUTPUT_JSON);
    output_file *const csv = add_output(&outputs, "csv", arg_value(args, "csv"), OUTPUT_ARRAY);
    if (csv != NULL && csv->npy) {
        die(EXIT_USAGE, "--csv %s: the table is text: .csv, .tsv or .txt", csv->path);
    }
    input_name *const inputs = list_inputs(args, flags, 1, &input_count);
    open_outputs(&outputs, inputs, input_count);
    release(inputs);
    find_builds(bench);
    open_data(bench);
    make_cells(bench);
    measure_cells(bench);
    const int different = compute_figures(bench);
    write_outputs(bench, &outputs, json, csv, different);
    close_bench_rows(bench);
    kmeans_options_free(bench->options);
    kmeans_context_free(bench->context);
    const int code = outputs_exit_code(&outputs);
    return code == EXIT_FINE && different > 0 ? EXIT_DIFFERENT : code;
}
