/* Work items for the threads of a team, and the lock for short critical sections. */
#define _POSIX_C_SOURCE 200809L
#include "threads.h"

#include <sched.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* `left` packs both ends of a range, so that owner (front) and thieves (back) agree by one
 * compare-and-swap. Order of memory is relaxed: an item is a number only, and the barriers around
 * a phase order the data. */
static uint64_t pack_ends(uint64_t next, uint64_t end) { return end << 32 | next; }

void km_work_deal(km_work *work, int64_t count)
{
    const int64_t share = count / work->threads;
    const int64_t extra = count % work->threads;
    int64_t first = 0;
    for (int32_t t = 0; t < work->threads; t++) {
        const int64_t size = share + (t < extra ? 1 : 0);
        work->ranges[t].first = first;
        atomic_store_explicit(&work->ranges[t].left, pack_ends(0, (uint64_t)size),
                              memory_order_relaxed);
        first += size;
    }
}

/* One item from the front (own) or the back (another's) of a range, or -1. */
static int64_t take_item(km_work_range *range, bool own)
{
    uint64_t left = atomic_load_explicit(&range->left, memory_order_relaxed);
    for (;;) {
        const uint64_t next = left & UINT32_MAX;
        const uint64_t end = left >> 32;
        if (next == end) {
            return -1;
        }
        const uint64_t after = own ? pack_ends(next + 1, end) : pack_ends(next, end - 1);
        if (atomic_compare_exchange_weak_explicit(&range->left, &left, after, memory_order_relaxed,
                                                  memory_order_relaxed)) {
            return range->first + (int64_t)(own ? next : end - 1);
        }
    }
}

int64_t km_work_next(km_work *work, int32_t thread)
{
    int64_t item = take_item(&work->ranges[thread], true);
    for (int32_t step = 1; item < 0 && step < work->threads; step++) {
        const int32_t other = thread + step;
        item =
            take_item(&work->ranges[other < work->threads ? other : other - work->threads], false);
    }
    return item;
}

static void pause_cpu(void)
{
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void km_wait_step(int32_t tries)
{
    enum { pauses = 512, yields = 4096 }; /* some 20 microseconds, then some milliseconds */
    if (tries < pauses) {
        pause_cpu();
    } else if (tries < pauses + yields) {
        sched_yield();
    } else {
        const struct timespec moment = {0, 50000};
        nanosleep(&moment, NULL);
    }
}

/* The holder may be off its CPU when there are more threads than CPUs: give up the time slice
 * after a while. */
void km_lock_acquire(km_lock *lock)
{
    for (int tries = 1; atomic_flag_test_and_set_explicit(&lock->flag, memory_order_acquire);
         tries++) {
        if (tries % 128 == 0) {
            sched_yield();
        } else {
            pause_cpu();
        }
    }
}

void km_lock_release(km_lock *lock)
{
    atomic_flag_clear_explicit(&lock->flag, memory_order_release);
}
