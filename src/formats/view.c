/* From a matrix in a file and a choice of its columns to a source. */
#include <inttypes.h>

#include "format.h"

/* Is column p 0, 1, 2, ... or 1, 2, 3, ...? Nearly always the first rows say no. */
static bool counts_rows(const km_file *file, const km_block *view, int64_t p, double *first)
{
    const int64_t row_bytes = view->row_stride * km_dtype_size(view->dtype);
    int64_t mark = 0;
    km_block column = *view;
    column.columns = NULL;
    column.base = km_block_at(view, 0, p);
    column.cols = 1;
    km_block_to_f64(&column, 0, 1, first, 1);
    if (*first != 0.0 && *first != 1.0) {
        return false;
    }
    for (int64_t i = 1; i < view->rows; i++) {
        double value;
        km_block_to_f64(&column, i, 1, &value, 1);
        if (value != *first + (double)i) {
            return false;
        }
        if ((file->streamed || file->spooled != NULL) && i * row_bytes - mark >= KM_FORGET_BYTES) {
            km_spool_forget(file);
            mark = i * row_bytes;
        }
    }
    return true;
}

void km_warn_index_columns(const km_file *file, const km_block *view, const km_columns *chosen,
                           const km_names *names)
{
    if (view->rows < 3 || view->cols < 2) {
        return; /* too little to tell, or nothing would be left */
    }
    if ((uintptr_t)km_block_at(view, 0, 0) % (uintptr_t)km_dtype_size(view->dtype) != 0) {
        return; /* a streamed file: its numbers cannot be looked at where they lie */
    }
    for (int64_t p = 0; p < view->cols; p++) {
        double first;
        if (!counts_rows(file, view, p, &first)) {
            continue;
        }
        const int64_t column = chosen->index != NULL ? chosen->index[p] : p;
        const bool named = column < names->count;
        const int length = named && names->length[column] < 60 ? (int)names->length[column] : 0;
        km_log(file->context, KMEANS_LOG_WARNING, "index_column",
               "%s: column %" PRId64 "%s%.*s%s only counts the rows (%.0f to %.0f); leave it out "
               "with --exclude %" PRId64,
               file->name, column + 1, length > 0 ? " '" : "", length,
               length > 0 ? names->text[column] : "", length > 0 ? "'" : "", first,
               first + (double)(view->rows - 1), column + 1);
    }
}

/* Evenly spaced columns are a dense view again: *step is their distance. */
static bool are_evenly_spaced(const km_columns *chosen, int64_t *step)
{
    *step = chosen->count > 1 ? chosen->index[1] - chosen->index[0] : 1;
    for (int64_t p = 1; p < chosen->count; p++) {
        if (chosen->index[p] - chosen->index[p - 1] != *step) {
            return false;
        }
    }
    return true;
}

int km_format_source(km_file *file, const km_block *all, const km_columns *chosen,
                     kmeans_source **source)
{
    const km_names none = {NULL, NULL, 0};
    km_block view = *all;
    int64_t step;
    if (chosen->index == NULL) {
        km_warn_index_columns(file, &view, chosen, &none);
        return km_file_source(file, &view, source);
    }
    view.cols = chosen->count;
    if (are_evenly_spaced(chosen, &step)) {
        view.base = km_block_at(all, 0, chosen->index[0]);
        view.col_stride = step * all->col_stride;
        km_warn_index_columns(file, &view, chosen, &none);
        return km_file_source(file, &view, source);
    }
    const void **const table =
        km_alloc(&file->context->memory, chosen->count, (int64_t)sizeof *table);
    if (table == NULL) {
        return km_fail(file->context, KMEANS_ERROR_MEMORY, "%s: no memory for %lld columns",
                       file->name, (long long)chosen->count);
    }
    for (int64_t p = 0; p < chosen->count; p++) {
        table[p] = km_block_at(all, 0, chosen->index[p]);
    }
    view.base = NULL;
    view.columns = table;
    km_warn_index_columns(file, &view, chosen, &none);
    const int status = km_file_source(file, &view, source);
    km_free(table);
    return status;
}
