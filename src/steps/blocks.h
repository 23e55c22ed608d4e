/* Floor 2, private to workspace*.c: one list of blocks serves the plan (bytes), the allocation and
 * the release of a run's memory. */
#ifndef KM_BLOCKS_H
#define KM_BLOCKS_H

#include <string.h>

#include "typed.h"

typedef struct blocks {
    km_run *run;
    km_memory *memory; /* NULL: only count */
    bool release;
    bool rows;  /* row state: km_alloc_rows */
    bool spill; /* counting: whether that takes memory or a scratch file, which is counted apart */
    int64_t bytes;
    int64_t scratch;
    bool failed;
} blocks;

/* The block whose address is at `pointer`: counted, allocated or released. */
static inline void block(blocks *b, void *pointer, int64_t count, int64_t size)
{
    void *current;
    memcpy(&current, pointer, sizeof current);
    if (b->release) {
        km_free(current);
        current = NULL;
    } else if (!b->memory && b->rows && b->spill) {
        b->scratch = km_size_add(b->scratch, km_scratch_bytes(count, size));
        b->scratch = b->scratch < 0 ? INT64_MAX : b->scratch;
    } else if (!b->memory) {
        b->bytes = km_size_add(b->bytes, km_alloc_bytes(count, size));
        b->bytes = b->bytes < 0 ? INT64_MAX : b->bytes;
    } else if (!current && !b->failed) {
        current =
            b->rows ? km_alloc_rows(b->memory, count, size) : km_alloc(b->memory, count, size);
        b->failed = !current;
    }
    memcpy(pointer, &current, sizeof current);
}

/* a*b, saturating. */
static inline int64_t times(int64_t a, int64_t b)
{
    const int64_t product = km_size_mul(a, b);
    return product < 0 ? INT64_MAX : product;
}

/* The memory of packed centroids for dense rows (workspace_dense.c). */
void km_dense_blocks(blocks *b, const km_sizes *s, const km_typed *typed, const km_isa *isa);

/* The memory for sparse rows, shared and of one thread (workspace_sparse.c). */
void km_sparse_blocks(blocks *b, const km_sizes *s, const km_isa *isa);
void km_sparse_thread_blocks(blocks *b, const km_sizes *s, const km_isa *isa, km_thread *t);

/* Whether clusters are so few that rows meet them as they are (assign_few of kernels_real.h), from
 * the d on where rows no longer fit lanes. */
bool km_uses_few(const km_sizes *s, const km_isa *isa);

/* Whether rows are screened on tiles first. */
bool km_uses_tiles(const km_sizes *s, const km_isa *isa);

/* Whether two scans of tiles, for rows of which nothing is known, take less than one in float32. */
bool km_two_scans_pay(const km_tiles *tiles);

/* Whether rows of low dimensions are screened in shorts first. */
bool km_uses_shorts(const km_sizes *s, const km_isa *isa);

/* What a multiply-add of the first screen of dense rows above the low dimensions costs, that of a
 * float32 kernel being 1. */
double km_first_cost(const km_sizes *s, const km_isa *isa);

/* Floats per row of km_axes.kept, 0: none (workspace_dense.c). */
int64_t km_axes_kept(const km_sizes *s, const km_isa *isa);

/* The memory of one thread for screens on axes (workspace_dense.c). */
void km_axes_scratch_blocks(blocks *b, const km_sizes *s, const km_isa *isa, int64_t m,
                            km_axes_scratch *t);

/* The memory for screens on tiles, shared and of one thread whose blocks have at most m rows
 * (workspace_tiles.c). */
void km_tile_blocks(blocks *b, const km_sizes *s, const km_isa *isa);
void km_tile_scratch_blocks(blocks *b, const km_sizes *s, const km_isa *isa, int64_t m,
                            km_tile_scratch *tile);

#endif
