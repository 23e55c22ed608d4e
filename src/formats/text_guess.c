/* What a text file does not say: its separator, and whether it has a header. */
#include "text.h"

enum { KM_SAMPLE_LINES = 32 };

/* How a separator cuts the first lines. */
typedef struct km_sample {
    int64_t fields;  /* of the first line */
    int64_t lines;   /* looked at */
    int64_t alike;   /* of them with as many fields */
    bool is_numeric; /* the last one holds nothing but numbers */
} km_sample;

static km_sample sample_lines(const char *end, char separator, km_cursor cursor)
{
    km_sample sample = {0, 0, 0, false};
    while (sample.lines < KM_SAMPLE_LINES && km_text_find_line(end, &cursor)) {
        km_field field;
        int64_t count = 0;
        double value;
        sample.is_numeric = true;
        do {
            km_text_cut_field(end, separator, cursor, &field);
            cursor = field.after;
            count++;
            const km_kind kind = km_text_read_field(&field, false, &value);
            sample.is_numeric = sample.is_numeric && (kind == KM_NUMBER || kind == KM_NAN);
        } while (!field.last);
        km_text_end_line(end, &cursor);
        sample.fields = sample.lines == 0 ? count : sample.fields;
        sample.alike += count == sample.fields;
        sample.lines++;
    }
    return sample;
}

/* Of tab, semicolon, comma, blank: the first that cuts all sampled lines into the same number of
 * fields, more than one, and leaves numbers; else the first that cuts them alike; else the one that
 * does so with most of them, so that the error is about the odd line. The semicolon comes before
 * the comma because files with decimal commas use it. */
char km_text_guess_separator(const char *end, km_cursor cursor)
{
    static const char candidates[] = {'\t', ';', ',', ' '};
    char likely = ' ';
    int64_t most = 0;
    for (int i = 0; i < 4; i++) {
        const km_sample sample = sample_lines(end, candidates[i], cursor);
        if (sample.fields < 2) {
            continue;
        }
        if (sample.alike == sample.lines && sample.is_numeric) {
            return candidates[i];
        }
        const int64_t rank = sample.alike == sample.lines ? INT64_MAX : sample.alike;
        if (rank > most) {
            most = rank;
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
