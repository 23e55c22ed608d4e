/* The cells: which builds, tables, numbers of threads, algorithms and types are measured. */
#include "bench.h"

#include <stdarg.h>
#include <string.h>

#include "narrow.h"
#include "run.h"

/* A list of the command line, or of a workload. */
typedef struct text_list {
    const char *items[MOST_LIST];
    int count;
} text_list;

/* A workload: rows and what differs from the defaults; "" is a default. Flags that are given go
 * before it. */
typedef struct workload {
    const char *name, *kind, *rows, *cols, *clusters, *threads, *isas, *passes;
    bool by_rule;
} workload;

static const workload workloads[] = {
    /* Without DATA: the scalar table takes some tenths of a second a pass. */
    {"", "blobs", "100000", "32", "100", "", "", "", false},
    {"four-gaussians", "four-gaussians", "4000", "3", "4", "", "", "50", false},
    {"grid", "uniform", "10000,100000,1000000", "2", "10,20,40", "1,2,4,8,16", "auto", "", true},
};
enum { WORKLOADS = sizeof workloads / sizeof workloads[0] };

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

static void split_list(const char *flag, const char *text, text_list *list)
{
    char *rest = copy_text(text);
    list->count = 0;
    for (char *item = strsep(&rest, ","); item != NULL; item = strsep(&rest, ",")) {
        if (*item == '\0') {
            die(EXIT_USAGE, "--%s: '%s' has an empty item", flag, text);
        }
        for (int i = 0; i < list->count; i++) {
            if (strcmp(list->items[i], item) == 0) {
                die(EXIT_USAGE, "--%s: '%s' is there twice", flag, item);
            }
        }
        if (list->count == MOST_LIST) {
            die(EXIT_USAGE, "--%s: more than %d items", flag, MOST_LIST);
        }
        list->items[list->count++] = item;
    }
}

static const workload *find_workload(const bench_run *bench)
{
    const char *const name = bench->workload != NULL ? bench->workload : "";
    for (int i = bench->workload != NULL; i < WORKLOADS; i++) {
        if (strcmp(workloads[i].name, name) == 0) {
            return &workloads[i];
        }
    }
    die(EXIT_USAGE, "--workload: '%s' is none of four-gaussians, grid", name);
}

/* The list of a flag, or else of the workload. */
static void read_list(const bench_run *bench, const char *flag, const char *otherwise,
                      text_list *list)
{
    const char *const given = arg_value(bench->args, flag);
    list->count = 0;
    if (given != NULL || *otherwise != '\0') {
        split_list(flag, given != NULL ? given : otherwise, list);
    }
}

/* The tables: those named, the best one (auto), or all that some build can use here. */
static void read_isas(bench_run *bench, const char *otherwise, text_list *isas)
{
    static char best[32];
    const char *name = NULL;
    read_list(bench, "isas", otherwise, isas);
    const bool all = isas->count == 0;
    for (int i = 0; all && (name = kmeans_isa_name(i, NULL)) != NULL; i++) {
        for (int b = 0; b < bench->build_count && strcmp(name, "emulated") != 0; b++) {
            if (build_has_isa(&bench->builds[b], name)) {
                isas->items[isas->count++] = name;
                break;
            }
        }
    }
    for (int i = 0; i < isas->count; i++) {
        bool found = false;
        if (strcmp(isas->items[i], "auto") == 0) {
            find_isa(bench->options, best, sizeof best);
            isas->items[i] = best;
        }
        for (int b = 0; b < bench->build_count; b++) {
            found = found || build_has_isa(&bench->builds[b], isas->items[i]);
        }
        if (!found) {
            die(EXIT_USAGE, "--isas: '%s' is no table that %s can use here; see kmeans info",
                isas->items[i], bench->build_count > 1 ? "one of the builds" : "this build");
        }
    }
}

static void read_threads(bench_run *bench, const char *otherwise, text_list *threads)
{
    static char all[16];
    read_list(bench, "threads", otherwise, threads);
    if (threads->count == 0) {
        threads->items[threads->count++] = "1";
        snprintf(all, sizeof all, "%d", bench->cpus);
        if (bench->cpus > 1) {
            threads->items[threads->count++] = all;
        }
    }
    for (int i = 0; i < threads->count; i++) {
        if (parse_count("threads", threads->items[i], 1, 4096) > bench->cpus) {
            add_note(bench, "more than %d thread%s share the %d CPU%s of this process", bench->cpus,
                     plural(bench->cpus), bench->cpus, plural(bench->cpus));
        }
    }
}

static bool find_algorithm(const char *name, bool *exact)
{
    const char *known = NULL;
    int is_exact = 0;
    for (int i = 0; (known = kmeans_algorithm_name(i, &is_exact, NULL)) != NULL; i++) {
        if (strcmp(known, name) == 0) {
            *exact = is_exact != 0;
            return true;
        }
    }
    return false;
}

