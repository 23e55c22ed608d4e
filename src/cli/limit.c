#include "limit.h"

#include <libgen.h>
#include <string.h>

int64_t memory_limit_of(const kmeans_options *options)
{
    char text[32];
    const bool known = kmeans_options_get(options, "memory_limit", text, sizeof text) == KMEANS_OK;
    return known && strcmp(text, "off") != 0 ? parse_size("memory-limit", text) : 0;
}

void set_reading_limit(const cli_args *args, const kmeans_options *options,
                       kmeans_file_options *reading)
{
    const int64_t limit = memory_limit_of(options);
    const int64_t share = limit / args->operand_count;
    if (limit > 0) {
        reading->memory_limit = share > 0 ? share : 1; /* 0 is no limit */
    }
}

void set_scratch_folder(const cli_args *args, kmeans_options *options, const output_set *outputs)
{
    const bool limited = memory_limit_of(options) > 0;
    if (arg_given(args, "scratch-folder") && !limited) {
        print_warning("--scratch-folder has no effect without --memory-limit BYTES");
    }
    if (!limited || arg_given(args, "scratch-folder") || outputs == NULL) {
        return;
    }
    for (int i = 0; i < outputs->count; i++) {
        if (outputs->list[i].target != NULL) {
            char *const path = copy_text(outputs->list[i].target);
            kmeans_options_set(options, "scratch_folder", dirname(path));
            release(path);
            return;
        }
    }
}

void *allocate_rows(kmeans_context *context, const kmeans_options *options, int64_t n, size_t size)
{
    void *rows = NULL;
    const int status = kmeans_rows_alloc(context, options, n, (int64_t)size, &rows);
    if (status < 0) {
        die_status(context, status);
    }
    return rows;
}

void check_limit(kmeans_context *context, const kmeans_options *options, const row_set *rows,
                 int64_t bytes)
{
    const int status = kmeans_limit_check(context, options, rows->source, bytes);
    if (status < 0) {
        die_status(context, status);
    }
}

static uint64_t mix_bits(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

void make_checksum(kmeans_context *context, const int32_t *labels, int64_t n,
                   const double *centroids, int64_t count, char text[33])
{
    uint64_t of_labels = 0;
    uint64_t of_centroids = 0;
    for (int64_t i = 0; i < n; i++) {
        of_labels += mix_bits(mix_bits((uint64_t)i + 1) + (uint64_t)(int64_t)labels[i]);
        if (i % ROW_WINDOW == 0) {
            kmeans_context_release(context);
        }
    }
    for (int64_t q = 0; q < count; q++) {
        const double c = centroids[q] == 0 ? 0 : centroids[q];
        uint64_t bits = 0;
        memcpy(&bits, &c, sizeof bits);
        of_centroids += mix_bits(mix_bits((uint64_t)q + 1) + bits);
    }
    snprintf(text, 33, "%016llx%016llx", (unsigned long long)of_labels,
             (unsigned long long)of_centroids);
}
