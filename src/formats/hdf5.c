/* HDF5 datasets, FILE.h5:/PATH, one or two dimensions (more: the others make one row). Numbers that
 * lie in one piece and in the machine's order are used in place; chunked, compressed or swapped
 * ones are read to memory by libhdf5. */
#include <string.h>

#include "format.h"

static const char magic[] = "\x89HDF\r\n\x1a\n";

bool km_hdf5_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    return file->size >= 8 && memcmp(file->data, magic, 8) == 0;
}

#ifdef KMEANS_HAVE_HDF5

#include <inttypes.h>
#include <stdio.h>

#include "hdf5_library.h"
#include "inflate.h"

/* A dataset while it is read; ids are -1 where nothing is open. */
typedef struct km_dataset {
    km_h5 h5;
    hid_t file, dataset, space, type;
    km_block view;
    int64_t bytes;
    bool swapped;
} km_dataset;

static const struct {
    H5T_class_t class;
    size_t size;
    bool has_sign;
    size_t bias; /* of a float's exponent */
    int dtype;
} types[] = {{H5T_FLOAT, 4, true, 127, KMEANS_F32},  {H5T_FLOAT, 8, true, 1023, KMEANS_F64},
             {H5T_FLOAT, 2, true, 15, KMEANS_F16},   {H5T_INTEGER, 1, false, 0, KMEANS_U8},
             {H5T_INTEGER, 1, true, 0, KMEANS_I8},   {H5T_INTEGER, 2, true, 0, KMEANS_I16},
             {H5T_INTEGER, 2, false, 0, KMEANS_U16}, {H5T_INTEGER, 4, true, 0, KMEANS_I32}};

/* The first names in the file's root. */
static void list_names(const km_dataset *set, char *list, size_t capacity)
{
    H5G_info_t info = {0};
    char name[80];
    size_t length = 0;
    list[0] = '\0';
    set->h5.Gget_info(set->file, &info);
    for (hsize_t n = 0; n < info.nlinks && length + 120 < capacity; n++) {
        if (set->h5.Lget_name_by_idx(set->file, "/", H5_INDEX_NAME, H5_ITER_INC, n, name,
                                     sizeof name, H5P_DEFAULT) < 0) {
            return;
        }
        length +=
            (size_t)snprintf(list + length, capacity - length, "%s/%s", n > 0 ? ", " : "", name);
    }
}

static int open_dataset(km_file *file, km_dataset *set)
{
    char list[600];
    if (!file->plain) { /* libhdf5 opens the file by its name */
        return km_file_malformed(file, "HDF5 is read from a file only: not from a pipe, and not "
                                       "compressed as a whole (gzip -d)");
    }
    if (file->member != NULL) {
        file->member[-1] = '\0';
    }
    set->file = set->h5.Fopen(file->name, 0, H5P_DEFAULT);
    if (file->member != NULL) {
        file->member[-1] = ':';
    }
    if (set->file < 0) {
        return km_file_malformed(file, "libhdf5 cannot open it (damaged or truncated); byte 0");
    }
    if (file->member != NULL) {
        set->dataset = set->h5.Dopen2(set->file, file->member, H5P_DEFAULT);
    }
    if (set->dataset >= 0) {
        return KMEANS_OK;
    }
    list_names(set, list, sizeof list);
    return file->member != NULL
               ? km_file_malformed(file, "no dataset of this name; the file has %s", list)
               : km_file_malformed(file, "name a dataset, as in FILE.h5:/PATH; the file has %s",
                                   list);
}

static int find_type(const km_file *file, km_dataset *set)
{
    const km_h5 *const h5 = &set->h5;
    set->type = h5->Dget_type(set->dataset);
    const H5T_class_t class = h5->Tget_class(set->type);
    const size_t size = h5->Tget_size(set->type);
    const bool number = class == H5T_FLOAT || class == H5T_INTEGER;
    const bool has_sign = class == H5T_FLOAT || (number && h5->Tget_sign(set->type) == H5T_SGN_2);
    const bool full = number && h5->Tget_precision(set->type) == 8 * size;
    const size_t bias = class == H5T_FLOAT ? h5->Tget_ebias(set->type) : 0;
    for (size_t i = 0; full && i < sizeof types / sizeof types[0]; i++) {
        if (types[i].class == class && types[i].size == size && types[i].has_sign == has_sign &&
            types[i].bias == bias) {
            set->view.dtype = types[i].dtype;
            set->swapped = size > 1 && h5->Tget_order(set->type) != H5T_ORDER_LE;
            return KMEANS_OK;
        }
    }
    return km_file_malformed(file,
                             "the dataset's type is not read (%s of %zu bytes); convert it to "
                             "one of f2 f4 f8 i1 u1 i2 u2 i4",
                             class == H5T_FLOAT ? "floats"
                             : number           ? "integers"
                                                : "no numbers",
                             size);
}

