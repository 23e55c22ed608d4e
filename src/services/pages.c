/* Memory by whole pages. */
#define _GNU_SOURCE /* madvise, MAP_ANONYMOUS */
#include "pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t whole_pages(int64_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return ((size_t)bytes + page - 1) / page * page;
}

void *km_map_pages(int64_t bytes)
{
    const size_t wanted = whole_pages(bytes);
    char *const whole = mmap(NULL, wanted + KM_HUGE_PAGE, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (whole == MAP_FAILED) {
        return NULL;
    }
    const size_t skip = (KM_HUGE_PAGE - (uintptr_t)whole % KM_HUGE_PAGE) % KM_HUGE_PAGE;
    if (skip > 0) {
        munmap(whole, skip);
    }
    munmap(whole + skip + wanted, KM_HUGE_PAGE - skip);
#ifdef MADV_HUGEPAGE
    madvise(whole + skip, (size_t)bytes / KM_HUGE_PAGE * KM_HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return whole + skip;
}

void km_unmap_pages(void *first, int64_t bytes) { munmap(first, whole_pages(bytes)); }

int64_t km_resident_bytes(void)
{
    char text[128];
    long long whole = 0;
    long long resident = 0;
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    const ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    if (sscanf(text, "%lld %lld", &whole, &resident) != 2) {
        return 0;
    }
    return (int64_t)resident * (int64_t)sysconf(_SC_PAGESIZE);
}
