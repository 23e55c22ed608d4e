/* The language of --columns and --exclude. */
#include "columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One item of a list: columns first .. last, counted from 1. */
typedef struct km_span {
    int64_t first;
    int64_t last;
} km_span;

/* Everything that the checks of one list need. */
typedef struct km_choice {
    const km_file *file;
    const char *option; /* "columns" or "exclude" */
    int64_t cols;
    const km_names *names;
} km_choice;

static int fail_item(const km_choice *choice, const char *item, int length, const char *why)
{
    return km_fail(choice->file->context, KMEANS_ERROR_NAME, "%s: '%.*s' in %s: %s",
                   choice->file->name, length < 60 ? length : 60, item, choice->option, why);
}

/* Digits at text[*at]; -1 where there are none. Saturates. */
static int64_t read_digits(const char *text, int length, int *at)
{
    int64_t value = -1;
    while (*at < length && text[*at] >= '0' && text[*at] <= '9') {
        value = value < 0 ? 0 : value;
        value = value > (INT64_MAX - 9) / 10 ? INT64_MAX - 9 : value * 10;
        value += text[(*at)++] - '0';
    }
    return value;
}

/* "7", "1-4", "7-" (to the last column). */
static bool read_span(const char *item, int length, int64_t cols, km_span *span)
{
    int at = 0;
    span->first = read_digits(item, length, &at);
    span->last = span->first;
    if (span->first < 0) {
        return false;
    }
    if (at < length && item[at] == '-') {
        at++;
        span->last = at == length ? cols : read_digits(item, length, &at);
    }
    return at == length && span->last >= 0;
}

static int find_name(const km_choice *choice, const char *item, int length, km_span *span)
{
    const km_names *const names = choice->names;
    int64_t found = 0;
    for (int64_t p = 0; p < names->count; p++) {
        if (names->length[p] == length && memcmp(names->text[p], item, (size_t)length) == 0) {
            if (found > 0) {
                return fail_item(choice, item, length,
                                 "several columns have this name; give the "
                                 "number");
            }
            found = p + 1;
        }
    }
    if (found == 0) {
        return fail_item(choice, item, length,
                         names->count > 0 ? "no column has this name"
                                          : "the file has no column names; use numbers from 1");
    }
    span->first = found;
    span->last = found;
    return KMEANS_OK;
}

static int read_item(const km_choice *choice, const char *item, int length, km_span *span)
{
    if (!read_span(item, length, choice->cols, span)) {
        return find_name(choice, item, length, span);
    }
    if (span->first < 1) {
        return fail_item(choice, item, length, "columns are counted from 1");
    }
    if (span->first > choice->cols || span->last > choice->cols) {
        char why[64];
        snprintf(why, sizeof why, "the file has %" PRId64 " column%s", choice->cols,
                 km_plural(choice->cols));
        return fail_item(choice, item, length, why);
    }
    return span->first > span->last ? fail_item(choice, item, length, "the range runs backwards")
                                    : KMEANS_OK;
}

/* Walk through a list, marking what it names in rank: 1, 2, ... in order; 0 = not named. */
static int rank_list(const km_choice *choice, const char *list, int64_t *rank, int64_t *count)
{
    const char *item = list;
    for (;;) {
        while (*item == ' ') {
            item++;
        }
        int length = (int)strcspn(item, ",");
        const char *const next = item + length;
        while (length > 0 && item[length - 1] == ' ') {
            length--;
        }
        km_span span = {0, 0};
        const int status = length == 0 ? fail_item(choice, list, (int)strlen(list), "empty item")
                                       : read_item(choice, item, length, &span);
        if (status != KMEANS_OK) {
            return status;
        }
        for (int64_t p = span.first - 1; p < span.last; p++) {
            if (rank[p] != 0) {
                return fail_item(choice, item, length, "a column is named twice");
            }
            rank[p] = ++*count;
        }
        if (*next == '\0') {
            return KMEANS_OK;
        }
        item = next + 1;
    }
}

/* Into kept: the rank of every column among those used, 0 for the others. */
static int rank_columns(const km_file *file, const kmeans_file_options *options, int64_t cols,
                        const km_names *names, int64_t *kept, int64_t *dropped)
{
    km_choice choice = {file, "columns", cols, names};
    int64_t count = 0;
    int status = KMEANS_OK;
    if (options->columns != NULL) {
        status = rank_list(&choice, options->columns, kept, &count);
    } else {
        for (int64_t p = 0; p < cols; p++) {
            kept[p] = p + 1;
        }
    }
    count = 0;
    choice.option = "exclude";
    if (status == KMEANS_OK && options->exclude != NULL) {
        status = rank_list(&choice, options->exclude, dropped, &count);
    }
    return status;
}

/* Column numbers by rank, without those dropped. Returns how many. */
static int64_t order_columns(int64_t cols, const int64_t *kept, const int64_t *dropped,
                             int64_t *index)
{
    int64_t count = 0;
    for (int64_t r = 0; r < cols; r++) {
        index[r] = -1;
    }
    for (int64_t p = 0; p < cols; p++) {
        if (kept[p] != 0 && dropped[p] == 0) {
            index[kept[p] - 1] = p;
        }
    }
    for (int64_t r = 0; r < cols; r++) {
        if (index[r] >= 0) {
            index[count++] = index[r];
        }
    }
    return count;
}

int km_columns_choose(const km_file *file, const kmeans_file_options *options, int64_t cols,
                      const km_names *names, km_columns *chosen)
{
    if (options->columns == NULL && options->exclude == NULL) {
        chosen->index = NULL;
        chosen->count = cols;
        return KMEANS_OK;
    }
    km_memory *const memory = &file->context->memory;
    int64_t *const kept = km_alloc(memory, cols, (int64_t)sizeof *kept);
    int64_t *const dropped = km_alloc(memory, cols, (int64_t)sizeof *dropped);
    int64_t *const index = km_alloc(memory, cols, (int64_t)sizeof *index);
    int status = KMEANS_ERROR_MEMORY;
    int64_t count = 0;
    if (kept == NULL || dropped == NULL || index == NULL) {
        km_fail(file->context, status, "%s: no memory for %" PRId64 " columns", file->name, cols);
    } else {
        status = rank_columns(file, options, cols, names, kept, dropped);
    }
    if (status == KMEANS_OK) {
        count = order_columns(cols, kept, dropped, index);
        if (count == 0) {
            status = km_fail(file->context, KMEANS_ERROR_NAME,
                             "%s: columns and exclude leave none of the %" PRId64 " column%s",
                             file->name, cols, km_plural(cols));
        }
    }
    km_free(kept);
    km_free(dropped);
    if (status != KMEANS_OK) {
        km_free(index);
        return status;
    }
    chosen->index = index;
    chosen->count = count;
    return KMEANS_OK;
}

bool km_columns_list(const bool *flags, int64_t cols, char *text, int64_t capacity)
{
    int64_t length = 0;
    text[0] = '\0';
    for (int64_t p = 0; p < cols; p++) {
        if (!flags[p]) {
            continue;
        }
        int64_t last = p;
        while (last + 1 < cols && flags[last + 1]) {
            last++;
        }
        const size_t room = (size_t)(capacity - length);
        const char *const comma = length > 0 ? "," : "";
        const int wrote = last > p ? snprintf(text + length, room, "%s%" PRId64 "-%" PRId64, comma,
                                              p + 1, last + 1)
                                   : snprintf(text + length, room, "%s%" PRId64, comma, p + 1);
        if (wrote < 0 || (size_t)wrote >= room) {
            return false;
        }
        length += wrote;
        p = last;
    }
    return length > 0;
}
