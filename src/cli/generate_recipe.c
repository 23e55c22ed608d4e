#include "generate_recipe.h"

#include <string.h>

#include "narrow.h"

static void begin_recipe(row_recipe *recipe, int64_t rows, int64_t cols, uint64_t seed)
{
    *recipe = (row_recipe){.rows = rows, .cols = cols};
    seed_generator(&recipe->generator, seed);
}

static void begin_clusters(row_recipe *recipe, int64_t clusters)
{
    recipe->clusters = clusters;
    recipe->centres = allocate(clusters * recipe->cols, sizeof(double));
    recipe->spreads = allocate(clusters, sizeof(double));
    recipe->left = allocate(clusters, sizeof(int64_t));
}

/* What a row changes; called at the end of each begin. */
static void note_start(row_recipe *recipe)
{
    recipe->start = recipe->generator;
    restart_recipe(recipe);
}

void restart_recipe(row_recipe *recipe)
{
    recipe->generator = recipe->start;
    recipe->rows_left = recipe->rows;
    for (int64_t j = 0; j < recipe->clusters; j++) {
        recipe->left[j] =
            recipe->rows / recipe->clusters + (j < recipe->rows % recipe->clusters ? 1 : 0);
    }
}

void begin_uniform(row_recipe *recipe, int64_t rows, int64_t cols, uint64_t seed)
{
    begin_recipe(recipe, rows, cols, seed);
    note_start(recipe);
}

void begin_blobs(row_recipe *recipe, int64_t rows, int64_t cols, int64_t clusters, double spread,
                 uint64_t seed)
{
    begin_recipe(recipe, rows, cols, seed);
    begin_clusters(recipe, clusters);
    for (int64_t q = 0; q < clusters * cols; q++) {
        recipe->centres[q] = 20 * draw_uniform(&recipe->generator) - 10;
    }
    for (int64_t j = 0; j < clusters; j++) {
        recipe->spreads[j] = spread;
    }
    note_start(recipe);
}

void begin_four_gaussians(row_recipe *recipe, int64_t rows, uint64_t seed)
{
    static const double centres[12] = {5, 5, 5, 4, 20, 20, 25, 20, 5, 30, 30, 30};
    static const double spreads[4] = {4, 3, 5, 5};
    begin_recipe(recipe, rows, 3, seed);
    begin_clusters(recipe, 4);
    memcpy(recipe->centres, centres, sizeof centres);
    memcpy(recipe->spreads, spreads, sizeof spreads);
    note_start(recipe);
}

static int32_t draw_cluster(row_recipe *recipe)
{
    int64_t place = (int64_t)draw_below(&recipe->generator, (uint64_t)recipe->rows_left);
    int32_t j = 0;
    while (place >= recipe->left[j]) {
        place -= recipe->left[j++];
    }
    recipe->left[j]--;
    recipe->rows_left--;
    return j;
}

static int32_t draw_full_row(row_recipe *recipe, double *row)
{
    if (recipe->centres == NULL) {
        for (int64_t p = 0; p < recipe->cols; p++) {
            row[p] = draw_uniform(&recipe->generator);
        }
        return 0;
    }
    const int32_t j = draw_cluster(recipe);
    const double *const centre = recipe->centres + j * recipe->cols;
    for (int64_t p = 0; p < recipe->cols; p++) {
        row[p] = centre[p] + recipe->spreads[j] * draw_normal(&recipe->generator);
    }
    return j;
}

int32_t draw_row(row_recipe *recipe, double *row)
{
    const int32_t label = draw_full_row(recipe, row);
    for (int64_t p = 0; p < recipe->cols && recipe->density > 0; p++) {
        row[p] = draw_uniform(&recipe->generator) < recipe->density ? row[p] : 0;
    }
    for (int64_t p = 0; p < recipe->cols && recipe->rounding != 0; p++) {
        row[p] = narrow(recipe->rounding, row[p]);
    }
    return label;
}

void end_recipe(row_recipe *recipe)
{
    release(recipe->centres);
    release(recipe->spreads);
    release(recipe->left);
}
