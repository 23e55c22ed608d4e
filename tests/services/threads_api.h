// src/services/threads.h uses C11 atomics, which C++17 cannot read: the same declarations for the
// tests.
#pragma once

#include <cstdint>

#include <kmeans/kmeans.h>

extern "C" {
typedef struct km_team km_team;
typedef void (*km_driver_fn)(km_team *team, void *argument);
typedef void (*km_phase_fn)(void *argument, int32_t thread);
int km_team_run(kmeans_context *context, int32_t threads, km_driver_fn driver, void *argument);
int32_t km_team_size(const km_team *team);
void km_team_phase(km_team *team, km_phase_fn phase, void *argument);
int km_default_threads(kmeans_context *context);
bool km_threads_built(void);
bool km_threads_single(void);

struct alignas(64) km_work_range {
    uint64_t left;
    int64_t first;
};
struct km_work {
    km_work_range *ranges;
    int32_t threads;
};
void km_work_deal(km_work *work, int64_t count);
int64_t km_work_next(km_work *work, int32_t thread);

struct km_lock {
    bool flag;
};
void km_lock_acquire(km_lock *lock);
void km_lock_release(km_lock *lock);
}
