/* Floor 1: memory. memory.c is the only file of the library that allocates. */
#ifndef KM_MEMORY_H
#define KM_MEMORY_H

#include <kmeans/context.h>

/* Book-keeping of one context: its hooks, and how much is and was allocated through them. */
typedef struct km_memory {
    kmeans_allocator hooks;
    int64_t used;
    int64_t peak;
} km_memory;

/* Fill in the default hooks (C heap) where `hooks` is NULL. */
void km_memory_init(km_memory *memory, const kmeans_allocator *hooks);

/* count * size bytes, 64-byte aligned, zeroed; NULL when the product overflows or the hook returns
 * NULL. count = 0 gives a valid pointer to nothing. Only from the calling thread, never inside the
 * iterations. The block remembers its size and its memory, so that km_free needs neither. */
void *km_alloc(km_memory *memory, int64_t count, int64_t size);

/* The bytes that km_alloc(count, size) charges to `used`: what the plan adds up. Saturates at
 * INT64_MAX. */
int64_t km_alloc_bytes(int64_t count, int64_t size);

/* Give back; NULL is allowed. */
void km_free(void *block);

/* Start a new measurement of the peak: peak = used. */
void km_memory_mark(km_memory *memory);

/* a*b and a+b for sizes >= 0; -1 when the result exceeds INT64_MAX or an operand is negative. */
int64_t km_size_mul(int64_t a, int64_t b);
int64_t km_size_add(int64_t a, int64_t b);

#endif
