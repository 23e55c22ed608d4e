/* Blocks of rows: addresses and exact copies. */
#include <stddef.h>

#include "source.h"

/* Rows of a tile: one cache line of float64 on the reading side of column-major data. */
enum { KM_TILE = 16 };

int64_t km_dtype_size(int dtype)
{
    switch (dtype) {
    case KMEANS_F32: return 4;
    case KMEANS_F64: return 8;
    case KMEANS_U8: return 1;
    default: return 0;
    }
}

const char *kmeans_dtype_name(int dtype)
{
    switch (dtype) {
    case KMEANS_F32: return "f32";
    case KMEANS_F64: return "f64";
    case KMEANS_U8: return "u8";
    default: return NULL;
    }
}

const void *km_block_at(const km_block *block, int64_t i, int64_t p)
{
    const int64_t size = km_dtype_size(block->dtype);
    if (block->columns != NULL) {
        return (const char *)block->columns[p] + i * block->row_stride * size;
    }
    return (const char *)block->base + (i * block->row_stride + p * block->col_stride) * size;
}

#define FROM       float
#define TO         float
#define COPY(name) name##_f32_f32
#include "block_copy.h"

#define FROM       uint8_t
#define TO         float
#define COPY(name) name##_u8_f32
#include "block_copy.h"

#define FROM       float
#define TO         double
#define COPY(name) name##_f32_f64
#include "block_copy.h"

#define FROM       double
#define TO         double
#define COPY(name) name##_f64_f64
#include "block_copy.h"

#define FROM       uint8_t
#define TO         double
#define COPY(name) name##_u8_f64
#include "block_copy.h"

void km_block_to_f32(const km_block *block, int64_t i0, int64_t m, float *out, int64_t ld)
{
    if (block->dtype == KMEANS_F32) {
        copy_block_f32_f32(block, i0, m, out, ld);
    } else {
        copy_block_u8_f32(block, i0, m, out, ld);
    }
}

void km_block_to_f64(const km_block *block, int64_t i0, int64_t m, double *out, int64_t ld)
{
    if (block->dtype == KMEANS_F32) {
        copy_block_f32_f64(block, i0, m, out, ld);
    } else if (block->dtype == KMEANS_F64) {
        copy_block_f64_f64(block, i0, m, out, ld);
    } else {
        copy_block_u8_f64(block, i0, m, out, ld);
    }
}

/* Row i0 of a block that is row-major with unit column stride, or NULL. One column alone is that
 * in any layout; one row has no row stride worth passing on. */
static const void *find_rows(const km_block *block, int dtype, int64_t i0, int64_t *ld)
{
    const bool unit = block->cols == 1 || (block->columns == NULL && block->col_stride == 1);
    if (block->dtype != dtype || !unit) {
        return NULL;
    }
    *ld = block->rows == 1 ? block->cols : block->row_stride;
    return km_block_at(block, i0, 0);
}

const float *km_block_rows_f32(const km_block *block, int64_t i0, int64_t *ld)
{
    return find_rows(block, KMEANS_F32, i0, ld);
}

const double *km_block_rows_f64(const km_block *block, int64_t i0, int64_t *ld)
{
    return find_rows(block, KMEANS_F64, i0, ld);
}
