/* Integer .npy files: the labels this command and NumPy programs write. */
#ifndef KMEANS_CLI_LOAD_NPY_H
#define KMEANS_CLI_LOAD_NPY_H

#include "cli.h"

/* Labels from a .npy file of integers, *count of them (shape (n,), (n, 1) or (1, n)), which are
 * read where these are n. False when the file is something else (text, float .npy), which the
 * library reads. Errors exit. */
bool load_npy_integers(kmeans_context *context, const char *flag, const char *path, int64_t n,
                       int32_t *labels, int64_t *count);

#endif
