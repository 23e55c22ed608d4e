/* A JSON writer: two blanks per level, arrays of numbers on one line, floats in the shortest form
 * that reads back, no NaN or infinity (null instead). */
#ifndef KMEANS_CLI_JSON_H
#define KMEANS_CLI_JSON_H

#include "cli.h"

typedef struct json_writer {
    FILE *stream;
    int depth;
    bool first; /* nothing written yet at this level */
} json_writer;

/* key is NULL inside arrays and for the outermost object. */
void put_begin(json_writer *json, const char *key, char bracket); /* '{' or '[' */
void put_end(json_writer *json, char bracket);                    /* '}' or ']' */
void put_text(json_writer *json, const char *key, const char *text);
void put_integer(json_writer *json, const char *key, int64_t value);
void put_real(json_writer *json, const char *key, double value);
void put_bool(json_writer *json, const char *key, bool value);
void put_null(json_writer *json, const char *key);
void put_raw(json_writer *json, const char *key, const char *number);
void put_integers(json_writer *json, const char *key, const int64_t *values, int64_t count);
void put_reals(json_writer *json, const char *key, const double *values, int64_t count);

/* Bytes of the UTF-8 character at text, 0 when it is none (file names can be any bytes). */
int utf8_length(const unsigned char *text);

#endif
