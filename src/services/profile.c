#include "profile.h"

/* In the order of km_phase. */
static const struct {
    const char *name;
    km_phase within; /* KM_PHASE_OTHER: a phase of its own */
} names[KM_PHASES] = {
    {"other", KM_PHASE_OTHER},  {"setup", KM_PHASE_OTHER},   {"read", KM_PHASE_OTHER},
    {"init", KM_PHASE_OTHER},   {"pack", KM_PHASE_OTHER},    {"assign", KM_PHASE_OTHER},
    {"fetch", KM_PHASE_ASSIGN}, {"screen", KM_PHASE_ASSIGN}, {"recheck", KM_PHASE_ASSIGN},
    {"sums", KM_PHASE_ASSIGN},  {"means", KM_PHASE_OTHER},   {"inertia", KM_PHASE_OTHER},
    {"empty", KM_PHASE_OTHER},  {"result", KM_PHASE_OTHER},
};

static bool is_part(int phase) { return names[phase].within != KM_PHASE_OTHER; }

/* Bytes of the profile itself, so that the threads' clocks after it lie on lines of their own. */
static int64_t head_bytes(void) { return ((int64_t)sizeof(km_profile) + 63) / 64 * 64; }

int64_t km_profile_bytes(int32_t threads)
{
    return head_bytes() + threads * ((int64_t)sizeof(km_profile_thread) +
                                     (int64_t)KM_PHASES * (int64_t)sizeof(double));
}

void km_profile_open(km_profile *profile, int32_t threads)
{
    char *const block = (char *)profile;
    profile->threads = threads;
    profile->thread = (km_profile_thread *)(void *)(block + head_bytes());
    profile->busy = (double *)(void *)(profile->thread + threads);
}

void km_profile_add(km_profile *profile, km_phase phase, double seconds)
{
    profile->calls[phase]++;
    profile->seconds[phase] += seconds;
}

bool km_profile_enter(km_profile *profile, km_phase phase)
{
    if (!profile || profile->phase != KM_PHASE_OTHER)
        return false;
    profile->phase = phase;
    profile->calls[phase]++;
    profile->since = km_now();
    return true;
}

void km_profile_leave(km_profile *profile, bool entered)
{
    if (!entered)
        return;
    profile->seconds[profile->phase] += km_now() - profile->since;
    profile->phase = KM_PHASE_OTHER;
}

void km_profile_count(km_profile *profile, double operations)
{
    if (profile)
        profile->operations[profile->phase] += operations;
}

km_phase km_profile_part(km_profile *profile, int32_t thread, km_phase part)
{
    km_profile_thread *const clock = &profile->thread[thread];
    const km_phase before = clock->part;
    if (profile->phase != KM_PHASE_ASSIGN || part == before)
        return before;
    clock->calls[part]++;
    km_profile_return(profile, thread, part);
    return before;
}

void km_profile_return(km_profile *profile, int32_t thread, km_phase part)
{
    km_profile_thread *const clock = &profile->thread[thread];
    if (profile->phase != KM_PHASE_ASSIGN || part == clock->part)
        return;
    const double now = km_now();
    if (clock->part != KM_PHASE_OTHER)
        clock->busy[clock->part] += now - clock->since;
    clock->part = part;
    clock->since = now;
}

void km_profile_shared(km_profile *profile, int32_t size)
{
    const km_phase phase = profile->phase;
    double most = 0, sum = 0;
    for (int32_t t = 0; t < size; t++) {
        km_profile_thread *const clock = &profile->thread[t];
        clock->busy[phase] += clock->last;
        most = clock->last > most ? clock->last : most;
        sum += clock->last;
    }
    profile->longest[phase] += most;
    profile->mean[phase] += sum / (double)size;
}

/* A part takes the mean of the threads' seconds; its imbalance is over the whole call. */
static void finish_part(km_profile *profile, int phase, int32_t size)
{
    double most = 0, sum = 0;
    for (int32_t t = 0; t < size; t++) {
        const double busy = profile->thread[t].busy[phase];
        most = busy > most ? busy : most;
        sum += busy;
        profile->calls[phase] += profile->thread[t].calls[phase];
    }
    profile->seconds[phase] = profile->mean[phase] = sum / (double)size;
    profile->longest[phase] = most;
}

int64_t km_profile_finish(km_profile *profile, double total, int32_t size)
{
    int64_t count = 0;
    double known = 0;
    for (int p = 1; p < KM_PHASES; p++) {
        if (is_part(p))
            finish_part(profile, p, size);
        else
            known += profile->seconds[p];
    }
    profile->seconds[KM_PHASE_OTHER] = total > known ? total - known : 0;
    profile->calls[KM_PHASE_OTHER] = 1;
    for (int i = 1; i <= KM_PHASES; i++) {
        const int p = i % KM_PHASES; /* what is left comes last */
        double *const busy = profile->busy + (int64_t)p * size;
        for (int32_t t = 0; t < size; t++)
            busy[t] = profile->thread[t].busy[p];
        if (profile->calls[p] == 0)
            continue;
        const double longest = profile->longest[p];
        profile->rows[count++] = (kmeans_profile_row){
            .phase = names[p].name,
            .within = is_part(p) ? names[names[p].within].name : NULL,
            .calls = profile->calls[p],
            .seconds = profile->seconds[p],
            .operations = profile->operations[p],
            .imbalance = longest > 0 ? (longest - profile->mean[p]) / longest : 0,
            .busy = busy,
        };
    }
    return count;
}
