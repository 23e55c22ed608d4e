/* The table for people: columns in which all cells are alike are said once, above. */
#include "bench.h"

#include <string.h>

enum { CELL_TEXT = 64 };

typedef struct table_column {
    const char *title;
    int width; /* negative: on the left */
    void (*fill)(const bench_cell *cell, char text[CELL_TEXT]);
    const char *said; /* format of what is said once when all cells are alike */
} table_column;

static void fill_real(const char *format, double value, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, value > 0 ? format : "-", value);
}

/* Three digits, without an exponent as long as it fits. */
static void fill_rate(double value, char text[CELL_TEXT])
{
    fill_real(value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value, text);
}

static void fill_build(const bench_cell *cell, char text[CELL_TEXT])
{
    const char *const name = cell->build->name;
    const size_t length = strlen(name);
    snprintf(text, CELL_TEXT, "%s", length > 12 ? name + length - 12 : name);
}

static void fill_isa(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%s", cell->isa);
}

static void fill_algorithm(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%s", cell->algorithm);
}

static void fill_dtype(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%s", kmeans_dtype_name(cell->rows->dtype));
}

static void fill_storage(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%s", cell->rows->sparse ? "csr" : "dense");
}

static void fill_rows_count(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%lld", (long long)cell->rows->n);
}

static void fill_clusters(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%lld", (long long)cell->k);
}

static void fill_passes(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%lld", (long long)cell->passes);
}

/* A star where the fit woke fewer: each would have had too little to do. */
static void fill_threads(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%d%s", cell->threads,
             cell->threads_used < cell->threads ? "*" : " ");
}

static void fill_median(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%#.4g", cell->median * 1e3);
    if (text[strlen(text) - 1] == '.') {
        text[strlen(text) - 1] = '\0';
    }
}

static void fill_spread(const bench_cell *cell, char text[CELL_TEXT])
{
    snprintf(text, CELL_TEXT, "%.0f%%", cell->spread * 100);
}

static void fill_scalar(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_rate(cell->speedup_scalar, text);
}

static void fill_single(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_real("%.2f", cell->speedup_one_thread, text);
}

static void fill_efficiency(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_real("%.0f%%", cell->efficiency * 100, text);
}

static void fill_gflops(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_rate(cell->gflops, text);
}

static void fill_gbytes(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_rate(cell->gbytes, text);
}

static void fill_peak(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_real("%.0f%%", cell->peak_share * 100, text);
}

static void fill_megabytes(int64_t bytes, char text[CELL_TEXT])
{
    fill_real("%.1f", (double)bytes * 1e-6, text);
}

static void fill_file(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_megabytes(cell->rows->bytes, text);
}

static void fill_planned(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_megabytes(cell->planned, text);
}

static void fill_resident(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_megabytes(cell->resident_peak, text);
}

static void fill_of_f64(const bench_cell *cell, char text[CELL_TEXT])
{
    fill_real("%.0f%%", cell->of_f64 * 100, text);
}

static const table_column facts[] = {
    {"build", -13, fill_build, ", build %s"}, {"n", -8, fill_rows_count, ", n=%s"},
    {"k", -5, fill_clusters, ", k=%s"},       {"storage", -8, fill_storage, ", %s"},
    {"dtype", -6, fill_dtype, ", %s"},        {"algorithm", -10, fill_algorithm, ", %s"},
    {"isa", -11, fill_isa, ", %s"},           {"passes", -7, fill_passes, ", passes=%s"},
};
enum { FACTS = sizeof facts / sizeof facts[0], LABEL = 24 };

static const table_column figures[] = {
    {"threads", 7, fill_threads, NULL}, {"ms/pass", 9, fill_median, NULL},
    {"spread", 7, fill_spread, NULL},   {"scalar", 7, fill_scalar, NULL},
    {"1 thr", 6, fill_single, NULL},    {"effic", 6, fill_efficiency, NULL},
    {"GFLOP/s", 8, fill_gflops, NULL},  {"GB/s", 6, fill_gbytes, NULL},
    {"of peak", 8, fill_peak, NULL},
};
enum { FIGURES = sizeof figures / sizeof figures[0] };

/* Where memory is watched. */
static const table_column memory_figures[] = {
    {"threads", 8, fill_threads, NULL},     {"ms/pass", 9, fill_median, NULL},
    {"spread", 8, fill_spread, NULL},       {"file MB", 9, fill_file, NULL},
    {"planned MB", 12, fill_planned, NULL}, {"resident MB", 13, fill_resident, NULL},
    {"of f64", 8, fill_of_f64, NULL},
};
enum { MEMORY_FIGURES = sizeof memory_figures / sizeof memory_figures[0] };

