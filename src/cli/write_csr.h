/* Rows of a recipe as a sparse matrix: the .npz that SciPy's save_npz writes and load_npz reads. */
#ifndef KMEANS_CLI_WRITE_CSR_H
#define KMEANS_CLI_WRITE_CSR_H

#include "generate_recipe.h"

/* Write the entries that are not 0 in compressed sparse rows, as f32 or f64; the stream must be a
 * file that can be sought in. The rows are drawn once for each array, so memory does not grow with
 * them; the recipe must be at its begin. Failures stay in the stream. Exits where an array is above
 * 4 GB, which the format does not hold. */
void write_csr(FILE *stream, int dtype, row_recipe *recipe);

#endif
