/* Floor 1: sparse rows in memory, as they are read in place. */
#ifndef KM_CSR_H
#define KM_CSR_H

#include <kmeans/source.h>
#include <stdbool.h>

#include "context.h"

/* A matrix in compressed sparse rows: see kmeans_csr. */
typedef struct km_csr {
    const void *starts;  /* indptr */
    const void *indices; /* [entries] */
    const void *values;  /* [entries] of dtype */
    const struct km_csr_place
        *pick; /* row i is that one, of any matrix; NULL: row i of the arrays */
    int64_t entries;
    int64_t cols;
    int64_t base;
    int dtype; /* KMEANS_F32 or KMEANS_F64 */
    bool wide; /* int64 instead of int32 in starts and indices */
} km_csr;

/* A row of a matrix that has arrays. */
typedef struct km_csr_place {
    const km_csr *csr;
    int64_t row;
} km_csr_place;

/* Number q of starts or indices, from 0. Modulo 2^64: what overflows is found to be outside. */
static inline int64_t km_csr_number(const km_csr *csr, const void *array, int64_t q)
{
    const int64_t raw = csr->wide ? ((const int64_t *)array)[q] : ((const int32_t *)array)[q];
    return (int64_t)((uint64_t)raw - (uint64_t)csr->base);
}

static inline int64_t km_csr_column(const km_csr *csr, int64_t q)
{
    return km_csr_number(csr, csr->indices, q);
}

static inline double km_csr_value(const km_csr *csr, int64_t q)
{
    return csr->dtype == KMEANS_F32 ? (double)((const float *)csr->values)[q]
                                    : ((const double *)csr->values)[q];
}

/* The entries of row i: *begin .. *end - 1 of the matrix that is returned. */
static inline const km_csr *km_csr_row(const km_csr *csr, int64_t i, int64_t *begin, int64_t *end)
{
    km_csr_place at = {csr, i};
    if (csr->pick)
        at = csr->pick[i];
    *begin = km_csr_number(at.csr, at.csr->starts, at.row);
    *end = km_csr_number(at.csr, at.csr->starts, at.row + 1);
    return at.csr;
}

/* What is wrong with a row. */
typedef enum km_csr_fault {
    KM_CSR_SOUND,
    KM_CSR_STARTS, /* its entries are not entries of the matrix */
    KM_CSR_COLUMN, /* an entry is in no column */
    KM_CSR_TWICE   /* two entries are in one column */
} km_csr_fault;

/* Look at all entries of row i. mark [cols], or NULL (columns that come twice are not looked for):
 * numbers other than `stamp`, which it becomes in the columns of the row. *column: of the fault. */
km_csr_fault km_csr_check_row(const km_csr *rows, int64_t i, int64_t stamp, int64_t *mark,
                              int64_t *column);

/* KMEANS_ERROR_DATA with a text that says so. row: its number in the source; name may be NULL. */
int km_csr_fail(kmeans_context *context, const char *name, km_csr_fault fault, int64_t row,
                int64_t column, int64_t cols);

#endif
