/* Lines and fields of text. */
#include <math.h>
#include <string.h>

#include "number.h"
#include "text.h"

static bool is_line_end(char c) { return c == '\n' || c == '\r'; }

static bool is_blank(char c, char separator)
{
    return c == ' ' || (c == '\t' && separator != '\t');
}

static const char *skip_blanks(const char *at, const char *end, char separator)
{
    while (at < end && is_blank(*at, separator)) {
        at++;
    }
    return at;
}

void km_text_end_line(const char *end, km_cursor *cursor)
{
    if (cursor->at < end && is_line_end(*cursor->at)) {
        const bool pair = *cursor->at == '\r' && cursor->at + 1 < end && cursor->at[1] == '\n';
        cursor->at += pair ? 2 : 1;
        cursor->line++;
    }
}

bool km_text_find_line(const char *end, km_cursor *cursor)
{
    while (cursor->at < end) {
        const char *at = skip_blanks(cursor->at, end, ' ');
        if (at < end && !is_line_end(*at) && *at != '#') {
            return true;
        }
        while (at < end && !is_line_end(*at)) {
            at++;
        }
        cursor->at = at;
        km_text_end_line(end, cursor);
    }
    return false;
}

/* Behind the field: step over blanks and one separator, or find that the line ends here. */
static void finish_field(const char *end, char separator, km_cursor cursor, km_field *field)
{
    const char *at = skip_blanks(cursor.at, end, separator);
    if (at < end && *at == '#' && at > cursor.at) { /* a comment behind the last field */
        while (at < end && !is_line_end(*at)) {
            at++;
        }
    }
    field->last = at == end || is_line_end(*at);
    cursor.at = !field->last && separator != ' ' ? at + 1 : at;
    field->after = cursor;
}

/* "...", without blanks at its ends; doubled quotes stay as they are. True if a separator or the
 * line's end follows it. */
static bool cut_quoted(const char *end, char separator, km_cursor *cursor, km_field *field)
{
    const char *at = cursor->at + 1;
    km_cursor inner = *cursor;
    field->text = at;
    while (at < end && (*at != '"' || (at + 1 < end && at[1] == '"'))) {
        inner.line += *at == '\n';
        at += *at == '"' ? 2 : 1;
    }
    field->open = at == end;
    field->quoted = true;
    const char *last = at;
    field->text = skip_blanks(field->text, at, ' ');
    while (last > field->text && is_blank(last[-1], ' ')) {
        last--;
    }
    field->length = last - field->text;
    inner.at = at < end ? at + 1 : end;
    const char *const next = skip_blanks(inner.at, end, separator);
    if (field->open || next == end || is_line_end(*next) || *next == separator ||
        (separator == ' ' && next > inner.at)) {
        *cursor = inner;
        return true;
    }
    return false;
}

void km_text_cut_field(const char *end, char separator, km_cursor cursor, km_field *field)
{
    field->quoted = false;
    field->open = false;
    cursor.at = skip_blanks(cursor.at, end, separator);
    const bool quote = cursor.at < end && *cursor.at == '"';
    if (quote && cut_quoted(end, separator, &cursor, field)) {
        finish_field(end, separator, cursor, field);
        return;
    }
    field->quoted = false;
    field->open = false;
    const char *at = cursor.at;
    field->text = at;
    while (at < end && *at != separator && !is_line_end(*at) &&
           !(separator == ' ' && *at == '\t') &&
           !(*at == '#' && at > field->text && is_blank(at[-1], separator))) {
        at++;
    }
    const char *last = at;
    while (last > field->text && is_blank(last[-1], separator)) {
        last--;
    }
    field->length = last - field->text;
    cursor.at = last;
    finish_field(end, separator, cursor, field);
}

int64_t km_text_count_fields(const char *end, char separator, km_cursor cursor)
{
    km_field field;
    int64_t count = 0;
    do {
        km_text_cut_field(end, separator, cursor, &field);
        cursor = field.after;
        count++;
    } while (!field.last);
    return count;
}

/* Equal to a word of lower-case letters, after a sign? */
static bool is_word(const km_field *field, const char *word)
{
    const char *text = field->text;
    int64_t length = field->length;
    if (length > 0 && (*text == '-' || *text == '+')) {
        text++;
        length--;
    }
    if (length != (int64_t)strlen(word)) {
        return false;
    }
    for (int64_t i = 0; i < length; i++) {
        if ((text[i] | 0x20) != word[i]) {
            return false;
        }
    }
    return true;
}

/* A number once its only comma is a point, like 1,5 or 1.234,5. */
static bool has_decimal_comma(const km_field *field)
{
    int64_t commas = 0;
    int64_t digits = 0;
    for (int64_t i = 0; i < field->length; i++) {
        const char c = field->text[i];
        const bool digit = c >= '0' && c <= '9';
        digits += digit;
        commas += c == ',';
        if (!digit && memchr(",.+-eE", c, 6) == NULL) {
            return false;
        }
    }
    return commas == 1 && digits > 0;
}

km_kind km_text_read_field(const km_field *field, bool single, double *value)
{
    const char *const end = field->text + field->length;
    *value = NAN;
    if (field->length == 0) {
        return KM_BLANK;
    }
    float narrow = 0;
    const char *const after =
        single ? km_parse_f32(field->text, end, &narrow) : km_parse_f64(field->text, end, value);
    if (after == end) {
        *value = single ? (double)narrow : *value;
        return isinf(*value) ? KM_HUGE_NUMBER : KM_NUMBER;
    }
    *value = NAN;
    if (is_word(field, "nan") || is_word(field, "na")) {
        return KM_NAN;
    }
    if (is_word(field, "inf") || is_word(field, "infinity")) {
        *value = field->text[0] == '-' ? -INFINITY : INFINITY;
        return KM_NUMBER;
    }
    return has_decimal_comma(field) ? KM_COMMA : KM_WORD;
}
