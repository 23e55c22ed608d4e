/* Floor 1: the bytes of a file, mapped or held in memory. */
#ifndef KM_FILE_H
#define KM_FILE_H

#include <stdbool.h>

#include "../services/context.h"
#include "../services/source.h"

/* A walk through a mapped content leaves no more than this behind. */
enum { KM_FORGET_BYTES = 1 << 20 };

/* A file while it is read, and then what a source over it owns. */
typedef struct km_file {
    kmeans_context *context;
    char *name;                /* as given, "(standard input)" for "-": for error texts */
    char *member;              /* in name, behind FILE: of FILE:MEMBER; NULL where there is none */
    const unsigned char *data; /* the content in use, NULL once dropped */
    int64_t size;
    const unsigned char *whole; /* all of the content: data lies in it */
    int64_t whole_size;
    bool mapped;   /* whole is a mapping, else a block of km_alloc */
    void *numbers; /* block of km_alloc: parsed or realigned numbers, or NULL */
    int wanted;    /* kmeans_file_source that was asked for */
    bool streamed; /* numbers that lie in the file are to be read from it in blocks of */
    bool plain;    /* the content is what lies in the file of this name */
    int64_t block_bytes;
    bool block_given; /* in the options */
    int descriptor;   /* the open file then, else -1 */
    int64_t memory_limit;
    int64_t used_before; /* by the context, when the file was opened */
    int spool;           /* numbers that are being parsed into a file (spool.c), else -1; */
    void *spooled;       /* where it is mapped */
    int64_t spooled_bytes;
} km_file;

/* Open a regular file (mapped, read-only; FILE:MEMBER where there is only FILE) or read a pipe,
 * device or "-" (standard input) to its end; options->source may ask for another way. Errors:
 * KMEANS_ERROR_FILE, KMEANS_ERROR_MEMORY; *file is then NULL. */
int km_file_open(kmeans_context *context, const char *path, const kmeans_file_options *options,
                 km_file **file);

/* KMEANS_ERROR_FILE with the text "name: what: reason", errno's. */
int km_file_fail(kmeans_context *context, const char *name, const char *what, int error);

/* Release the content, keep name and numbers. */
void km_file_drop(km_file *file);

/* A block of km_alloc for numbers that the file does not hold as they are used. NULL with a detail
 * text of KMEANS_ERROR_MEMORY where there is no memory or memory_limit forbids it, together with
 * what the file takes already. */
void *km_file_alloc(const km_file *file, int64_t count, int64_t size);

/* Copy bytes of the content; they leave no pages behind. */
void km_file_copy(const km_file *file, void *to, const unsigned char *from, int64_t bytes);

/* Another content instead, in a block of km_alloc that the file owns from then on. */
void km_file_replace(km_file *file, unsigned char *data, int64_t size);

/* Does the name of the file (not of a member, and not counting .gz) end so? */
bool km_file_has_suffix(const km_file *file, const char *suffix);

/* Release everything; NULL is allowed. */
void km_file_close(km_file *file);

/* The numbers from byte `offset` on, `bytes` of them, aligned to `size`: in place where they are,
 * else a copy in file->numbers, and the content is dropped. NULL when there is no memory for it. */
const void *km_file_numbers(km_file *file, int64_t offset, int64_t bytes, int64_t size);

/* KMEANS_ERROR_FORMAT with the text "name: ...". */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int km_file_malformed(const km_file *file, const char *format, ...);

/* "s", or "" after the number 1: for texts with a count. */
const char *km_plural(int64_t count);

/* read(2) until the buffer is full or the file ends; bytes read, or -1. */
int64_t km_read_fully(int descriptor, unsigned char *buffer, int64_t capacity);

/* Map `size` bytes of an open file as the content; false and errno. */
bool km_file_map(km_file *file, int descriptor, int64_t size);

/* Is this too much to be held in memory, under the source's memory_limit? */
bool km_spool_wanted(const km_file *file, int64_t bytes);

/* Put what was read (buffer, full with `length` bytes) and the rest of what `from` gives into a
 * file without a name, which becomes the content. Errors: KMEANS_ERROR_FILE. */
int km_spool_rest(km_file *file, int from, unsigned char *buffer, int64_t length);

/* A place for `bytes` of numbers in such a file; what was touched of it and of the content is let
 * go by km_spool_forget, every KM_FORGET_BYTES; at the end its first `bytes` become the content.
 * NULL and KMEANS_ERROR_FILE. */
void *km_spool_open(km_file *file, int64_t bytes);
void km_spool_forget(const km_file *file);
int km_spool_finish(km_file *file, int64_t bytes);
void km_spool_close(km_file *file);

/* Let the pages of a mapping go: they are read again when they are needed. Whoever walks through a
 * content does so every KM_FORGET_BYTES, by km_file_step where it knows its place: from *mark,
 * where it last did, to `at`. */
void km_file_forget(const km_file *file);
static inline void km_file_step(const km_file *file, int64_t at, int64_t *mark)
{
    if (at - *mark >= KM_FORGET_BYTES) {
        km_file_forget(file);
        *mark = at;
    }
}

/* Warn where the options ask for another way to read it than the one that numbers are used in:
 * mapped where they lie, or else held in memory. */
void km_file_warn_way(const km_file *file, bool mapped);

/* The same as km_file_source for a streamed file whose numbers lie in it (stream.c). */
int km_stream_source(km_file *file, const km_block *view, kmeans_source **source);

/* Make a source over rows in file->data or file->numbers; owns the file from then on. On an error
 * the file stays the caller's. */
int km_file_source(km_file *file, const km_block *view, kmeans_source **source);

#endif
