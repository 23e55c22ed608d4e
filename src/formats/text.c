/* Numbers as text: one row a line. */
#include <math.h>
#include <string.h>

#include "format.h"
#include "number.h"
#include "text.h"

/* Anything without control characters at its beginning, save for the white ones. */
bool km_text_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    const int64_t looked_at = file->size < 4096 ? file->size : 4096;
    for (int64_t i = 0; i < looked_at; i++) {
        const unsigned char c = file->data[i];
        if (c < 0x20 && (c < '\t' || c > '\r')) {
            return false;
        }
    }
    return true;
}

/* An upper bound of the rows from `at` on: the line ends ("\r\n" counts once), but no more than
 * there are bytes for, so that a file of line ends cannot ask for more than a small multiple of
 * its size. */
static int64_t bound_rows(const km_text *text, const char *at)
{
    const int64_t bytes = text->end - at;
    int64_t lines = 1;
    for (int64_t i = 0; i + 1 < bytes; i++) {
        if (i % KM_FORGET_BYTES == 0 && text->file->memory_limit > 0) {
            km_spool_forget(text->file);
        }
        lines += (at[i] == '\n') | ((at[i] == '\r') & (at[i + 1] != '\n'));
    }
    const int64_t fitting = bytes / text->cols + 1;
    return lines < fitting ? lines : fitting;
}

/* Where each field of a line goes. */
static int make_targets(km_text *text)
{
    const int status =
        km_columns_choose(text->file, text->options, text->cols, &text->names, &text->chosen);
    if (status != KMEANS_OK) {
        return status;
    }
    text->target = km_alloc(&text->file->context->memory, text->cols, (int64_t)sizeof(int64_t));
    if (text->target == NULL) {
        return km_text_fail_memory(text, text->cols * (int64_t)sizeof(int64_t));
    }
    for (int64_t p = 0; p < text->cols; p++) {
        text->target[p] = text->chosen.index != NULL ? -1 : p;
    }
    for (int64_t q = 0; text->chosen.index != NULL && q < text->chosen.count; q++) {
        text->target[text->chosen.index[q]] = q;
    }
    return KMEANS_OK;
}

/* Separator, header, columns. *cursor goes to the first row. */
static int read_head(km_text *text, km_cursor *cursor)
{
    const kmeans_file_options *const options = text->options;
    const unsigned char mark[] = {0xEF, 0xBB, 0xBF}; /* UTF-8 byte-order mark */
    if (text->end - cursor->at >= 3 && memcmp(cursor->at, mark, 3) == 0) {
        cursor->at += 3;
    }
    if (!km_text_find_line(text->end, cursor)) {
        return km_file_malformed(text->file, "has no rows, only blank lines and comments");
    }
    text->separator = options->separator != '\0' ? options->separator
                                                 : km_text_guess_separator(text->end, *cursor);
    text->cols = km_text_count_fields(text->end, text->separator, *cursor);
    text->cols_line = cursor->line;
    const bool header = options->header < 0
                            ? km_text_guess_header(text->end, text->separator, *cursor)
                            : options->header == 1;
    int status = header ? km_text_read_names(text, *cursor) : KMEANS_OK;
    if (status == KMEANS_OK) {
        status = make_targets(text);
    }
    if (header && status == KMEANS_OK) {
        km_field field = {.last = false};
        while (!field.last) {
            km_text_cut_field(text->end, text->separator, *cursor, &field);
            if (field.open) {
                return km_text_fail_quote(text, cursor->line);
            }
            *cursor = field.after;
        }
        km_text_end_line(text->end, cursor);
    }
    return status;
}

static void store_value(km_text *text, int64_t column, double value)
{
    const int64_t place = text->rows * text->chosen.count + text->target[column];
    if (text->f32 != NULL) {
        text->f32[place] = (float)value; /* exact: it was rounded to float when it was read */
    } else {
        text->f64[place] = value;
    }
}

/* Any field, used or not. */
static int read_field(km_text *text, km_cursor row, int64_t column, km_cursor *cursor, bool *last)
{
    km_field field;
    km_text_cut_field(text->end, text->separator, *cursor, &field);
    if (field.open) {
        return km_text_fail_quote(text, cursor->line);
    }
    *cursor = field.after;
    *last = field.last;
    if (text->target[column] < 0) {
        return KMEANS_OK;
    }
    double value;
    const km_kind kind = km_text_read_field(&field, text->f32 != NULL, &value);
    const bool missing = kind == KM_NAN || kind == KM_BLANK;
    if (kind != KM_NUMBER && !(missing && text->options->nan_ok != 0)) {
        return km_text_fail_field(text, row, column, &field, kind);
    }
    store_value(text, column, value);
    return KMEANS_OK;
}

/* The common case, a plain number right before a separator or the line's end, without cutting the
 * field out first. False: nothing was read. */
