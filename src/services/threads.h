/* Floor 1: threads. threads.c is the only file that knows OpenMP.
 *
 * One parallel region spans a whole fit: the driver runs on the calling thread as plain serial
 * code and hands out phases; the other threads of the team wait in between. A phase costs one
 * signal to start and one wait at its end. With a host's parallel_for hook each phase is one call
 * of it instead; with one thread a phase is a function call. */
#ifndef KM_THREADS_H
#define KM_THREADS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "context.h"

typedef struct km_team km_team;
struct km_profile;
typedef void (*km_driver_fn)(km_team *team, void *argument);
typedef void (*km_phase_fn)(void *argument, int32_t thread);

/* Run driver(team, argument) on the calling thread with a team of `threads` threads (>= 1).
 * Every thread of the team works in the library's floating-point mode (fpmode.h); the caller's
 * mode on the calling thread is handled by the door. The team may turn out smaller than asked
 * (nested regions, OMP limits, a forked child): km_team_size tells. Returns 0; without having
 * run the driver KMEANS_ERROR_ARGUMENT (threads outside 1 .. KM_MAX_THREADS) or
 * KMEANS_ERROR_UNSUPPORTED (more than one thread in a build without OpenMP and without a hook). */
int km_team_run(kmeans_context *context, int32_t threads, km_driver_fn driver, void *argument);

int32_t km_team_size(const km_team *team);

/* Called by the driver before the first phase: time every thread's part of every phase for this
 * profile (profile.h), which has room for as many threads as were asked for; NULL: do not. */
void km_team_profile(km_team *team, struct km_profile *profile);

/* Called by the driver only: every thread t of the team runs phase(argument, t), t < size;
 * returns when all have. Memory written before is visible inside, and what is written inside is
 * visible after. */
void km_team_phase(km_team *team, km_phase_fn phase, void *argument);

/* The threads option 0 resolved: see kmeans_default_threads in the public header; 1 also where
 * km_team_run could not start more (a forked child). A malformed environment variable is an error
 * that names it: returns < 0 (status) with the text in context's detail (context may be NULL). */
int km_default_threads(kmeans_context *context);

/* Can more than one thread work in this build? */
bool km_threads_built(void);

/* Can a team have no more than one thread here: no OpenMP, inside the caller's own parallel region,
 * or in a child forked after a call with threads? (A parallel_for hook is not asked.) */
bool km_threads_single(void);

enum { KM_MAX_THREADS = 4096 };

/* Work items 0 .. count-1, dealt to the threads as contiguous ranges (thread t's rows stay its
 * own from pass to pass: first touch, warm caches); a thread whose range is done takes single
 * items from the far ends of the others' ranges. At most 2^31 items per thread. */
typedef struct km_work_range {
    _Alignas(
        64) _Atomic uint64_t left; /* items left: next one, end in the upper half; from first */
    int64_t first;                 /* on a cache line of its own */
} km_work_range;

typedef struct km_work {
    km_work_range *ranges; /* [threads], owned by the caller, 64-byte aligned */
    int32_t threads;
} km_work;

/* Deal count items; called by the driver between phases. */
void km_work_deal(km_work *work, int64_t count);

/* The next item for a thread, or -1 when nothing is left anywhere. */
int64_t km_work_next(km_work *work, int32_t thread);

/* One step of waiting for another thread, the tries-th: first the CPU pauses, then other threads
 * get its time (the one that is waited for may want this very core), at last the thread sleeps for
 * moments. */
void km_wait_step(int32_t tries);

/* Spin locks for short critical sections on shared integer sums. */
typedef struct km_lock {
    atomic_flag flag;
} km_lock;
void km_lock_acquire(km_lock *lock);
void km_lock_release(km_lock *lock);

#endif
