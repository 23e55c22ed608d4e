/* A sparse matrix as SciPy's save_npz writes it: an archive of the arrays data, indices, indptr,
 * shape and format. Arrays that are stored, not deflated, and aligned are used where they lie. */
#include <inttypes.h>
#include <string.h>

#include "format.h"
#include "npy_header.h"
#include "sparse_text.h"
#include "zip.h"

/* One array of the archive. */
typedef struct part {
    const char *name;
    const unsigned char *numbers;
    unsigned char *owned; /* unpacked, or NULL */
    char descr[32];
    int64_t count;
    int64_t size; /* of one, 0: not of the types that are read */
} part;

enum { DATA, INDICES, INDPTR, SHAPE, FORMAT, PARTS };

bool km_npz_is_csr(const km_file *file)
{
    km_zip_member member;
    return file->member == NULL && km_zip_find(file, "indptr", &member) == 1 &&
           km_zip_find(file, "indices", &member) == 1 && km_zip_find(file, "shape", &member) == 1;
}

static int64_t size_of(const char *descr, const char *kinds)
{
    const char *const kind =
        descr[0] == '<' || descr[0] == '|' || descr[0] == '=' ? descr + 1 : descr;
    if (kind[0] == '\0' || strchr(kinds, kind[0]) == NULL) {
        return 0;
    }
    return strcmp(kind + 1, "8") == 0 ? 8 : strcmp(kind + 1, "4") == 0 ? 4 : 0;
}

/* Unpack an array and look at its header; at most one dimension. */
static int read_part(const km_file *file, part *p, const char *kinds)
{
    km_zip_member member;
    const int found = km_zip_find(file, p->name, &member);
    if (found <= 0) {
        return found < 0 ? found : km_file_malformed(file, "has no array '%s'", p->name);
    }
    km_file whole = *file;
    km_npy_header header;
    int status = km_zip_read(file, &member, &whole.data, &p->owned);
    whole.size = member.size;
    if (status == KMEANS_OK) {
        status = km_npy_read_header(&whole, &header);
    }
    if (status != KMEANS_OK) {
        return status;
    }
    p->numbers = whole.data + header.data_offset;
    p->count = header.dims == 0 ? 1 : header.shape[0];
    p->size = kinds != NULL ? size_of(header.descr, kinds) : 1;
    memcpy(p->descr, header.descr, sizeof p->descr);
    const int64_t bytes = km_size_mul(p->count, p->size);
    if (header.dims > 1 || p->size == 0 || bytes < 0 || bytes > whole.size - header.data_offset) {
        return km_file_malformed(
            file,
            "array '%s' (%s, %d dimensions) cannot be part of a sparse matrix: "
            "values must be f4 or f8, indices i4 or i8, in one dimension that "
            "is there",
            p->name, header.descr, header.dims);
    }
    return KMEANS_OK;
}

static int read_parts(const km_file *file, part parts[PARTS])
{
    static const char *const kinds[] = {"f", "i", "i", "i", NULL};
    int status = KMEANS_OK;
    for (int q = PARTS - 1; q >= 0 && status == KMEANS_OK; q--) {
        status = read_part(file, &parts[q], kinds[q]);
        if (status == KMEANS_OK && q == FORMAT &&
            (strcmp(parts[q].descr, "|S3") != 0 || memcmp(parts[q].numbers, "csr", 3) != 0)) {
            return km_file_malformed(file, "holds a sparse matrix that is not in the format csr; "
                                           "convert it with tocsr()");
        }
    }
    return status;
}

static int64_t number_of(const part *p, int64_t q)
{
    int64_t wide;
    int32_t narrow;
    if (p->size == 8) {
        memcpy(&wide, p->numbers + 8 * q, 8);
        return wide;
    }
    memcpy(&narrow, p->numbers + 4 * q, 4);
    return narrow;
}

