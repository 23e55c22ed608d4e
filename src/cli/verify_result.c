/* Reading a JSON result, with libjansson where the build has it. */
#include "verify.h"

#include <string.h>

#ifdef KMEANS_HAVE_JANSSON

#include <jansson.h>

void check_json_reader(void) {}

static const json_t *find_member(const json_t *root, const char *path, const char *key, bool fits)
{
    const json_t *const value = json_object_get(root, key);
    if (value == NULL) {
        die(EXIT_DATA, "--json %s: there is no '%s'", path, key);
    }
    if (!fits) {
        die(EXIT_DATA, "--json %s: '%s' is not of the right type", path, key);
    }
    return value;
}

static void read_sizes(const json_t *sizes, const char *path, result_facts *facts)
{
    facts->size_count = (int64_t)json_array_size(sizes);
    facts->sizes = allocate(facts->size_count, sizeof *facts->sizes);
    for (int64_t j = 0; j < facts->size_count; j++) {
        const json_t *const size = json_array_get(sizes, (size_t)j);
        if (!json_is_integer(size)) {
            die(EXIT_DATA, "--json %s: sizes[%lld] is no whole number", path, (long long)j);
        }
        facts->sizes[j] = json_integer_value(size);
    }
}

void read_result(const char *path, result_facts *facts)
{
    json_error_t error;
    json_t *const root =
        strcmp(path, "-") == 0 ? json_loadf(stdin, 0, &error) : json_load_file(path, 0, &error);
    if (root == NULL) {
        die(EXIT_DATA, "--json %s: line %d: %s", path, error.line, error.text);
    }
    const json_t *value = json_object_get(root, "inertia");
    value = find_member(root, path, "inertia", json_is_number(value));
    facts->inertia = json_number_value(value);
    value = json_object_get(root, "sizes");
    value = find_member(root, path, "sizes", json_is_array(value));
    read_sizes(value, path, facts);
    value = json_object_get(root, "checksum");
    value = find_member(root, path, "checksum",
                        json_is_string(value) && json_string_length(value) == 32);
    memcpy(facts->checksum, json_string_value(value), 33);
    facts->converged = json_is_true(json_object_get(root, "converged"));
    json_decref(root);
}

#else

void check_json_reader(void)
{
    die(EXIT_USAGE, "--json needs a JSON reader: build with KMEANS_JANSSON=ON and libjansson");
}

void read_result(const char *path, result_facts *facts)
{
    (void)path;
    (void)facts;
    check_json_reader();
}

#endif