static int find_shape(const km_file *file, km_dataset *set)
{
    hsize_t dims[H5S_MAX_RANK];
    set->space = set->h5.Dget_space(set->dataset);
    const int count = set->h5.Sget_simple_extent_ndims(set->space);
    if (count < 1 || set->h5.Sget_simple_extent_dims(set->space, dims, NULL) < 0) {
        return km_file_malformed(file, "the dataset has no dimensions");
    }
    int64_t cols = 1;
    for (int q = 0; q < count; q++) {
        const int64_t size = dims[q] <= INT64_MAX ? (int64_t)dims[q] : -1;
        cols = q > 0 ? km_size_mul(cols, size) : cols;
        set->view.rows = q == 0 ? size : set->view.rows;
    }
    set->view.cols = cols;
    set->view.row_stride = cols;
    set->view.col_stride = 1;
    if (set->view.rows == 0 || cols == 0) {
        return km_file_malformed(file, "has no numbers: %" PRId64 " x %" PRId64, set->view.rows,
                                 cols);
    }
    set->bytes = km_size_mul(km_size_mul(set->view.rows, cols), km_dtype_size(set->view.dtype));
    return set->bytes > 0
               ? KMEANS_OK
               : km_file_malformed(file, "the dataset's dimensions multiply to more than "
                                         "2^63 bytes");
}

/* By libhdf5, to memory; the file's bytes are of no more use. */
static int read_numbers(km_file *file, km_dataset *set)
{
    const km_h5 *const h5 = &set->h5;
    const hsize_t stored = h5->Dget_storage_size(set->dataset);
    if (stored > (hsize_t)file->size || km_is_bomb(set->bytes, (int64_t)stored)) {
        return km_file_malformed(file,
                                 "the dataset says %" PRId64 " bytes, of which %" PRIu64
                                 " are stored in a file of %" PRId64 ": more than it can hold",
                                 set->bytes, (uint64_t)stored, file->size);
    }
    file->numbers = km_file_alloc(file, set->bytes, 1);
    if (file->numbers == NULL) {
        return KMEANS_ERROR_MEMORY;
    }
    const hid_t type = h5->Tcopy(set->type);
    const bool read =
        (!set->swapped || h5->Tset_order(type, H5T_ORDER_LE) >= 0) &&
        h5->Dread(set->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, file->numbers) >= 0;
    h5->Tclose(type);
    if (!read) {
        return km_file_malformed(file, "libhdf5 cannot read the dataset (damaged, truncated, or "
                                       "compressed by a filter that is not here)");
    }
    km_file_drop(file);
    set->view.base = file->numbers;
    return KMEANS_OK;
}

static int find_numbers(km_file *file, km_dataset *set)
{
    const haddr_t offset = set->h5.Dget_offset(set->dataset);
    if (offset == HADDR_UNDEF || set->swapped) {
        return read_numbers(file, set);
    }
    if (offset > (haddr_t)file->size || set->bytes > file->size - (int64_t)offset) {
        return km_file_malformed(file,
                                 "truncated: the dataset's %" PRId64 " bytes begin at byte %" PRIu64
                                 ", the file has %" PRId64,
                                 set->bytes, (uint64_t)offset, file->size);
    }
    set->view.base =
        km_file_numbers(file, (int64_t)offset, set->bytes, km_dtype_size(set->view.dtype));
    return set->view.base != NULL ? KMEANS_OK : KMEANS_ERROR_MEMORY;
}

static void close_dataset(const km_dataset *set)
{
    if (set->type >= 0) {
        set->h5.Tclose(set->type);
    }
    if (set->space >= 0) {
        set->h5.Sclose(set->space);
    }
    if (set->dataset >= 0) {
        set->h5.Dclose(set->dataset);
    }
    if (set->file >= 0) {
        set->h5.Fclose(set->file);
    }
}

int km_hdf5_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    km_dataset set = {.file = -1, .dataset = -1, .space = -1, .type = -1};
    H5E_auto2_t print = NULL;
    void *print_data = NULL;
    int status = km_h5_load(file, &set.h5);
    if (status != KMEANS_OK) {
        return status;
    }
    set.h5.Eget_auto2(H5E_DEFAULT, &print, &print_data);
    set.h5.Eset_auto2(H5E_DEFAULT, NULL, NULL); /* a library prints nothing */
    status = open_dataset(file, &set);
    if (status == KMEANS_OK) {
        status = find_type(file, &set);
    }
    if (status == KMEANS_OK) {
        status = find_shape(file, &set);
    }
    if (status == KMEANS_OK) {
        status = find_numbers(file, &set);
    }
    close_dataset(&set);
    set.h5.Eset_auto2(H5E_DEFAULT, print, print_data);
    return status == KMEANS_OK ? km_matrix_source(file, options, &set.view, "HDF5", source)
                               : status;
}

#else

int km_hdf5_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    (void)options;
    (void)source;
    return km_file_malformed(file, "is an HDF5 file, which this build does not read: build with "
                                   "libhdf5 (Debian: libhdf5-dev), or convert it to .npy or csv");
}

#endif
