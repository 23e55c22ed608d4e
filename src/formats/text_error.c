/* Messages about text: file, line, column, what stands there, and what to do. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

enum { KM_EXCERPT = 24, KM_SUGGESTION = 60 };

/* At most KM_EXCERPT characters of a field, on one line: control characters become '?'. A
 * character of several bytes (UTF-8) is not cut. */
static void copy_excerpt(const char *from, int64_t length, char text[KM_EXCERPT + 8])
{
    int64_t kept = length <= KM_EXCERPT ? length : KM_EXCERPT;
    while (kept < length && kept > 0 && ((unsigned char)from[kept] & 0xC0U) == 0x80U) {
        kept--;
    }
    for (int64_t i = 0; i < kept; i++) {
        const unsigned char c = (unsigned char)from[i];
        text[i] = c < 0x20U || c == 0x7FU ? '?' : from[i];
    }
    text[kept] = '\0';
    if (kept < length) {
        memcpy(text + kept, "...", 4);
    }
}

static int fail_line(const km_text *text, int64_t line, const char *what)
{
    return km_fail(text->file->context, KMEANS_ERROR_FORMAT, "%s:%" PRId64 ": %s", text->file->name,
                   line, what);
}

/* "; choose columns with --columns 1-4": the used columns that are numbers on this line. */
static void suggest_columns(const km_text *text, km_cursor row, char suggestion[96])
{
    suggestion[0] = '\0';
    bool *const flags = km_alloc(&text->file->context->memory, text->cols, (int64_t)sizeof *flags);
    if (flags == NULL) {
        return;
    }
    km_field field = {.last = false};
    for (int64_t p = 0; p < text->cols && !field.last; p++) {
        double value;
        km_text_cut_field(text->end, text->separator, row, &field);
        row = field.after;
        flags[p] = text->target[p] >= 0 && km_text_read_field(&field, false, &value) == KM_NUMBER;
    }
    char list[KM_SUGGESTION];
    if (km_columns_list(flags, text->cols, list, sizeof list)) {
        snprintf(suggestion, 96, "; choose columns with --columns %s", list);
    }
    km_free(flags);
}

/* Its number and, if it has one, its name: "5 'species'". */
static void describe_column(const km_text *text, int64_t column, char label[KM_EXCERPT + 40])
{
    char name[KM_EXCERPT + 8] = "";
    if (column < text->names.count) {
        copy_excerpt(text->names.text[column], text->names.length[column], name);
    }
    snprintf(label, KM_EXCERPT + 40, name[0] != '\0' ? "%" PRId64 " '%s'" : "%" PRId64 "%s",
             column + 1, name);
}

/* In a line cut at commas, "5 2" is what decimal commas with blanks between columns leave. */
static bool is_pair_of_numbers(const km_text *text, const km_field *field)
{
    int64_t blanks = 0;
    for (int64_t i = 0; i < field->length; i++) {
        const char c = field->text[i];
        blanks += c == ' ';
        if (c != ' ' && c != '-' && c != '+' && (c < '0' || c > '9')) {
            return false;
        }
    }
    return text->separator == ',' && blanks > 0;
}

/* "3:0.25", as libsvm files have it. */
static bool is_sparse_pair(const km_field *field)
{
    int64_t digits = 0;
    while (digits < field->length && field->text[digits] >= '0' && field->text[digits] <= '9') {
        digits++;
    }
    return digits > 0 && digits < field->length && field->text[digits] == ':';
}

int km_text_fail_field(const km_text *text, km_cursor row, int64_t column, const km_field *field,
                       km_kind kind)
{
    char label[KM_EXCERPT + 40];
    char excerpt[KM_EXCERPT + 8];
    char suggestion[96] = "";
    char what[320];
    const char *const skip = "; --nan skip leaves such rows out";
    const char *const point = "; write numbers with a decimal point";
    describe_column(text, column, label);
    copy_excerpt(field->text, field->length, excerpt);
    if (kind == KM_BLANK) {
        snprintf(what, sizeof what, "column %s is empty%s", label, skip);
    } else if (kind == KM_NAN) {
        snprintf(what, sizeof what, "column %s is not a number ('%s')%s", label, excerpt, skip);
    } else if (kind == KM_COMMA) {
        snprintf(what, sizeof what, "column %s has a decimal comma ('%s')%s", label, excerpt,
                 point);
    } else if (kind == KM_HUGE_NUMBER) {
        snprintf(what, sizeof what, "column %s is too large for %s ('%s')", label,
                 kmeans_dtype_name(text->options->dtype), excerpt);
    } else if (is_sparse_pair(field)) {
        snprintf(what, sizeof what,
                 "column %s is an index and a value ('%s'); sparse text is read with --format "
                 "libsvm",
                 label, excerpt);
    } else if (is_pair_of_numbers(text, field)) {
        snprintf(what, sizeof what, "column %s is not a number ('%s'): decimal commas?%s", label,
                 excerpt, point);
    } else {
        suggest_columns(text, row, suggestion);
        snprintf(what, sizeof what, "column %s is not a number ('%s')%s", label, excerpt,
                 suggestion);
    }
    return fail_line(text, row.line, what);
}

int km_text_fail_ragged(const km_text *text, km_cursor row)
{
    char what[128];
    const int64_t fields = km_text_count_fields(text->end, text->separator, row);
    snprintf(what, sizeof what, "%" PRId64 " column%s, but line %" PRId64 " has %" PRId64, fields,
             km_plural(fields), text->cols_line, text->cols);
    return fail_line(text, row.line, what);
}

int km_text_fail_quote(const km_text *text, int64_t line)
{
    return fail_line(text, line, "a quote (\") is not closed");
}

int km_text_fail_memory(const km_text *text, int64_t bytes)
{
    return km_fail(text->file->context, KMEANS_ERROR_MEMORY, "%s: no memory for %" PRId64 " bytes",
                   text->file->name, bytes);
}
