#include "machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

void find_cpu(char *name, size_t capacity)
{
    char line[512];
    struct utsname system;
    FILE *const file = fopen("/proc/cpuinfo", "r");
    snprintf(name, capacity, "%s", uname(&system) == 0 ? system.machine : "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':') != NULL) {
            const char *const text = strchr(line, ':') + 1;
            snprintf(name, capacity, "%s", text + strspn(text, " \t"));
            name[strcspn(name, "\n")] = '\0';
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

/* The library answers with a negative number when a variable makes no sense. */
int find_threads(void)
{
    const int threads = kmeans_default_threads();
    if (threads > 0) {
        return threads;
    }
    const char *const own = getenv("KMEANS_NUM_THREADS");
    const bool is_own = own != NULL && *own != '\0';
    const char *const common = getenv("OMP_NUM_THREADS");
    die(EXIT_USAGE, "%s=%s: not a number of threads, 1 or more",
        is_own ? "KMEANS_NUM_THREADS" : "OMP_NUM_THREADS",
        is_own           ? own
        : common != NULL ? common
                         : "");
}
