/* Sources over the caller's functions. */
#include <inttypes.h>

#include "reader.h"
#include "source.h"

/* owned points to this. */
typedef struct km_callback {
    kmeans_callback from;
    kmeans_source *source;
    km_reader reader;
    int64_t after;  /* rows that `read` has taken from the visit that is running, or -1 */
    km_block rest;  /* of the block that it was in, what is left */
    km_fpmode mode; /* the caller's, since rewind: for `next` on the reading thread */
    int64_t asked;  /* rows that `next` was asked for last, */
    int64_t gave;   /* and what it returned; neither is looked at while the thread reads */
} km_callback;

/* The caller's functions run in the caller's floating-point mode, on whatever thread. */
static int64_t fill(void *argument, int64_t row0, int64_t count, void *buffer, int *error)
{
    km_callback *const own = argument;
    (void)row0;
    if (own->reader.ahead) {
        const km_fpmode thread = km_fpmode_enter();
        km_fpmode_leave(own->mode);
        own->gave = own->from.next(own->from.user, buffer, count);
        km_fpmode_leave(thread);
    } else {
        km_callback_enter(own->source->context);
        own->gave = own->from.next(own->from.user, buffer, count);
        km_callback_leave(own->source->context);
    }
    own->asked = count;
    *error = 0; /* fail_next knows more */
    return own->gave < 0 || own->gave > count ? -1 : own->gave;
}

static int fail_call(const km_callback *own, const char *what, int64_t code)
{
    return km_fail(own->source->context, KMEANS_ERROR_FILE,
                   "callback: %s returned %" PRId64 " at row %" PRId64, what, code,
                   own->source->cursor);
}

static int fail_next(const km_callback *own)
{
    return own->gave < 0
               ? fail_call(own, "next", own->gave)
               : km_fail(own->source->context, KMEANS_ERROR_DATA,
                         "callback: next returned %" PRId64 " at row %" PRId64
                         "; it must be at most the %" PRId64 " rows that it was asked for",
                         own->gave, own->source->cursor, own->asked);
}

static int rewind_callback(kmeans_source *source)
{
    km_callback *const own = source->owned;
    km_reader_stop(&own->reader);
    own->after = -1;
    source->cursor = 0;
    km_callback_enter(source->context);
    const int code = own->from.rewind(own->from.user);
    km_callback_leave(source->context);
    own->mode = km_callback_mode(source->context);
    if (code != 0) {
        return fail_call(own, "rewind", code);
    }
    km_reader_rewind(&own->reader, -1);
    return KMEANS_OK;
}

static int fail_count(const km_callback *own, const char *what)
{
    return km_fail(own->source->context, KMEANS_ERROR_DATA,
                   "callback: next gave %s rows than the %" PRId64 " of the source", what,
                   own->source->rows);
}

/* What the caller wrote to a buffer, as the next rows. */
static km_block rows_in(const kmeans_source *source, const void *buffer, int64_t rows)
{
    return (km_block){.base = buffer,
                      .row0 = source->cursor,
                      .rows = rows,
                      .cols = source->cols,
                      .row_stride = source->cols,
                      .col_stride = 1,
                      .dtype = source->dtype};
}

static int next_callback(kmeans_source *source, km_block *block)
{
    km_callback *const own = source->owned;
    void *buffer = NULL;
    int error = 0;
    const int64_t got = km_reader_next(&own->reader, &buffer, &error);
    if (got < 0) {
        return fail_next(own);
    }
    if (source->rows >= 0 && got > source->rows - source->cursor) {
        return fail_count(own, "more");
    }
    if (got == 0) {
        return source->rows >= 0 && source->cursor < source->rows ? fail_count(own, "fewer") : 0;
    }
    *block = rows_in(source, buffer, got);
    source->cursor += got;
    return 1;
}

/* By the caller's function, as many rows at a time as a buffer holds. */
static int fetch_by_function(kmeans_source *source, const int64_t *rows, int64_t m, double *out)
{
    km_callback *const own = source->owned;
    own->after = -1;
    km_reader_stop(&own->reader); /* its buffers are free from here on */
    for (int64_t i = 0; i < m;) {
        const int64_t left = m - i;
        const int64_t count = left < own->reader.capacity ? left : own->reader.capacity;
        void *const buffer = own->reader.buffer[0];
        km_callback_enter(source->context);
        const int code = own->from.fetch(own->from.user, rows + i, count, buffer);
        km_callback_leave(source->context);
        if (code != 0) {
            return km_fail(source->context, KMEANS_ERROR_FILE,
                           "callback: fetch returned %d for row %" PRId64, code, rows[i]);
        }
        const km_block block = rows_in(source, buffer, count);
        km_block_to_f64(&block, 0, count, out + i * source->cols, source->cols);
        i += count;
    }
    return KMEANS_OK;
}

