/* Where the library gets its memory: the only file that allocates but pages.c. */
#define _GNU_SOURCE /* mkostemp, madvise */
#include "memory.h"
#include "pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KM_ALIGNMENT = 64 };

/* Lies just before every block; one cache line, so that the block keeps its alignment. */
struct km_block_head {
    _Alignas(KM_ALIGNMENT) km_memory *memory;
    int64_t bytes; /* whole allocation, head included */
    bool mapped;   /* a scratch file: one of the list of these */
    bool pages;    /* from the system itself */
    struct km_block_head *next, *before;
};

typedef struct km_block_head km_block_head;

_Static_assert(sizeof(km_block_head) == KM_ALIGNMENT, "a head is one cache line");

/* calloc rather than aligned_alloc: large blocks then come as zero pages which the thread that
 * uses them touches first, and need no memset. The original address lies before the block. */
static void *heap_allocate(void *user, size_t bytes, size_t alignment)
{
    (void)user;
    const size_t extra = alignment + sizeof(void *);
    if (bytes > SIZE_MAX - extra) {
        return NULL;
    }
    char *const whole = calloc(1, bytes + extra);
    if (whole == NULL) {
        return NULL;
    }
    const uintptr_t first = (uintptr_t)whole + sizeof(void *);
    const size_t skip = (alignment - first % alignment) % alignment + sizeof(void *);
    memcpy(whole + skip - sizeof(void *), &whole, sizeof(void *));
    return whole + skip;
}

static void heap_release(void *user, void *memory, size_t bytes)
{
    (void)user;
    (void)bytes;
    void *whole;
    memcpy(&whole, (char *)memory - sizeof(void *), sizeof(void *));
    free(whole);
}

void km_memory_init(km_memory *memory, const kmeans_allocator *hooks)
{
    memory->hooks.allocate = hooks != NULL ? hooks->allocate : heap_allocate;
    memory->hooks.release = hooks != NULL ? hooks->release : heap_release;
    memory->hooks.user = hooks != NULL ? hooks->user : NULL;
    memory->used = 0;
    memory->peak = 0;
    memory->scratch = NULL;
    memory->scratch_used = 0;
    memory->scratch_peak = 0;
    memory->scratch_error = 0;
    memory->scratch_folder = NULL;
    memory->spill = false;
}

int64_t km_size_mul(int64_t a, int64_t b)
{
    if (a < 0 || b < 0 || (b > 0 && a > INT64_MAX / b)) {
        return -1;
    }
    return a * b;
}

int64_t km_size_add(int64_t a, int64_t b)
{
    if (a < 0 || b < 0 || a > INT64_MAX - b) {
        return -1;
    }
    return a + b;
}

int64_t km_alloc_bytes(int64_t count, int64_t size)
{
    const int64_t bytes = km_size_mul(count, size);
    const int64_t padded = bytes < 0 ? -1 : km_size_add(bytes, 2 * KM_ALIGNMENT - 1);
    return padded < 0 ? INT64_MAX : padded / KM_ALIGNMENT * KM_ALIGNMENT;
}

static bool own_heap(const km_memory *memory) { return memory->hooks.allocate == heap_allocate; }

static bool fits(const km_memory *memory, int64_t bytes)
{
    return bytes <= PTRDIFF_MAX / 2 && memory->used <= INT64_MAX - bytes;
}

/* The block behind a head of zeros. */
static void *enter(km_memory *memory, km_block_head *head, int64_t bytes)
{
    head->memory = memory;
    head->bytes = bytes;
    memory->used += bytes;
    memory->peak = memory->used > memory->peak ? memory->used : memory->peak;
    return head + 1;
}

void *km_alloc(km_memory *memory, int64_t count, int64_t size)
{
    const int64_t bytes = km_alloc_bytes(count, size);
    if (!fits(memory, bytes)) {
        return NULL;
    }
    void *const head = memory->hooks.allocate(memory->hooks.user, (size_t)bytes, KM_ALIGNMENT);
    if (head == NULL) {
        return NULL;
    }
    if (!own_heap(memory)) {
        memset(head, 0, (size_t)bytes);
    }
    return enter(memory, head, bytes);
}

/* Row state is used as a whole: what of it fills huge pages is asked for as such, where the system
 * does not give these anyway. One page fault for 2 MB instead of 512. Not from the heap: advice
 * would stay with its pages when they are somebody else's. */
static void *alloc_whole(km_memory *memory, int64_t count, int64_t size)
{
    const int64_t bytes = km_alloc_bytes(count, size);
    if (bytes < KM_HUGE_PAGE || !own_heap(memory)) {
        return km_alloc(memory, count, size);
    }
    km_block_head *const head = fits(memory, bytes) ? km_map_pages(bytes) : NULL;
    if (head == NULL) {
        return NULL;
    }
    head->pages = true;
    return enter(memory, head, bytes);
}

