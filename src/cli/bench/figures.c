/* What follows from the runs: medians, ratios, rates, and whether all cells agree. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static int compare_reals(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void find_median(bench_cell *cell)
{
    const int n = cell->runs_done;
    double *const sorted = allocate(n, sizeof *sorted);
    memcpy(sorted, cell->seconds, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_reals);
    cell->median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    cell->spread = cell->median > 0 ? (sorted[n - 1] - sorted[0]) / cell->median : 0;
    release(sorted);
}

/* Do the two measure the same rows, with the same method? Then their times may be divided. */
static bool is_alike(const bench_cell *a, const bench_cell *b)
{
    return a->rows == b->rows && a->k == b->k && strcmp(a->algorithm, b->algorithm) == 0;
}

/* The cell of one thread that another one's speed-up is measured against: of the same table and
 * build; or of the scalar table, of the same build where there is one. NULL without any. */
static const bench_cell *find_base(const bench_run *bench, const bench_cell *cell, const char *isa)
{
    const bench_cell *found = NULL;
    for (int c = 0; c < bench->cell_count; c++) {
        const bench_cell *const other = &bench->cells[c];
        if (other->threads == 1 && strcmp(other->isa, isa) == 0 && is_alike(cell, other) &&
            (found == NULL || other->build == cell->build)) {
            found = other;
        }
    }
    return found;
}

static void compute_ratios(const bench_run *bench, bench_cell *cell)
{
    const bench_cell *const scalar = find_base(bench, cell, "scalar");
    const bench_cell *const single = find_base(bench, cell, cell->isa);
    if (cell->median <= 0) {
        return;
    }
    cell->speedup_scalar = scalar != NULL ? scalar->median / cell->median : 0;
    if (single != NULL && single->build == cell->build) {
        cell->speedup_one_thread = single->median / cell->median;
        cell->efficiency = cell->speedup_one_thread / cell->threads;
    }
}

/* An exact assignment of n rows to k centroids counts as 2nkd operations, however it was done. */
static void compute_rates(bench_run *bench, bench_cell *cell)
{
    const bench_rows *const rows = cell->rows;
    if (cell->median <= 0) {
        return;
    }
    cell->gbytes = (double)rows->bytes / cell->median * 1e-9;
    if (cell->exact && !rows->sparse) {
        cell->gflops =
            2 * (double)rows->n * (double)rows->d * (double)cell->k / cell->median * 1e-9;
        const double peak = peak_of(bench, cell);
        cell->peak_share = peak > 0 ? cell->gflops / peak : 0;
    }
}

/* What the same cell takes in float64. */
static void compute_memory(const bench_run *bench, bench_cell *cell)
{
    for (int c = 0; c < bench->cell_count && cell->resident_peak > 0; c++) {
        const bench_cell *const other = &bench->cells[c];
        if (other->rows->dtype == KMEANS_F64 && other->rows->sparse == cell->rows->sparse &&
            other->rows->n == cell->rows->n && other->k == cell->k && other->build == cell->build &&
            other->threads == cell->threads && strcmp(other->algorithm, cell->algorithm) == 0 &&
            strcmp(other->isa, cell->isa) == 0 && other->resident_peak > 0) {
            cell->of_f64 = (double)cell->resident_peak / (double)other->resident_peak;
        }
    }
}

/* Equal values, passes and start: every exact algorithm has one result, each other one its own. */
static bool must_agree(const bench_cell *a, const bench_cell *b)
{
    return a->rows->values == b->rows->values && a->rows->n == b->rows->n &&
           a->rows->d == b->rows->d && a->k == b->k &&
           ((a->exact && b->exact) || strcmp(a->algorithm, b->algorithm) == 0);
}

int compute_figures(bench_run *bench)
{
    int different = 0;
    for (int c = 0; c < bench->cell_count; c++) {
        find_median(&bench->cells[c]);
    }
    for (int c = 0; c < bench->cell_count; c++) {
        bench_cell *const cell = &bench->cells[c];
        compute_ratios(bench, cell);
        compute_rates(bench, cell);
        compute_memory(bench, cell);
        cell->differs = cell->changed;
        for (int other = 0; other < c && !cell->differs; other++) {
            const bench_cell *const first = &bench->cells[other];
            if (must_agree(cell, first)) {
                cell->differs = strcmp(cell->checksum, first->checksum) != 0;
                break;
            }
        }
        different += cell->differs;
    }
    return different;
}
