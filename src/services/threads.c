/* Teams of threads: OpenMP, a host's pool, or none. */
#define _GNU_SOURCE
#include "threads.h"

#include <stdint.h>
#include <unistd.h>

#include "fpmode.h"
#include "profile.h"

#if defined(_OPENMP)
#include <omp.h>
#endif

struct km_team {
    kmeans_context *context;
    km_phase_fn phase; /* NULL tells the workers to go home */
    void *argument;
    km_profile *profile; /* NULL: none is kept */
    int32_t size;
    _Alignas(64) atomic_uint started;  /* phases begun: workers wait for the next */
    _Alignas(64) atomic_int working;   /* workers that have not finished this one */
    _Alignas(64) bool pool;            /* phases go to context->parallel_for */
    bool pool_failed;                  /* it returned non-zero, or left tasks out */
    atomic_uchar done[KM_MAX_THREADS]; /* pool: tasks of this phase that have run */
};

/* A thread's part of a phase. */
static void run_thread(const km_team *team, int32_t thread)
{
    km_profile *const profile = team->profile;
    const double start = profile ? km_now() : 0;
    team->phase(team->argument, thread);
    if (profile)
        profile->thread[thread].last = km_now() - start;
}

int32_t km_team_size(const km_team *team) { return team->size; }

void km_team_profile(km_team *team, km_profile *profile) { team->profile = profile; }

bool km_threads_built(void)
{
#if defined(_OPENMP)
    return true;
#else
    return false;
#endif
}

#if defined(_OPENMP)

/* The process in which this library first started OpenMP threads: the only thing that outlives a
 * call. A child made by fork inherits the runtime's book-keeping but not its threads, and gcc's
 * libgomp then waits for them for ever (GCC bug 60035): in such a child teams have one thread. */
static _Atomic long team_process;

static bool is_forked_child(void)
{
    const long started = atomic_load(&team_process);
    return started != 0 && started != (long)getpid();
}

/* A phase begins for the workers. Own signals, not OpenMP's barriers: those spin for milliseconds,
 * and on a machine with other work the thread that is waited for may want the very same core. */
static void start_phase(km_team *team)
{
    atomic_store_explicit(&team->working, team->size - 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&team->started, 1, memory_order_release);
}

static void finish_phase(km_team *team)
{
    for (int32_t tries = 0; atomic_load_explicit(&team->working, memory_order_acquire) > 0;
         tries += tries < INT32_MAX)
        km_wait_step(tries);
}

static void work_until_dismissed(km_team *team, int32_t thread)
{
    const km_fpmode saved = km_fpmode_enter();
    for (unsigned seen = 0;; seen++) {
        for (int32_t tries = 0; atomic_load_explicit(&team->started, memory_order_acquire) == seen;
             tries += tries < INT32_MAX)
            km_wait_step(tries);
        if (team->phase == NULL)
            break;
        run_thread(team, thread);
        atomic_fetch_sub_explicit(&team->working, 1, memory_order_release);
    }
    km_fpmode_leave(saved);
}

static void run_openmp(km_team *team, int32_t threads, km_driver_fn driver, void *argument)
{
    if (threads == 1 || is_forked_child()) {
        driver(team, argument);
        return;
    }
    atomic_store(&team_process, (long)getpid());
#pragma omp parallel num_threads(threads) default(none) shared(team, driver, argument)
    {
        const int32_t thread = omp_get_thread_num();
        if (thread == 0) {
            team->size = omp_get_num_threads();
            driver(team, argument);
            team->phase = NULL;
            start_phase(team);
        } else {
            work_until_dismissed(team, thread);
        }
    }
}

#endif

/* A task of the host's pool: one thread's part of a phase. */
static void run_pool_task(void *argument, int64_t index)
{
    km_team *const team = argument;
    const km_fpmode saved = km_fpmode_enter();
    run_thread(team, (int32_t)index);
    km_fpmode_leave(saved);
    atomic_store_explicit(&team->done[index], 1, memory_order_release);
}

/* Whatever the pool returns, the phase must be whole: what it left out runs here, and a warning
 * says so once per team. */
static void run_pool_phase(km_team *team)
{
    kmeans_context *const context = team->context;
    for (int32_t t = 0; t < team->size; t++) {
        atomic_store_explicit(&team->done[t], 0, memory_order_relaxed);
    }
    km_callback_enter(context);
    const int failed =
        context->parallel_for(context->parallel_for_user, run_pool_task, team, team->size);
    km_callback_leave(context);
    int32_t left_out = 0;
    for (int32_t t = 0; t < team->size; t++) {
        if (atomic_load_explicit(&team->done[t], memory_order_acquire) == 0) {
            run_pool_task(team, t);
            left_out++;
        }
    }
    if ((failed != 0 || left_out != 0) && !team->pool_failed) {
        team->pool_failed = true;
        km_log(context, KMEANS_LOG_WARNING, "parallel_for",
               "the parallel_for hook returned %d and left out %d of %d tasks: they were run on "
               "the calling thread",
               failed, (int)left_out, (int)team->size);
    }
}

void km_team_phase(km_team *team, km_phase_fn phase, void *argument)
{
    team->phase = phase;
    team->argument = argument;
    if (team->pool && team->size > 1) {
        run_pool_phase(team);
    } else {
#if defined(_OPENMP)
        if (team->size > 1)
            start_phase(team);
#endif
        run_thread(team, 0);
#if defined(_OPENMP)
        if (team->size > 1)
            finish_phase(team);
#endif
    }
    if (team->profile)
        km_profile_shared(team->profile, team->size);
}

int km_team_run(kmeans_context *context, int32_t threads, km_driver_fn driver, void *argument)
{
    if (threads < 1 || threads > KM_MAX_THREADS) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "threads: %d is outside 1 .. %d",
                       (int)threads, (int)KM_MAX_THREADS);
    }
    const bool pool = context != NULL && context->parallel_for != NULL;
    if (threads > 1 && !pool && !km_threads_built()) {
        return km_fail(context, KMEANS_ERROR_UNSUPPORTED,
                       "threads: %d, but this build has no threads (KMEANS_OPENMP=OFF); use 1",
                       (int)threads);
    }
    km_team team;
    team.context = context;
    team.phase = NULL;
    team.argument = NULL;
    team.profile = NULL;
    team.size = pool ? threads : 1;
    team.pool = pool;
    team.pool_failed = false;
    atomic_init(&team.started, 0);
    atomic_init(&team.working, 0);
#if defined(_OPENMP)
    if (!pool) {
        run_openmp(&team, threads, driver, argument);
        return KMEANS_OK;
    }
#endif
    driver(&team, argument);
    return KMEANS_OK;
}

bool km_threads_single(void)
{
#if defined(_OPENMP)
    return omp_in_parallel() != 0 || is_forked_child();
#else
    return true;
#endif
}