static bool read_plain_number(km_text *text, int64_t column, km_cursor *cursor, bool *last)
{
    const char *const end = text->end;
    const char separator = text->separator;
    const char *at = cursor->at;
    double value;
    float narrow;
    while (at < end && (*at == ' ' || (*at == '\t' && separator == ' '))) {
        at++;
    }
    if (text->f32 != NULL) {
        at = km_parse_f32(at, end, &narrow);
        value = at != NULL ? (double)narrow : 0.0;
    } else {
        at = km_parse_f64(at, end, &value);
    }
    if (at == NULL || isinf(value)) {
        return false;
    }
    const char *const behind = at;
    while (separator == ' ' && at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    *last = at == end || *at == '\n' || *at == '\r';
    if (!*last && (separator == ' ' ? at == behind || *at == '#' : *at != separator)) {
        return false;
    }
    cursor->at = *last || separator == ' ' ? at : at + 1;
    store_value(text, column, value);
    return true;
}

static int read_row(km_text *text, km_cursor *cursor)
{
    const km_cursor row = *cursor;
    bool last = false;
    for (int64_t column = 0; column < text->cols; column++) {
        if (last) {
            return km_text_fail_ragged(text, row);
        }
        if (text->target[column] >= 0 && read_plain_number(text, column, cursor, &last)) {
            continue;
        }
        const int status = read_field(text, row, column, cursor, &last);
        if (status != KMEANS_OK) {
            return status;
        }
    }
    if (!last) {
        return km_text_fail_ragged(text, row);
    }
    km_text_end_line(text->end, cursor);
    text->rows++;
    return KMEANS_OK;
}

/* Memory for count numbers, or where a limit forbids that a place in a file. */
static int open_numbers(km_text *text, km_file *file, int64_t count, int64_t size)
{
    const int64_t bytes = km_size_mul(count, size);
    void *numbers = NULL;
    if (bytes > 0 && (km_spool_wanted(file, bytes) || file->wanted == KMEANS_SOURCE_STREAM)) {
        numbers = km_spool_open(file, bytes);
        if (numbers == NULL) {
            return KMEANS_ERROR_FILE;
        }
    } else {
        numbers = file->numbers = count < 0 ? NULL : km_alloc(&file->context->memory, count, size);
    }
    if (numbers == NULL) {
        return km_text_fail_memory(text, km_alloc_bytes(count < 0 ? INT64_MAX : count, size));
    }
    text->f32 = text->options->dtype == KMEANS_F32 ? numbers : NULL;
    text->f64 = text->options->dtype == KMEANS_F32 ? NULL : numbers;
    return KMEANS_OK;
}

static int read_rows(km_text *text, km_file *file, km_cursor cursor)
{
    if (!km_text_find_line(text->end, &cursor)) {
        return km_file_malformed(text->file, "has a header, but no rows");
    }
    const int64_t size = km_dtype_size(text->options->dtype);
    const int64_t count = km_size_mul(bound_rows(text, cursor.at), text->chosen.count);
    const char *mark = cursor.at;
    int status = open_numbers(text, file, count, size);
    while (status == KMEANS_OK && km_text_find_line(text->end, &cursor)) {
        status = read_row(text, &cursor);
        if (file->spooled != NULL && cursor.at - mark >= KM_FORGET_BYTES) {
            km_spool_forget(file);
            mark = cursor.at;
        }
    }
    return status;
}

/* The source over the parsed numbers; the text itself is let go. */
static int make_source(km_text *text, km_file *file, kmeans_source **source)
{
    const int64_t cols = text->chosen.count;
    km_block view = {.base = file->spooled != NULL ? file->spooled : file->numbers,
                     .rows = text->rows,
                     .cols = cols,
                     .row_stride = cols,
                     .col_stride = 1,
                     .dtype = text->options->dtype};
    km_warn_index_columns(file, &view, &text->chosen, &text->names);
    if (file->spooled != NULL) {
        const int status =
            km_spool_finish(file, text->rows * cols * km_dtype_size(text->options->dtype));
        view.base = file->data;
        return status == KMEANS_OK ? km_file_source(file, &view, source) : status;
    }
    km_file_drop(file);
    return km_file_source(file, &view, source);
}

int km_text_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    if (options->dtype != KMEANS_F64 && options->dtype != KMEANS_F32) {
        return km_fail(file->context, KMEANS_ERROR_ARGUMENT,
                       "%s: text is read as f64 or f32, not as %s", file->name,
                       kmeans_dtype_name(options->dtype));
    }
    km_text text = {.file = file, .options = options, .end = (const char *)file->data + file->size};
    km_cursor cursor = {(const char *)file->data, 1};
    int status = read_head(&text, &cursor);
    if (status == KMEANS_OK) {
        status = read_rows(&text, file, cursor);
    }
    char **names = NULL;
    if (status == KMEANS_OK) { /* before the text is let go */
        status = km_text_keep_names(&text, &names);
    }
    if (status == KMEANS_OK) {
        status = make_source(&text, file, source);
    }
    if (status == KMEANS_OK) {
        (*source)->names = names;
    } else {
        km_free(names);
    }
    km_free((void *)(uintptr_t)text.names.text);
    km_free((void *)(uintptr_t)text.names.length);
    km_free(text.chosen.index);
    km_free(text.target);
    return status;
}
