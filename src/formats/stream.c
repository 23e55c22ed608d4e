/* Rows of a file read in blocks, with pread: nothing is mapped, a file that shrinks is an error and
 * not a signal. Rows may lie one after the other (C order, rows with headers) or by column (Fortran
 * order); of the latter only the columns in use are read. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "../services/reader.h"
#include "file.h"

/* owned points to this. */
typedef struct km_stream {
    km_file *file;
    km_reader reader;
    int64_t cols;
    int64_t size;         /* of a number */
    int64_t row_bytes;    /* from a row to the next; by column: size */
    int64_t first;        /* of the file: the lowest byte of row 0 in use */
    int64_t span;         /* bytes of a row in use, from there on */
    bool by_column;       /* every column is a piece of the file of its own */
    int64_t *place;       /* [cols] the byte of row 0 in the file */
    const void **columns; /* [cols] of the block handed out, where columns are picked */
} km_stream;

/* All of `count` bytes from `offset`: 0, an errno, or -1 where the file ends before. */
static int read_at(const km_stream *stream, void *to, int64_t count, int64_t offset)
{
    char *at = to;
    while (count > 0) {
        const ssize_t got = pread(stream->file->descriptor, at, (size_t)count, (off_t)offset);
        if (got == 0) {
            return -1;
        }
        if (got < 0 && errno != EINTR) {
            return errno;
        }
        const int64_t step = got > 0 ? (int64_t)got : 0;
        at += step;
        offset += step;
        count -= step;
    }
    return 0;
}

static int64_t fill(void *argument, int64_t row0, int64_t count, void *buffer, int *error)
{
    const km_stream *const stream = argument;
    const int64_t columns = stream->by_column ? stream->cols : 1;
    *error = 0;
    if (!stream->by_column) {
        *error = read_at(stream, buffer, (count - 1) * stream->row_bytes + stream->span,
                         stream->first + row0 * stream->row_bytes);
    }
    for (int64_t p = 0; stream->by_column && *error == 0 && p < columns; p++) {
        char *const column = (char *)buffer + p * stream->reader.capacity * stream->size;
        *error =
            read_at(stream, column, count * stream->size, stream->place[p] + row0 * stream->size);
    }
    return *error == 0 ? count : -1;
}

static int fail_read(const km_stream *stream, int error)
{
    const km_file *const file = stream->file;
    if (error > 0) {
        return km_file_fail(file->context, file->name, "cannot read", error);
    }
    return km_fail(file->context, KMEANS_ERROR_FILE,
                   "%s: the file has become shorter than the %" PRId64 " bytes it had", file->name,
                   file->size);
}

static int rewind_stream(kmeans_source *source)
{
    km_stream *const stream = source->owned;
    source->cursor = 0;
    km_reader_rewind(&stream->reader, source->rows);
    return KMEANS_OK;
}

/* The view of a block that lies in a buffer. */
static km_block view_buffer(const kmeans_source *source, const void *buffer)
{
    const km_stream *const stream = source->owned;
    km_block block = source->view;
    if (stream->by_column) {
        block.base = buffer;
        block.col_stride = stream->reader.capacity;
        return block;
    }
    block.base = (const char *)buffer + (stream->place[0] - stream->first);
    for (int64_t p = 0; stream->columns != NULL && p < block.cols; p++) {
        stream->columns[p] = (const char *)buffer + (stream->place[p] - stream->first);
    }
    block.columns = stream->columns;
    return block;
}

static int next_stream(kmeans_source *source, km_block *block)
{
    km_stream *const stream = source->owned;
    void *buffer = NULL;
    int error = 0;
    const int64_t got = km_reader_next(&stream->reader, &buffer, &error);
    if (got < 0) {
        return fail_read(stream, error);
    }
    if (got == 0 && source->cursor < source->rows) {
        return km_fail(stream->file->context, KMEANS_ERROR_FILE,
                       "%s: reading broke off before row %" PRId64 " of %" PRId64
                       "; a forked process cannot go on with its parent's visit",
                       stream->file->name, source->cursor, source->rows);
    }
    if (got == 0) {
        return 0;
    }
    *block = view_buffer(source, buffer);
    block->row0 = source->cursor;
    block->rows = got;
    source->cursor += got;
    return 1;
}

enum { PIECE = 16384 }; /* bytes on the stack of a thread */

/* count numbers from byte `offset`, as many bytes apart as `step` says, to every `ld`-th of out. */
static int read_numbers(const kmeans_source *source, int64_t offset, int64_t step, int64_t count,
                        double *out, int64_t ld)
{
    const km_stream *const stream = source->owned;
    _Alignas(16) char piece[PIECE];
    const int64_t most = (PIECE - stream->size) / step + 1;
    int error = 0;
    for (int64_t i = 0; i < count && error == 0; i += most) {
        const int64_t m = count - i < most ? count - i : most;
        error = read_at(stream, piece, (m - 1) * step + stream->size, offset + i * step);
        const km_block block = {.base = piece,
                                .rows = m,
                                .cols = 1,
                                .row_stride = step / stream->size,
                                .col_stride = 1,
                                .dtype = source->dtype};
        if (error == 0) {
            km_block_to_f64(&block, 0, m, out + i * ld, ld);
        }
    }
    return error;
}

