/* Floor 1: where the time of a call goes. Off (the run's profile is NULL) it costs a test of that
 * pointer per phase and block; on, two readings of the clock per phase and thread, and some per
 * block of rows.
 *
 * Phases follow each other on the calling thread; one that begins within another belongs to that
 * one. What a visit of rows is made of, its parts, is timed on every thread. */
#ifndef KM_PROFILE_H
#define KM_PROFILE_H

#include <kmeans/result.h>
#include <stdbool.h>

#include "context.h"

typedef enum km_phase {
    KM_PHASE_OTHER, /* stop rules, trace, callbacks, checkpoints: what is left of the total */
    KM_PHASE_SETUP,
    KM_PHASE_READ,
    KM_PHASE_INIT,
    KM_PHASE_PACK,
    KM_PHASE_ASSIGN,
    KM_PHASE_FETCH, /* parts of assign, here .. */
    KM_PHASE_SCREEN,
    KM_PHASE_RECHECK,
    KM_PHASE_SUMS, /* .. to here */
    KM_PHASE_MEANS,
    KM_PHASE_INERTIA,
    KM_PHASE_EMPTY,
    KM_PHASE_RESULT,
    KM_PHASES
} km_phase;

/* The clocks of one thread, on cache lines of its own. */
typedef struct km_profile_thread {
    _Alignas(64) double since; /* when its part began */
    km_phase part;             /* KM_PHASE_OTHER: none */
    double last;               /* seconds in the work shared last */
    double busy[KM_PHASES];
    int64_t calls[KM_PHASES]; /* of parts */
} km_profile_thread;

typedef struct km_profile {
    km_phase phase; /* the one that runs */
    double since;
    double seconds[KM_PHASES];
    double longest[KM_PHASES]; /* over work that was shared: seconds of the last thread to end, */
    double mean[KM_PHASES];    /* and of all on average */
    int64_t calls[KM_PHASES];
    double operations[KM_PHASES];
    int32_t threads;
    kmeans_profile_row rows[KM_PHASES]; /* what kmeans_result_profile gives */
    km_profile_thread *thread;          /* [threads], within the block */
    double *busy;                       /* [KM_PHASES][threads], within the block */
} km_profile;

/* Bytes of the one block that a profile is, and setting it up in zeroed memory. */
int64_t km_profile_bytes(int32_t threads);
void km_profile_open(km_profile *profile, int32_t threads);

/* A phase took `seconds` before there was a profile. */
void km_profile_add(km_profile *profile, km_phase phase, double seconds);

/* A phase begins; true if it is not within another, and km_profile_leave is to end it. Of a profile
 * that is NULL: false. */
bool km_profile_enter(km_profile *profile, km_phase phase);
void km_profile_leave(km_profile *profile, bool entered);

/* Arithmetic operations that the running phase is worth; profile may be NULL. */
void km_profile_count(km_profile *profile, double operations);

/* `thread` turns to another part of the running phase and says from which; KM_PHASE_OTHER: to none.
 * Outside of assign nothing is noted. km_profile_return goes back to what it came from. */
km_phase km_profile_part(km_profile *profile, int32_t thread, km_phase part);
void km_profile_return(km_profile *profile, int32_t thread, km_phase part);

/* Work was shared among `size` threads, which took thread[].last each. */
void km_profile_shared(km_profile *profile, int32_t size);

/* Fill the rows for a call that took `total` seconds with `size` threads; returns how many. */
int64_t km_profile_finish(km_profile *profile, double total, int32_t size);

#endif
