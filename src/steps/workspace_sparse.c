/* The memory for sparse rows. */
#include "blocks.h"
#include "kernels/columns.h"
#include "sparse.h"

/* More centroids never take fewer lanes. */
void km_size_sparse_panels(km_packed_sparse *packed, const km_isa *isa, int64_t k)
{
    const int64_t vl = isa->f32->vl, most = isa->f32->nr / vl, vectors = (k + vl - 1) / vl;
    packed->count = (vectors + most - 1) / most;
    packed->width = (vectors + packed->count - 1) / packed->count * vl;
}

void km_sparse_blocks(blocks *b, const km_sizes *s, const km_isa *isa)
{
    km_packed_sparse *const packed = &b->run->packed.sparse;
    km_norms *const norms = &b->run->norms;
    const int64_t k = km_most_packed(s);
    km_size_sparse_panels(packed, isa, k);
    const int64_t lanes = times(packed->count, packed->width);
    block(b, &packed->panels, times(lanes, s->d), sizeof(float));
    block(b, &packed->half_norm, lanes, sizeof(float));
    block(b, &packed->c2, lanes, sizeof(double));
    block(b, &packed->norm2, k, sizeof(double));
    block(b, &packed->columns, times(k, km_columns_words(s->d)), sizeof(uint64_t));
    block(b, &norms->norm, k, sizeof(km_norm));
    block(b, &norms->ready, k, sizeof(atomic_uchar));
    block(b, &norms->lock, 1, sizeof(km_lock));
    if (b->memory && !b->failed)
        atomic_flag_clear(&norms->lock->flag);
}

void km_sparse_thread_blocks(blocks *b, const km_sizes *s, const km_isa *isa, km_thread *t)
{
    km_sparse_scratch *const sparse = &t->sparse;
    const km_packed_sparse *const packed = &b->run->packed.sparse;
    block(b, &sparse->column, s->d, sizeof(int32_t));
    block(b, &sparse->value, s->d, sizeof(double));
    block(b, &sparse->scaled, s->d, sizeof(float));
    block(b, &sparse->score, times(packed->count, packed->width), sizeof(float));
    block(b, &sparse->state, isa->f32->state_size, sizeof(float));
    block(b, &sparse->shift, KM_SPARSE_PART, sizeof(double));
    block(b, &sparse->mark, s->d, sizeof(int64_t));
    block(b, &sparse->columns, times(KM_SPARSE_CLUSTERS, km_columns_words(s->d)), sizeof(uint64_t));
    block(b, &t->row, times(2, s->d), sizeof(double)); /* the second: see km_seed_exact */
}
