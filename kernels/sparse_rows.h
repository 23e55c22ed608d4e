/* Sparse rows into fixed-point sums: what add_rows does to a dense row, for its entries alone. */
#ifndef KM_SPARSE_ROWS_H
#define KM_SPARSE_ROWS_H

#include "exact/sparse.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Grids of the sums: magic[l*d + p], l < limbs. */
typedef struct km_grids {
    const double *magic;
    int64_t d;
    int32_t limbs;
} km_grids;

/* Split every value v (weight != NULL: the exact product of *weight and v, in its two parts) over
 * the grids of its column as add_rows has it, and add the integers without the patterns of magic,
 * bits(t) - bits(magic[l*d + p]), modulo 2^64 to acc[l*d + p]; subtract != 0: take them away. */
void km_sparse_add(km_entries x, const double *weight, const km_grids *grids, int32_t subtract,
                   uint64_t *acc);

/* The same straight into digits [limbs + 1][d] (digits.h), whose carries are resolved; the row's
 * columns are put into the set `columns` (columns.h). */
void km_sparse_add_digits(km_entries x, const double *weight, const km_grids *grids,
                          int32_t subtract, int64_t *digits, uint64_t *columns);

#ifdef __cplusplus
}
#endif

#endif
