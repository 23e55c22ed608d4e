/* Floor 1: memory. memory.c is the only file of the library that allocates. */
#ifndef KM_MEMORY_H
#define KM_MEMORY_H

#include <kmeans/context.h>
#include <stdbool.h>

/* Book-keeping of one context: its hooks, and how much is and was allocated through them. */
typedef struct km_memory {
    kmeans_allocator hooks;
    int64_t used;
    int64_t peak;
    struct km_block_head *scratch; /* blocks in scratch files */
    int64_t scratch_used;
    int64_t scratch_peak;
    int scratch_error;          /* errno of the last scratch file that could not be had */
    const char *scratch_folder; /* of scratch files, borrowed; NULL: TMPDIR, else /tmp */
    bool spill;                 /* row state goes to scratch files */
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

/* Row state (labels, distances of all rows): as km_alloc or, while memory->spill is set, in a file
 * without a name in scratch_folder, mapped and shared: a plain block that costs resident memory
 * only where it was touched since the last km_memory_release. The room on the disk is taken at
 * once. km_free as ever. */
void *km_alloc_rows(km_memory *memory, int64_t count, int64_t size);

/* A new file without a name in a folder (NULL: TMPDIR, else /tmp), with room for `bytes`, closed on
 * exec; -1 and errno. */
int km_scratch_file(const char *folder, int64_t bytes);

/* Whether a block is one of these. */
bool km_is_scratch(const km_memory *memory, const void *block);

/* What such a block takes of the disk. Saturates at INT64_MAX. */
int64_t km_scratch_bytes(int64_t count, int64_t size);

/* Let the resident pages of all scratch blocks go; the file keeps what they hold, and threads that
 * work on them find it there. Nothing without scratch blocks. */
void km_memory_release(km_memory *memory);

/* A block whose content is of no use takes no resident memory until it is touched again: of the C
 * heap only, hooks know what they hand out. */
void km_memory_forget(void *block);

/* A loop over all rows, or over row after row of something, calls this with every row and so leaves
 * no more than a window of pages behind. */
enum { KM_WINDOW = 1 << 16 };
static inline void km_memory_step(km_memory *memory, int64_t row)
{
    if (row % KM_WINDOW == 0 && memory->scratch) {
        km_memory_release(memory);
    }
}

/* memcpy of `count` items of `size`, in such steps. */
void km_copy_rows(km_memory *memory, void *to, const void *from, int64_t count, int64_t size);

/* Start a new measurement of the peaks: peak = used. */
void km_memory_mark(km_memory *memory);

/* a*b and a+b for sizes >= 0; -1 when the result exceeds INT64_MAX or an operand is negative. */
int64_t km_size_mul(int64_t a, int64_t b);
int64_t km_size_add(int64_t a, int64_t b);

#endif
