/* Several sources as one. */
#include <inttypes.h>
#include <string.h>

#include "source.h"

/* owned points to this; parts are borrowed. */
typedef struct km_concat {
    int64_t count;
    kmeans_source **parts;
    int64_t *starts; /* [count + 1] row of the whole at which a part begins */
    int64_t largest; /* bytes of memory that the visit of one part takes and gives back */
} km_concat;

/* The visit of a part is over: with many of them, what each needs must not add up. */
static void leave_part(const km_concat *concat, int64_t index)
{
    kmeans_source *const part = concat->parts[index];
    kmeans_source *const following = concat->parts[(index + 1) % concat->count];
    const bool alike = following->ops == part->ops && following->context == part->context;
    if (following != part && part->ops->leave != NULL) {
        part->ops->leave(part, alike ? following : NULL);
    }
}

static int rewind_concat(kmeans_source *source)
{
    const km_concat *const concat = source->owned;
    if (source->cursor > 0 && source->cursor < concat->count) {
        leave_part(concat, source->cursor); /* of a visit that was broken off */
    }
    source->cursor = 0;
    return concat->parts[0]->ops->rewind(concat->parts[0]);
}

static int next_concat(kmeans_source *source, km_block *block)
{
    const km_concat *const concat = source->owned;
    while (source->cursor < concat->count) {
        kmeans_source *const part = concat->parts[source->cursor];
        const int status = part->ops->next(part, block);
        if (status > 0) {
            block->row0 += concat->starts[source->cursor];
        }
        if (status != 0) {
            return status;
        }
        leave_part(concat, source->cursor);
        source->untouched = concat->largest; /* again, for who plans the next visit */
        source->cursor++;
        if (source->cursor < concat->count) {
            kmeans_source *const following = concat->parts[source->cursor];
            const int rewound = following->ops->rewind(following);
            if (rewound < 0) {
                return rewound;
            }
        }
    }
    return 0;
}

/* The part that holds a row: starts[part] <= row < starts[part + 1]. */
static int64_t find_part(const km_concat *concat, int64_t row)
{
    int64_t low = 0, high = concat->count;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (concat->starts[middle] <= row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static int read_concat(kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    const km_concat *const concat = source->owned;
    int status = KMEANS_OK;
    while (count > 0 && status == KMEANS_OK) {
        const int64_t part = find_part(concat, row0);
        const int64_t rest = concat->starts[part + 1] - row0;
        const int64_t rows = count < rest ? count : rest;
        kmeans_source *const from = concat->parts[part];
        status = from->ops->read(from, row0 - concat->starts[part], rows, out);
        row0 += rows;
        count -= rows;
        out += rows * source->cols;
    }
    return status;
}

/* Rows that follow each other in the list and lie in one part are asked for at once. */
static int fetch_concat(kmeans_source *source, const int64_t *rows, int64_t m, double *out)
{
    enum { at_once = 256 };
    const km_concat *const concat = source->owned;
    int64_t local[at_once];
    int status = KMEANS_OK;
    for (int64_t i = 0; i < m && status == KMEANS_OK;) {
        const int64_t first = i, part = find_part(concat, rows[i]);
        for (; i < m && i - first < at_once && find_part(concat, rows[i]) == part; i++) {
            local[i - first] = rows[i] - concat->starts[part];
        }
        kmeans_source *const from = concat->parts[part];
        status = from->ops->fetch(from, local, i - first, out + first * source->cols);
    }
    return status;
}

km_csr_place km_csr_find_row(const kmeans_source *source, int64_t row)
{
    while (source->view.csr == NULL) {
        const km_concat *const concat = source->owned;
        const int64_t part = find_part(concat, row);
        row -= concat->starts[part];
        source = concat->parts[part];
    }
    return (km_csr_place){source->view.csr, row};
}

static void free_concat(km_concat *concat)
{
    if (concat != NULL) {
        km_free(concat->parts);
        km_free(concat->starts);
        km_free(concat);
    }
}

static void close_concat(kmeans_source *source) { free_concat(source->owned); }

const char *km_source_kind(const kmeans_source *source)
{
    if (source->ops->close != close_concat) {
        return source->ops->kind;
    }
    const km_concat *const concat = source->owned;
    const char *const first = km_source_kind(concat->parts[0]);
    for (int64_t i = 1; i < concat->count; i++) {
        if (strcmp(km_source_kind(concat->parts[i]), first) != 0) {
            return "mixed";
        }
    }
    return first;
}

char *const *km_source_names(const kmeans_source *source)
{
    if (source->ops->close != close_concat) {
        return source->names;
    }
    const km_concat *const concat = source->owned;
    return km_source_names(concat->parts[0]);
}

static const km_source_ops concat_ops = {"concat",    rewind_concat, next_concat, fetch_concat,
                                         read_concat, NULL,          close_concat};

static int check_part(kmeans_context *context, kmeans_source *const *parts, int64_t index)
{
    const kmeans_source *const first = parts[0];
    const kmeans_source *const part = parts[index];
    if (part == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "parts[%" PRId64 "] is NULL", index);
    }
    const char *const name = part->name;
    const char *const blank = name[0] != '\0' ? " " : "";
    if (part->cols != first->cols) {
        return km_fail(context, KMEANS_ERROR_SHAPE,
                       "part %" PRId64 "%s%s has %" PRId64 " columns, part 0 has %" PRId64, index,
                       blank, name, part->cols, first->cols);
    }
    if (part->dtype != first->dtype) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "part %" PRId64 "%s%s is %s, part 0 is %s",
                       index, blank, name, kmeans_dtype_name(part->dtype),
                       kmeans_dtype_name(first->dtype));
    }
    if (part->sparse != first->sparse) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "part %" PRId64 "%s%s is %s, part 0 is %s",
                       index, blank, name, part->sparse ? "sparse" : "dense",
                       first->sparse ? "sparse" : "dense");
    }
    if (part->weights != NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "part %" PRId64 "%s%s has weights: attach them to the whole", index, blank,
                       name);
    }
    return KMEANS_OK;
}

