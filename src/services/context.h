/* Floor 1: the context behind kmeans_context: memory, callbacks, error text. */
#ifndef KM_CONTEXT_H
#define KM_CONTEXT_H

#include <kmeans/context.h>
#include <kmeans/status.h>

#include "fpmode.h"
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
    km_fpmode *host_mode; /* the caller's floating-point mode while a call runs (set and cleared by
                             the door, may be NULL): callbacks run in it */
    char detail[KM_DETAIL_SIZE];
};

/* Write the detail text (printf style, in the C locale, truncated to fit) and return status. The
 * arguments may point into the old text. context may be NULL. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int km_fail(kmeans_context *context, int status, const char *format, ...);

/* KMEANS_ERROR_MEMORY after km_alloc_rows gave nothing: "no memory for what of n rows", or the
 * scratch file and the system's reason. */
int km_fail_rows(kmeans_context *context, const char *what, int64_t rows);

/* Send a message to the log callback, if there is one; context may be NULL. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void km_log(kmeans_context *context, int level, const char *code, const char *format, ...);

/* Around every callback: give the host its own floating-point mode and flags, and take the
 * library's again; flags that the callback raised stay with the host. Nothing without host_mode. */
void km_callback_enter(kmeans_context *context);
void km_callback_leave(kmeans_context *context);

/* That mode: for callbacks on other threads. */
km_fpmode km_callback_mode(const kmeans_context *context);

/* Around a call of the library: put the caller's mode aside in *saved, where callbacks find it, and
 * give it back. Calls may lie within others, of a callback: `outer` is what km_enter returned. */
km_fpmode *km_enter(kmeans_context *context, km_fpmode *saved);
void km_leave(kmeans_context *context, const km_fpmode *saved, km_fpmode *outer);

/* Seconds of a monotonic clock. */
double km_now(void);

#endif
