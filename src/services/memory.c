/* The only file of the library that allocates. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { KM_ALIGNMENT = 64 };

/* Lies just before every block; one cache line, so that the block keeps its alignment. */
typedef struct km_block_head {
    km_memory *memory;
    int64_t bytes; /* whole allocation, head included */
    char pad[KM_ALIGNMENT - sizeof(km_memory *) - sizeof(int64_t)];
} km_block_head;

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

void *km_alloc(km_memory *memory, int64_t count, int64_t size)
{
    const int64_t bytes = km_alloc_bytes(count, size);
    if (bytes > PTRDIFF_MAX / 2 || memory->used > INT64_MAX - bytes) {
        return NULL;
    }
    km_block_head *const head =
        memory->hooks.allocate(memory->hooks.user, (size_t)bytes, KM_ALIGNMENT);
    if (head == NULL) {
        return NULL;
    }
    if (memory->hooks.allocate != heap_allocate) {
        memset(head, 0, (size_t)bytes);
    }
    head->memory = memory;
    head->bytes = bytes;
    memory->used += bytes;
    memory->peak = memory->used > memory->peak ? memory->used : memory->peak;
    return head + 1;
}

void km_free(void *block)
{
    if (block == NULL) {
        return;
    }
    km_block_head *const head = (km_block_head *)block - 1;
    km_memory *const memory = head->memory;
    const int64_t bytes = head->bytes;
    memory->used -= bytes;
    memory->hooks.release(memory->hooks.user, head, (size_t)bytes);
}

void km_memory_mark(km_memory *memory) { memory->peak = memory->used; }
