/* Getting the bytes of a file. */
#define _DEFAULT_SOURCE /* madvise */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../services/system.h"

/* First buffer for what cannot be mapped; doubled as needed. */
static const int64_t first_capacity = 1 << 16;

int km_file_fail(kmeans_context *context, const char *name, const char *what, int error)
{
    char reason[128];
    km_errno_text(error, reason, sizeof reason);
    return km_fail(context, KMEANS_ERROR_FILE, "%s: %s: %s", name, what, reason);
}

static int fail_memory(const km_file *file, int64_t bytes)
{
    return km_fail(file->context, KMEANS_ERROR_MEMORY, "%s: no memory for %lld bytes", file->name,
                   (long long)bytes);
}

const char *km_plural(int64_t count) { return count == 1 ? "" : "s"; }

int km_file_malformed(const km_file *file, const char *format, ...)
{
    char text[KM_DETAIL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return km_fail(file->context, KMEANS_ERROR_FORMAT, "%s: %s", file->name, text);
}

int64_t km_read_fully(int descriptor, unsigned char *buffer, int64_t capacity)
{
    int64_t length = 0;
    while (length < capacity) {
        const ssize_t got = read(descriptor, buffer + length, (size_t)(capacity - length));
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        length += got > 0 ? (int64_t)got : 0;
    }
    return length;
}

static void set_content(km_file *file, const unsigned char *data, int64_t size)
{
    file->data = file->whole = data;
    file->size = file->whole_size = size;
}

/* Read to the end into a growing block. */
static int read_stream(km_file *file, int descriptor)
{
    int64_t capacity = first_capacity;
    int64_t length = 0;
    unsigned char *buffer = km_alloc(&file->context->memory, capacity, 1);
    while (buffer != NULL) {
        const int64_t got = km_read_fully(descriptor, buffer + length, capacity - length);
        if (got < 0) {
            const int error = errno;
            km_free(buffer);
            return km_file_fail(file->context, file->name, "cannot read", error);
        }
        length += got;
        if (length < capacity) {
            set_content(file, buffer, length);
            return KMEANS_OK;
        }
        if (km_spool_wanted(file, 2 * capacity)) {
            const int status = km_spool_rest(file, descriptor, buffer, length);
            km_free(buffer);
            return status;
        }
        unsigned char *const larger = km_alloc(&file->context->memory, 2 * capacity, 1);
        if (larger != NULL) {
            memcpy(larger, buffer, (size_t)length);
        }
        km_free(buffer);
        buffer = larger;
        capacity *= 2;
    }
    return fail_memory(file, capacity);
}

bool km_file_map(km_file *file, int descriptor, int64_t size)
{
    void *const data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data == MAP_FAILED) {
        return false;
    }
    set_content(file, data, size);
    file->mapped = true;
    return true;
}

static int64_t choose_block(const kmeans_file_options *options)
{
    const int64_t share = options->memory_limit > 0 ? options->memory_limit / 8 : KM_BLOCK_BYTES;
    const int64_t usual = share < KM_BLOCK_BYTES ? share : KM_BLOCK_BYTES;
    return options->block_bytes > 0 ? options->block_bytes : usual;
}

/* The way that "auto" stands for. A mapping is resident as far as it was read. */
static int choose_way(const kmeans_file_options *options, int64_t size)
{
    if (options->source != KMEANS_SOURCE_AUTO) {
        return options->source;
    }
    const bool large = options->memory_limit > 0 && size > options->memory_limit / 4;
    return large ? KMEANS_SOURCE_STREAM : KMEANS_SOURCE_MMAP;
}

