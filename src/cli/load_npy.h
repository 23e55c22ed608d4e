/* Integer .npy files: the labels this command and NumPy programs write. */
#ifndef KMEANS_CLI_LOAD_NPY_H
#define KMEANS_CLI_LOAD_NPY_H

#include "cli.h"

/* Labels from a .npy file of integers, *count of them (shape (n,), (n, 1) or (1, n)). NULL when the
 * file is something else (text, float .npy), which the library reads. Errors exit. */
int32_t *load_npy_integers(const char *flag, const char *path, int64_t *count);

#endif
