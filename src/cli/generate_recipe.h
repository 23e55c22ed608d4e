/* Random rows by recipe, drawn one after the other: what generate writes and bench measures on. */
#ifndef KMEANS_CLI_GENERATE_RECIPE_H
#define KMEANS_CLI_GENERATE_RECIPE_H

#include "generate_random.h"

/* Rows of cluster j are centres[j] + spreads[j] * normal; without centres they are uniform in the
 * unit cube. Rows of all clusters are mixed: each is drawn from a cluster with a probability in
 * proportion to the rows it still has to give, which is a random shuffle that needs no memory. */
typedef struct row_recipe {
    int64_t rows, cols, clusters;
    double *centres; /* clusters x cols */
    double *spreads; /* clusters */
    int64_t *left;   /* clusters: rows still to be drawn */
    int64_t rows_left;
    double density; /* share of the numbers that are kept, the others become 0; 0 = all are */
    int rounding;   /* kmeans_dtype that every number is rounded to, 0 = none */
    random_generator generator;
    random_generator start; /* as it was before the first row */
} row_recipe;

/* Begin one; the same arguments give the same rows on every machine. Blobs: the centres lie in
 * [-10, 10), clusters <= rows. four-gaussians has three columns and four clusters. density and
 * rounding may be set then. */
void begin_uniform(row_recipe *recipe, int64_t rows, int64_t cols, uint64_t seed);
void begin_blobs(row_recipe *recipe, int64_t rows, int64_t cols, int64_t clusters, double spread,
                 uint64_t seed);
void begin_four_gaussians(row_recipe *recipe, int64_t rows, uint64_t seed);

/* Back to the first row. */
void restart_recipe(row_recipe *recipe);

/* The next row, cols numbers; returns its cluster. At most `rows` times. */
int32_t draw_row(row_recipe *recipe, double *row);

void end_recipe(row_recipe *recipe);

#endif
