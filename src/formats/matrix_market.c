/* MatrixMarket (R. Boisvert, R. Pozo, K. Remington, The Matrix Market exchange formats, NIST 1996):
 *     %%MatrixMarket matrix coordinate real general     or array, integer, pattern
 *     % comments
 *     rows columns entries                              array: rows columns
 *     row column value                                  from 1; pattern: no value, 1 is meant
 * Coordinates become a sparse matrix, whatever their order; an array, column by column, a dense
 * one. Matrices that leave half of their entries out (symmetric ..) are not read. */
#include <inttypes.h>
#include <string.h>

#include "format.h"
#include "sparse_text.h"

static const char banner[] = "%%MatrixMarket";

typedef struct market {
    km_sparse_text text;
    bool array, pattern;
    km_cursor cursor;       /* after the sizes */
    int64_t sizes[3], mark; /* .. for km_file_step */
} market;

bool km_market_matches(const km_file *file, const kmeans_file_options *options)
{
    const int64_t length = (int64_t)sizeof banner - 1;
    (void)options;
    return file->size >= length && memcmp(file->data, banner, (size_t)length) == 0;
}

static bool is_word(km_word word, const char *name)
{
    if (word.length != (int64_t)strlen(name)) {
        return false;
    }
    for (int64_t i = 0; i < word.length; i++) {
        const char c = word.text[i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != name[i]) {
            return false;
        }
    }
    return true;
}

static void end_line(const market *m, km_cursor *cursor)
{
    while (cursor->at < m->text.end && *cursor->at != '\n' && *cursor->at != '\r') {
        cursor->at++;
    }
    km_text_end_line(m->text.end, cursor);
}

/* The next line that is neither blank nor a comment. */
static bool find_line(market *m, km_cursor *cursor)
{
    km_file_step(m->text.file, cursor->at - (const char *)m->text.file->data, &m->mark);
    while (km_text_find_line(m->text.end, cursor)) {
        if (*cursor->at != '%') {
            return true;
        }
        end_line(m, cursor);
    }
    return false;
}

static int read_banner(market *m)
{
    km_word word[5];
    const char *at = m->cursor.at;
    for (int i = 0; i < 5; i++) {
        km_sparse_text_word(m->text.end, &at, &word[i]);
    }
    m->array = is_word(word[2], "array");
    m->pattern = is_word(word[3], "pattern");
    if (!is_word(word[0], "%%matrixmarket")) {
        return km_sparse_text_fail(&m->text, 1, word[0],
                                   "is not how such a file begins: %%MatrixMarket is");
    }
    const bool matrix = is_word(word[1], "matrix");
    if (!matrix || (!m->array && !is_word(word[2], "coordinate"))) {
        return km_sparse_text_fail(&m->text, 1, word[matrix ? 2 : 1],
                                   "is not read: only 'matrix coordinate' and 'matrix array' are");
    }
    if (!is_word(word[3], "real") && !is_word(word[3], "integer") && !is_word(word[3], "double") &&
        (m->array || !m->pattern)) {
        return km_sparse_text_fail(&m->text, 1, word[3],
                                   "is not read: only real, integer and (sparse) pattern are");
    }
    if (!is_word(word[4], "general")) {
        return km_sparse_text_fail(&m->text, 1, word[4],
                                   "is not read: only general, which has every entry, is");
    }
    end_line(m, &m->cursor);
    return KMEANS_OK;
}

static int read_sizes(market *m)
{
    km_word word;
    if (!find_line(m, &m->cursor)) {
        return km_file_malformed(m->text.file, "ends before the line of sizes");
    }
    for (int i = 0; i < (m->array ? 2 : 3); i++) {
        km_sparse_text_word(m->text.end, &m->cursor.at, &word);
        m->sizes[i] = km_sparse_text_integer(word);
        if (m->sizes[i] < 0) {
            return km_sparse_text_fail(&m->text, m->cursor.line, word, "is no size");
        }
    }
    m->text.rows = m->sizes[0];
    m->text.cols = m->sizes[1];
    end_line(m, &m->cursor);
    return KMEANS_OK;
}

/* Sizes against the bytes that exist: an entry takes six bytes ("1 1 1" and the end of the line), a
 * pattern's four. Rows may be empty, but memory for more than four million must come from bytes. */
static int check_sizes(const market *m)
{
    enum { free_rows = 1 << 22 };
    const km_file *const file = m->text.file;
    const int64_t bytes = file->size - (m->cursor.at - (const char *)file->data) + 1;
    if (m->sizes[2] > bytes / (m->pattern ? 4 : 6)) {
        return km_file_malformed(file,
                                 "promises %" PRId64 " entries, but only %" PRId64 " bytes follow",
                                 m->sizes[2], bytes - 1);
    }
    if (m->text.rows > free_rows + bytes) {
        return km_file_malformed(file,
                                 "promises %" PRId64 " rows, but only %" PRId64 " bytes follow",
                                 m->text.rows, bytes - 1);
    }
    return KMEANS_OK;
}

/* The entry at the cursor; its value goes to place q. */
static int read_entry(market *m, km_cursor *cursor, int64_t q, int64_t *row, int64_t *column)
{
    km_word word;
    const int64_t line = cursor->line;
    int64_t *const place[2] = {row, column};
    for (int i = 0; i < 2; i++) {
        km_sparse_text_word(m->text.end, &cursor->at, &word);
        *place[i] = km_sparse_text_integer(word) - 1;
        if (*place[i] < 0 || *place[i] >= m->sizes[i]) {
            return km_sparse_text_fail(&m->text, line, word,
                                       i == 0 ? "is no row of the matrix"
                                              : "is no column of the matrix");
        }
    }
    if (m->pattern) {
        word = (km_word){"1", 1};
    } else {
        km_sparse_text_word(m->text.end, &cursor->at, &word);
    }
    if (!km_sparse_text_value(&m->text, word, q)) {
        return km_sparse_text_fail(&m->text, line, word, "is no finite number");
    }
    if (km_sparse_text_word(m->text.end, &cursor->at, &word)) {
        return km_sparse_text_fail(&m->text, line, word, "is one word too many");
    }
    end_line(m, cursor);
    return KMEANS_OK;
}

