/* Floor 1: what the readers of sparse text (libsvm, MatrixMarket) share. */
#ifndef KM_SPARSE_TEXT_H
#define KM_SPARSE_TEXT_H

#include "columns.h"
#include "text.h"

/* A matrix while it is read: all arrays in one block, file->numbers. Columns are counted from 0. */
typedef struct km_sparse_text {
    km_file *file;
    const kmeans_file_options *options;
    const char *end;
    int64_t rows, cols, entries;
    bool wide; /* int64 instead of int32 in the next two */
    void *starts;
    void *columns;
    void *values; /* of dtype */
    int dtype;
    bool in_place; /* the arrays lie in the file, at least partly */
} km_sparse_text;

/* Only f64 and f32 are read. */
int km_sparse_text_check(const km_file *file, const kmeans_file_options *options);

/* Room for `rows` rows and `entries` entries, zeroed. */
int km_sparse_text_allocate(km_sparse_text *text, int64_t rows, int64_t entries);

static inline int64_t km_sparse_text_get(const km_sparse_text *text, const void *array, int64_t q)
{
    return text->wide ? ((const int64_t *)array)[q] : ((const int32_t *)array)[q];
}

static inline void km_sparse_text_put(const km_sparse_text *text, void *array, int64_t q,
                                      int64_t number)
{
    if (text->wide) {
        ((int64_t *)array)[q] = number;
    } else {
        ((int32_t *)array)[q] = (int32_t)number;
    }
}

/* A word of a line: from at to its end, a blank or the end of the line. False where the line (or
 * what a comment leaves of it) has no more. */
typedef struct km_word {
    const char *text;
    int64_t length;
} km_word;

bool km_sparse_text_word(const char *end, const char **at, km_word *word);

/* The whole word as a number without sign below 2^62; -1 where it is none. */
int64_t km_sparse_text_integer(km_word word);

/* The whole word as the value of entry q; false where it is no finite number. */
bool km_sparse_text_value(const km_sparse_text *text, km_word word, int64_t q);

/* KMEANS_ERROR_FORMAT: "name:line: 'word' ...". */
int km_sparse_text_fail(const km_sparse_text *text, int64_t line, km_word word, const char *what);

/* Keep the chosen columns, let the text go and make the source, which owns the file. */
int km_sparse_text_source(km_sparse_text *text, kmeans_source **source);

#endif