static bool is_constant(const bench_run *bench, const table_column *column)
{
    char first[CELL_TEXT];
    char text[CELL_TEXT];
    column->fill(&bench->cells[0], first);
    for (int c = 1; c < bench->cell_count; c++) {
        column->fill(&bench->cells[c], text);
        if (strcmp(first, text) != 0) {
            return false;
        }
    }
    return true;
}

/* What all cells have in common. */
static void print_heading(FILE *stream, const bench_run *bench)
{
    const bench_rows *const rows = bench->cells[0].rows;
    char text[CELL_TEXT];
    fprintf(stream, "%s, %d CPU%s; kmeans %s\n%s: d=%lld", bench->cpu, bench->cpus,
            plural(bench->cpus), kmeans_version(), rows->workload, (long long)rows->d);
    for (int f = 0; f < FACTS; f++) {
        if (is_constant(bench, &facts[f])) {
            facts[f].fill(&bench->cells[0], text);
            fprintf(stream, facts[f].said, text);
        }
    }
    if (bench->by_rule) {
        fprintf(stream, ", until fewer than 1 %% of the rows change");
    }
    fprintf(stream, "\nfirst centroids: %s; medians of %d run%s after one to warm up\n\n",
            bench->init, bench->runs, plural(bench->runs));
}

/* Facts in which all cells are alike stand in the heading; figures that no cell has nowhere. */
static bool is_shown(const bench_run *bench, const table_column *column)
{
    char text[CELL_TEXT];
    column->fill(&bench->cells[0], text);
    return !is_constant(bench, column) || (column->said == NULL && strcmp(text, "-") != 0);
}

static void print_cell(FILE *stream, const bench_run *bench, const bench_cell *cell)
{
    char text[CELL_TEXT];
    const table_column *const all = bench->sampled ? memory_figures : figures;
    const int count = FACTS + (bench->sampled ? (int)MEMORY_FIGURES : (int)FIGURES);
    for (int f = 0; f < count; f++) {
        const table_column *const column = f < FACTS ? &facts[f] : &all[f - FACTS];
        if (!is_shown(bench, column)) {
            continue;
        }
        if (cell != NULL) {
            column->fill(cell, text);
        }
        fprintf(stream, "%*s", column->width, cell != NULL ? text : column->title);
    }
    fprintf(stream, "%s\n", cell != NULL && cell->differs ? " DIFFERS" : "");
}

/* The cells that disagree, beside the first of all. */
static void print_differences(FILE *stream, const bench_run *bench, int different)
{
    fprintf(stream, "%d of %d cells: not the checksum of the first one that they must agree with\n",
            different, bench->cell_count);
    for (int c = 0; c < bench->cell_count; c++) {
        const bench_cell *const cell = &bench->cells[c];
        if (c == 0 || cell->differs) {
            fprintf(stream, "  %s, %s, %s, %s, %d thread%s: checksum %s%s\n", cell->build->name,
                    cell->isa, cell->algorithm, kmeans_dtype_name(cell->rows->dtype), cell->threads,
                    plural(cell->threads), cell->checksum,
                    cell->changed ? ", not in every run" : "");
        }
    }
}

/* "all N cells: checksum ..."; where cells have several results, how many. */
static void print_checksums(FILE *stream, const bench_run *bench)
{
    int results = 0;
    for (int c = 0; c < bench->cell_count; c++) {
        int other = 0;
        while (strcmp(bench->cells[other].checksum, bench->cells[c].checksum) != 0) {
            other++;
        }
        results += other == c;
    }
    if (results == 1) {
        fprintf(stream, "all %d cells: checksum %s\n", bench->cell_count, bench->cells[0].checksum);
    } else {
        fprintf(stream, "all %d cells: equal checksums where rows, k and method are (%d results)\n",
                bench->cell_count, results);
    }
}

void print_table(FILE *stream, const bench_run *bench, int different)
{
    bool fewer = false;
    print_heading(stream, bench);
    print_cell(stream, bench, NULL);
    for (int c = 0; c < bench->cell_count; c++) {
        print_cell(stream, bench, &bench->cells[c]);
        fewer = fewer || bench->cells[c].threads_used < bench->cells[c].threads;
    }
    fputc('\n', stream);
    if (fewer) {
        fprintf(stream, "*: fewer threads were woken, each would have had too little to do\n");
    }
    for (int i = 0; i < bench->note_count; i++) {
        fprintf(stream, "%s\n", bench->notes[i]);
    }
    if (different > 0) {
        print_differences(stream, bench, different);
    } else {
        print_checksums(stream, bench);
    }
}
