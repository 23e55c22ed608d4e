/* From the bytes of a file to a source over the numbers in them. */
#include <stdio.h>
#include <string.h>

#include "file.h"

void *km_file_alloc(const km_file *file, int64_t count, int64_t size)
{
    const int64_t bytes = km_size_mul(count, size);
    const int64_t limit = file->memory_limit;
    const int64_t held = file->context->memory.used - file->used_before;
    if (limit > 0 && (bytes < 0 || bytes > limit - held)) {
        char beside[40] = "";
        if (held > 0) {
            snprintf(beside, sizeof beside, " beside %lld", (long long)held);
        }
        km_fail(
            file->context, KMEANS_ERROR_MEMORY,
            "%s: its numbers must be held in memory, %lld bytes%s, and memory_limit is %lld: save "
            "them as they are used (.npy)",
            file->name, (long long)bytes, beside, (long long)limit);
        return NULL;
    }
    void *const block = km_alloc(&file->context->memory, count, size);
    if (block == NULL) {
        km_fail(file->context, KMEANS_ERROR_MEMORY, "%s: no memory for %lld bytes", file->name,
                (long long)bytes);
    }
    return block;
}

void km_file_copy(const km_file *file, void *to, const unsigned char *from, int64_t bytes)
{
    for (int64_t at = 0; at < bytes; at += KM_FORGET_BYTES) {
        const int64_t left = bytes - at;
        memcpy((char *)to + at, from + at,
               (size_t)(left < KM_FORGET_BYTES ? left : KM_FORGET_BYTES));
        km_file_forget(file);
    }
}

const void *km_file_numbers(km_file *file, int64_t offset, int64_t bytes, int64_t size)
{
    const unsigned char *const first = file->data + offset;
    if ((uintptr_t)first % (uintptr_t)size == 0 || file->streamed) {
        return first; /* of a streamed file only the place counts */
    }
    file->numbers = km_file_alloc(file, bytes, 1);
    if (file->numbers == NULL) {
        return NULL;
    }
    km_file_copy(file, file->numbers, first, bytes);
    km_file_drop(file);
    km_log(file->context, KMEANS_LOG_WARNING, "misaligned",
           "%s: the numbers start at byte %lld, no multiple of %lld: they were copied to memory",
           file->name, (long long)offset, (long long)size);
    return file->numbers;
}

static void close_file_source(kmeans_source *source) { km_file_close(source->owned); }

static const km_source_ops mapped_ops = {
    "mmap", km_view_rewind, km_view_next, km_view_fetch, km_view_read, NULL, close_file_source};
static const km_source_ops held_ops = {
    "memory", km_view_rewind, km_view_next, km_view_fetch, km_view_read, NULL, close_file_source};

void km_file_warn_way(const km_file *file, bool mapped)
{
    const bool stream = file->wanted == KMEANS_SOURCE_STREAM;
    if (!mapped && (stream || file->wanted == KMEANS_SOURCE_MMAP)) {
        km_log(file->context, KMEANS_LOG_WARNING, "source_memory",
               "%s: not %s: its numbers do not lie in a file as they are used, they are held in "
               "memory",
               file->name, stream ? "read in blocks" : "mapped");
    }
    if (file->block_given) {
        km_log(file->context, KMEANS_LOG_WARNING, "block_unused",
               "%s: the size of a block (--block-size) has no effect: its numbers are %s",
               file->name, mapped ? "mapped" : "held in memory");
    }
}

int km_file_source(km_file *file, const km_block *view, kmeans_source **source)
{
    if (file->streamed && file->numbers == NULL) {
        return km_stream_source(file, view, source);
    }
    const bool mapped = file->mapped && file->numbers == NULL;
    const km_source_ops *const ops = mapped ? &mapped_ops : &held_ops;
    km_file_warn_way(file, mapped);
    const int status = km_source_over_view(file->context, ops, view, file->name, file, source);
    if (status == KMEANS_OK && ops == &mapped_ops) {
        (*source)->untouched = file->size;
    }
    return status;
}
