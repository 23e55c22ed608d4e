/* .fvecs, .bvecs, .ivecs (http://corpus-texmex.irisa.fr): every row is its number of columns, a
 * little-endian int32, and then the numbers: float32, uint8, int32. Read in place: the rows are as
 * far apart as they lie. Nothing marks such a file but its name. */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"

typedef struct km_vecs {
    const char *suffix;
    int dtype;
} km_vecs;

static const km_vecs fvecs = {".fvecs", KMEANS_F32};
static const km_vecs bvecs = {".bvecs", KMEANS_U8};
static const km_vecs ivecs = {".ivecs", KMEANS_I32};

/* All rows must say the same number of columns. */
static int check_rows(const km_file *file, int64_t cols, int64_t rows, int64_t row_bytes)
{
    int64_t mark = 0;
    for (int64_t i = 1; i < rows; i++) {
        const int64_t offset = i * row_bytes;
        const int64_t found = (int32_t)km_le32(file->data + offset);
        if (found != cols) {
            return km_file_malformed(file,
                                     "row %" PRId64 " (byte %" PRId64 ") has %" PRId64
                                     " columns, row 0 has %" PRId64,
                                     i, offset, found, cols);
        }
        if (file->streamed) {
            km_file_step(file, offset, &mark);
        }
    }
    return KMEANS_OK;
}

static int find_view(km_file *file, const km_vecs *vecs, km_block *view)
{
    const int64_t size = km_dtype_size(vecs->dtype);
    if (file->size < 4) {
        return km_file_malformed(file,
                                 "truncated: %" PRId64 " byte%s, the first row's number of "
                                 "columns takes 4",
                                 file->size, km_plural(file->size));
    }
    const int64_t cols = (int32_t)km_le32(file->data);
    if (cols < 1) {
        return km_file_malformed(file, "row 0 (byte 0) has %" PRId64 " columns", cols);
    }
    const int64_t row_bytes = 4 + cols * size; /* below 2^34 */
    const int64_t rows = file->size / row_bytes;
    int status = check_rows(file, cols, rows, row_bytes);
    if (status == KMEANS_OK && (rows == 0 || file->size % row_bytes != 0)) {
        status =
            km_file_malformed(file,
                              "truncated: row %" PRId64 " (byte %" PRId64 ") takes %" PRId64
                              " bytes, the file has %" PRId64,
                              rows, rows * row_bytes, row_bytes, file->size - rows * row_bytes);
    }
    if (status != KMEANS_OK) {
        return status;
    }
    *view = (km_block){.base = km_file_numbers(file, 4, file->size - 4, size),
                       .rows = rows,
                       .cols = cols,
                       .row_stride = row_bytes / size,
                       .col_stride = 1,
                       .dtype = vecs->dtype};
    return view->base != NULL ? KMEANS_OK : KMEANS_ERROR_MEMORY;
}

static int open_vecs(km_file *file, const kmeans_file_options *options, const km_vecs *vecs,
                     kmeans_source **source)
{
    km_block view = {0};
    const int status = find_view(file, vecs, &view);
    return status == KMEANS_OK ? km_matrix_source(file, options, &view, vecs->suffix, source)
                               : status;
}

bool km_fvecs_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    return km_file_has_suffix(file, fvecs.suffix);
}

bool km_bvecs_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    return km_file_has_suffix(file, bvecs.suffix);
}

bool km_ivecs_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    return km_file_has_suffix(file, ivecs.suffix);
}

int km_fvecs_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    return open_vecs(file, options, &fvecs, source);
}

int km_bvecs_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    return open_vecs(file, options, &bvecs, source);
}

int km_ivecs_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    return open_vecs(file, options, &ivecs, source);
}
