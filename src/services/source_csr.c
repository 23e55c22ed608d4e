/* Sparse sources over memory. */
#include <inttypes.h>

#include "../../kernels/exact/ieee.h"
#include "source.h"

const km_source_ops km_csr_memory_ops = {"memory",    km_view_rewind, km_view_next, km_csr_fetch,
                                         km_csr_read, NULL,           NULL};

km_csr_fault km_csr_check_row(const km_csr *rows, int64_t i, int64_t stamp, int64_t *mark,
                              int64_t *column)
{
    int64_t begin, end;
    const km_csr *const csr = km_csr_row(rows, i, &begin, &end);
    *column = 0;
    if (begin < 0 || end < begin || end > csr->entries) {
        return KM_CSR_STARTS;
    }
    for (int64_t q = begin; q < end; q++) {
        const int64_t p = *column = km_csr_column(csr, q);
        if (p < 0 || p >= csr->cols) {
            return KM_CSR_COLUMN;
        }
        if (mark != NULL && mark[p] == stamp) {
            return KM_CSR_TWICE;
        }
        if (mark != NULL) {
            mark[p] = stamp;
        }
    }
    return KM_CSR_SOUND;
}

int km_csr_fail(kmeans_context *context, const char *name, km_csr_fault fault, int64_t row,
                int64_t column, int64_t cols)
{
    const bool named = name != NULL && name[0] != '\0';
    const char *const before = named ? name : "", *const colon = named ? ": " : "";
    switch (fault) {
    case KM_CSR_STARTS:
        return km_fail(context, KMEANS_ERROR_DATA,
                       "%s%srow %" PRId64 " (counted from 0): indptr falls or leaves the entries "
                       "there",
                       before, colon, row);
    case KM_CSR_COLUMN:
        return km_fail(context, KMEANS_ERROR_DATA,
                       "%s%srow %" PRId64 " has an entry in column %" PRId64
                       " (both counted from 0); columns are 0 .. %" PRId64,
                       before, colon, row, column, cols - 1);
    default:
        return km_fail(context, KMEANS_ERROR_DATA,
                       "%s%srow %" PRId64 " has two entries in column %" PRId64
                       " (both counted from 0); one is allowed",
                       before, colon, row, column);
    }
}

/* Row i of the source as float64. No value is written as -0: until the end that marks the columns
 * without an entry. */
static int spread_row(const kmeans_source *source, int64_t i, double *out)
{
    int64_t begin, end, column;
    const km_csr_fault fault = km_csr_check_row(source->view.csr, i, 0, NULL, &column);
    if (fault != KM_CSR_SOUND) {
        return km_csr_fail(source->context, source->name, fault, i, column, source->cols);
    }
    const km_csr *const csr = km_csr_row(source->view.csr, i, &begin, &end);
    for (int64_t p = 0; p < source->cols; p++) {
        out[p] = -0.0;
    }
    for (int64_t q = begin; q < end; q++) {
        const int64_t p = km_csr_column(csr, q);
        const double value = km_csr_value(csr, q);
        if (km_bits(out[p]) != km_bits(-0.0)) {
            return km_csr_fail(source->context, source->name, KM_CSR_TWICE, i, p, csr->cols);
        }
        out[p] = value == 0 ? 0 : value;
    }
    for (int64_t p = 0; p < source->cols; p++) {
        out[p] = out[p] == 0 ? 0 : out[p];
    }
    return KMEANS_OK;
}

int km_csr_fetch(kmeans_source *source, const int64_t *rows, int64_t m, double *out)
{
    int status = KMEANS_OK;
    for (int64_t i = 0; i < m && status == KMEANS_OK; i++) {
        status = spread_row(source, rows[i], out + i * source->cols);
    }
    return status;
}

int km_csr_read(kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    int status = KMEANS_OK;
    for (int64_t i = 0; i < count && status == KMEANS_OK; i++) {
        status = spread_row(source, row0 + i, out + i * source->cols);
    }
    return status;
}

/* A source and its matrix in one block of memory. */
typedef struct km_csr_source {
    kmeans_source source;
    km_csr csr;
} km_csr_source;

int64_t km_csr_source_size(void) { return (int64_t)sizeof(km_csr_source); }

