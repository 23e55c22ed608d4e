/* Are the centroids the means of their rows? Exact sums, a block of clusters and columns at a
 * time, so that the memory does not grow with k and d. */
#include "verify.h"

#include <math.h>
#include <string.h>

#include "verify_exact.h"

enum { BLOCK_BYTES = 1 << 28 };

/* Cells (j, p) with j0 <= j < j1 and p0 <= p < p1. */
typedef struct cell_block {
    int64_t j0, j1, p0, p1;
    exact_sum *sums; /* of w x, row-major over the cells */
} cell_block;

static void add_row(const verify_run *verify, cell_block *block, int64_t i, const double *x)
{
    const int64_t j = verify->labels[i];
    if (j < block->j0 || j >= block->j1) {
        return;
    }
    exact_sum *const sums = block->sums + (j - block->j0) * (block->p1 - block->p0);
    for (int64_t p = block->p0; p < block->p1; p++) {
        if (verify->rows.weights != NULL) {
            exact_add_product(&sums[p - block->p0], verify->rows.weights[i], x[p]);
        } else {
            exact_add(&sums[p - block->p0], x[p]);
        }
    }
}

static void add_rows(const verify_run *verify, cell_block *block)
{
    const row_set *const rows = &verify->rows;
    const int64_t at_once = rows_in_block(rows);
    double *const x = allocate(at_once * rows->d, sizeof *x);
    for (int64_t row = 0; row < rows->n; row += at_once) {
        const int64_t count = rows->n - row < at_once ? rows->n - row : at_once;
        const int status = kmeans_source_read(rows->source, row, count, x);
        if (status != KMEANS_OK) {
            die_status(verify->context, status);
        }
        for (int64_t i = 0; i < count; i++) {
            add_row(verify, block, row + i, x + i * rows->d);
        }
        kmeans_context_release(verify->context);
    }
    release(x);
}

static bool is_odd(double c)
{
    uint64_t bits = 0;
    memcpy(&bits, &c, sizeof bits);
    return (bits & 1) != 0;
}

/* The sign of  2S - W (c + neighbour):  on which side of their midpoint the mean S/W lies. */
static int side_of_midpoint(const exact_sum *sum, double weight, double c, double neighbour)
{
    exact_sum test = *sum;
    for (int i = 0; i < EXACT_LIMBS; i++) {
        test.limb[i] *= 2;
    }
    exact_add_product(&test, -weight, c);
    exact_add_product(&test, -weight, neighbour);
    return exact_sign(&test);
}

static bool is_rounded_mean(exact_sum *sum, double weight, double c)
{
    exact_sign(sum); /* propagates the carries */
    const int above = side_of_midpoint(sum, weight, c, nextafter(c, INFINITY));
    const int below = side_of_midpoint(sum, weight, c, nextafter(c, -INFINITY));
    return (above < 0 || (above == 0 && !is_odd(c))) && (below > 0 || (below == 0 && !is_odd(c)));
}

/* Means of unweighted rows are exact but for columns whose numbers span more bits than the library
 * sums (it says so then); weighted ones may have their products rounded. */
static void check_cell(const verify_run *verify, exact_sum *sum, double weight, int64_t q,
                       mean_facts *facts)
{
    const double c = verify->centroids[q];
    const double largest = verify->absolute[q % verify->rows.d];
    facts->checked++;
    const bool exact = is_rounded_mean(sum, weight, c);
    exact_add_product(sum, -weight, c);
    const double deviation = fabs(exact_value(sum) / weight);
    const double step = nextafter(fabs(c), INFINITY) - fabs(c);
    const double tolerance = verify->rows.weights != NULL ? 2 * step + largest * 0x1p-60
                                                          : 0.5 * step + largest * 0x1p-120;
    facts->exact += exact;
    facts->outside += !exact && deviation > tolerance;
    facts->deviation = fmax(facts->deviation, deviation);
}

static double *sum_weights(const verify_run *verify)
{
    exact_sum *const sums = allocate(verify->k, sizeof *sums);
    double *const weights = allocate(verify->k, sizeof *weights);
    for (int64_t j = 0; j < verify->k && verify->rows.weights == NULL; j++) {
        weights[j] = (double)verify->sizes[j];
    }
    for (int64_t i = 0; i < verify->rows.n && verify->rows.weights != NULL; i++) {
        if (verify->labels[i] >= 0 && verify->labels[i] < verify->k) {
            exact_add(&sums[verify->labels[i]], verify->rows.weights[i]);
        }
        if (i % ROW_WINDOW == 0) {
            kmeans_context_release(verify->context);
        }
    }
    for (int64_t j = 0; j < verify->k && verify->rows.weights != NULL; j++) {
        weights[j] = exact_value(&sums[j]);
    }
    release(sums);
    return weights;
}

static void check_block(const verify_run *verify, const double *weights, cell_block *block,
                        mean_facts *facts)
{
    const int64_t width = block->p1 - block->p0;
    memset(block->sums, 0, (size_t)((block->j1 - block->j0) * width) * sizeof *block->sums);
    add_rows(verify, block);
    for (int64_t j = block->j0; j < block->j1; j++) {
        for (int64_t p = block->p0; p < block->p1 && weights[j] > 0 && isfinite(weights[j]); p++) {
            check_cell(verify, &block->sums[(j - block->j0) * width + p - block->p0], weights[j],
                       j * verify->rows.d + p, facts);
        }
    }
}

/* Clusters and columns of a block: of an eighth of the memory limit, one of each at least. */
static void choose_block(const verify_run *verify, int64_t *clusters, int64_t *columns)
{
    const int64_t share = verify->memory_limit / 8;
    const int64_t bytes = verify->memory_limit > 0 && share < BLOCK_BYTES ? share : BLOCK_BYTES;
    const int64_t most = bytes / (int64_t)sizeof(exact_sum);
    const int64_t cells = most > 1 ? most : 1;
    *clusters = verify->k < cells ? verify->k : cells;
    *columns = verify->rows.d < cells / *clusters ? verify->rows.d : cells / *clusters;
}

int64_t means_bytes(const verify_run *verify)
{
    int64_t clusters = 0;
    int64_t columns = 0;
    choose_block(verify, &clusters, &columns);
    return (clusters * columns + verify->k) * (int64_t)sizeof(exact_sum);
}

void check_means(verify_run *verify, mean_facts *facts)
{
    const int64_t k = verify->k;
    const int64_t d = verify->rows.d;
    int64_t clusters = 0;
    int64_t columns = 0;
    choose_block(verify, &clusters, &columns);
    double *const weights = sum_weights(verify);
    cell_block block = {.sums = allocate(clusters * columns, sizeof(exact_sum))};
    *facts = (mean_facts){0};
    for (block.j0 = 0; block.j0 < k; block.j0 += clusters) {
        block.j1 = block.j0 + clusters < k ? block.j0 + clusters : k;
        for (block.p0 = 0; block.p0 < d; block.p0 += columns) {
            block.p1 = block.p0 + columns < d ? block.p0 + columns : d;
            check_block(verify, weights, &block, facts);
        }
    }
    release(block.sums);
    release(weights);
}
