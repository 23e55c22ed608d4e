/* Sums of sparse rows: the cost goes with the columns in use. */
#include <string.h>

#include "kernels/exact/ieee.h"
#include "sparse.h"
#include "sums.h"

enum { PART = 32 }; /* columns at a time */

static km_columns_walk walk_of(const km_run *run, const uint64_t *set)
{
    return (km_columns_walk){set, km_columns_words(run->d), 0, 0};
}

void km_sparse_clear_sums(const km_run *run, int64_t j)
{
    int64_t *const digits = km_sums_digits(run, j), list[PART], m;
    uint64_t *const columns = km_sums_columns(run, j);
    km_columns_walk walk = walk_of(run, columns);
    while ((m = km_columns_next(&walk, list, PART)) > 0)
        for (int32_t l = 0; l <= run->sums.limbs; l++)
            for (int64_t q = 0; q < m; q++)
                digits[l * run->d + list[q]] = 0;
    memset(columns, 0, (size_t)walk.words * sizeof *columns);
}

void km_sparse_note_sums(const km_run *run, const uint64_t *acc, int64_t j)
{
    uint64_t *const columns = km_sums_columns(run, j);
    for (int32_t l = 0; l < run->sums.limbs; l++)
        for (int64_t p = 0; p < run->d; p++)
            if (acc[l * run->d + p] != 0)
                km_columns_put(columns, p);
}
