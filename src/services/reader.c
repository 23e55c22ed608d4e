#define _POSIX_C_SOURCE 200809L
#include "reader.h"

#include <signal.h>
#include <unistd.h>

int km_reader_open(km_reader *reader, kmeans_context *context, int64_t capacity, int64_t row_bytes,
                   km_fill_fn fill, void *argument, bool ahead)
{
    *reader = (km_reader){.fill = fill,
                          .argument = argument,
                          .capacity = capacity,
                          .row_bytes = row_bytes,
                          .ahead = ahead};
    for (int b = 0; b < 2; b++) {
        reader->buffer[b] = km_alloc(&context->memory, capacity, row_bytes);
    }
    if (reader->buffer[0] == NULL || reader->buffer[1] == NULL) {
        km_reader_close(reader);
        return km_fail(context, KMEANS_ERROR_MEMORY,
                       "no memory for two blocks of %lld rows of %lld bytes", (long long)capacity,
                       (long long)row_bytes);
    }
    return KMEANS_OK;
}

static void *work(void *argument)
{
    km_reader *const reader = argument;
    pthread_mutex_lock(&reader->mutex);
    for (;;) {
        while (!reader->waiting && !reader->closing) {
            pthread_cond_wait(&reader->changed, &reader->mutex);
        }
        if (reader->closing) {
            pthread_mutex_unlock(&reader->mutex);
            return NULL;
        }
        pthread_mutex_unlock(&reader->mutex);
        int error = 0;
        const int64_t got = reader->fill(reader->argument, reader->row, reader->wanted,
                                         reader->buffer[reader->turn], &error);
        pthread_mutex_lock(&reader->mutex);
        reader->got = got;
        reader->error = error;
        reader->waiting = false;
        pthread_cond_broadcast(&reader->changed);
    }
}

/* The host's signals are not for this thread. Where none can be started, the caller reads. */
static void start_thread(km_reader *reader)
{
    sigset_t all;
    sigset_t before;
    if (pthread_mutex_init(&reader->mutex, NULL) != 0) {
        reader->ahead = false;
        return;
    }
    if (pthread_cond_init(&reader->changed, NULL) != 0) {
        pthread_mutex_destroy(&reader->mutex);
        reader->ahead = false;
        return;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    reader->started = pthread_create(&reader->thread, NULL, work, reader) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    reader->process = (int64_t)getpid();
    if (!reader->started) {
        pthread_cond_destroy(&reader->changed);
        pthread_mutex_destroy(&reader->mutex);
        reader->ahead = false;
    }
}

/* In a forked child nothing will come of what was asked for before. */
static void forget_parent(km_reader *reader)
{
    if (reader->started && reader->process != (int64_t)getpid()) {
        reader->started = reader->asked = reader->waiting = false;
    }
}

static void ask(km_reader *reader)
{
    const int64_t left = reader->rows < 0 ? reader->capacity : reader->rows - reader->row;
    reader->wanted = left < reader->capacity ? left : reader->capacity;
    reader->asked = reader->wanted > 0;
    if (!reader->asked || !reader->ahead) {
        return;
    }
    if (!reader->started) {
        start_thread(reader);
    }
    if (reader->started) {
        pthread_mutex_lock(&reader->mutex);
        reader->waiting = true;
        pthread_cond_broadcast(&reader->changed);
        pthread_mutex_unlock(&reader->mutex);
    }
}

/* Until the buffer that was asked for is filled. */
static void wait_for(km_reader *reader)
{
    if (!reader->started) {
        reader->error = 0;
        reader->got = reader->fill(reader->argument, reader->row, reader->wanted,
                                   reader->buffer[reader->turn], &reader->error);
        return;
    }
    pthread_mutex_lock(&reader->mutex);
    while (reader->waiting) {
        pthread_cond_wait(&reader->changed, &reader->mutex);
    }
    pthread_mutex_unlock(&reader->mutex);
}

void km_reader_stop(km_reader *reader)
{
    forget_parent(reader);
    if (reader->asked && reader->started) {
        wait_for(reader);
    }
    reader->asked = false;
}

void km_reader_rewind(km_reader *reader, int64_t rows)
{
    km_reader_stop(reader);
    reader->row = 0;
    reader->rows = rows;
    ask(reader);
}

int64_t km_reader_next(km_reader *reader, void **buffer, int *error)
{
    forget_parent(reader);
    if (!reader->asked) {
        return 0;
    }
    wait_for(reader);
    reader->asked = false;
    const int64_t got = reader->got;
    *error = reader->error;
    if (got > 0) {
        *buffer = reader->buffer[reader->turn];
        reader->row += got;
        reader->turn = 1 - reader->turn;
        ask(reader);
    }
    return got;
}

static void end_thread(km_reader *reader)
{
    km_reader_stop(reader);
    if (reader->started) {
        pthread_mutex_lock(&reader->mutex);
        reader->closing = true;
        pthread_cond_broadcast(&reader->changed);
        pthread_mutex_unlock(&reader->mutex);
        pthread_join(reader->thread, NULL);
        pthread_cond_destroy(&reader->changed);
        pthread_mutex_destroy(&reader->mutex);
        reader->started = reader->closing = false;
    }
}

void km_reader_leave(km_reader *reader, km_reader *other)
{
    const bool alike = other != NULL && other->capacity == reader->capacity &&
                       other->row_bytes == reader->row_bytes;
    end_thread(reader);
    if (alike) {
        km_reader_stop(other);
    }
    for (int b = 0; b < 2; b++) {
        void *const mine = reader->buffer[b];
        if (alike) {
            reader->buffer[b] = other->buffer[b];
            other->buffer[b] = mine;
        } else {
            km_memory_forget(mine);
        }
    }
}

void km_reader_close(km_reader *reader)
{
    end_thread(reader);
    km_free(reader->buffer[0]);
    km_free(reader->buffer[1]);
    reader->buffer[0] = reader->buffer[1] = NULL;
}
