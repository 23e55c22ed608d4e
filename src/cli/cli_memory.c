/* The only file of the command that allocates. Blocks hang on a list, so that every way out of
 * the process can give them back. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct block {
    struct block *next;
    struct block *previous;
} block;

/* Two pointers, padded so that what follows is aligned for any type. */
enum { HEAD = 64 };

static block all_blocks = {&all_blocks, &all_blocks};

void *allocate(int64_t count, size_t size)
{
    block *b = NULL;
    if (count >= 0 && (uint64_t)count <= (PTRDIFF_MAX - HEAD) / size) {
        b = calloc(1, (size_t)count * size + HEAD);
    }
    if (b == NULL) {
        die(EXIT_LIMIT, "out of memory: %lld items of %zu bytes", (long long)count, size);
    }
    b->next = all_blocks.next;
    b->previous = &all_blocks;
    b->next->previous = b;
    all_blocks.next = b;
    return (char *)b + HEAD;
}

void release(void *memory)
{
    if (memory != NULL) {
        block *const b = (block *)(void *)((char *)memory - HEAD);
        b->next->previous = b->previous;
        b->previous->next = b->next;
        free(b);
    }
}

void release_all(void)
{
    while (all_blocks.next != &all_blocks) {
        release((char *)all_blocks.next + HEAD);
    }
}

char *copy_text(const char *text) { return join_text(text, ""); }

char *join_text(const char *first, const char *second)
{
    const size_t length = strlen(first);
    char *const text = allocate((int64_t)(length + strlen(second) + 1), 1);
    memcpy(text, first, length);
    strcpy(text + length, second);
    return text;
}
