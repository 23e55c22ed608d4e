/* kmeans_source_open: the table of formats. */
#include <stdio.h>
#include <string.h>

#include "../services/fpmode.h"
#include "format.h"
#include "inflate.h"

/* In the order in which they are tried. Text comes last: it takes everything that is not binary. */
static const km_format formats[] = {
    {"npy", km_npy_matches, km_npy_open, false},
    {"raw", km_raw_matches, km_raw_open, false},
    {"npz", km_npz_matches, km_npz_open, true},
    {"hdf5", km_hdf5_matches, km_hdf5_open, true},
    {"fvecs", km_fvecs_matches, km_fvecs_open, false},
    {"bvecs", km_bvecs_matches, km_bvecs_open, false},
    {"ivecs", km_ivecs_matches, km_ivecs_open, false},
    {"idx", km_idx_matches, km_idx_open, false},
    {"mtx", km_market_matches, km_market_open, false},
    {"libsvm", km_libsvm_matches, km_libsvm_open, false},
    {"text", km_text_matches, km_text_open, false},
};

enum { KM_FORMAT_COUNT = (int)(sizeof formats / sizeof formats[0]) };

const char *kmeans_format_name(int index)
{
    return index >= 0 && index < KM_FORMAT_COUNT ? formats[index].name : NULL;
}

void kmeans_file_options_init(kmeans_file_options *options)
{
    if (options != NULL) {
        memset(options, 0, sizeof *options);
        options->size = sizeof *options;
        options->dtype = KMEANS_F64;
        options->header = -1;
    }
}

/* The format by name; *format stays NULL for "auto". */
static int find_format(kmeans_context *context, const char *name, const km_format **format)
{
    if (name == NULL || strcmp(name, "auto") == 0) {
        return KMEANS_OK;
    }
    for (int i = 0; i < KM_FORMAT_COUNT; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *format = &formats[i];
            return KMEANS_OK;
        }
    }
    char list[200] = "auto";
    for (int i = 0; i < KM_FORMAT_COUNT; i++) {
        const size_t length = strlen(list);
        snprintf(list + length, sizeof list - length, ", %s", formats[i].name);
    }
    return km_fail(context, KMEANS_ERROR_NAME, "format: '%.40s' is none of %s", name, list);
}

static int check_options(kmeans_context *context, const kmeans_file_options *options)
{
    if (options->size != sizeof *options) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "options.size: %zu is not %zu; use kmeans_file_options_init", options->size,
                       sizeof *options);
    }
    const int status = km_check_dtype(context, "options.dtype", options->dtype);
    if (status != KMEANS_OK) {
        return status;
    }
    if (options->separator != '\0' && strchr(",; \t", options->separator) == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "options.separator: character %d is none of comma, semicolon, tab, blank",
                       options->separator);
    }
    if (options->header < -1 || options->header > 1) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "options.header: %d is none of -1, 0, 1",
                       options->header);
    }
    if (options->source < KMEANS_SOURCE_AUTO || options->source > KMEANS_SOURCE_STREAM) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "options.source: %d is no kmeans_file_source", options->source);
    }
    if (options->block_bytes < 0) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "options.block_bytes: %lld is below 0",
                       (long long)options->block_bytes);
    }
    if (options->memory_limit < 0) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "options.memory_limit: %lld is below 0",
                       (long long)options->memory_limit);
    }
    return KMEANS_OK;
}

static int open_content(km_file *file, const km_format *format, const kmeans_file_options *options,
                        kmeans_source **source)
{
    const int unpacked = file->size > 0 ? km_file_gunzip(file, options) : KMEANS_OK;
    if (unpacked != KMEANS_OK || file->size == 0) {
        return unpacked != KMEANS_OK ? unpacked : km_file_malformed(file, "is empty");
    }
    for (int i = 0; format == NULL && i < KM_FORMAT_COUNT; i++) {
        /* What is known and not read must not end up in the format that takes everything. */
        const int status = i == KM_FORMAT_COUNT - 1 ? km_format_refuse(file) : KMEANS_OK;
        if (status != KMEANS_OK) {
            return status;
        }
        format = formats[i].matches(file, options) ? &formats[i] : NULL;
    }
    if (format != NULL && file->member != NULL && !format->has_members) {
        return km_file_malformed(file,
                                 "no file has this name, and one of format %s has no "
                                 "members to choose with a colon",
                                 format->name);
    }
    return format != NULL ? format->open(file, options, source)
                          : km_file_malformed(file, "is binary, of no known format; raw numbers "
                                                    "need --cols and --dtype");
}

int kmeans_source_open(kmeans_context *context, const char *path,
                       const kmeans_file_options *options, kmeans_source **source)
{
    kmeans_file_options chosen;
    const km_format *format = NULL;
    km_file *file = NULL;
    if (context == NULL || path == NULL || source == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL",
                       path == NULL ? "path" : "source");
    }
    kmeans_file_options_init(&chosen);
    if (options != NULL) {
        chosen = *options;
    }
    int status = check_options(context, &chosen);
    if (status == KMEANS_OK) {
        status = find_format(context, chosen.format, &format);
    }
    if (status == KMEANS_OK) {
        status = km_file_open(context, path, &chosen, &file);
    }
    if (status != KMEANS_OK) {
        return status;
    }
    km_fpmode saved;
    km_fpmode *const outer = km_enter(context, &saved); /* numbers are rounded while text is read */
    status = open_content(file, format, &chosen, source);
    km_leave(context, &saved, outer);
    if (status != KMEANS_OK) {
        km_file_close(file);
    }
    return status;
}