int km_source_over_csr(kmeans_context *context, const km_source_ops *ops, const km_csr *csr,
                       int64_t rows, const char *name, void *owned, kmeans_source **source)
{
    km_csr_source *const made = km_alloc(&context->memory, 1, (int64_t)sizeof *made);
    if (made == NULL) {
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory for a sparse source");
    }
    const int64_t index = csr->wide ? 8 : 4;
    const int64_t starts = km_size_mul(km_size_add(rows, 1), index);
    const int64_t bytes =
        km_size_add(starts, km_size_mul(csr->entries, index + km_dtype_size(csr->dtype)));
    made->csr = *csr;
    made->source = (kmeans_source){
        .ops = ops,
        .context = context,
        .can = KM_CAN_SEEK | KM_CAN_SHARE,
        .rows = rows,
        .cols = csr->cols,
        .bytes = bytes < 0 ? INT64_MAX : bytes, /* arrays that overlap */
        .entries = csr->entries,
        .sparse = true,
        .name = name,
        .view = {.rows = rows, .cols = csr->cols, .dtype = csr->dtype, .csr = &made->csr},
        .owned = owned,
        .dtype = csr->dtype,
    };
    *source = &made->source;
    return KMEANS_OK;
}

/* One of the arrays: there, aligned, inside the address space. */
static int check_array(kmeans_context *context, const char *name, const void *array, int64_t count,
                       int64_t size)
{
    const uintptr_t address = (uintptr_t)array;
    if (array == NULL && count > 0) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL", name);
    }
    if (address % (uintptr_t)size != 0) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s: address %p is not aligned to %" PRId64 " bytes", name, array, size);
    }
    const int64_t bytes = km_size_mul(count, size);
    if (bytes < 0 || (uint64_t)bytes > UINTPTR_MAX - address) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "%s: %" PRId64 " numbers reach beyond the address space", name, count);
    }
    return KMEANS_OK;
}

static int check_kinds(kmeans_context *context, const kmeans_csr *view)
{
    if (view->dtype != KMEANS_F32 && view->dtype != KMEANS_F64) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "dtype: %d is none of KMEANS_F32, KMEANS_F64: the types of sparse values",
                       view->dtype);
    }
    if (view->index_size != 4 && view->index_size != 8) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "index_size: %d is none of 4, 8",
                       view->index_size);
    }
    if (view->base != 0 && view->base != 1) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "base: %d is none of 0, 1", view->base);
    }
    if (view->rows < 1 || view->rows == INT64_MAX) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "rows: %" PRId64 " is below 1 or too large",
                       view->rows);
    }
    if (view->cols < 1 || view->cols > INT32_MAX) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "cols: %" PRId64 " is outside 1 .. %" PRId32,
                       view->cols, INT32_MAX);
    }
    if (view->entries < 0) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "entries: %" PRId64 " is below 0",
                       view->entries);
    }
    return KMEANS_OK;
}

static int check_csr(kmeans_context *context, const kmeans_csr *view, const km_csr *csr)
{
    int status = check_kinds(context, view);
    if (status == KMEANS_OK) {
        status = check_array(context, "indptr", view->indptr, view->rows + 1, view->index_size);
    }
    if (status == KMEANS_OK) {
        status = check_array(context, "indices", view->indices, view->entries, view->index_size);
    }
    if (status == KMEANS_OK) {
        status =
            check_array(context, "values", view->values, view->entries, km_dtype_size(view->dtype));
    }
    if (status != KMEANS_OK) {
        return status;
    }
    const int64_t first = km_csr_number(csr, csr->starts, 0);
    const int64_t last = km_csr_number(csr, csr->starts, view->rows);
    if (first != 0 || last != view->entries) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "indptr: from base %d it runs from %" PRId64 " to %" PRId64
                       "; it must run from 0 to entries, %" PRId64,
                       view->base, first, last, view->entries);
    }
    return KMEANS_OK;
}

int kmeans_source_csr(kmeans_context *context, const kmeans_csr *view, kmeans_source **source)
{
    if (context == NULL || view == NULL || source == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL",
                       view == NULL ? "view" : "source");
    }
    const km_csr csr = {.starts = view->indptr,
                        .indices = view->indices,
                        .values = view->values,
                        .entries = view->entries,
                        .cols = view->cols,
                        .base = view->base,
                        .dtype = view->dtype,
                        .wide = view->index_size == 8};
    const int status = check_csr(context, view, &csr);
    return status == KMEANS_OK
               ? km_source_over_csr(context, &km_csr_memory_ops, &csr, view->rows, "", NULL, source)
               : status;
}
