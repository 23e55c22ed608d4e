/* What all sources share, and the sources whose rows are one view of memory. */
#include "source.h"

int km_view_rewind(kmeans_source *source)
{
    source->cursor = 0;
    return KMEANS_OK;
}

int km_view_next(kmeans_source *source, km_block *block)
{
    if (source->cursor >= source->rows) {
        return 0;
    }
    *block = source->view;
    source->cursor = source->rows;
    return 1;
}

int km_view_fetch(kmeans_source *source, const int64_t *rows, int64_t m, double *out)
{
    for (int64_t i = 0; i < m; i++) {
        km_block_to_f64(&source->view, rows[i], 1, out + i * source->cols, source->cols);
    }
    return KMEANS_OK;
}

int km_view_read(kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    km_block_to_f64(&source->view, row0, count, out, source->cols);
    return KMEANS_OK;
}

int km_source_over_view(kmeans_context *context, const km_source_ops *ops, const km_block *view,
                        const char *name, void *owned, kmeans_source **source)
{
    kmeans_source *const made = km_alloc(&context->memory, 1, (int64_t)sizeof *made);
    const void **table = NULL;
    if (made != NULL && view->columns != NULL) {
        table = km_alloc(&context->memory, view->cols, (int64_t)sizeof *table);
    }
    if (made == NULL || (view->columns != NULL && table == NULL)) {
        km_free(made);
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory for a source of %lld columns",
                       (long long)view->cols);
    }
    made->ops = ops;
    made->context = context;
    made->can = KM_CAN_SEEK | KM_CAN_SHARE;
    made->rows = view->rows;
    made->cols = view->cols;
    made->bytes = view->rows * view->cols * km_dtype_size(view->dtype);
    made->name = name;
    made->view = *view;
    made->owned = owned;
    made->dtype = view->dtype;
    if (table != NULL) {
        for (int64_t p = 0; p < view->cols; p++) {
            table[p] = view->columns[p];
        }
        made->column_table = table;
        made->view.columns = table;
    }
    *source = made;
    return KMEANS_OK;
}

int km_source_count(kmeans_source *source)
{
    km_block block;
    int64_t rows = 0;
    if (source->rows >= 0) {
        return KMEANS_OK;
    }
    int status = source->ops->rewind(source);
    source->visits++;
    while (status >= 0 && (status = source->ops->next(source, &block)) == 1) {
        rows += block.rows;
    }
    if (status < 0) {
        return status;
    }
    if (rows == 0) {
        return km_fail(source->context, KMEANS_ERROR_SHAPE, "rows: the source gave none");
    }
    source->rows = rows;
    source->bytes = km_size_mul(km_size_mul(rows, source->cols), km_dtype_size(source->dtype));
    return KMEANS_OK;
}

int kmeans_source_count(kmeans_source *source)
{
    km_fpmode saved;
    if (source == NULL) {
        return KMEANS_ERROR_ARGUMENT;
    }
    km_fpmode *const outer = km_enter(source->context, &saved);
    const int status = km_source_count(source);
    km_leave(source->context, &saved, outer);
    return status;
}

int kmeans_source_set_weights(kmeans_source *source, const double *weights)
{
    if (source == NULL) {
        return KMEANS_ERROR_ARGUMENT;
    }
    if ((uintptr_t)weights % _Alignof(double) != 0) {
        return km_fail(source->context, KMEANS_ERROR_ARGUMENT,
                       "weights: address %p is not aligned to %d bytes", (const void *)weights,
                       (int)_Alignof(double));
    }
    source->weights = weights;
    return KMEANS_OK;
}

int kmeans_source_shape(const kmeans_source *source, int64_t *rows, int64_t *cols, int *dtype)
{
    if (source == NULL) {
        return KMEANS_ERROR_ARGUMENT;
    }
    if (rows != NULL) {
        *rows = source->rows;
    }
    if (cols != NULL) {
        *cols = source->cols;
    }
    if (dtype != NULL) {
        *dtype = source->dtype;
    }
    return KMEANS_OK;
}

const char *kmeans_source_kind(const kmeans_source *source)
{
    return source != NULL ? km_source_kind(source) : NULL;
}

const char *kmeans_source_column_name(const kmeans_source *source, int64_t column)
{
    if (source == NULL || column < 0 || column >= source->cols) {
        return NULL;
    }
    char *const *const names = km_source_names(source);
    return names != NULL ? names[column] : NULL;
}

int kmeans_source_sparse(const kmeans_source *source) { return source != NULL && source->sparse; }

int64_t kmeans_source_passes(const kmeans_source *source)
{
    return source != NULL ? source->visits : 0;
}

int64_t kmeans_source_bytes(const kmeans_source *source)
{
    return source != NULL ? source->bytes : 0;
}

int kmeans_source_read(kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    if (source == NULL) {
        return KMEANS_ERROR_ARGUMENT;
    }
    if (out == NULL && count != 0) {
        return km_fail(source->context, KMEANS_ERROR_ARGUMENT, "out is NULL");
    }
    const int counted = kmeans_source_count(source);
    if (counted < 0) {
        return counted;
    }
    if (row0 < 0 || count < 0 || row0 > source->rows || count > source->rows - row0) {
        return km_fail(source->context, KMEANS_ERROR_ARGUMENT,
                       "row0 = %lld, count = %lld: the source has rows 0 .. %lld", (long long)row0,
                       (long long)count, (long long)source->rows - 1);
    }
    km_fpmode saved; /* a host that flushes subnormals would lose them */
    km_fpmode *const outer = km_enter(source->context, &saved);
    const int status = source->ops->read(source, row0, count, out);
    km_leave(source->context, &saved, outer);
    return status;
}

void kmeans_source_close(kmeans_source *source)
{
    if (source != NULL) {
        if (source->ops->close != NULL) {
            source->ops->close(source);
        }
        km_free(source->column_table);
        km_free(source->names);
        km_free(source);
    }
}