/* Shapes that agree, and both ends of indptr. */
static int check_parts(const km_file *file, const part parts[PARTS], km_sparse_text *text)
{
    const part *const indptr = &parts[INDPTR];
    if (parts[SHAPE].count != 2) {
        return km_file_malformed(file, "array 'shape' has %" PRId64 " numbers, not 2",
                                 parts[SHAPE].count);
    }
    text->rows = number_of(&parts[SHAPE], 0);
    text->cols = number_of(&parts[SHAPE], 1);
    text->entries = parts[DATA].count;
    text->wide = parts[INDICES].size == 8;
    if (parts[INDICES].size != indptr->size || parts[INDICES].count != text->entries ||
        text->rows < 1 || indptr->count - 1 != text->rows || number_of(indptr, 0) != 0 ||
        number_of(indptr, text->rows) != text->entries) {
        return km_file_malformed(file,
                                 "%" PRId64 " rows, %" PRId64 " numbers in indptr (%s), %" PRId64
                                 " in indices (%s) and %" PRId64 " in data do not fit together",
                                 text->rows, indptr->count, indptr->descr, parts[INDICES].count,
                                 parts[INDICES].descr, text->entries);
    }
    return KMEANS_OK;
}

/* The three arrays where they lie, or copied side by side to file->numbers. */
static int place_parts(km_file *file, part parts[PARTS], bool copy, void *arrays[3])
{
    int64_t bytes = 0, at = 0;
    bool moves[3];
    for (int q = 0; q < 3; q++) {
        moves[q] = copy || parts[q].owned != NULL ||
                   (uintptr_t)parts[q].numbers % (uintptr_t)parts[q].size != 0;
        bytes += moves[q] ? (parts[q].count * parts[q].size + 7) / 8 * 8 : 0;
    }
    file->numbers = km_file_alloc(file, bytes, 1);
    if (file->numbers == NULL) {
        return KMEANS_ERROR_MEMORY;
    }
    for (int q = 0; q < 3; q++) {
        arrays[q] = (void *)(uintptr_t)parts[q].numbers;
        if (!moves[q]) {
            continue;
        }
        arrays[q] = (char *)file->numbers + at;
        km_file_copy(file, arrays[q], parts[q].numbers, parts[q].count * parts[q].size);
        at += (parts[q].count * parts[q].size + 7) / 8 * 8;
        km_free(parts[q].owned);
        parts[q].owned = NULL;
    }
    return KMEANS_OK;
}

/* Columns are chosen by a walk over the entries, which a file need not have right. */
static int check_rows(const km_sparse_text *text)
{
    const km_csr csr = {.starts = text->starts,
                        .indices = text->columns,
                        .values = text->values,
                        .entries = text->entries,
                        .cols = text->cols,
                        .dtype = text->dtype,
                        .wide = text->wide};
    for (int64_t i = 0; i < text->rows; i++) {
        int64_t column;
        const km_csr_fault fault = km_csr_check_row(&csr, i, 0, NULL, &column);
        if (fault != KM_CSR_SOUND) {
            return km_csr_fail(text->file->context, text->file->name, fault, i, column, text->cols);
        }
    }
    return KMEANS_OK;
}

int km_npz_csr_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    part parts[PARTS] = {{.name = "data"},
                         {.name = "indices"},
                         {.name = "indptr"},
                         {.name = "shape"},
                         {.name = "format"}};
    km_sparse_text text = {.file = file, .options = options, .in_place = true};
    const bool chooses = options->columns != NULL || options->exclude != NULL;
    void *arrays[3];
    km_warn_unused(file, options, "npz");
    int status = read_parts(file, parts);
    if (status == KMEANS_OK) {
        status = check_parts(file, parts, &text);
    }
    if (status == KMEANS_OK) {
        status = place_parts(file, parts, chooses, arrays);
    }
    if (status == KMEANS_OK) {
        text.values = arrays[DATA];
        text.columns = arrays[INDICES];
        text.starts = arrays[INDPTR];
        text.dtype = parts[DATA].size == 4 ? KMEANS_F32 : KMEANS_F64;
        status = chooses ? check_rows(&text) : KMEANS_OK;
    }
    for (int q = 0; q < PARTS; q++) {
        km_free(parts[q].owned);
    }
    return status == KMEANS_OK ? km_sparse_text_source(&text, source) : status;
}
