/* NumPy arrays: numbers of every kmeans_dtype, one or two dimensions, C and Fortran order, in
 * place. */
#include "npy_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"

static const char magic[] = "\x93NUMPY";

bool km_npy_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    return file->size >= 6 && memcmp(file->data, magic, 6) == 0;
}

/* The machine's byte order is what < means on all targets so far. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "npy.c takes '<' as the machine's byte order"
#endif

static const struct {
    const char *kind;
    int dtype;
} kinds[] = {{"f4", KMEANS_F32}, {"f8", KMEANS_F64}, {"f2", KMEANS_F16}, {"u1", KMEANS_U8},
             {"i1", KMEANS_I8},  {"i2", KMEANS_I16}, {"u2", KMEANS_U16}, {"i4", KMEANS_I32}};

/* What a type that is not read is, and what to do about it. */
static const char *name_kind(const char *kind)
{
    switch (kind[0]) {
    case 'f': return "floats of another size";
    case 'i':
    case 'u': return "integers of another size";
    case 'b': return "truth values";
    case 'c': return "complex numbers";
    case 'O': return "pickled Python objects";
    case 'U':
    case 'S':
    case 'a': return "strings";
    case 'M':
    case 'm': return "dates or times";
    case 'V': return strcmp(kind, "V2") == 0 ? "bfloat16, if --dtype bf16 says so" : "raw bytes";
    default: return "of an unknown type";
    }
}

/* kmeans_dtype, or 0 with what the type is. Single bytes have no order, and NumPy has no name for
 * bfloat16: it writes two raw bytes. */
static int find_dtype(const char *descr, int wanted, const char **is)
{
    const char order = descr[0];
    const char *const kind = strchr("<>|=", order) != NULL && order != '\0' ? descr + 1 : descr;
    if (strcmp(kind, "V2") == 0 && wanted == KMEANS_BF16) {
        return KMEANS_BF16;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const int dtype = strcmp(kind, kinds[i].kind) == 0 ? kinds[i].dtype : 0;
        if (dtype != 0 && (order != '>' || km_dtype_size(dtype) == 1)) {
            return dtype;
        }
        if (dtype != 0) {
            *is = "big-endian numbers";
            return 0;
        }
    }
    *is = name_kind(kind);
    return 0;
}

static int fail_type(const km_file *file, const km_npy_header *header, const char *is)
{
    if (header->descr_is_list) {
        return km_file_malformed(file, "holds records of named fields; save one plain array "
                                       "(numpy.lib.recfunctions.structured_to_unstructured)");
    }
    return km_file_malformed(file,
                             "dtype '%.20s' is not read (%s); save it as one of f2 f4 f8 i1 u1 "
                             "i2 u2 i4, e.g. x.astype('<f8')",
                             header->descr, is);
}

static int fail_dims(const km_file *file, const km_npy_header *header)
{
    char shape[200] = "";
    for (int q = 0; q < header->dims; q++) {
        const size_t length = strlen(shape);
        snprintf(shape + length, sizeof shape - length, "%s%" PRId64, q > 0 ? ", " : "",
                 header->shape[q]);
    }
    return km_file_malformed(file, "has %d dimensions (%s); 1 or 2 are read: reshape it to rows",
                             header->dims, shape);
}

/* The view of all columns. wanted: the option dtype. */
static int find_view(km_file *file, int wanted, km_block *view)
{
    km_npy_header header;
    int status = km_npy_read_header(file, &header);
    if (status != KMEANS_OK) {
        return status;
    }
    const char *is = "";
    const int dtype = header.descr_is_list ? 0 : find_dtype(header.descr, wanted, &is);
    if (dtype == 0) {
        return fail_type(file, &header, is);
    }
    if (header.dims < 1 || header.dims > 2) {
        return fail_dims(file, &header);
    }
    const int64_t rows = header.shape[0];
    const int64_t cols = header.dims == 2 ? header.shape[1] : 1;
    const int64_t size = km_dtype_size(dtype);
    status = km_check_matrix(file, header.data_offset, rows, cols, size, header.descr);
    if (status != KMEANS_OK) {
        return status;
    }
    view->base = km_file_numbers(file, header.data_offset, rows * cols * size, size);
    view->rows = rows;
    view->cols = cols;
    view->row_stride = header.fortran_order ? 1 : cols;
    view->col_stride = header.fortran_order ? rows : 1;
    view->dtype = dtype;
    return view->base != NULL ? KMEANS_OK : KMEANS_ERROR_MEMORY;
}

int km_npy_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    if (!km_npy_matches(file, options)) {
        return km_file_malformed(file, "is no .npy file (they begin with \\x93NUMPY)");
    }
    km_block view = {0};
    const int status = find_view(file, options->dtype, &view);
    return status == KMEANS_OK ? km_matrix_source(file, options, &view, ".npy", source) : status;
}
