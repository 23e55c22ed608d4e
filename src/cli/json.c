#include "json.h"

#include <math.h>
#include <string.h>

static void begin_item(json_writer *json, const char *key)
{
    if (!json->first) {
        fputc(',', json->stream);
    }
    if (json->depth > 0) {
        fprintf(json->stream, "\n%*s", 2 * json->depth, "");
    }
    json->first = false;
    if (key != NULL) {
        fprintf(json->stream, "\"%s\": ", key);
    }
}

void put_begin(json_writer *json, const char *key, char bracket)
{
    begin_item(json, key);
    fputc(bracket, json->stream);
    json->depth++;
    json->first = true;
}

void put_end(json_writer *json, char bracket)
{
    json->depth--;
    if (!json->first) {
        fprintf(json->stream, "\n%*s", 2 * json->depth, "");
    }
    fputc(bracket, json->stream);
    json->first = false;
    if (json->depth == 0) {
        fputc('\n', json->stream);
    }
}

int utf8_length(const unsigned char *text)
{
    const int length = text[0] < 0x80                       ? 1
                       : text[0] >= 0xc2 && text[0] < 0xe0  ? 2
                       : text[0] >= 0xe0 && text[0] < 0xf0  ? 3
                       : text[0] >= 0xf0 && text[0] <= 0xf4 ? 4
                                                            : 0;
    for (int i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    /* Overlong forms, surrogates and numbers above 10ffff. */
    if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
        (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f)) {
        return 0;
    }
    return length;
}

static void write_string(FILE *stream, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    fputc('"', stream);
    while (*at != 0) {
        const int length = utf8_length(at);
        if (length == 0) {
            fputs("\\ufffd", stream);
        } else if (*at == '"' || *at == '\\') {
            fprintf(stream, "\\%c", *at);
        } else if (*at < 0x20 || *at == 0x7f) {
            fprintf(stream, "\\u%04x", *at);
        } else {
            fwrite(at, 1, (size_t)length, stream);
        }
        at += length > 0 ? length : 1;
    }
    fputc('"', stream);
}

void put_text(json_writer *json, const char *key, const char *text)
{
    begin_item(json, key);
    write_string(json->stream, text != NULL ? text : "");
}

void put_raw(json_writer *json, const char *key, const char *number)
{
    begin_item(json, key);
    fputs(number, json->stream);
}

void put_integer(json_writer *json, const char *key, int64_t value)
{
    char text[REAL_TEXT];
    format_integer(value, text);
    put_raw(json, key, text);
}

void put_real(json_writer *json, const char *key, double value)
{
    char text[REAL_TEXT] = "null";
    if (isfinite(value)) {
        format_real(value, text);
    }
    put_raw(json, key, text);
}

void put_bool(json_writer *json, const char *key, bool value)
{
    put_raw(json, key, value ? "true" : "false");
}

void put_null(json_writer *json, const char *key) { put_raw(json, key, "null"); }

void put_integers(json_writer *json, const char *key, const int64_t *values, int64_t count)
{
    char text[REAL_TEXT];
    begin_item(json, key);
    fputc('[', json->stream);
    for (int64_t i = 0; i < count; i++) {
        format_integer(values[i], text);
        fprintf(json->stream, "%s%s", i > 0 ? ", " : "", text);
    }
    fputc(']', json->stream);
}

void put_reals(json_writer *json, const char *key, const double *values, int64_t count)
{
    char text[REAL_TEXT];
    begin_item(json, key);
    fputc('[', json->stream);
    for (int64_t i = 0; i < count; i++) {
        strcpy(text, "null");
        if (isfinite(values[i])) {
            format_real(values[i], text);
        }
        fprintf(json->stream, "%s%s", i > 0 ? ", " : "", text);
    }
    fputc(']', json->stream);
}
