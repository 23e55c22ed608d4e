/* Content that memory_limit keeps out of memory: in files without a name, which then are read in
 * blocks like any other. */
#define _DEFAULT_SOURCE /* madvise */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../services/system.h"
#include "file.h"

bool km_spool_wanted(const km_file *file, int64_t bytes)
{
    return file->memory_limit > 0 && bytes > file->memory_limit / 4;
}

static int fail_spool(const km_file *file, int error)
{
    return km_file_fail(file->context, file->name, "cannot be kept in TMPDIR (else /tmp)", error);
}

/* The file in `descriptor` is the content from here on; a reader of blocks may use it. */
static int adopt(km_file *file, int descriptor, int64_t size)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    file->descriptor = descriptor;
    if (!km_file_map(file, descriptor, size)) {
        return fail_spool(file, errno);
    }
    file->streamed = true;
    file->plain = false;
    return KMEANS_OK;
}

int km_spool_rest(km_file *file, int from, unsigned char *buffer, int64_t length)
{
    const int64_t capacity = length;
    int64_t size = 0;
    int error = 0;
    const int to = km_scratch_file(NULL, 0);
    if (to < 0) {
        return fail_spool(file, errno);
    }
    while (length > 0 && error == 0) {
        error = km_write_fully(to, buffer, length);
        size += length;
        length = error == 0 ? km_read_fully(from, buffer, capacity) : 0;
    }
    if (error != 0 || length < 0) {
        const int reason = length < 0 ? errno : error;
        close(to);
        return error != 0 ? fail_spool(file, reason)
                          : km_file_fail(file->context, file->name, "cannot read", reason);
    }
    km_log(file->context, KMEANS_LOG_WARNING, "spooled",
           "%s: %lld bytes, more than the memory limit leaves room for: kept in a file in TMPDIR "
           "(else /tmp)",
           file->name, (long long)size);
    return adopt(file, to, size);
}

void *km_spool_open(km_file *file, int64_t bytes)
{
    file->spool = km_scratch_file(NULL, bytes);
    void *const numbers = file->spool < 0 ? MAP_FAILED
                                          : mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
                                                 MAP_SHARED, file->spool, 0);
    if (numbers == MAP_FAILED) {
        fail_spool(file, errno);
        return NULL;
    }
    file->spooled = numbers;
    file->spooled_bytes = bytes;
    return numbers;
}

void km_spool_forget(const km_file *file)
{
    km_file_forget(file);
    if (file->spooled != NULL) {
        madvise(file->spooled, (size_t)file->spooled_bytes, MADV_DONTNEED);
    }
}

int km_spool_finish(km_file *file, int64_t bytes)
{
    const int descriptor = file->spool;
    munmap(file->spooled, (size_t)file->spooled_bytes);
    file->spooled = NULL;
    file->spool = -1;
    km_file_drop(file);
    if (ftruncate(descriptor, (off_t)bytes) != 0) {
        const int error = errno;
        close(descriptor);
        return fail_spool(file, error);
    }
    return adopt(file, descriptor, bytes);
}

void km_spool_close(km_file *file)
{
    if (file->spooled != NULL) {
        munmap(file->spooled, (size_t)file->spooled_bytes);
    }
    if (file->spool >= 0) {
        close(file->spool);
    }
    file->spooled = NULL;
    file->spool = -1;
}
