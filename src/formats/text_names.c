/* The names of the columns of a text. */
#include <string.h>

#include "text.h"

/* Names point into the file. */
int km_text_read_names(km_text *text, km_cursor cursor)
{
    km_memory *const memory = &text->file->context->memory;
    const char **const names = km_alloc(memory, text->cols, (int64_t)sizeof *names);
    int64_t *const lengths = km_alloc(memory, text->cols, (int64_t)sizeof *lengths);
    text->names.text = names;
    text->names.length = lengths;
    if (names == NULL || lengths == NULL) {
        return km_text_fail_memory(text, 2 * text->cols * (int64_t)sizeof *names);
    }
    for (int64_t p = 0; p < text->cols; p++) {
        km_field field;
        km_text_cut_field(text->end, text->separator, cursor, &field);
        names[p] = field.text;
        lengths[p] = field.length;
        cursor = field.after;
    }
    text->names.count = text->cols;
    return KMEANS_OK;
}

int km_text_keep_names(const km_text *text, char ***kept)
{
    const km_names *const names = &text->names;
    const int64_t cols = text->chosen.count;
    int64_t bytes = cols * (int64_t)sizeof(char *);
    for (int64_t p = 0; p < names->count; p++) {
        bytes += names->length[p] + 1; /* of all columns: more than is needed */
    }
    if (names->count == 0) {
        return KMEANS_OK;
    }
    char **const table = km_alloc(&text->file->context->memory, bytes, 1);
    if (table == NULL) {
        return km_text_fail_memory(text, bytes);
    }
    char *next = (char *)(table + cols);
    for (int64_t q = 0; q < cols; q++) {
        const int64_t p = text->chosen.index != NULL ? text->chosen.index[q] : q;
        table[q] = next;
        memcpy(next, names->text[p], (size_t)names->length[p]);
        next[names->length[p]] = '\0';
        next += names->length[p] + 1;
    }
    *kept = table;
    return KMEANS_OK;
}
