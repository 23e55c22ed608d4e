/* The description of a caller's functions: defaults, and what it must not say. */
#include <inttypes.h>
#include <string.h>

#include "source.h"

void kmeans_callback_init(kmeans_callback *callback)
{
    if (callback != NULL) {
        memset(callback, 0, sizeof *callback);
        callback->size = sizeof *callback;
        callback->dtype = KMEANS_F64;
        callback->rows = -1;
    }
}

int km_callback_check(kmeans_context *context, const kmeans_callback *from)
{
    const int64_t size = km_dtype_size(from->dtype);
    if (from->size != sizeof *from) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "callback.size: %zu is not %zu; use kmeans_callback_init", from->size,
                       sizeof *from);
    }
    if (size == 0) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "callback.dtype: %d is no kmeans_dtype",
                       from->dtype);
    }
    if (from->next == NULL || from->rewind == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "callback.%s is NULL; it must not be",
                       from->next == NULL ? "next" : "rewind");
    }
    if (from->cols < 1 || from->rows < -1 || from->rows == 0 || from->block_rows < 0) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "callback: rows = %" PRId64 ", cols = %" PRId64 ", block_rows = %" PRId64
                       "; rows must be -1 or at least 1, cols at least 1, block_rows at least 0",
                       from->rows, from->cols, from->block_rows);
    }
    const int64_t rows = from->rows > from->block_rows ? from->rows : from->block_rows;
    if (km_size_mul(km_size_mul(rows > 0 ? rows : 1, from->cols), size) < 0) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "callback: rows = %" PRId64 ", cols = %" PRId64 ", block_rows = %" PRId64
                       ": more than 2^63 - 1 bytes",
                       from->rows, from->cols, from->block_rows);
    }
    return KMEANS_OK;
}
