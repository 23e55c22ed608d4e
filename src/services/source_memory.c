/* Sources over the caller's memory: the checks of a view. */
#include <inttypes.h>
#include <stdio.h>

#include "source.h"

static const km_source_ops memory_ops = {"memory",     km_view_rewind, km_view_next, km_view_fetch,
                                         km_view_read, NULL,           NULL};

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Type and sizes, common to both kinds of view. */
static int check_sizes(kmeans_context *context, int dtype, int64_t rows, int64_t cols)
{
    const int status = km_check_dtype(context, "dtype", dtype);
    if (status != KMEANS_OK) {
        return status;
    }
    if (rows < 1) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "rows: %" PRId64 " is below 1", rows);
    }
    if (cols < 1) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "cols: %" PRId64 " is below 1", cols);
    }
    if (km_size_mul(km_size_mul(rows, cols), km_dtype_size(dtype)) < 0) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "rows = %" PRId64 ", cols = %" PRId64 ": more than 2^63 - 1 bytes", rows,
                       cols);
    }
    return KMEANS_OK;
}

static int check_stride(kmeans_context *context, const char *name, int64_t stride,
                        const char *extent_name, int64_t extent)
{
    if (stride == 0 && extent > 1) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "%s: 0 is allowed only where %s is 1, not %" PRId64, name, extent_name,
                       extent);
    }
    return KMEANS_OK;
}

/* Adds the byte offset of the last element along one direction to the span [*low, *high]. */
static bool widen_span(int64_t extent, int64_t stride, int64_t size, int64_t *low, int64_t *high)
{
    int64_t reach;
    if (__builtin_mul_overflow(extent - 1, stride, &reach) ||
        __builtin_mul_overflow(reach, size, &reach)) {
        return false;
    }
    int64_t *const side = reach < 0 ? low : high;
    return !__builtin_add_overflow(*side, reach, side);
}

/* Do all elements from `data` on lie inside the address space, and is it aligned? */
static int check_extent(kmeans_context *context, const char *name, const void *data,
                        const kmeans_dense *view)
{
    const int64_t size = km_dtype_size(view->dtype);
    const uintptr_t address = (uintptr_t)data;
    if (data == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL", name);
    }
    if (address % (uintptr_t)size != 0) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s: address %p is not aligned to the %" PRId64 " bytes of %s", name, data,
                       size, kmeans_dtype_name(view->dtype));
    }
    int64_t low = 0;
    int64_t high = size - 1;
    if (!widen_span(view->rows, view->row_stride, size, &low, &high) ||
        !widen_span(view->cols, view->col_stride, size, &low, &high) ||
        UINT64_C(0) - (uint64_t)low >= address || (uint64_t)high > UINTPTR_MAX - address) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "%s: rows = %" PRId64 ", cols = %" PRId64 ", row_stride = %" PRId64
                       ", col_stride = %" PRId64 " reach beyond the address space",
                       name, view->rows, view->cols, view->row_stride, view->col_stride);
    }
    return KMEANS_OK;
}

/* Two elements share an address when i*row_stride + p*col_stride = 0 has a solution other than 0
 * with |i| < rows, |p| < cols. With g the common divisor all solutions are multiples of
 * (col_stride/g, -row_stride/g). */
static int check_overlap(kmeans_context *context, const kmeans_dense *view)
{
    if (view->rows == 1 || view->cols == 1) {
        return KMEANS_OK;
    }
    const int64_t a = view->row_stride < 0 ? -view->row_stride : view->row_stride;
    const int64_t b = view->col_stride < 0 ? -view->col_stride : view->col_stride;
    const int64_t g = greatest_divisor(a, b);
    if (b / g < view->rows && a / g < view->cols) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "row_stride = %" PRId64 ", col_stride = %" PRId64 ": elements (0, %" PRId64
                       ") and (%" PRId64 ", 0) overlap in %" PRId64 " x %" PRId64,
                       view->row_stride, view->col_stride, a / g, b / g, view->rows, view->cols);
    }
    return KMEANS_OK;
}

static int check_dense(kmeans_context *context, const kmeans_dense *view)
{
    int status = check_sizes(context, view->dtype, view->rows, view->cols);
    if (status == KMEANS_OK) {
        status = check_stride(context, "row_stride", view->row_stride, "rows", view->rows);
    }
    if (status == KMEANS_OK) {
        status = check_stride(context, "col_stride", view->col_stride, "cols", view->cols);
    }
    if (status == KMEANS_OK) {
        status = check_extent(context, "data", view->data, view);
    }
    return status == KMEANS_OK ? check_overlap(context, view) : status;
}

int kmeans_source_dense(kmeans_context *context, const kmeans_dense *view, kmeans_source **source)
{
    if (context == NULL || view == NULL || source == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL",
                       view == NULL ? "view" : "source");
    }
    const int status = check_dense(context, view);
    if (status != KMEANS_OK) {
        return status;
    }
    const km_block block = {.base = view->data,
                            .rows = view->rows,
                            .cols = view->cols,
                            .row_stride = view->row_stride,
                            .col_stride = view->col_stride,
                            .dtype = view->dtype};
    return km_source_over_view(context, &memory_ops, &block, "", NULL, source);
}

static int check_columns(kmeans_context *context, const kmeans_columns *view)
{
    int status = check_sizes(context, view->dtype, view->rows, view->cols);
    if (status == KMEANS_OK) {
        status = check_stride(context, "stride", view->stride, "rows", view->rows);
    }
    if (status == KMEANS_OK && view->columns == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "columns is NULL");
    }
    const kmeans_dense column = {NULL, view->dtype, view->rows, 1, view->stride, 0};
    for (int64_t p = 0; status == KMEANS_OK && p < view->cols; p++) {
        char name[40];
        snprintf(name, sizeof name, "columns[%" PRId64 "]", p);
        status = check_extent(context, name, view->columns[p], &column);
    }
    return status;
}

int kmeans_source_columns(kmeans_context *context, const kmeans_columns *view,
                          kmeans_source **source)
{
    if (context == NULL || view == NULL || source == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL",
                       view == NULL ? "view" : "source");
    }
    const int status = check_columns(context, view);
    if (status != KMEANS_OK) {
        return status;
    }
    const km_block block = {.columns = view->columns,
                            .rows = view->rows,
                            .cols = view->cols,
                            .row_stride = view->stride,
                            .dtype = view->dtype};
    return km_source_over_view(context, &memory_ops, &block, "", NULL, source);
}
