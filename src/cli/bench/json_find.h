/* Looking a value up in JSON text that another build of the command wrote. */
#ifndef KMEANS_CLI_JSON_FIND_H
#define KMEANS_CLI_JSON_FIND_H

#include "cli.h"

/* Where the value of a member begins, "bytes.planned" being one of an object inside; NULL where
 * there is none. */
const char *json_find(const char *text, const char *path);

/* It as a number (otherwise -1) and as a text without escapes, cut to fit (otherwise ""). */
double json_find_real(const char *text, const char *path);
void json_find_text(const char *text, const char *path, char *value, size_t capacity);

/* Does an array of texts hold this one? */
bool json_find_item(const char *text, const char *path, const char *item);

#endif
