/* idx, the format of MNIST (http://yann.lecun.com/exdb/mnist): two zeros, the type, the number of
 * dimensions, the sizes as big-endian int32, then the numbers, big-endian too. The first dimension
 * counts rows, the others make one row. Single bytes are used in place. */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"

static const struct {
    int code;
    int dtype;
    const char *name;
} types[] = {{0x08, KMEANS_U8, "u8"},   {0x09, KMEANS_I8, "i8"},   {0x0b, KMEANS_I16, "i16"},
             {0x0c, KMEANS_I32, "i32"}, {0x0d, KMEANS_F32, "f32"}, {0x0e, KMEANS_F64, "f64"}};

/* Place in `types`, or -1. */
static int find_type(int code)
{
    for (int i = 0; i < (int)(sizeof types / sizeof types[0]); i++) {
        if (types[i].code == code) {
            return i;
        }
    }
    return -1;
}

bool km_idx_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    return options->cols == 0 && file->size >= 4 && file->data[0] == 0 && file->data[1] == 0 &&
           find_type(file->data[2]) >= 0 && file->data[3] > 0;
}

/* rows x cols and where the numbers begin. */
static int read_header(const km_file *file, km_block *view, int64_t *offset)
{
    const int dims = file->data[3];
    *offset = 4 + 4 * (int64_t)dims;
    if (file->size < *offset) {
        return km_file_malformed(file,
                                 "truncated: the sizes of %d dimensions end at byte %" PRId64
                                 ", the file has %" PRId64,
                                 dims, *offset, file->size);
    }
    view->rows = (int64_t)km_be32(file->data + 4);
    view->cols = 1;
    for (int q = 1; q < dims; q++) {
        view->cols = km_size_mul(view->cols, (int64_t)km_be32(file->data + 4 + 4 * (int64_t)q));
    }
    return view->cols >= 0 ? KMEANS_OK
                           : km_file_malformed(file, "the sizes of the dimensions from byte 8 on "
                                                     "multiply to more than 2^63");
}

/* The numbers in the machine's order, in memory. */
static int swap_numbers(km_file *file, int64_t offset, int64_t count, int64_t size)
{
    unsigned char *const out = km_file_alloc(file, count, size);
    if (out == NULL) {
        return KMEANS_ERROR_MEMORY;
    }
    km_file_copy(file, out, file->data + offset, count * size);
    for (int64_t q = 0; q < count * size; q += size) {
        for (int64_t b = 0; b < size / 2; b++) {
            const unsigned char low = out[q + b];
            out[q + b] = out[q + size - 1 - b];
            out[q + size - 1 - b] = low;
        }
    }
    file->numbers = out;
    km_file_drop(file);
    km_log(file->context, KMEANS_LOG_WARNING, "byte_order",
           "%s: its numbers are big-endian: they were turned round in memory", file->name);
    return KMEANS_OK;
}

int km_idx_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    const int type = file->size >= 4 ? find_type(file->data[2]) : -1;
    if (type < 0 || file->data[0] != 0 || file->data[1] != 0 || file->data[3] == 0) {
        return km_file_malformed(file,
                                 "is no idx file (they begin with two zeros, one of the types "
                                 "8 9 11 12 13 14, and the number of dimensions)");
    }
    km_block view = {.dtype = types[type].dtype};
    int64_t offset = 0;
    int status = read_header(file, &view, &offset);
    const int64_t size = km_dtype_size(view.dtype);
    if (status == KMEANS_OK) {
        status = km_check_matrix(file, offset, view.rows, view.cols, size, types[type].name);
    }
    if (status == KMEANS_OK && size > 1) {
        status = swap_numbers(file, offset, view.rows * view.cols, size);
    }
    if (status != KMEANS_OK) {
        return status;
    }
    view.base = size > 1 ? file->numbers : file->data + offset;
    view.row_stride = view.cols;
    view.col_stride = 1;
    return km_matrix_source(file, options, &view, "idx", source);
}
