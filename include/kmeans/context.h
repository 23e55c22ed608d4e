/* The context: memory hooks, callbacks and the text of the last error.
 *
 * Distinct contexts may be used from distinct threads at the same time. One context serves one
 * call at a time and any number of calls one after the other. */
#ifndef KMEANS_CONTEXT_H
#define KMEANS_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "export.h"

KMEANS_BEGIN_DECLS

typedef struct kmeans_context kmeans_context;

/* Memory hooks. allocate returns `bytes` bytes aligned to `alignment` (a power of two, at most
 * 4096) or NULL; release gets what allocate returned, and the same size. Both are called on the
 * thread that called the library, never inside the iterations. The struct is copied. */
typedef struct kmeans_allocator {
    void *(*allocate)(void *user, size_t bytes, size_t alignment);
    void (*release)(void *user, void *memory, size_t bytes);
    void *user;
} kmeans_allocator;

/* Create a context. allocator may be NULL: the C library's heap. Errors: KMEANS_ERROR_ARGUMENT
 * (context NULL, or only one of the two hooks set), KMEANS_ERROR_MEMORY. */
KMEANS_API int kmeans_context_create(const kmeans_allocator *allocator, kmeans_context **context);

/* Free a context; NULL is allowed. Sources, options and results made with it must have been freed
 * before: their memory goes back through its hooks. */
KMEANS_API void kmeans_context_free(kmeans_context *context);

/* The text of the last error of a call that got this context: names the argument, the value and
 * the limit. Empty before any error; valid until the next call with this context. For a NULL
 * context a constant text. */
KMEANS_API const char *kmeans_detail(const kmeans_context *context);

/* Let the resident pages of results in scratch files go (option memory_limit); what they hold stays
 * and is read again when it is touched. For reading large results a window at a time; nothing where
 * there are no such files. NULL is allowed. */
KMEANS_API void kmeans_context_release(kmeans_context *context);

/* Messages. Nothing is ever printed; without a callback messages are dropped. Warnings about a
 * fit are also kept in its result. */
typedef enum kmeans_log_level {
    KMEANS_LOG_WARNING = 1, /* something the caller should know about the result */
    KMEANS_LOG_INFO = 2,    /* what was chosen: kernel, threads, passes */
    KMEANS_LOG_DEBUG = 3
} kmeans_log_level;

/* level is a kmeans_log_level; code is a stable short word ("empty_clusters"), text a sentence
 * without newline; both are valid during the call only. Called on the calling thread. */
typedef void (*kmeans_log_fn)(void *user, int level, const char *code, const char *text);

/* Set or remove (NULL) the log callback. Returns 0, or KMEANS_ERROR_ARGUMENT for a NULL context. */
KMEANS_API int kmeans_context_set_log(kmeans_context *context, kmeans_log_fn log, void *user);

/* How far a fit is. Fields are added at the end only: compare `size` before reading new ones. */
typedef struct kmeans_progress {
    size_t size;          /* bytes of this struct in the library */
    const char *phase;    /* "init", "assign", "pass" (a pass has just ended), "final", or
                             "measure" (kmeans_measure) */
    int64_t restart;      /* 0 .. restarts-1 */
    int64_t pass;         /* passes completed in this restart */
    int64_t rows_done;    /* rows visited in the visit that is running */
    int64_t n;            /* all rows */
    double inertia;       /* of the last completed pass, NaN before the first */
    int64_t changed_rows; /* in the last completed pass */
    double seconds;       /* since the call started */
    double time_limit;    /* seconds, 0 = none */
} kmeans_progress;

/* Called at the end of every pass ("pass") and at intervals of at most about 0.1 s of work within
 * one; always on the thread that called the library, with the caller's own floating-point mode.
 * A non-zero return cancels: the fit then ends with the last complete assignment (see fit.h). */
typedef int (*kmeans_progress_fn)(void *user, const kmeans_progress *progress);

/* Set or remove (NULL) the progress callback. Returns 0, or KMEANS_ERROR_ARGUMENT. */
KMEANS_API int kmeans_context_set_progress(kmeans_context *context, kmeans_progress_fn progress,
                                           void *user);

/* A host's own thread pool. run must call task(argument, 0) .. task(argument, count-1), each
 * exactly once, at the same time or one after the other in any order, on threads with at least
 * 64 KiB of free stack, and return 0 when all have returned. With it set, no OpenMP region is
 * entered; the option threads gives count and must be set (> 0). */
typedef void (*kmeans_task_fn)(void *argument, int64_t index);
typedef int (*kmeans_parallel_for_fn)(void *user, kmeans_task_fn task, void *argument,
                                      int64_t count);

/* Set or remove (NULL) the pool. Returns 0, or KMEANS_ERROR_ARGUMENT. */
KMEANS_API int kmeans_context_set_parallel_for(kmeans_context *context, kmeans_parallel_for_fn run,
                                               void *user);

/* Version of the library that is running, "0.1.0"; KMEANS_BITS_VERSION it was built with. */
KMEANS_API const char *kmeans_version(void);
KMEANS_API int kmeans_bits_version(void);

/* The instruction sets of this build, best first: name of table `index`, or NULL past the end.
 * *usable is set to 1 if this CPU can run it, else 0 (usable may be NULL). */
KMEANS_API const char *kmeans_isa_name(int index, int *usable);

/* The algorithms: name of entry `index`, or NULL past the end; *exact is set to 1 if its result is
 * that of Lloyd's iteration to the bit; *memory to a short text (both may be NULL). */
KMEANS_API const char *kmeans_algorithm_name(int index, int *exact, const char **memory);

/* The threads a call would use with the option threads = 0: KMEANS_NUM_THREADS, else the first
 * level of OMP_NUM_THREADS, else the smaller of the CPUs this process may run on and its cgroup's
 * CPU quota rounded up; 1 inside the caller's own OpenMP parallel region, in a build without
 * OpenMP, and in a child forked after a call with threads (gcc's runtime cannot start any there).
 * KMEANS_ERROR_ARGUMENT (< 0) where one of the two variables is no number from 1 to 4096. */
KMEANS_API int kmeans_default_threads(void);

/* Build facts as "key=value" words separated by blanks: compiler, flags that matter, openmp. */
KMEANS_API const char *kmeans_build_info(void);

KMEANS_END_DECLS

#endif
