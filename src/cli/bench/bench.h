/* kmeans bench: what its files share.
 *
 * A cell is one way of fitting one set of rows. All cells are measured in turn, run after run, so
 * that whatever else the machine does falls on all of them alike. */
#ifndef KMEANS_CLI_BENCH_H
#define KMEANS_CLI_BENCH_H

#include "args.h"
#include "child.h"
#include "load.h"

/* Rows that cells are measured on. */
typedef struct bench_rows {
    const char *workload; /* name of the recipe, or of the file */
    int64_t n, d;
    int dtype;
    bool sparse;
    int64_t bytes;         /* of the numbers, or of the file */
    int values;            /* sets of one number hold the same values: their results agree */
    kmeans_source *source; /* in this process, or NULL */
    unsigned char *memory; /* what the source borrows */
    FILE *file;            /* a file without a name that holds the rows, or NULL */
    const char *path;      /* for other processes; NULL: that of DATA */
    char name[48];         /* of that file */
} bench_rows;

/* A build of the command: this one, and those of --against. */
typedef struct bench_build {
    const char *path, *name;
    char version[24];
    char *info; /* what its info --json says; NULL for this build */
} bench_build;

typedef struct bench_cell {
    const bench_build *build;
    const char *isa, *algorithm;
    const bench_rows *rows;
    int threads;
    int64_t k;
    bool exact; /* the algorithm's result is that of Lloyd's iteration */

    /* Measured. */
    int threads_used, runs, runs_done;
    int64_t passes;
    double warm_seconds, warm_pass; /* the whole warm-up run, and one pass of it */
    double *seconds;                /* of a pass, one per run */
    char checksum[33];
    bool changed;                   /* the checksum was not the same in all runs */
    int64_t planned, resident_peak; /* bytes, -1 = unknown */
    memory_samples samples;         /* of the last run */

    /* Computed; 0 = unknown. */
    double median, spread; /* spread: (largest - smallest) / median */
    double speedup_scalar, speedup_one_thread, efficiency;
    double gflops, gbytes, peak_share;
    double of_f64; /* its resident peak as a share of that of the same cell in float64 */
    bool differs;  /* from the first cell that it must agree with */
} bench_cell;

/* What one run of a cell found. */
typedef struct bench_reading {
    double seconds; /* of a pass */
    int64_t passes;
    int threads;
    char checksum[33];
    int64_t planned, resident_peak;
} bench_reading;

/* The rate of multiply-adds in registers: of a table and type, on so many cores at once. */
typedef struct bench_peak {
    const char *isa;
    bool is_double;
    int threads;
    double gflops;
} bench_peak;

enum { MOST_BUILDS = 8, MOST_LIST = 32, MOST_ROW_SETS = 64, MOST_NOTES = 32, MOST_PEAKS = 64 };

typedef struct bench_run {
    const cli_args *args;
    kmeans_context *context;
    kmeans_options *options;
    kmeans_file_options reading;
    const char *workload; /* of --workload, or NULL */
    const char *init;
    char seed[24];
    row_set data; /* of DATA */
    bench_rows rows[MOST_ROW_SETS];
    int row_sets;
    bench_build builds[MOST_BUILDS];
    int build_count;
    bool in_processes; /* every run is a process of its own */
    bool sampled;      /* whose resident memory is watched */
    bool by_rule;      /* passes until fewer than 1 % of the rows change */
    bench_cell *cells;
    int cell_count, cell_room;
    int runs;
    int64_t passes; /* 0 = to be chosen */
    int cpus;
    char cpu[128];
    char *notes[MOST_NOTES]; /* what the reader of the table should know */
    int note_count;
    bench_peak peaks[MOST_PEAKS];
    int peak_count;
} bench_run;

/* by_rule: the option change_fraction. */
#define BENCH_CHANGE_FRACTION "0.01"

/* bench.c: something that stands below the table, once. */
void add_note(bench_run *bench, const char *format, ...) CLI_PRINTF(2, 3);

/* matrix.c: the cells that the flags ask for. Errors exit. */
void make_cells(bench_run *bench);

/* builds.c: this build and those of --against. */
void find_builds(bench_run *bench);
bool build_has_isa(const bench_build *build, const char *isa);
bool build_has_threads(const bench_build *build);

/* Rows to draw; the kinds are those of generate. */
typedef struct bench_recipe {
    const char *kind;
    int64_t n, d;
    double density; /* share of the numbers that are not 0; 0 = all */
    bool sparse;    /* kept as compressed sparse rows */
} bench_recipe;

/* rows.c: the set of rows of a recipe, or of DATA, in a number type. */
const bench_rows *make_rows(bench_run *bench, const bench_recipe *recipe, int dtype);
const bench_rows *take_data(bench_run *bench, int dtype);
void close_bench_rows(bench_run *bench);

/* measure.c: all runs of all cells. */
void measure_cells(bench_run *bench);

/* process.c: one run as a process of its own; passes 0 = by rule. */
void measure_in_process(bench_run *bench, bench_cell *cell, int64_t passes, bench_reading *reading);

/* peaks.c: measure those that the cells need, keeping the best so far; and that of a cell, 0 where
 * this build does not have the table. */
void measure_peaks(bench_run *bench);
double peak_of(bench_run *bench, const bench_cell *cell);

/* figures.c: what follows from the runs. Returns how many cells differ. */
int compute_figures(bench_run *bench);

/* table.c, report.c */
void print_table(FILE *stream, const bench_run *bench, int different);
void write_bench_json(FILE *stream, const bench_run *bench, int different);
void write_bench_csv(FILE *stream, char separator, const bench_run *bench);

#endif
