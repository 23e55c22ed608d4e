#include "inflate.h"

#include <inttypes.h>
#include <string.h>

#include "format.h"

bool km_is_bomb(int64_t bytes, int64_t packed)
{
    return bytes > KM_UNPACKED_FREE && bytes / KM_UNPACKED_RATIO > packed;
}

#ifdef KMEANS_HAVE_ZLIB

#define ZLIB_CONST
#include <zlib.h>

enum { LARGEST = 1 << 30, SCRATCH = 16384 }; /* zlib counts in 32 bits */

static void *allocate(void *memory, uInt count, uInt size)
{
    return km_alloc(memory, (int64_t)count, (int64_t)size);
}

static void release(void *memory, void *block)
{
    (void)memory;
    km_free(block);
}

/* One reading of the compressed bytes. */
typedef struct km_unpacking {
    const km_file *file;
    const unsigned char *packed;
    int64_t size;
    int64_t fed; /* bytes that zlib was given */
    bool gzip;
    z_stream zlib;
    unsigned char *out; /* NULL: only count */
    int64_t capacity;   /* of out */
    int64_t count;
} km_unpacking;

static int64_t consumed(const km_unpacking *u) { return u->fed - (int64_t)u->zlib.avail_in; }

static int fail_at(const km_unpacking *u, const char *what)
{
    const int64_t at = u->packed - u->file->data + consumed(u);
    return km_file_malformed(u->file, "%s (byte %" PRId64 " of the compressed file)", what, at);
}

/* Between the two readings, that is. */
static int fail_changed(const km_unpacking *u)
{
    return fail_at(u, "the file has changed while it was read");
}

/* Give zlib input, and room for its output. What it has read leaves no pages behind. */
static void feed(km_unpacking *u, unsigned char *scratch)
{
    if (u->zlib.avail_in == 0) {
        const int64_t left = u->size - u->fed;
        km_file_forget(u->file);
        u->zlib.next_in = u->packed + u->fed;
        u->zlib.avail_in = (uInt)(left < KM_FORGET_BYTES ? left : KM_FORGET_BYTES);
        u->fed += (int64_t)u->zlib.avail_in;
    }
    const int64_t room = u->capacity - u->count;
    u->zlib.next_out = u->out != NULL ? u->out + u->count : scratch;
    u->zlib.avail_out = u->out == NULL ? SCRATCH : (uInt)(room < LARGEST ? room : LARGEST);
}

/* At the end of a stream: 1 = another gzip member follows, 0 = the end, negative = an error. */
static int go_on(km_unpacking *u)
{
    const int64_t at = consumed(u);
    int64_t zeros = 0;
    while (at + zeros < u->size && u->packed[at + zeros] == 0) {
        zeros++;
    }
    if (at + zeros == u->size) { /* tapes pad with zeros */
        return 0;
    }
    if (!u->gzip || zeros > 0 || u->packed[at] != 0x1f) {
        return fail_at(u, "there are bytes after the compressed data");
    }
    return inflateReset(&u->zlib) == Z_OK ? 1 : fail_at(u, "zlib failed");
}

static int step(km_unpacking *u, bool *done)
{
    unsigned char scratch[SCRATCH];
    feed(u, scratch);
    const uInt room = u->zlib.avail_out;
    if (room == 0) {
        return fail_changed(u);
    }
    const int code = inflate(&u->zlib, Z_NO_FLUSH);
    const int64_t made = (int64_t)(room - u->zlib.avail_out);
    u->count += made;
    if (code == Z_STREAM_END) {
        const int status = go_on(u);
        *done = status == 0;
        return status < 0 ? status : KMEANS_OK;
    }
    if (code == Z_MEM_ERROR) {
        return km_fail(u->file->context, KMEANS_ERROR_MEMORY, "%s: no memory for zlib",
                       u->file->name);
    }
    if (code != Z_OK && code != Z_BUF_ERROR) {
        return fail_at(u, u->zlib.msg != NULL ? u->zlib.msg : "damaged compressed data");
    }
    if (km_is_bomb(u->count, u->size)) {
        return km_file_malformed(
            u->file,
            "%" PRId64 " compressed bytes hold more than %" PRId64
            ", over %d times as many (byte %" PRId64 "): unpack it first if this is meant",
            u->size, u->count, KM_UNPACKED_RATIO, u->packed - u->file->data + consumed(u));
    }
    if (made == 0 && u->fed == u->size && u->zlib.avail_in == 0) {
        return fail_at(u, "truncated: the compressed data end too early");
    }
    return KMEANS_OK;
}