static km_concat *make_concat(kmeans_context *context, kmeans_source *const *parts, int64_t count)
{
    km_concat *const concat = km_alloc(&context->memory, 1, (int64_t)sizeof *concat);
    if (concat == NULL) {
        return NULL;
    }
    concat->count = count;
    concat->parts = km_alloc(&context->memory, count, (int64_t)sizeof *concat->parts);
    concat->starts = km_alloc(&context->memory, count + 1, (int64_t)sizeof *concat->starts);
    if (concat->parts == NULL || concat->starts == NULL) {
        free_concat(concat);
        return NULL;
    }
    for (int64_t i = 0; i < count; i++) {
        concat->parts[i] = parts[i];
        concat->starts[i + 1] = concat->starts[i] + parts[i]->rows;
    }
    return concat;
}

/* No more than there are bytes. */
static int64_t count_entries(kmeans_source *const *parts, int64_t count)
{
    int64_t entries = 0;
    for (int64_t i = 0; i < count; i++) {
        entries += parts[i]->entries;
    }
    return entries;
}

/* All parts, their sizes known from here on; *total: their bytes together. */
static int check_parts(kmeans_context *context, kmeans_source *const *parts, int64_t count,
                       int64_t *total)
{
    int64_t bytes = 0;
    for (int64_t i = 0; i < count; i++) {
        int status = check_part(context, parts, i);
        if (status == KMEANS_OK) {
            status = km_source_count(parts[i]);
        }
        if (status != KMEANS_OK) {
            return status;
        }
        bytes = km_size_add(bytes, parts[i]->bytes);
    }
    if (bytes < 0) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "parts: more than 2^63 - 1 bytes together");
    }
    *total = bytes;
    return KMEANS_OK;
}

/* What the first visit takes: of parts that give it back, the largest. */
static int64_t count_untouched(km_concat *concat)
{
    int64_t bytes = 0;
    for (int64_t i = 0; i < concat->count; i++) {
        const kmeans_source *const part = concat->parts[i];
        if (part->ops->leave == NULL) {
            bytes += part->untouched;
        } else if (part->untouched > concat->largest) {
            concat->largest = part->untouched;
        }
    }
    return bytes + concat->largest;
}

int kmeans_source_concat(kmeans_context *context, kmeans_source *const *parts, int64_t count,
                         kmeans_source **source)
{
    int64_t bytes = 0;
    if (context == NULL || parts == NULL || source == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL",
                       parts == NULL ? "parts" : "source");
    }
    if (count < 1 || count == INT64_MAX) {
        return km_fail(context, KMEANS_ERROR_SHAPE, "count: %" PRId64 " is below 1", count);
    }
    const int status = check_parts(context, parts, count, &bytes);
    if (status != KMEANS_OK) {
        return status;
    }
    km_concat *const concat = make_concat(context, parts, count);
    kmeans_source *const made =
        concat != NULL ? km_alloc(&context->memory, 1, (int64_t)sizeof *made) : NULL;
    if (made == NULL) {
        free_concat(concat);
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory to join %" PRId64 " sources",
                       count);
    }
    made->ops = &concat_ops;
    made->context = context;
    made->can = KM_CAN_SEEK | KM_CAN_SHARE;
    for (int64_t i = 0; i < count; i++) {
        made->can &= parts[i]->can;
    }
    made->untouched = count_untouched(concat);
    made->rows = concat->starts[count];
    made->cols = parts[0]->cols;
    made->dtype = parts[0]->dtype;
    made->bytes = bytes;
    made->sparse = parts[0]->sparse;
    made->entries = count_entries(parts, count);
    made->name = "";
    made->owned = concat;
    *source = made;
    return KMEANS_OK;
}
