/* What a text file does not say: its separator, and whether it has a header. */
#include "text.h"

enum { KM_SAMPLE_LINES = 32 };

/* Fields of the first line, and on how many of the sampled lines (of *lines) there are as many. */
static int64_t sample_fields(const char *end, char separator, km_cursor cursor, int64_t *lines,
                             int64_t *alike)
{
    int64_t first = 0;
    *lines = 0;
    *alike = 0;
    while (*lines < KM_SAMPLE_LINES && km_text_find_line(end, &cursor)) {
        km_field field;
        int64_t count = 0;
        do {
            km_text_cut_field(end, separator, cursor, &field);
            cursor = field.after;
            count++;
        } while (!field.last);
        km_text_end_line(end, &cursor);
        first = *lines == 0 ? count : first;
        *alike += count == first;
        ++*lines;
    }
    return first;
}

/* The first of tab, semicolon, comma, blank that cuts all sampled lines into the same number of
 * fields, more than one; else the first that does so with most of them, so that the error is
 * about the odd line. The semicolon comes before the comma because files with decimal commas use
 * it. */
char km_text_guess_separator(const char *end, km_cursor cursor)
{
    static const char candidates[] = {'\t', ';', ',', ' '};
    char likely = ' ';
    int64_t most = 0;
    for (int i = 0; i < 4; i++) {
        int64_t lines;
        int64_t alike;
        const int64_t fields = sample_fields(end, candidates[i], cursor, &lines, &alike);
        if (fields < 2) {
            continue;
        }
        if (alike == lines) {
            return candidates[i];
        }
        if (alike > most) {
            most = alike;
            likely = candidates[i];
        }
    }
    return likely;
}

bool km_text_guess_header(const char *end, char separator, km_cursor cursor)
{
    km_cursor next = cursor;
    km_field field = {.last = false};
    bool words = false;
    bool numbers = false;
    while (!field.last) { /* the line's end, to find the one after it */
        km_text_cut_field(end, separator, next, &field);
        next = field.after;
    }
    km_text_end_line(end, &next);
    bool below = km_text_find_line(end, &next);
    field.last = false;
    while (!field.last) {
        double value;
        km_field under = {.length = 0};
        km_text_cut_field(end, separator, cursor, &field);
        cursor = field.after;
        const km_kind kind = km_text_read_field(&field, false, &value);
        if (below) {
            km_text_cut_field(end, separator, next, &under);
            next = under.after;
        }
        if (kind == KM_WORD && below && km_text_read_field(&under, false, &value) == KM_NUMBER) {
            return true;
        }
        words = words || kind == KM_WORD;
        numbers = numbers || (kind != KM_WORD && kind != KM_BLANK);
        below = below && !under.last;
    }
    return words && !numbers;
}
