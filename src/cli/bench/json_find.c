#include "json_find.h"

#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *at) { return at + strspn(at, " \t\r\n"); }

/* From a quote to behind the closing one. */
static const char *skip_string(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++) {
        at += *at == '\\' && at[1] != '\0';
    }
    return *at == '"' ? at + 1 : at;
}

/* Behind a value of any kind. */
static const char *skip_value(const char *at)
{
    int depth = 0;
    do {
        at = skip_blanks(at);
        if (*at == '"') {
            at = skip_string(at);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (*at == ',' || *at == ':') {
            at++;
        } else {
            at += strcspn(at, ",:{}[]\" \t\r\n");
        }
    } while (depth > 0 && *at != '\0');
    return at;
}

/* The value of a member of the object that begins at `at`. */
static const char *find_in_object(const char *at, const char *key, size_t length)
{
    at = skip_blanks(at);
    if (*at != '{') {
        return NULL;
    }
    at = skip_blanks(at + 1);
    while (*at == '"') {
        const char *const end = skip_string(at);
        const bool same = (size_t)(end - at) == length + 2 && strncmp(at + 1, key, length) == 0;
        at = skip_blanks(end);
        if (*at != ':') {
            return NULL;
        }
        at = skip_blanks(at + 1);
        if (same) {
            return at;
        }
        at = skip_blanks(skip_value(at));
        at = *at == ',' ? skip_blanks(at + 1) : at;
    }
    return NULL;
}

const char *json_find(const char *text, const char *path)
{
    while (text != NULL) {
        const size_t length = strcspn(path, ".");
        text = find_in_object(text, path, length);
        if (path[length] == '\0') {
            break;
        }
        path += length + 1;
    }
    return text;
}

double json_find_real(const char *text, const char *path)
{
    const char *const at = json_find(text, path);
    char *end = NULL;
    const double value = at != NULL ? strtod(at, &end) : -1;
    return at != NULL && end != at ? value : -1;
}

void json_find_text(const char *text, const char *path, char *value, size_t capacity)
{
    const char *const at = json_find(text, path);
    *value = '\0';
    if (at != NULL && *at == '"') {
        const int length = (int)(skip_string(at) - at) - 2;
        snprintf(value, capacity, "%.*s", length > 0 ? length : 0, at + 1);
    }
}

bool json_find_item(const char *text, const char *path, const char *item)
{
    const char *at = json_find(text, path);
    const size_t length = strlen(item);
    if (at == NULL || *at != '[') {
        return false;
    }
    at = skip_blanks(at + 1);
    while (*at == '"') {
        const char *const end = skip_string(at);
        if ((size_t)(end - at) == length + 2 && strncmp(at + 1, item, length) == 0) {
            return true;
        }
        at = skip_blanks(end);
        at = *at == ',' ? skip_blanks(at + 1) : at;
    }
    return false;
}
