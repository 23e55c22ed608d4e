/* Blocks of rows: addresses and exact copies. */
#include <stddef.h>

#include "../../kernels/numbers.h"
#include "source.h"

_Static_assert((int)KM_NUMBER_F32 == KMEANS_F32 && (int)KM_NUMBER_F64 == KMEANS_F64 &&
                   (int)KM_NUMBER_U8 == KMEANS_U8 && (int)KM_NUMBER_F16 == KMEANS_F16 &&
                   (int)KM_NUMBER_BF16 == KMEANS_BF16 && (int)KM_NUMBER_I8 == KMEANS_I8 &&
                   (int)KM_NUMBER_I16 == KMEANS_I16 && (int)KM_NUMBER_U16 == KMEANS_U16 &&
                   (int)KM_NUMBER_I32 == KMEANS_I32,
               "kernels/numbers.h repeats kmeans_dtype");

/* One line for each type: the only list of them. */
static const km_number numbers[] = {
    [KMEANS_F32] = {"f32", 4, false, true, 0, 0, 0},
    [KMEANS_F64] = {"f64", 8, true, true, 0, 0, 0},
    [KMEANS_U8] = {"u8", 1, false, false, 1, 0, 255},
    [KMEANS_F16] = {"f16", 2, false, true, 0x1p-24, -65504, 65504},
    [KMEANS_BF16] = {"bf16", 2, false, true, 0, 0, 0},
    [KMEANS_I8] = {"i8", 1, false, false, 1, -128, 127},
    [KMEANS_I16] = {"i16", 2, false, false, 1, -32768, 32767},
    [KMEANS_U16] = {"u16", 2, false, false, 1, 0, 65535},
    [KMEANS_I32] = {"i32", 4, true, false, 1, -0x1p31, 0x1p31 - 1},
};

const km_number *km_number_of(int dtype)
{
    const int count = (int)(sizeof numbers / sizeof numbers[0]);
    return dtype > 0 && dtype < count ? &numbers[dtype] : NULL;
}

int64_t km_dtype_size(int dtype)
{
    const km_number *const number = km_number_of(dtype);
    return number != NULL ? number->size : 0;
}

const char *kmeans_dtype_name(int dtype)
{
    const km_number *const number = km_number_of(dtype);
    return number != NULL ? number->name : NULL;
}

int km_check_dtype(kmeans_context *context, const char *argument, int dtype)
{
    return km_number_of(dtype) != NULL
               ? KMEANS_OK
               : km_fail(context, KMEANS_ERROR_ARGUMENT,
                         "%s: %d is none of KMEANS_F32, KMEANS_F64, KMEANS_U8, KMEANS_F16, "
                         "KMEANS_BF16, KMEANS_I8, KMEANS_I16, KMEANS_U16, KMEANS_I32",
                         argument, dtype);
}

const void *km_block_at(const km_block *block, int64_t i, int64_t p)
{
    const int64_t size = km_dtype_size(block->dtype);
    if (block->columns != NULL) {
        return (const char *)block->columns[p] + i * block->row_stride * size;
    }
    return (const char *)block->base + (i * block->row_stride + p * block->col_stride) * size;
}

/* Rows of a tile of column-major data: one cache line of float64 on the writing side, and of any
 * type on the reading side. */
enum { TILE_LINE = 64, LEAST_TILE = 16 };

static int64_t tile_rows(int64_t size)
{
    return TILE_LINE / size > LEAST_TILE ? TILE_LINE / size : LEAST_TILE;
}

/* m numbers of `size` bytes, `stride` bytes apart, next to each other. */
static void gather(const char *x, int64_t stride, int64_t size, int64_t m, void *out)
{
    uint8_t *const bytes = out;
    uint16_t *const words = out;
    uint32_t *const longs = out;
    uint64_t *const wides = out;
    for (int64_t i = 0; i < m; i++, x += stride) {
        switch (size) {
        case 1: bytes[i] = *(const uint8_t *)x; break;
        case 2: words[i] = *(const uint16_t *)(const void *)x; break;
        case 4: longs[i] = *(const uint32_t *)(const void *)x; break;
        default: wides[i] = *(const uint64_t *)(const void *)x; break;
        }
    }
}

#define REAL    float
#define T(name) name##_f32
#include "block_copy.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "block_copy.h"
#undef REAL
#undef T

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
