/* libsvm, also called svmlight: a row a line,
 *     label [qid:number] index:value index:value ...     # comment
 * Labels (also several with commas, or none) and query numbers are not used. Indices count from 1,
 * unless the file has an index 0: then all count from 0. There are as many columns as the largest
 * index says, or options->cols. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "format.h"
#include "number.h"
#include "sparse_text.h"

/* The part of a word before its colon; false where it has none. */
static bool split_word(km_word word, km_word *name, km_word *value)
{
    const char *const colon = memchr(word.text, ':', (size_t)word.length);
    if (colon == NULL) {
        return false;
    }
    *name = (km_word){word.text, colon - word.text};
    *value = (km_word){colon + 1, word.length - name->length - 1};
    return true;
}

static bool is_query(km_word name) { return name.length == 3 && memcmp(name.text, "qid", 3) == 0; }

static bool is_number(km_word word)
{
    const char *const end = word.text + word.length;
    double number;
    return word.length > 0 && km_parse_f64(word.text, end, &number) == end && isfinite(number);
}

/* Numbers with commas between them. */
static bool is_label(km_word word)
{
    const char *const end = word.text + word.length;
    for (const char *comma; (comma = memchr(word.text, ',', (size_t)word.length)) != NULL;) {
        if (!is_number((km_word){word.text, comma - word.text})) {
            return false;
        }
        word = (km_word){comma + 1, end - comma - 1};
    }
    return is_number(word);
}

/* Could index:value be a time of day, 12:30? */
static bool is_clock(int64_t index, km_word value)
{
    return index < 24 && value.length == 2 && value.text[0] >= '0' && value.text[0] <= '5' &&
           value.text[1] >= '0' && value.text[1] <= '9';
}

/* 1: a label, then entries in rising order; 0: a label alone, or with one entry that could as well
 * be a time of day; -1: something else. */
static int kind_of_line(const char *end, const char *at)
{
    km_word word, name, value;
    int64_t last = -1, count = 0;
    bool clock = false;
    if (!km_sparse_text_word(end, &at, &word) || !is_label(word)) {
        return -1;
    }
    while (km_sparse_text_word(end, &at, &word)) {
        if (!split_word(word, &name, &value) || !is_number(value)) {
            return -1;
        }
        if (!is_query(name)) {
            const int64_t index = km_sparse_text_integer(name);
            if (index <= last) {
                return -1;
            }
            last = index;
            clock = is_clock(index, value);
        }
        count++;
    }
    return count > 1 || (count == 1 && !clock) ? 1 : 0;
}

/* The first line that cannot be text is one of this format. */
bool km_libsvm_matches(const km_file *file, const kmeans_file_options *options)
{
    enum { most_lines = 1000 };
    km_cursor cursor = {(const char *)file->data, 1};
    const char *const end = cursor.at + file->size;
    (void)options;
    for (int i = 0; i < most_lines && km_text_find_line(end, &cursor); i++) {
        const int kind = kind_of_line(end, cursor.at);
        if (kind != 0) {
            return kind > 0;
        }
        while (cursor.at < end && *cursor.at != '\n' && *cursor.at != '\r') {
            cursor.at++;
        }
        km_text_end_line(end, &cursor);
    }
    return false;
}

/* No fewer rows and entries than there are. */
static void bound_sizes(const km_sparse_text *text, int64_t *rows, int64_t *entries)
{
    const km_file *const file = text->file;
    *rows = 1;
    *entries = 0;
    for (int64_t done = 0; done < file->size; done += KM_FORGET_BYTES) {
        const int64_t left = file->size - done;
        const unsigned char *const at = file->data + done;
        for (int64_t q = 0; q < (left < KM_FORGET_BYTES ? left : KM_FORGET_BYTES); q++) {
            *rows += at[q] == '\n' || at[q] == '\r';
            *entries += at[q] == ':';
        }
        km_file_forget(file);
    }
}

static int read_entry(km_sparse_text *text, int64_t line, km_word word)
{
    km_word name, value;
    if (!split_word(word, &name, &value)) {
        return km_sparse_text_fail(text, line, word, "is not index:value");
    }
    if (is_query(name)) {
        return KMEANS_OK;
    }
    const int64_t index = km_sparse_text_integer(name);
    if (index < 0 || index > INT32_MAX - 1) {
        return km_sparse_text_fail(text, line, word,
                                   "has an index that is no number from 0 to 2147483646");
    }
    if (!km_sparse_text_value(text, value, text->entries)) {
        return km_sparse_text_fail(text, line, word, "has a value that is no finite number");
    }
    km_sparse_text_put(text, text->columns, text->entries++, index);
    return KMEANS_OK;
}

/* The row at the cursor, which goes to the end of its line. */
static int read_row(km_sparse_text *text, km_cursor *cursor)
{
    km_word word, name, value;
    int status = KMEANS_OK;
    const char *before = cursor->at;
    if (km_sparse_text_word(text->end, &cursor->at, &word) && split_word(word, &name, &value)) {
        cursor->at = before; /* no label */
    }
    while (status == KMEANS_OK && km_sparse_text_word(text->end, &cursor->at, &word)) {
        status = read_entry(text, cursor->line, word);
    }
    while (cursor->at < text->end && *cursor->at != '\n' && *cursor->at != '\r') {
        cursor->at++;
    }
    km_text_end_line(text->end, cursor);
    text->rows++;
    km_sparse_text_put(text, text->starts, text->rows, text->entries);
    return status;
}

/* The numbers of columns from 0. */
static int count_columns(km_sparse_text *text)
{
    int64_t least = INT64_MAX, most = -1;
    for (int64_t q = 0; q < text->entries; q++) {
        const int64_t index = km_sparse_text_get(text, text->columns, q);
        least = index < least ? index : least;
        most = index > most ? index : most;
    }
    const int64_t base = least > 0;
    for (int64_t q = 0; base > 0 && q < text->entries; q++) {
        km_sparse_text_put(text, text->columns, q,
                           km_sparse_text_get(text, text->columns, q) - base);
    }
    text->cols = most + 1 - base;
    if (text->options->cols > 0 && text->options->cols < text->cols) {
        return km_file_malformed(text->file, "has an index %" PRId64 ", beyond cols = %" PRId64,
                                 most, text->options->cols);
    }
    text->cols = text->options->cols > 0 ? text->options->cols : text->cols;
    return text->cols > 0 ? KMEANS_OK
                          : km_file_malformed(text->file, "has no entries, so no columns");
}

int km_libsvm_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    km_sparse_text text = {
        .file = file, .options = options, .end = (const char *)file->data + file->size};
    km_cursor cursor = {(const char *)file->data, 1};
    int64_t rows, entries, mark = 0;
    int status = km_sparse_text_check(file, options);
    km_warn_unused(file, options, "libsvm");
    if (options->format == NULL || strcmp(options->format, "auto") == 0) {
        km_log(file->context, KMEANS_LOG_INFO, "format",
               "%s: read as libsvm, by its content (--format text says otherwise)", file->name);
    }
    if (status == KMEANS_OK) {
        bound_sizes(&text, &rows, &entries);
        status = km_sparse_text_allocate(&text, rows, entries);
    }
    while (status == KMEANS_OK && km_text_find_line(text.end, &cursor)) {
        status = read_row(&text, &cursor);
        km_file_step(file, cursor.at - (const char *)file->data, &mark);
    }
    if (status == KMEANS_OK) {
        status = count_columns(&text);
    }
    return status == KMEANS_OK ? km_sparse_text_source(&text, source) : status;
}
