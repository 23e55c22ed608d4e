/* CPU quota of control groups (Linux, Documentation/admin-guide/cgroup-v2.rst, cgroup-v1). */
#define _POSIX_C_SOURCE 200809L
#include "cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KM_PATH_SIZE = 1024, KM_TEXT_SIZE = 8192 };

/* The first bytes of a small file, terminated; false if it cannot be read. */
static bool read_small(const char *path, char *text, size_t size)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < size - 1) {
        got = read(file, text + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    close(file);
    text[length] = '\0';
    return got >= 0;
}

/* quota / period rounded up, at least 1; 0 = unlimited or senseless. */
static int whole_cpus(long long quota, long long period)
{
    if (quota <= 0 || period <= 0) {
        return 0;
    }
    const long long cpus = quota / period + (quota % period != 0);
    return cpus > INT_MAX ? 0 : (int)cpus;
}

static int quota_of_folder(const char *folder)
{
    char path[KM_PATH_SIZE + 32];
    char text[128];
    char *end = text;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (read_small(path, text, sizeof text)) { /* "max 100000" or "150000 100000" */
        const long long quota = strtoll(text, &end, 10);
        return whole_cpus(quota, strtoll(end, NULL, 10));
    }
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
    if (!read_small(path, text, sizeof text)) {
        return 0;
    }
    const long long quota = strtoll(text, NULL, 10); /* -1 = none */
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    return read_small(path, text, sizeof text) ? whole_cpus(quota, strtoll(text, NULL, 10)) : 0;
}

static int smaller(int a, int b) { return a == 0 || (b != 0 && b < a) ? b : a; }

/* Every folder from mount + group up to the mount itself. A container may see its group's path
 * from outside, which does not exist inside: the mount is then its own group. */
static int quota_up_the_tree(const char *mount, const char *group)
{
    char folder[KM_PATH_SIZE];
    const size_t stem = strlen(mount);
    const int length = snprintf(folder, sizeof folder, "%s%s", mount, group);
    if (length < 0 || (size_t)length >= sizeof folder) {
        return 0;
    }
    int cpus = 0;
    for (;;) {
        cpus = smaller(cpus, quota_of_folder(folder));
        char *const slash = strrchr(folder, '/');
        if (slash == NULL || strlen(folder) <= stem) {
            return cpus;
        }
        *slash = '\0';
        if (strlen(folder) < stem) {
            return cpus;
        }
    }
}

/* Does the list "cpu,cpuacct" hold the word cpu? */
static bool lists_cpu(const char *list, size_t length)
{
    for (size_t i = 0; i + 3 <= length; i++) {
        const bool starts = i == 0 || list[i - 1] == ',';
        const bool ends = i + 3 == length || list[i + 3] == ',';
        if (starts && ends && strncmp(list + i, "cpu", 3) == 0) {
            return true;
        }
    }
    return false;
}

/* One line "4:cpu,cpuacct:/group" or "0::/group". */
static int quota_of_line(const char *line, const char *root)
{
    char mount[KM_PATH_SIZE];
    const char *const list = strchr(line, ':');
    const char *const group = list != NULL ? strchr(list + 1, ':') : NULL;
    if (group == NULL) {
        return 0;
    }
    const size_t length = (size_t)(group - list - 1);
    if (length == 0) { /* version 2, mounted at the root, or beside version 1 */
        snprintf(mount, sizeof mount, "%s/unified", root);
        return smaller(quota_up_the_tree(root, group + 1), quota_up_the_tree(mount, group + 1));
    }
    if (!lists_cpu(list + 1, length)) {
        return 0;
    }
    snprintf(mount, sizeof mount, "%s/%.*s", root, (int)length, list + 1);
    const int joined = quota_up_the_tree(mount, group + 1);
    snprintf(mount, sizeof mount, "%s/cpu", root);
    return smaller(joined, quota_up_the_tree(mount, group + 1));
}

int km_cgroup_cpus(const char *membership, const char *root)
{
    char text[KM_TEXT_SIZE];
    if (!read_small(membership, text, sizeof text)) {
        return 0;
    }
    int cpus = 0;
    char *line = text;
    while (line != NULL && *line != '\0') {
        char *const end = strchr(line, '\n');
        if (end != NULL) {
            *end = '\0';
        }
        cpus = smaller(cpus, quota_of_line(line, root));
        line = end != NULL ? end + 1 : NULL;
    }
    return cpus;
}