/* All entries once: the first time their rows are counted in starts[row + 1], the second time they
 * go to the places that starts[row] counts up. */
static int visit_entries(market *m, bool counting)
{
    const km_sparse_text *const text = &m->text;
    const int64_t size = km_dtype_size(text->dtype);
    const char *const last = (const char *)text->values + m->sizes[2] * size; /* to read it to */
    km_cursor cursor = m->cursor;
    int64_t found = m->mark = 0, row, column;
    for (; find_line(m, &cursor); found++) {
        if (found == m->sizes[2]) {
            return km_file_malformed(text->file, "has more than the %" PRId64 " entries promised",
                                     m->sizes[2]);
        }
        const int status = read_entry(m, &cursor, m->sizes[2], &row, &column);
        if (status != KMEANS_OK) {
            return status;
        }
        const int64_t at = counting ? row + 1 : row;
        const int64_t q = km_sparse_text_get(text, text->starts, at);
        km_sparse_text_put(text, text->starts, at, q + 1);
        if (!counting) {
            km_sparse_text_put(text, text->columns, q, column);
            memcpy((char *)text->values + q * size, last, (size_t)size);
        }
    }
    return found == m->sizes[2]
               ? KMEANS_OK
               : km_file_malformed(text->file,
                                   "has %" PRId64 " entries, not the %" PRId64 " promised", found,
                                   m->sizes[2]);
}

static int read_coordinates(market *m, kmeans_source **source)
{
    km_sparse_text *const text = &m->text;
    text->entries = m->sizes[2];
    int status = check_sizes(m);
    if (status == KMEANS_OK) {
        status = km_sparse_text_allocate(text, text->rows, text->entries + 1);
    }
    if (status == KMEANS_OK) {
        status = visit_entries(m, true);
    }
    for (int64_t i = 0; status == KMEANS_OK && i < text->rows; i++) {
        km_sparse_text_put(text, text->starts, i + 1,
                           km_sparse_text_get(text, text->starts, i + 1) +
                               km_sparse_text_get(text, text->starts, i));
    }
    if (status == KMEANS_OK) {
        status = visit_entries(m, false);
    }
    for (int64_t i = text->rows; status == KMEANS_OK && i > 0; i--) {
        km_sparse_text_put(text, text->starts, i, km_sparse_text_get(text, text->starts, i - 1));
    }
    if (status != KMEANS_OK) {
        return status;
    }
    km_sparse_text_put(text, text->starts, 0, 0);
    return km_sparse_text_source(text, source);
}

/* The numbers of an array, which may share lines. */
static int read_numbers(market *m, int64_t count)
{
    km_word word;
    int64_t found = 0;
    for (; find_line(m, &m->cursor); end_line(m, &m->cursor)) {
        for (; km_sparse_text_word(m->text.end, &m->cursor.at, &word); found++) {
            if (found == count) {
                return km_sparse_text_fail(&m->text, m->cursor.line, word,
                                           "is one number more than rows times columns");
            }
            if (!km_sparse_text_value(&m->text, word, found)) {
                return km_sparse_text_fail(&m->text, m->cursor.line, word, "is no finite number");
            }
        }
    }
    return found == count ? KMEANS_OK
                          : km_file_malformed(m->text.file,
                                              "has %" PRId64 " numbers, not the %" PRId64
                                              " of its rows times columns",
                                              found, count);
}

static int read_array(market *m, kmeans_source **source)
{
    km_file *const file = m->text.file;
    const km_names none = {NULL, NULL, 0};
    km_columns chosen = {NULL, 0};
    const int64_t rows = m->sizes[0], cols = m->sizes[1], count = km_size_mul(rows, cols);
    if (count < 1 || count > file->size / 2) { /* a digit and what ends it */
        return km_file_malformed(
            file, "promises %" PRId64 " x %" PRId64 " numbers, but has only %" PRId64 " bytes",
            rows, cols, file->size);
    }
    int status = km_columns_choose(file, m->text.options, cols, &none, &chosen);
    if (status == KMEANS_OK) {
        m->text.values = file->numbers = km_file_alloc(file, count, km_dtype_size(m->text.dtype));
        status = file->numbers != NULL ? KMEANS_OK : KMEANS_ERROR_MEMORY;
    }
    if (status == KMEANS_OK) {
        status = read_numbers(m, count);
    }
    if (status == KMEANS_OK) {
        const km_block view = {.base = m->text.values,
                               .rows = rows,
                               .cols = cols,
                               .row_stride = 1,
                               .col_stride = rows,
                               .dtype = m->text.options->dtype};
        km_file_drop(file);
        status = km_format_source(file, &view, &chosen, source);
    }
    km_free(chosen.index);
    return status;
}

int km_market_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    const char *const data = (const char *)file->data;
    market m = {.text = {file, options, data + file->size, .dtype = options->dtype},
                .cursor = {data, 1}};
    int status = km_sparse_text_check(file, options);
    km_warn_unused(file, options, "mtx");
    if (status == KMEANS_OK) {
        status = read_banner(&m);
    }
    if (status == KMEANS_OK) {
        status = read_sizes(&m);
    }
    if (status != KMEANS_OK) {
        return status;
    }
    return m.array ? read_array(&m, source) : read_coordinates(&m, source);
}
