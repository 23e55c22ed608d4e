/* Raw numbers, row by row, in the machine's byte order: the number of rows follows from the
 * size. */
#include <inttypes.h>

#include "format.h"

/* A number of columns is given for raw files only. */
bool km_raw_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)file;
    return options->cols != 0;
}

static int check_raw(const km_file *file, const kmeans_file_options *options, int64_t row_bytes)
{
    kmeans_context *const context = file->context;
    if (options->cols < 1) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s: a raw file needs its number of columns, cols >= 1, not %" PRId64,
                       file->name, options->cols);
    }
    if (options->offset < 0 || options->offset > file->size) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s: offset %" PRId64 " is outside the file's %" PRId64 " byte%s",
                       file->name, options->offset, file->size, km_plural(file->size));
    }
    const int64_t bytes = file->size - options->offset;
    if (bytes == 0) {
        return km_file_malformed(file, "no rows: %" PRId64 " byte%s, offset %" PRId64, file->size,
                                 km_plural(file->size), options->offset);
    }
    if (row_bytes < 0 || bytes % row_bytes != 0) {
        return km_file_malformed(file,
                                 "%" PRId64 " byte%s after offset %" PRId64
                                 " %s no multiple of a row of %" PRId64 " %s number%s",
                                 bytes, km_plural(bytes), options->offset,
                                 bytes == 1 ? "is" : "are", options->cols,
                                 kmeans_dtype_name(options->dtype), km_plural(options->cols));
    }
    return KMEANS_OK;
}

int km_raw_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    const int64_t size = km_dtype_size(options->dtype);
    const int64_t row_bytes = options->cols > 0 ? km_size_mul(options->cols, size) : -1;
    int status = check_raw(file, options, row_bytes);
    km_columns chosen = {NULL, 0};
    if (status == KMEANS_OK) {
        const km_names none = {NULL, NULL, 0};
        status = km_columns_choose(file, options, options->cols, &none, &chosen);
    }
    if (status != KMEANS_OK) {
        return status;
    }
    const int64_t bytes = file->size - options->offset;
    const km_block view = {.base = km_file_numbers(file, options->offset, bytes, size),
                           .rows = bytes / row_bytes,
                           .cols = options->cols,
                           .row_stride = options->cols,
                           .col_stride = 1,
                           .dtype = options->dtype};
    status =
        view.base != NULL ? km_format_source(file, &view, &chosen, source) : KMEANS_ERROR_MEMORY;
    km_free(chosen.index);
    return status;
}