static int unpack(km_unpacking *u)
{
    memset(&u->zlib, 0, sizeof u->zlib);
    u->zlib.zalloc = allocate;
    u->zlib.zfree = release;
    u->zlib.opaque = &u->file->context->memory;
    u->fed = u->count = 0;
    if (inflateInit2(&u->zlib, u->gzip ? 16 + MAX_WBITS : -MAX_WBITS) != Z_OK) {
        return km_fail(u->file->context, KMEANS_ERROR_MEMORY, "%s: no memory for zlib",
                       u->file->name);
    }
    int status = KMEANS_OK;
    for (bool done = false; status == KMEANS_OK && !done;) {
        status = step(u, &done);
    }
    inflateEnd(&u->zlib);
    return status;
}

int km_inflate(const km_file *file, int64_t offset, int64_t size, bool gzip, unsigned char **out,
               int64_t *count)
{
    km_unpacking u = {.file = file, .packed = file->data + offset, .size = size, .gzip = gzip};
    int status = unpack(&u);
    if (status != KMEANS_OK) {
        return status;
    }
    u.capacity = u.count + 1; /* zlib wants room to see the end */
    u.out = km_file_alloc(file, u.capacity, 1);
    if (u.out == NULL) {
        return KMEANS_ERROR_MEMORY;
    }
    status = unpack(&u);
    if (status == KMEANS_OK && u.count + 1 != u.capacity) {
        status = fail_changed(&u);
    }
    if (status != KMEANS_OK) {
        km_free(u.out);
        return status;
    }
    *out = u.out;
    *count = u.count;
    return KMEANS_OK;
}

uint32_t km_crc32(const unsigned char *data, int64_t size)
{
    uLong crc = crc32(0, Z_NULL, 0);
    for (int64_t at = 0; at < size; at += LARGEST) {
        crc = crc32(crc, data + at, (uInt)(size - at < LARGEST ? size - at : LARGEST));
    }
    return (uint32_t)crc;
}

#else

int km_inflate(const km_file *file, int64_t offset, int64_t size, bool gzip, unsigned char **out,
               int64_t *count)
{
    (void)offset;
    (void)size;
    (void)out;
    (void)count;
    return km_file_malformed(file,
                             "is %scompressed, and this build has no zlib: unpack it first%s, "
                             "or build with zlib (Debian: zlib1g-dev)",
                             gzip ? "gzip-" : "", gzip ? " (gzip -d)" : "");
}

uint32_t km_crc32(const unsigned char *data, int64_t size)
{
    (void)data;
    (void)size;
    return 0;
}

#endif

int km_file_gunzip(km_file *file, const kmeans_file_options *options)
{
    const int64_t length = (int64_t)strlen(file->name);
    const bool named = length > 3 && strcmp(file->name + length - 3, ".gz") == 0;
    const bool raw =
        options->cols != 0 || (options->format != NULL && strcmp(options->format, "raw") == 0);
    if (file->size < 3 || memcmp(file->data, "\x1f\x8b\x08", 3) != 0 || (raw && !named)) {
        return KMEANS_OK;
    }
    unsigned char *out = NULL;
    int64_t count = 0;
    const int status = km_inflate(file, 0, file->size, true, &out, &count);
    if (status == KMEANS_OK) {
        km_file_replace(file, out, count);
    }
    return status;
}
