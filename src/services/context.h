/* Floor 1: the context behind kmeans_context: memory, callbacks, error text. */
#ifndef KM_CONTEXT_H
#define KM_CONTEXT_H

#include <kmeans/context.h>
#include <kmeans/status.h>

#include "memory.h"

enum { KM_DETAIL_SIZE = 512 };

struct kmeans_context {
    km_memory memory;
    kmeans_log_fn log;
    void *log_user;
    kmeans_progress_fn progress;
    void *progress_user;
    kmeans_parallel_for_fn parallel_for;
    void *parallel_for_user;
    char detail[KM_DETAIL_SIZE];
};

/* Write the detail text (printf style, truncated to fit) and return status. context may be NULL. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int km_fail(kmeans_context *context, int status, const char *format, ...);

/* Send a message to the log callback, if there is one. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void km_log(kmeans_context *context, int level, const char *code, const char *format, ...);

/* Seconds of a monotonic clock. */
double km_now(void);

#endif