int64_t km_scratch_bytes(int64_t count, int64_t size)
{
    enum { page = 1 << 16 }; /* a multiple of every usual page */
    const int64_t bytes = km_size_add(km_size_mul(count, size), sizeof(km_block_head) + page - 1);
    return bytes < 0 ? INT64_MAX : bytes / page * page;
}

int km_scratch_file(const char *folder, int64_t bytes)
{
    char path[4096];
    const char *const set = getenv("TMPDIR");
    const char *const usual = set != NULL && set[0] != '\0' ? set : "/tmp";
    const int length =
        snprintf(path, sizeof path, "%s/kmeans-scratch-XXXXXX", folder != NULL ? folder : usual);
    if (length < 0 || length >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int file = mkostemp(path, O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    unlink(path);
    /* A hole in the file would be a signal when it is written to on a full disk. */
    const int error = bytes > 0 ? posix_fallocate(file, 0, (off_t)bytes) : 0;
    if (error != 0) {
        close(file);
        errno = error;
        return -1;
    }
    return file;
}

void *km_alloc_rows(km_memory *memory, int64_t count, int64_t size)
{
    const int64_t bytes = km_scratch_bytes(count, size);
    if (!memory->spill) {
        return alloc_whole(memory, count, size);
    }
    if (bytes > PTRDIFF_MAX / 2) {
        return NULL;
    }
    const int file = km_scratch_file(memory->scratch_folder, bytes);
    void *const whole =
        file < 0 ? MAP_FAILED
                 : mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    memory->scratch_error = whole == MAP_FAILED ? errno : 0;
    if (file >= 0) {
        close(file);
    }
    if (whole == MAP_FAILED) {
        return NULL;
    }
    km_block_head *const head = whole;
    *head =
        (km_block_head){.memory = memory, .bytes = bytes, .mapped = true, .next = memory->scratch};
    if (head->next != NULL) {
        head->next->before = head;
    }
    memory->scratch = head;
    memory->scratch_used += bytes;
    if (memory->scratch_used > memory->scratch_peak) {
        memory->scratch_peak = memory->scratch_used;
    }
    return head + 1;
}

bool km_is_scratch(const km_memory *memory, const void *block)
{
    const km_block_head *head = memory->scratch;
    while (head != NULL && (const void *)(head + 1) != block) {
        head = head->next;
    }
    return head != NULL;
}

static void free_scratch(km_block_head *head)
{
    km_memory *const memory = head->memory;
    if (head->next != NULL) {
        head->next->before = head->before;
    }
    if (head->before != NULL) {
        head->before->next = head->next;
    } else {
        memory->scratch = head->next;
    }
    memory->scratch_used -= head->bytes;
    munmap(head, (size_t)head->bytes);
}

void km_memory_release(km_memory *memory)
{
    for (km_block_head *head = memory->scratch; head != NULL;) {
        km_block_head *const next = head->next; /* its page goes too */
        madvise(head, (size_t)head->bytes, MADV_DONTNEED);
        head = next;
    }
}

void km_memory_forget(void *block)
{
    const km_block_head *const head = (km_block_head *)block - 1;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t first = ((uintptr_t)block + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)head + (uintptr_t)head->bytes) / page * page;
    if (own_heap(head->memory) && !head->mapped && first < end) {
        madvise((char *)block + (first - (uintptr_t)block), end - first, MADV_DONTNEED);
    }
}

void km_copy_rows(km_memory *memory, void *to, const void *from, int64_t count, int64_t size)
{
    for (int64_t i = 0; i < count; i += KM_WINDOW) {
        const int64_t m = count - i < KM_WINDOW ? count - i : KM_WINDOW;
        memcpy((char *)to + i * size, (const char *)from + i * size, (size_t)(m * size));
        km_memory_step(memory, i);
    }
}

void km_free(void *block)
{
    if (block == NULL) {
        return;
    }
    km_block_head *const head = (km_block_head *)block - 1;
    km_memory *const memory = head->memory;
    const int64_t bytes = head->bytes;
    if (head->mapped) {
        free_scratch(head);
        return;
    }
    memory->used -= bytes;
    if (head->pages) {
        km_unmap_pages(head, bytes);
        return;
    }
    memory->hooks.release(memory->hooks.user, head, (size_t)bytes);
}

void km_memory_mark(km_memory *memory)
{
    memory->peak = memory->used;
    memory->scratch_peak = memory->scratch_used;
}
