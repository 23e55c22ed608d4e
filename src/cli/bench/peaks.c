/* What the cores can do: multiply-adds in registers, measured in every round of runs. */
#include "bench.h"

#include <pthread.h>
#include <string.h>

#include "kernels/peak/peak.h"

typedef struct peak_task {
    km_peak_fn run;
    int64_t steps;
    double flops, kept;
} peak_task;

static void *run_peak(void *argument)
{
    peak_task *const task = argument;
    task->kept = task->run(task->steps, &task->flops);
    return NULL;
}

/* So many steps that they take some milliseconds: on processors that are emulated, too. */
static int64_t choose_steps(km_peak_fn run)
{
    const double wanted = 4e-3, enough = 2e-4;
    peak_task task = {.run = run, .steps = 1000};
    for (;;) {
        const double start = seconds_since_start();
        run_peak(&task);
        const double seconds = seconds_since_start() - start;
        if (seconds > enough) {
            const double factor = wanted / seconds;
            return factor > 1 ? (int64_t)((double)task.steps * factor) : task.steps;
        }
        task.steps *= 4;
    }
}

/* On so many cores at once, the better of two trials. */
static double measure_peak(km_peak_fn run, int threads)
{
    double best = 0;
    pthread_t *const others = allocate(threads, sizeof *others);
    peak_task *const tasks = allocate(threads, sizeof *tasks);
    const int64_t steps = choose_steps(run);
    for (int trial = 0; trial < 2; trial++) {
        int started = 1;
        const double start = seconds_since_start();
        for (int t = 0; t < threads; t++) {
            tasks[t] = (peak_task){.run = run, .steps = steps};
        }
        while (started < threads &&
               pthread_create(&others[started], NULL, run_peak, &tasks[started]) == 0) {
            started++;
        }
        run_peak(&tasks[0]);
        for (int t = 1; t < started; t++) {
            pthread_join(others[t], NULL);
        }
        const double rate = tasks[0].flops * started / (seconds_since_start() - start) * 1e-9;
        best = rate > best ? rate : best;
    }
    release(tasks);
    release(others);
    return best;
}

/* The entry of a cell's table, type and number of cores; NULL where this build cannot run it. */
static bench_peak *find_peak(bench_run *bench, const bench_cell *cell)
{
    const bool is_double = cell->rows->dtype == KMEANS_F64 || cell->rows->dtype == KMEANS_I32;
    const int threads = cell->threads < bench->cpus ? cell->threads : bench->cpus;
    for (int i = 0; i < bench->peak_count; i++) {
        bench_peak *const peak = &bench->peaks[i];
        if (strcmp(peak->isa, cell->isa) == 0 && peak->threads == threads &&
            peak->is_double == is_double) {
            return peak;
        }
    }
    if (bench->peak_count == MOST_PEAKS || km_peak_of(cell->isa, is_double) == NULL ||
        !build_has_isa(&bench->builds[0], cell->isa)) {
        return NULL;
    }
    bench->peaks[bench->peak_count] = (bench_peak){cell->isa, is_double, threads, 0};
    return &bench->peaks[bench->peak_count++];
}

void measure_peaks(bench_run *bench)
{
    for (int c = 0; c < bench->cell_count; c++) {
        find_peak(bench, &bench->cells[c]);
    }
    for (int i = 0; i < bench->peak_count; i++) {
        bench_peak *const peak = &bench->peaks[i];
        const double gflops = measure_peak(km_peak_of(peak->isa, peak->is_double), peak->threads);
        peak->gflops = gflops > peak->gflops ? gflops : peak->gflops;
    }
}

double peak_of(bench_run *bench, const bench_cell *cell)
{
    const bench_peak *const peak = find_peak(bench, cell);
    return peak != NULL ? peak->gflops : 0;
}
