/* The numbers of clusters of a sweep. */
#include "sweep.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SWEPT = 10000, MOST_FIELDS = 3 };

static int compare_numbers(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* "7", "2:20" or "2:100:10" as first, last and step. */
static void parse_range(const char *item, int64_t range[MOST_FIELDS])
{
    char *rest = copy_text(item);
    int fields = 0;
    range[2] = 1;
    for (char *field = NULL; (field = strsep(&rest, ":")) != NULL; fields++) {
        if (fields == MOST_FIELDS) {
            die(EXIT_USAGE, "--clusters: '%s' has more than first:last:step", item);
        }
        if (*field == '\0') {
            die(EXIT_USAGE,
                "--clusters: '%s' lacks a number; write K, FIRST:LAST or "
                "FIRST:LAST:STEP, several with commas: 2:20 or 2,4,8",
                item);
        }
        range[fields] = parse_count("clusters", field, 1, INT32_MAX);
    }
    if (fields == 1) {
        range[1] = range[0];
    }
    if (range[1] < range[0]) {
        die(EXIT_USAGE, "--clusters: '%s' runs backwards", item);
    }
}

/* Adds to the list, where there is one; returns the new count. */
static int64_t add_range(const int64_t range[MOST_FIELDS], int64_t *list, int64_t count)
{
    const int64_t more = (range[1] - range[0]) / range[2] + 1;
    if (more > MOST_SWEPT || count + more > MOST_SWEPT) {
        die(EXIT_USAGE, "--clusters: these are more than %d numbers of clusters", MOST_SWEPT);
    }
    for (int64_t i = 0; i < more; i++) {
        list[count + i] = range[0] + i * range[2];
    }
    return count + more;
}

int64_t *parse_clusters(const char *text, int64_t *count)
{
    int64_t *const list = allocate(MOST_SWEPT, sizeof *list);
    char *rest = copy_text(text);
    int64_t found = 0;
    int64_t kept = 0;
    for (char *item = NULL; (item = strsep(&rest, ",")) != NULL;) {
        int64_t range[MOST_FIELDS];
        parse_range(item, range);
        found = add_range(range, list, found);
    }
    qsort(list, (size_t)found, sizeof *list, compare_numbers);
    for (int64_t i = 0; i < found; i++) {
        if (kept == 0 || list[i] != list[kept - 1]) {
            list[kept++] = list[i];
        }
    }
    *count = kept;
    return list;
}
