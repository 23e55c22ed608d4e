#include "sparse_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "number.h"

int km_sparse_text_check(const km_file *file, const kmeans_file_options *options)
{
    return options->dtype == KMEANS_F64 || options->dtype == KMEANS_F32
               ? KMEANS_OK
               : km_fail(file->context, KMEANS_ERROR_ARGUMENT,
                         "%s: text is read as f64 or f32, not as %s", file->name,
                         kmeans_dtype_name(options->dtype));
}

int km_sparse_text_allocate(km_sparse_text *text, int64_t rows, int64_t entries)
{
    text->wide = entries > INT32_MAX;
    text->dtype = text->options->dtype;
    const int64_t index = text->wide ? 8 : 4, size = km_dtype_size(text->dtype);
    const int64_t starts = km_size_mul(km_size_add(rows, 1), index);
    const int64_t bytes = km_size_add(starts, km_size_mul(entries, index + size));
    char *const block = km_file_alloc(text->file, bytes, 1);
    if (block == NULL) {
        return KMEANS_ERROR_MEMORY;
    }
    text->file->numbers = text->values = block;
    text->columns = block + entries * size;
    text->starts = block + entries * (size + index);
    return KMEANS_OK;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool ends_line(char c) { return c == '\n' || c == '\r' || c == '#'; }

bool km_sparse_text_word(const char *end, const char **at, km_word *word)
{
    while (*at < end && is_blank(**at)) {
        ++*at;
    }
    word->text = *at;
    while (*at < end && !is_blank(**at) && !ends_line(**at)) {
        ++*at;
    }
    word->length = *at - word->text;
    return word->length > 0;
}

int64_t km_sparse_text_integer(km_word word)
{
    int64_t number = 0;
    for (int64_t i = 0; i < word.length; i++) {
        if (word.text[i] < '0' || word.text[i] > '9' || number >= INT64_C(1) << 58) {
            return -1;
        }
        number = 10 * number + (word.text[i] - '0');
    }
    return word.length > 0 ? number : -1;
}

bool km_sparse_text_value(const km_sparse_text *text, km_word word, int64_t q)
{
    const char *const end = word.text + word.length;
    if (text->dtype == KMEANS_F32) {
        float *const value = (float *)text->values + q;
        return km_parse_f32(word.text, end, value) == end && isfinite(*value);
    }
    double *const value = (double *)text->values + q;
    return km_parse_f64(word.text, end, value) == end && isfinite(*value);
}

int km_sparse_text_fail(const km_sparse_text *text, int64_t line, km_word word, const char *what)
{
    enum { most = 40 };
    return km_fail(text->file->context, KMEANS_ERROR_FORMAT, "%s:%" PRId64 ": '%.*s' %s",
                   text->file->name, line, (int)(word.length < most ? word.length : most),
                   word.text, what);
}

static void close_sparse(kmeans_source *source) { km_file_close(source->owned); }

static const km_source_ops sparse_ops = {"memory",    km_view_rewind, km_view_next, km_csr_fetch,
                                         km_csr_read, NULL,           close_sparse};

/* Entries of columns that were not chosen go, the others get their new numbers. */
static int keep_columns(km_sparse_text *text, const km_columns *chosen)
{
    const int64_t size = km_dtype_size(text->dtype);
    int64_t *const target =
        km_alloc(&text->file->context->memory, text->cols, (int64_t)sizeof *target);
    int64_t kept = 0, q = 0;
    if (target == NULL) {
        return km_fail(text->file->context, KMEANS_ERROR_MEMORY,
                       "%s: no memory for %" PRId64 " columns", text->file->name, text->cols);
    }
    for (int64_t p = 0; p < chosen->count; p++) {
        target[chosen->index[p]] = p + 1;
    }
    for (int64_t i = 0; i < text->rows; i++) {
        const int64_t end = km_sparse_text_get(text, text->starts, i + 1);
        for (; q < end; q++) {
            const int64_t p = target[km_sparse_text_get(text, text->columns, q)] - 1;
            if (p < 0) {
                continue;
            }
            km_sparse_text_put(text, text->columns, kept, p);
            memmove((char *)text->values + kept * size, (const char *)text->values + q * size,
                    (size_t)size);
            kept++;
        }
        km_sparse_text_put(text, text->starts, i + 1, kept);
    }
    text->cols = chosen->count;
    text->entries = kept;
    km_free(target);
    return KMEANS_OK;
}

int km_sparse_text_source(km_sparse_text *text, kmeans_source **source)
{
    const km_names none = {NULL, NULL, 0};
    km_columns chosen = {NULL, 0};
    if (text->rows < 1 || text->cols < 1 || text->cols > INT32_MAX) {
        return km_file_malformed(text->file,
                                 "%" PRId64 " rows and %" PRId64
                                 " columns; rows must be at least 1, columns 1 .. %" PRId32,
                                 text->rows, text->cols, INT32_MAX);
    }
    int status = km_columns_choose(text->file, text->options, text->cols, &none, &chosen);
    if (status == KMEANS_OK && chosen.index != NULL) {
        status = keep_columns(text, &chosen);
    }
    km_free(chosen.index);
    if (status != KMEANS_OK) {
        return status;
    }
    if (!text->in_place) {
        km_file_drop(text->file);
    }
    km_file_warn_way(text->file, false);
    const km_csr csr = {.starts = text->starts,
                        .indices = text->columns,
                        .values = text->values,
                        .entries = text->entries,
                        .cols = text->cols,
                        .dtype = text->dtype,
                        .wide = text->wide};
    return km_source_over_csr(text->file->context, &sparse_ops, &csr, text->rows, text->file->name,
                              text->file, source);
}
