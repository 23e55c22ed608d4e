/* Floor 1: the parts of the text reader. */
#ifndef KM_TEXT_H
#define KM_TEXT_H

#include "columns.h"

/* A text file while it is read. Lines are counted from 1, fields and columns from 0. */
typedef struct km_text {
    const km_file *file;
    const kmeans_file_options *options;
    const char *end;
    char separator;    /* ',' ';' '\t', or ' ' for runs of blanks and tabs */
    int64_t cols;      /* fields of every line */
    int64_t cols_line; /* the line that set cols */
    km_names names;    /* of the header */
    km_columns chosen; /* the columns used */
    int64_t *target;   /* [cols] dimension that a field becomes, or -1 */
    int64_t rows;      /* read so far */
    float *f32;        /* rows x chosen.count, one of the two */
    double *f64;
} km_text;

/* A place in the text. */
typedef struct km_cursor {
    const char *at;
    int64_t line;
} km_cursor;

/* One field: without surrounding blanks and quotes. */
typedef struct km_field {
    const char *text;
    int64_t length;
    bool quoted;
    bool open;       /* the closing quote is missing */
    bool last;       /* of its line */
    km_cursor after; /* the next field, or the end of the line */
} km_field;

/* Go on to the next line that is neither blank nor a comment; false at the end of the text. */
bool km_text_find_line(const char *end, km_cursor *cursor);

/* Step over the end of a line ("\n", "\r\n", "\r"), or stay where there is none. */
void km_text_end_line(const char *end, km_cursor *cursor);

/* Cut the next field out of a line. */
void km_text_cut_field(const char *end, char separator, km_cursor cursor, km_field *field);

/* Fields of the line that begins at cursor. */
int64_t km_text_count_fields(const char *end, char separator, km_cursor cursor);

/* What a field is as a number. */
typedef enum km_kind { KM_NUMBER, KM_NAN, KM_BLANK, KM_COMMA, KM_HUGE_NUMBER, KM_WORD } km_kind;

/* Kind and value (numbers: exactly rounded to the type, NaN for NaN and blank). KM_COMMA is a
 * number with a decimal comma. */
km_kind km_text_read_field(const km_field *field, bool single, double *value);

/* The names in the header at cursor; they point into the file. */
int km_text_read_names(km_text *text, km_cursor cursor);

/* The names of the chosen columns in a block of km_alloc, pointers first; untouched where there is
 * no header. */
int km_text_keep_names(const km_text *text, char ***kept);

/* The separator of a text of which the first line is at cursor. */
char km_text_guess_separator(const char *end, km_cursor cursor);

/* Is the line at cursor a header? Yes if it has words where the next line has numbers, or words
 * only. */
bool km_text_guess_header(const char *end, char separator, km_cursor cursor);

/* Errors, all KMEANS_ERROR_FORMAT: a field that cannot be used (`row` is the start of its line);
 * a line of another length; a quote that is not closed. */
int km_text_fail_field(const km_text *text, km_cursor row, int64_t column, const km_field *field,
                       km_kind kind);
int km_text_fail_ragged(const km_text *text, km_cursor row);
int km_text_fail_memory(const km_text *text, int64_t bytes); /* KMEANS_ERROR_MEMORY */
int km_text_fail_quote(const km_text *text, int64_t line);

#endif
