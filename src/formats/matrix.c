/* What the formats with a header share: is the matrix that it promises really there? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"

int km_check_matrix(const km_file *file, int64_t offset, int64_t rows, int64_t cols, int64_t size,
                    const char *type)
{
    if (rows == 0 || cols == 0) {
        return km_file_malformed(file, "has no numbers: %" PRId64 " x %" PRId64, rows, cols);
    }
    const int64_t needed = km_size_mul(km_size_mul(rows, cols), size);
    const int64_t there = file->size - offset;
    if (needed < 0 || needed > there) {
        char bytes[24] = "over 2^63";
        if (needed >= 0) {
            snprintf(bytes, sizeof bytes, "%" PRId64, needed);
        }
        return km_file_malformed(file,
                                 "truncated: %" PRId64 " x %" PRId64
                                 " numbers of type '%s' are %s bytes, the file has %" PRId64
                                 " from byte %" PRId64 " on",
                                 rows, cols, type, bytes, there, offset);
    }
    if (needed < there) {
        km_log(file->context, KMEANS_LOG_WARNING, "trailing_bytes",
               "%s: %" PRId64 " byte%s after the array %s left alone", file->name, there - needed,
               km_plural(there - needed), there - needed == 1 ? "was" : "were");
    }
    return KMEANS_OK;
}

void km_warn_unused(const km_file *file, const kmeans_file_options *options, const char *format)
{
    const bool separator = options->separator != '\0';
    const bool header = options->header >= 0;
    if (separator || header) {
        km_log(file->context, KMEANS_LOG_WARNING, "unused_option",
               "%s: %s%s%s no effect on %s, which is no text", file->name,
               separator ? "separator" : "", separator && header ? " and " : "",
               header ? (separator ? "header have" : "header has") : " has", format);
    }
}

int km_matrix_source(km_file *file, const kmeans_file_options *options, const km_block *view,
                     const char *format, kmeans_source **source)
{
    const km_names none = {NULL, NULL, 0};
    km_columns chosen = {NULL, 0};
    int status = km_columns_choose(file, options, view->cols, &none, &chosen);
    if (status == KMEANS_OK) {
        km_warn_unused(file, options, format);
        status = km_format_source(file, view, &chosen, source);
    }
    km_free(chosen.index);
    return status;
}

bool km_file_has_suffix(const km_file *file, const char *suffix)
{
    const int64_t length = (int64_t)strlen(suffix);
    int64_t end =
        file->member != NULL ? file->member - 1 - file->name : (int64_t)strlen(file->name);
    if (end > 3 && memcmp(file->name + end - 3, ".gz", 3) == 0) {
        end -= 3;
    }
    return end > length && memcmp(file->name + end - length, suffix, (size_t)length) == 0;
}
