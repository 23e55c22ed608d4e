/* The cells: which builds, tables, numbers of threads, algorithms and types are measured. */
#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "narrow.h"

/* A workload: rows, and lists that flags which are given go before; NULL is the default. */
typedef struct workload {
    const char *name, *kind, *cols;
    const char *rows, *clusters, *threads, *isas, *algorithms, *dtypes, *passes;
    double density; /* share of the numbers that are not 0; 0 = all, and dense rows only */
    bool by_rule, sampled;
} workload;

static const workload workloads[] = {
    /* Without DATA: the scalar table takes some tenths of a second a pass. */
    {.name = "", .kind = "blobs", .rows = "100000", .cols = "32", .clusters = "100"},
    {.name = "four-gaussians",
     .kind = "four-gaussians",
     .rows = "4000",
     .cols = "3",
     .clusters = "4",
     .passes = "50"},
    {.name = "grid",
     .kind = "uniform",
     .rows = "10000,100000,1000000",
     .cols = "2",
     .clusters = "10,20,40",
     .threads = "1,2,4,8,16",
     .isas = "auto",
     .by_rule = true},
    {.name = "memory",
     .kind = "blobs",
     .rows = "200000",
     .cols = "20",
     .clusters = "10",
     .threads = "all",
     .isas = "auto",
     .algorithms = "lloyd,minibatch",
     .dtypes = "f32,f64",
     .passes = "10",
     .density = 0.25,
     .sampled = true},
};
enum { WORKLOADS = sizeof workloads / sizeof workloads[0] };

static const workload *find_workload(const bench_run *bench)
{
    const char *const name = bench->workload != NULL ? bench->workload : "";
    for (int i = bench->workload != NULL; i < WORKLOADS; i++) {
        if (strcmp(workloads[i].name, name) == 0) {
            return &workloads[i];
        }
    }
    die(EXIT_USAGE, "--workload: '%s' is none of four-gaussians, grid, memory", name);
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
                    cell.exact = is_exact(cell.algorithm);
                    add_cell(bench, &cell);
                }
            }
        }
    }
}

/* The first that is not NULL. */
static const char *text_or(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static void read_lists(bench_run *bench, const workload *load, cell_lists *lists)
{
    const bool data = bench->args->operand_count > 0;
    const char *const dtype = data ? kmeans_dtype_name(bench->data.dtype) : "f32";
    read_isas(bench, load->isas, &lists->isas);
    read_threads(bench, load->threads, &lists->threads);
    read_algorithms(bench, text_or(load->algorithms, "lloyd"), &lists->algorithms);
    read_list(bench, "clusters", load->clusters, &lists->clusters);
    read_list(bench, "rows", load->rows, &lists->sizes);
    read_list(bench, "dtypes", text_or(load->dtypes, dtype), &lists->dtypes);
}

static void add_rows_cells(bench_run *bench, const cell_lists *lists, const bench_rows *rows)
{
    if (rows->values != 0) {
        add_note(bench, "%s rounds the rows: its checksums are compared among themselves",
                 kmeans_dtype_name(rows->dtype));
    }
    for (int i = 0; i < lists->clusters.count; i++) {
        const char *const k = lists->clusters.items[i];
        if (!arg_given(bench->args, "clusters") && strtoll(k, NULL, 10) > rows->n) {
            die(EXIT_USAGE, "-k is %s unless given, and there are %lld row%s: give -k", k,
                (long long)rows->n, plural(rows->n));
        }
        add_ways(bench, lists, rows, parse_count("clusters", k, 1, rows->n));
    }
}

/* The cells of rows of one size and type: dense, and sparse where the workload has such rows. */
static void add_set(bench_run *bench, const workload *load, const cell_lists *lists, int64_t n,
                    int dtype)
{
    const char *const cols = arg_value(bench->args, "cols");
    bench_recipe recipe = {.kind = load->kind, .n = n, .density = load->density};
    if (bench->args->operand_count > 0) {
        add_rows_cells(bench, lists, take_data(bench, dtype));
        return;
    }
    if (cols != NULL && strcmp(load->kind, "four-gaussians") == 0) {
        die(EXIT_USAGE, "--cols does not go with --workload %s: its rows have %s numbers",
            load->name, load->cols);
    }
    recipe.d = parse_count("cols", cols != NULL ? cols : load->cols, 1, INT32_MAX);
    add_rows_cells(bench, lists, make_rows(bench, &recipe, dtype));
    if (load->density > 0 && (dtype == KMEANS_F32 || dtype == KMEANS_F64)) {
        recipe.sparse = true;
        add_rows_cells(bench, lists, make_rows(bench, &recipe, dtype));
    }
}

void make_cells(bench_run *bench)
{
    const workload *const load = find_workload(bench);
    const char *const given = arg_value(bench->args, "iterations");
    const char *const passes = text_or(given, load->passes);
    cell_lists lists;
    bench->by_rule = load->by_rule && given == NULL;
    bench->sampled = load->sampled;
    bench->in_processes = bench->in_processes || load->sampled;
    bench->passes = passes != NULL ? parse_count("iterations", passes, 1, INT64_MAX) : 0;
    read_lists(bench, load, &lists);
    for (int s = 0; s < lists.sizes.count; s++) {
        for (int t = 0; t < lists.dtypes.count; t++) {
            add_set(bench, load, &lists, parse_count("rows", lists.sizes.items[s], 1, INT64_MAX),
                    dtype_of(lists.dtypes.items[t]));
        }
    }
    if (bench->cell_count == 0) {
        die(EXIT_USAGE, "no cell is left: %s",
            bench->note_count > 0 ? bench->notes[bench->note_count - 1] : "");
    }
}
