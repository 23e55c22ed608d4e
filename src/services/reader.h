/* Floor 1: reading ahead. Blocks of rows are filled into two buffers in turn: while one is worked
 * on, a thread of the reader's own fills the other. That thread does nothing but call `fill`; it
 * sleeps between visits, and where it cannot be had (limits of the system, or wanted so) the caller
 * fills. */
#ifndef KM_READER_H
#define KM_READER_H

#include <pthread.h>
#include <stdbool.h>

#include "context.h"

/* Fill buffer with rows row0 .. row0+count-1; returns how many rows it wrote: 0 at the end, fewer
 * than count where the data comes in smaller pieces; or -1 and a reason in *error. */
typedef int64_t (*km_fill_fn)(void *argument, int64_t row0, int64_t count, void *buffer,
                              int *error);

typedef struct km_reader {
    km_fill_fn fill;
    void *argument;
    void *buffer[2];
    int64_t capacity; /* rows of a buffer */
    int64_t row_bytes;
    bool ahead; /* by a thread of its own */

    int turn;        /* the buffer that is handed out next */
    int64_t row;     /* the first row that is not asked for yet */
    int64_t rows;    /* of all, or -1: until fill returns 0 */
    bool asked;      /* a buffer is asked for */
    int64_t wanted;  /* rows of it */
    int64_t got;     /* what fill returned */
    int error;       /* and said */
    bool waiting;    /* for the thread */
    bool closing;    /* the thread has to go */
    bool started;    /* it is there, in process */
    int64_t process; /* this one: a forked child has no such thread */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
} km_reader;

/* Allocate two buffers of `capacity` rows of row_bytes. *reader is zeroed first. Errors:
 * KMEANS_ERROR_MEMORY. */
int km_reader_open(km_reader *reader, kmeans_context *context, int64_t capacity, int64_t row_bytes,
                   km_fill_fn fill, void *argument, bool ahead);

/* Safe on a zeroed reader. */
void km_reader_close(km_reader *reader);

/* Begin at row 0 of `rows` (-1: unknown). What was asked for before is waited for and dropped. */
void km_reader_rewind(km_reader *reader, int64_t rows);

/* Between two visits: the thread ends, and the buffers take no resident memory. Pages that were
 * given back are slow to get again: so another reader (or NULL), which is idle, gets the buffers
 * for its own where these are as large. */
void km_reader_leave(km_reader *reader, km_reader *other);

/* Nothing is being filled after this call. */
void km_reader_stop(km_reader *reader);

/* The next block: its rows (0 at the end) and *buffer, valid until the call after; -1 and *error.
 * In a process forked during a visit the end comes before the last row: who knows how many there
 * are has to compare. */
int64_t km_reader_next(km_reader *reader, void **buffer, int *error);

#endif
