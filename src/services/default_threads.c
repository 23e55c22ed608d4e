/* How many threads a call gets when the option threads is 0. */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#endif

#include "cgroup.h"
#include "threads.h"

/* CPUs this process may run on. */
static int allowed_cpus(void)
{
#if defined(__linux__)
    /* 65,536 CPUs: the call fails where the kernel's own mask is longer than the one given. */
    unsigned long mask[65536 / (CHAR_BIT * sizeof(unsigned long))] = {0};
    if (sched_getaffinity(0, sizeof mask, (cpu_set_t *)mask) == 0) {
        return CPU_COUNT_S(sizeof mask, (cpu_set_t *)mask);
    }
#endif
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < INT_MAX ? (int)online : 1;
}

static int threads_of_machine(void)
{
    const int cpus = allowed_cpus();
    const int quota = km_cgroup_cpus("/proc/self/cgroup", "/sys/fs/cgroup");
    const int threads = quota > 0 && quota < cpus ? quota : cpus;
    return threads > KM_MAX_THREADS ? KM_MAX_THREADS : threads < 1 ? 1 : threads;
}

/* A variable's number, 0 if it is unset or blank, or an error. OMP_NUM_THREADS may be a list,
 * one number per nesting level: only the first is ours. */
static int threads_of_environment(kmeans_context *context, const char *name, bool list)
{
    const char *const text = getenv(name);
    if (text == NULL || text[strspn(text, " \t")] == '\0') {
        return 0;
    }
    char *end = NULL;
    const long value = strtol(text, &end, 10);
    const char *const rest = end + strspn(end, " \t");
    const bool ends = *rest == '\0' || (list && *rest == ',');
    if (end == text || !ends || value < 1 || value > KM_MAX_THREADS) {
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "environment variable %s: '%.40s' is not a number of threads, 1 .. %d", name,
                       text, (int)KM_MAX_THREADS);
    }
    return (int)value;
}

int km_default_threads(kmeans_context *context)
{
    int threads = threads_of_environment(context, "KMEANS_NUM_THREADS", false);
    if (threads == 0) {
        threads = threads_of_environment(context, "OMP_NUM_THREADS", true);
    }
    if (threads < 0) {
        return threads;
    }
    if (km_threads_single()) {
        return 1;
    }
    return threads > 0 ? threads : threads_of_machine();
}

int kmeans_default_threads(void) { return km_default_threads(NULL); }