/* Rows that are shorter than a piece, as many at once as it takes. */
static int read_rows(const kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    const km_stream *const stream = source->owned;
    _Alignas(16) char piece[PIECE];
    const int64_t most = (PIECE - stream->span) / stream->row_bytes + 1;
    int error = 0;
    for (int64_t i = 0; i < count && error == 0; i += most) {
        const int64_t m = count - i < most ? count - i : most;
        error = read_at(stream, piece, (m - 1) * stream->row_bytes + stream->span,
                        stream->first + (row0 + i) * stream->row_bytes);
        km_block block = source->view;
        block.columns = NULL;
        for (int64_t p = 0; error == 0 && stream->columns != NULL && p < source->cols; p++) {
            block.base = piece + (stream->place[p] - stream->first);
            block.cols = 1;
            km_block_to_f64(&block, 0, m, out + i * source->cols + p, source->cols);
        }
        block.base = piece + (stream->place[0] - stream->first);
        if (error == 0 && stream->columns == NULL) {
            km_block_to_f64(&block, 0, m, out + i * source->cols, source->cols);
        }
    }
    return error;
}

static int read_stream(kmeans_source *source, int64_t row0, int64_t count, double *out)
{
    const km_stream *const stream = source->owned;
    const int64_t d = source->cols;
    int error = 0;
    if (!stream->by_column && stream->span <= PIECE) {
        error = read_rows(source, row0, count, out);
    } else if (stream->by_column) {
        for (int64_t p = 0; p < d && error == 0; p++) {
            error = read_numbers(source, stream->place[p] + row0 * stream->size, stream->size,
                                 count, out + p, d);
        }
    } else {
        const bool even = stream->columns == NULL && source->view.col_stride > 0;
        const int64_t run = even ? d : 1; /* numbers that are evenly spaced */
        for (int64_t q = 0; q < count * d && error == 0; q += run) {
            error = read_numbers(source, stream->place[q % d] + (row0 + q / d) * stream->row_bytes,
                                 even ? source->view.col_stride * stream->size : stream->size, run,
                                 out + q, 1);
        }
    }
    return error == 0 ? KMEANS_OK : fail_read(stream, error);
}

static int fetch_stream(kmeans_source *source, const int64_t *rows, int64_t m, double *out)
{
    int status = KMEANS_OK;
    for (int64_t i = 0; i < m && status == KMEANS_OK; i++) {
        status = read_stream(source, rows[i], 1, out + i * source->cols);
    }
    return status;
}

static void free_stream(km_stream *stream)
{
    if (stream != NULL) {
        km_reader_close(&stream->reader);
        km_free(stream->place);
        km_free(stream->columns);
        km_free(stream);
    }
}

static void close_stream(kmeans_source *source)
{
    km_stream *const stream = source->owned;
    km_file_close(stream->file);
    free_stream(stream);
}

static void leave_stream(kmeans_source *source, kmeans_source *following)
{
    km_stream *const own = source->owned, *const other = following ? following->owned : NULL;
    km_reader_leave(&own->reader, other != NULL ? &other->reader : NULL);
}

static const km_source_ops stream_ops = {"stream",    rewind_stream, next_stream, fetch_stream,
                                         read_stream, leave_stream,  close_stream};

/* Where the numbers of the view lie in the file. */
static void find_places(km_stream *stream, const km_block *view)
{
    int64_t last = 0;
    stream->first = INT64_MAX;
    for (int64_t p = 0; p < view->cols; p++) {
        stream->place[p] =
            (int64_t)((const unsigned char *)km_block_at(view, 0, p) - stream->file->whole);
        stream->first = stream->place[p] < stream->first ? stream->place[p] : stream->first;
        last = stream->place[p] > last ? stream->place[p] : last;
    }
    stream->span = last - stream->first + stream->size;
}

static int open_stream(km_file *file, const km_block *view, km_stream **made)
{
    km_memory *const memory = &file->context->memory;
    km_stream *const stream = km_alloc(memory, 1, (int64_t)sizeof *stream);
    *made = stream;
    if (stream == NULL) {
        return KMEANS_ERROR_MEMORY;
    }
    stream->file = file;
    stream->size = km_dtype_size(view->dtype);
    stream->row_bytes = view->row_stride * stream->size;
    stream->by_column = view->row_stride == 1 && view->cols > 1;
    stream->cols = view->cols;
    stream->place = km_alloc(memory, view->cols, (int64_t)sizeof *stream->place);
    if (view->columns != NULL && !stream->by_column) {
        stream->columns = km_alloc(memory, view->cols, (int64_t)sizeof *stream->columns);
    }
    if (stream->place == NULL ||
        (view->columns != NULL && !stream->by_column && !stream->columns)) {
        return KMEANS_ERROR_MEMORY;
    }
    find_places(stream, view);
    const int64_t row = stream->by_column ? view->cols * stream->size : stream->row_bytes;
    const int64_t fit = file->block_bytes / row > 0 ? file->block_bytes / row : 1;
    return km_reader_open(&stream->reader, file->context, fit < view->rows ? fit : view->rows, row,
                          fill, stream, true);
}

int km_stream_source(km_file *file, const km_block *view, kmeans_source **source)
{
    km_stream *stream;
    km_block block = *view;
    int status = open_stream(file, view, &stream);
    block.base = NULL;
    block.columns = NULL; /* they are made for every block */
    if (status == KMEANS_OK) {
        status =
            km_source_over_view(file->context, &stream_ops, &block, file->name, stream, source);
    }
    if (status != KMEANS_OK) {
        free_stream(stream);
        return km_fail(file->context, status, "%s: no memory for blocks of %" PRId64 " bytes",
                       file->name, file->block_bytes);
    }
    const int64_t row = stream->by_column ? view->cols * stream->size : stream->row_bytes;
    (*source)->untouched = 2 * stream->reader.capacity * row;
    km_file_drop(file);
    posix_fadvise(file->descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    return KMEANS_OK;
}
