/* Runs of cells: a warm-up run of each, then one run of every cell after the other, again and
 * again. */
#include "bench.h"

#include <string.h>

#include "progress.h"

/* Seconds: what all runs together should take, when the last must have ended (of the process), and
 * what the passes of a run should at least: shorter ones are noise. The first two hold where the
 * passes were chosen here. */
static const double budget = 30;
static const double latest = 55;
static const double least_run = 0.02;
enum { FEWEST_PASSES = 10, MOST_PASSES = 100 };

static void set_option(const bench_run *bench, const char *name, const char *value)
{
    const int status = kmeans_options_set(bench->options, name, value);
    if (status != KMEANS_OK) {
        die_status(bench->context, status);
    }
}

static void set_number(const bench_run *bench, const char *name, int64_t value)
{
    const int status = kmeans_options_set_int(bench->options, name, value);
    if (status != KMEANS_OK) {
        die_status(bench->context, status);
    }
}

/* Seconds of a pass: assignment and update of the trace's rows, which leave out seeding and the
 * labels made for the last centroids. */
static double seconds_of_pass(const kmeans_result *result, int64_t passes)
{
    int64_t count = 0;
    double sum = 0;
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &count);
    for (int64_t t = 0; t < passes && t < count; t++) {
        sum += trace[t].assign_seconds + trace[t].update_seconds;
    }
    return sum / (double)passes;
}

/* Of all the runs, each once. */
static void note_warnings(bench_run *bench, const kmeans_result *result)
{
    const char *code = NULL;
    const char *text = NULL;
    for (int64_t i = 0; (text = kmeans_result_warning(result, i, &code)) != NULL; i++) {
        add_note(bench, "warning: %s", text);
    }
}

static void measure_here(bench_run *bench, const bench_cell *cell, int64_t passes,
                         bench_reading *reading)
{
    kmeans_result *result = NULL;
    kmeans_result_info info = {.size = sizeof info};
    set_option(bench, "algorithm", cell->algorithm);
    set_option(bench, "isa", cell->isa);
    set_option(bench, "change_fraction", bench->by_rule ? BENCH_CHANGE_FRACTION : "off");
    set_number(bench, "threads", cell->threads);
    set_number(bench, "k", cell->k);
    set_number(bench, "iterations", passes);
    const int status = kmeans_fit(bench->context, bench->options, cell->rows->source, &result);
    if (status < 0) {
        die_status(bench->context, status);
    }
    kmeans_result_get_info(result, &info);
    reading->seconds = seconds_of_pass(result, info.iterations);
    reading->passes = info.iterations;
    reading->threads = info.threads;
    reading->planned = info.bytes_planned;
    reading->resident_peak = -1;
    memcpy(reading->checksum, kmeans_result_checksum(result), sizeof reading->checksum);
    if (passes != 1) { /* the warm-up run would say the same, of one pass */
        note_warnings(bench, result);
    }
    kmeans_result_free(result);
}

static void measure(bench_run *bench, bench_cell *cell, int64_t passes, bench_reading *reading)
{
    if (bench->in_processes) {
        measure_in_process(bench, cell, passes, reading);
    } else {
        measure_here(bench, cell, passes, reading);
    }
}

/* One run each, which also says what a pass costs. */
static void warm_up(bench_run *bench)
{
    for (int c = 0; c < bench->cell_count; c++) {
        bench_cell *const cell = &bench->cells[c];
        bench_reading reading = {0};
        show_line("warming up: cell %d of %d", c + 1, bench->cell_count);
        const double start = seconds_since_start();
        measure(bench, cell, bench->by_rule ? 0 : 1, &reading);
        cell->warm_seconds = seconds_since_start() - start;
        cell->warm_pass = reading.seconds;
        cell->runs = bench->runs;
    }
}

/* All cells make the same passes, or their results could not be compared. */
static void choose_passes(bench_run *bench)
{
    double quickest = bench->cells[0].warm_pass;
    double passes = 0, besides = 0;
    for (int c = 0; c < bench->cell_count; c++) {
        const bench_cell *const cell = &bench->cells[c];
        quickest = cell->warm_pass < quickest ? cell->warm_pass : quickest;
        passes += cell->warm_pass;
        besides += cell->warm_seconds - cell->warm_pass;
    }
    const double useful = quickest > 0 ? least_run / quickest : MOST_PASSES;
    const double allowed = (budget / bench->runs - besides) / passes;
    const int64_t wanted = useful < FEWEST_PASSES ? FEWEST_PASSES
                           : useful > MOST_PASSES ? MOST_PASSES
                                                  : (int64_t)useful;
    bench->passes = (double)wanted <= allowed ? wanted : allowed > 1 ? (int64_t)allowed : 1;
}

/* Where even single passes take too long, slow cells make fewer runs: what is over of the budget of
 * the quick ones is not given to them. */
static void limit_runs(bench_run *bench)
{
    const double share = budget / bench->cell_count;
    double total = 0;
    int limited = 0;
    for (int c = 0; c < bench->cell_count; c++) {
        total += bench->runs * bench->cells[c].warm_seconds;
    }
    for (int c = 0; c < bench->cell_count && bench->passes == 1 && total > budget; c++) {
        bench_cell *const cell = &bench->cells[c];
        const double runs = share / cell->warm_seconds;
        if (runs < bench->runs) {
            cell->runs = runs < 1 ? 1 : (int)runs;
            limited++;
        }
    }
    if (limited > 0) {
        add_note(bench,
                 "%d slow cell%s: fewer runs than %d, so that all end soon; --runs N or "
                 "--iterations N: all of them",
                 limited, plural(limited), bench->runs);
    }
}

static void keep_reading(bench_cell *cell, const bench_reading *reading)
{
    if (cell->runs_done > 0 && strcmp(cell->checksum, reading->checksum) != 0) {
        cell->changed = true;
    } else {
        memcpy(cell->checksum, reading->checksum, sizeof cell->checksum);
    }
    cell->seconds[cell->runs_done++] = reading->seconds;
    cell->passes = reading->passes;
    cell->threads_used = reading->threads;
    cell->planned = reading->planned;
    cell->resident_peak = reading->resident_peak;
}

static void run_all(bench_run *bench, int run)
{
    for (int c = 0; c < bench->cell_count; c++) {
        bench_reading reading = {0};
        show_line("run %d of %d, cell %d of %d", run + 1, bench->runs, c + 1, bench->cell_count);
        if (run < bench->cells[c].runs) {
            measure(bench, &bench->cells[c], bench->by_rule ? 0 : bench->passes, &reading);
            keep_reading(&bench->cells[c], &reading);
        }
    }
    measure_peaks(bench);
}

void measure_cells(bench_run *bench)
{
    const bool timed = bench->passes == 0 && !bench->by_rule;
    const bool may_stop = timed && !arg_given(bench->args, "runs");
    mute_warnings(true);
    warm_up(bench);
    if (timed) {
        choose_passes(bench);
    }
    if (may_stop) {
        limit_runs(bench);
    }
    for (int c = 0; c < bench->cell_count; c++) {
        bench->cells[c].seconds = allocate(bench->runs, sizeof(double));
    }
    for (int run = 0; run < bench->runs; run++) {
        const double start = seconds_since_start();
        run_all(bench, run);
        const double now = seconds_since_start();
        if (may_stop && run + 1 < bench->runs && now + (now - start) > latest) {
            add_note(bench,
                     "%d run%s instead of %d: the machine is slower than it was at the begin",
                     run + 1, plural(run + 1), bench->runs);
            bench->runs = run + 1;
        }
    }
    clear_progress();
}