static int dtype_of(const char *text)
{
    for (int dtype = 1; kmeans_dtype_name(dtype) != NULL; dtype++) {
        if (strcmp(text, kmeans_dtype_name(dtype)) == 0) {
            return dtype;
        }
    }
    die(EXIT_USAGE, "--dtypes: '%s' is none of " NUMBER_TYPES, text);
}

/* What all cells of one set of rows have in common. */
typedef struct cell_lists {
    text_list isas, threads, algorithms, clusters, sizes, dtypes;
} cell_lists;

static void add_cell(bench_run *bench, const bench_cell *cell)
{
    const bench_build *const build = cell->build;
    if (!build_has_isa(build, cell->isa)) {
        add_note(bench, "left out: %s, which the build %s cannot use", cell->isa, build->name);
        return;
    }
    if (cell->threads > 1 && !build_has_threads(build)) {
        add_note(bench, "left out: more than one thread, which the build %s does not have",
                 build->name);
        return;
    }
    if (bench->cell_count == bench->cell_room) {
        bench_cell *const old = bench->cells;
        bench->cell_room = 2 * bench->cell_room + 64;
        bench->cells = allocate(bench->cell_room, sizeof *old);
        memcpy(bench->cells, old != NULL ? old : bench->cells,
               (size_t)bench->cell_count * sizeof *old);
        release(old);
    }
    bench->cells[bench->cell_count++] = *cell;
}

/* Every way of fitting one set of rows. */
static void add_ways(bench_run *bench, const cell_lists *lists, const bench_rows *rows, int64_t k)
{
    for (int a = 0; a < lists->algorithms.count; a++) {
        for (int b = 0; b < bench->build_count; b++) {
            for (int i = 0; i < lists->isas.count; i++) {
                for (int t = 0; t < lists->threads.count; t++) {
                    bench_cell cell = {.build = &bench->builds[b],
                                       .isa = lists->isas.items[i],
                                       .algorithm = lists->algorithms.items[a],
                                       .rows = rows,
                                       .k = k,
                                       .planned = -1,
                                       .resident_peak = -1};
                    cell.threads = (int)parse_count("threads", lists->threads.items[t], 1, 4096);
                    find_algorithm(cell.algorithm, &cell.exact);
                    add_cell(bench, &cell);
                }
            }
        }
    }
}

static void read_lists(bench_run *bench, const workload *load, cell_lists *lists)
{
    const bool data = bench->args->operand_count > 0;
    bool exact = false;
    read_isas(bench, load->isas, &lists->isas);
    read_threads(bench, load->threads, &lists->threads);
    read_list(bench, "algorithms", "lloyd", &lists->algorithms);
    read_list(bench, "clusters", load->clusters, &lists->clusters);
    read_list(bench, "rows", load->rows, &lists->sizes);
    read_list(bench, "dtypes", data ? kmeans_dtype_name(bench->data.dtype) : "f32", &lists->dtypes);
    for (int i = 0; i < lists->algorithms.count; i++) {
        if (!find_algorithm(lists->algorithms.items[i], &exact)) {
            die(EXIT_USAGE, "--algorithms: '%s' is no algorithm; see kmeans info",
                lists->algorithms.items[i]);
        }
    }
}

static void add_rows_cells(bench_run *bench, const cell_lists *lists, const bench_rows *rows)
{
    if (rows->values != 0) {
        add_note(bench, "%s rounds the rows: its checksums are compared among themselves",
                 kmeans_dtype_name(rows->dtype));
    }
    for (int i = 0; i < lists->clusters.count; i++) {
        add_ways(bench, lists, rows, parse_count("clusters", lists->clusters.items[i], 1, rows->n));
    }
}

void make_cells(bench_run *bench)
{
    const workload *const load = find_workload(bench);
    const char *const cols = arg_value(bench->args, "cols");
    const int64_t d = parse_count("cols", cols != NULL ? cols : load->cols, 1, INT32_MAX);
    const char *const passes = arg_value(bench->args, "iterations");
    cell_lists lists;
    bench->by_rule = load->by_rule && passes == NULL;
    if (passes != NULL || *load->passes != '\0') {
        bench->passes =
            parse_count("iterations", passes != NULL ? passes : load->passes, 1, INT64_MAX);
    }
    read_lists(bench, load, &lists);
    for (int s = 0; s < lists.sizes.count; s++) {
        for (int t = 0; t < lists.dtypes.count; t++) {
            const int dtype = dtype_of(lists.dtypes.items[t]);
            const int64_t n = parse_count("rows", lists.sizes.items[s], 1, INT64_MAX);
            add_rows_cells(bench, &lists,
                           bench->args->operand_count > 0
                               ? take_data(bench, dtype)
                               : make_rows(bench, load->kind, n, d, dtype));
        }
    }
    if (bench->cell_count == 0) {
        die(EXIT_USAGE, "no cell is left: %s",
            bench->note_count > 0 ? bench->notes[bench->note_count - 1] : "");
    }
}