static int load_descriptor(km_file *file, int descriptor, const kmeans_file_options *options)
{
    struct stat facts;
    if (fstat(descriptor, &facts) != 0) {
        return km_file_fail(file->context, file->name, "cannot read", errno);
    }
    if (S_ISDIR(facts.st_mode)) {
        return km_file_fail(file->context, file->name, "cannot read", EISDIR);
    }
    /* Files in /proc and the like say 0 bytes; standard input may stand behind the file's start. */
    const int source = choose_way(options, (int64_t)facts.st_size);
    const bool plain =
        S_ISREG(facts.st_mode) && facts.st_size > 0 && lseek(descriptor, 0, SEEK_CUR) == 0;
    file->plain = plain && descriptor != STDIN_FILENO;
    if (!plain || source == KMEANS_SOURCE_READ) {
        return read_stream(file, descriptor);
    }
    const bool mapped = km_file_map(file, descriptor, (int64_t)facts.st_size);
    const int status = mapped ? KMEANS_OK : read_stream(file, descriptor);
    if (status == KMEANS_OK && source == KMEANS_SOURCE_STREAM && file->mapped) {
        file->descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        file->streamed = file->descriptor >= 0;
    }
    return file->streamed || source != KMEANS_SOURCE_STREAM || !file->mapped
               ? status
               : km_file_fail(file->context, file->name, "cannot read", errno);
}

static km_file *make_file(kmeans_context *context, const char *name)
{
    const int64_t length = (int64_t)strlen(name) + 1;
    km_file *const file = km_alloc(&context->memory, 1, (int64_t)sizeof *file);
    char *const copy = file != NULL ? km_alloc(&context->memory, length, 1) : NULL;
    if (copy == NULL) {
        km_free(file);
        return NULL;
    }
    memcpy(copy, name, (size_t)length);
    file->context = context;
    file->name = copy;
    file->descriptor = file->spool = -1;
    file->used_before = context->memory.used;
    return file;
}

/* The file, or where it is not there what is before the last colon that leaves a file. */
static int open_path(km_file *file)
{
    const int flags = O_RDONLY | O_CLOEXEC;
    int descriptor = open(file->name, flags);
    const int error = errno;
    char *end = file->name + strlen(file->name);
    while (descriptor < 0 && end > file->name && (error == ENOENT || error == ENOTDIR)) {
        if (*--end != ':' || end[1] == '\0') {
            continue;
        }
        *end = '\0';
        descriptor = open(file->name, flags);
        *end = ':';
        file->member = descriptor >= 0 ? end + 1 : NULL;
    }
    errno = error;
    return descriptor;
}

int km_file_open(kmeans_context *context, const char *path, const kmeans_file_options *options,
                 km_file **file)
{
    const bool standard = strcmp(path, "-") == 0;
    const char *const name = standard ? "(standard input)" : path;
    *file = NULL;
    km_file *const made = make_file(context, name);
    if (made == NULL) {
        return km_fail(context, KMEANS_ERROR_MEMORY, "%s: no memory to open it", name);
    }
    made->wanted = options->source;
    made->block_bytes = choose_block(options);
    made->block_given = options->block_bytes > 0;
    made->memory_limit = options->source == KMEANS_SOURCE_READ ? 0 : options->memory_limit;
    const int descriptor = standard ? STDIN_FILENO : open_path(made);
    const int status = descriptor < 0 ? km_file_fail(context, name, "cannot open", errno)
                                      : load_descriptor(made, descriptor, options);
    if (!standard && descriptor >= 0) {
        close(descriptor);
    }
    if (status != KMEANS_OK) {
        km_file_close(made);
        return status;
    }
    *file = made;
    return KMEANS_OK;
}

void km_file_drop(km_file *file)
{
    void *const whole = (void *)(uintptr_t)file->whole;
    if (file->mapped) {
        munmap(whole, (size_t)file->whole_size);
    } else {
        km_free(whole);
    }
    file->data = file->whole = NULL;
    file->mapped = false;
}

void km_file_replace(km_file *file, unsigned char *data, int64_t size)
{
    km_file_drop(file);
    file->streamed = file->plain = false;
    set_content(file, data, size);
}

void km_file_forget(const km_file *file)
{
    if (file->mapped) {
        madvise((void *)(uintptr_t)file->whole, (size_t)file->whole_size, MADV_DONTNEED);
    }
}

void km_file_close(km_file *file)
{
    if (file != NULL) {
        km_file_drop(file);
        km_spool_close(file);
        if (file->descriptor >= 0) {
            close(file->descriptor);
        }
        km_free(file->numbers);
        km_free(file->name);
        km_free(file);
    }
}