static int read_by_function(kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    enum { at_once = 256 };
    int64_t rows[at_once];
    int status = KMEANS_OK;
    while (count > 0 && status == KMEANS_OK) {
        const int64_t m = count < at_once ? count : at_once;
        for (int64_t i = 0; i < m; i++) {
            rows[i] = row0 + i;
        }
        status = fetch_by_function(source, rows, m, out);
        row0 += m;
        count -= m;
        out += m * source->cols;
    }
    return status;
}

/* Of a block, the rows that are asked for. */
static void pick(const km_block *block, const int64_t *rows, int64_t m, double *out)
{
    for (int64_t i = 0; i < m; i++) {
        if (rows[i] >= block->row0 && rows[i] - block->row0 < block->rows) {
            km_block_to_f64(block, rows[i] - block->row0, 1, out + i * block->cols, block->cols);
        }
    }
}

static int fetch_callback(kmeans_source *source, const int64_t *rows, int64_t m, double *out)
{
    const km_callback *const own = source->owned;
    km_block block;
    if (own->from.fetch != NULL) {
        return fetch_by_function(source, rows, m, out);
    }
    int status = rewind_callback(source);
    source->visits++;
    while (status >= 0 && (status = next_callback(source, &block)) == 1) {
        pick(&block, rows, m, out);
    }
    return status;
}

/* Row after row by a visit that goes on where the call before ended; going back begins another. */
static int read_callback(kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    km_callback *const own = source->owned;
    int status = 1;
    if (own->from.fetch != NULL) {
        return read_by_function(source, row0, count, out);
    }
    if (own->after < 0 || row0 < own->after) {
        status = rewind_callback(source);
        source->visits++;
        own->after = 0;
        own->rest = (km_block){.rows = 0};
        status = status < 0 ? status : 1;
    }
    while (status == 1 && count > 0) {
        const int64_t end = own->rest.row0 + own->rest.rows;
        if (row0 >= end) {
            status = next_callback(source, &own->rest);
            continue;
        }
        const int64_t m = count < end - row0 ? count : end - row0;
        km_block_to_f64(&own->rest, row0 - own->rest.row0, m, out, source->cols);
        own->after = row0 += m;
        count -= m;
        out += m * source->cols;
    }
    own->after = status == 1 ? own->after : -1;
    return status == 1 ? KMEANS_OK : status;
}

static void close_callback(kmeans_source *source)
{
    km_callback *const own = source->owned;
    km_reader_close(&own->reader);
    if (own->from.close != NULL) {
        own->from.close(own->from.user);
    }
    km_free(own);
}

static void leave_callback(kmeans_source *source, kmeans_source *following)
{
    km_callback *const own = source->owned, *const other = following ? following->owned : NULL;
    km_reader_leave(&own->reader, other != NULL ? &other->reader : NULL);
}

static const km_source_ops callback_ops = {"callback",     rewind_callback, next_callback,
                                           fetch_callback, read_callback,   leave_callback,
                                           close_callback};

static int64_t block_rows(const kmeans_callback *from, int64_t row_bytes)
{
    const int64_t usual = KM_BLOCK_BYTES / row_bytes > 0 ? KM_BLOCK_BYTES / row_bytes : 1;
    const int64_t rows = from->block_rows > 0 ? from->block_rows : usual;
    return from->rows > 0 && from->rows < rows ? from->rows : rows;
}

int kmeans_source_callback(kmeans_context *context, const kmeans_callback *callback,
                           kmeans_source **source)
{
    if (context == NULL || callback == NULL || source == NULL) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is NULL",
                       callback == NULL ? "callback" : "source");
    }
    int status = km_callback_check(context, callback);
    if (status != KMEANS_OK) {
        return status;
    }
    const km_block none = {.cols = callback->cols, .dtype = callback->dtype};
    const int64_t row_bytes = callback->cols * km_dtype_size(callback->dtype);
    km_callback *const own = km_alloc(&context->memory, 1, (int64_t)sizeof *own);
    kmeans_source *made = NULL;
    if (own == NULL) {
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory for a source");
    }
    own->from = *callback;
    own->after = -1;
    status = km_reader_open(&own->reader, context, block_rows(callback, row_bytes), row_bytes, fill,
                            own, callback->any_thread != 0);
    if (status == KMEANS_OK) {
        status = km_source_over_view(context, &callback_ops, &none, "", own, &made);
    }
    if (status != KMEANS_OK) {
        km_reader_close(&own->reader);
        km_free(own);
        return status;
    }
    made->untouched = 2 * own->reader.capacity * row_bytes;
    made->can = callback->fetch != NULL ? KM_CAN_SEEK : 0;
    made->rows = callback->rows;
    made->bytes = callback->rows > 0 ? callback->rows * row_bytes : 0;
    own->source = made;
    *source = made;
    return KMEANS_OK;
}
