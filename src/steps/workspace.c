/* All memory of a run: see blocks.h. */
#include "blocks.h"
#include "kernels/columns.h"

static void row_blocks(blocks *b, const km_sizes *s, const km_isa *isa)
{
    const int64_t kept = s->fit ? km_axes_kept(s, isa) : 0;
    if (s->fit) {
        b->rows = true;
        block(b, &b->run->labels, s->n, sizeof(int32_t));
        block(b, &b->run->fresh_labels, s->n, sizeof(int32_t));
        if (b->release || s->bounds)
            block(b, &b->run->bounds.limit, s->n, sizeof(float));
        if (b->release || kept > 0)
            block(b, &b->run->packed.axes.kept, times(s->n, kept), sizeof(float));
        b->rows = false;
    }
}

static void packed_blocks(blocks *b, const km_sizes *s, const km_typed *typed, const km_isa *isa)
{
    km_packed *const packed = &b->run->packed;
    const int64_t k = km_most_packed(s);
    for (packed->slots_bits = 1; ((int64_t)1 << packed->slots_bits) < 2 * k;)
        packed->slots_bits++;
    if (b->release || !s->sparse)
        km_dense_blocks(b, s, typed, isa);
    if (b->release || s->sparse)
        km_sparse_blocks(b, s, isa);
    block(b, &packed->duplicate, k, 1);
    block(b, &packed->hash, k, sizeof(uint64_t));
    block(b, &packed->slots, (int64_t)1 << packed->slots_bits, sizeof(int32_t));
}

static void sum_blocks(blocks *b, const km_sizes *s)
{
    km_sums *const sums = &b->run->sums;
    if (!s->fit)
        return;
    block(b, &sums->exponent, s->d, sizeof(int32_t));
    block(b, &sums->magic, times(s->limbs, s->d), sizeof(double));
    block(b, &sums->digits, times(times(s->k, s->limbs + 1), s->d), sizeof(int64_t));
    if (b->release || s->sparse)
        block(b, &sums->columns, times(s->k, km_columns_words(s->d)), sizeof(uint64_t));
    block(b, &sums->count, s->k, sizeof(int64_t));
    block(b, &sums->stale, s->k, sizeof(bool));
    block(b, &sums->locks, s->k, sizeof(km_lock));
    block(b, &sums->moves, s->k, sizeof(int64_t));
    if (s->weight_limbs > 0)
        block(b, &sums->weight_digits, times(s->k, s->weight_limbs + 1), sizeof(int64_t));
}

/* Accumulators of a thread: for all clusters while they stay within the L2 cache, else rows go into
 * the digits of the cluster themselves. */
static const int64_t private_limit = 1 << 20;

static int64_t accumulator_clusters(const km_sizes *s)
{
    return times(times(s->k, s->limbs), s->d) <= private_limit / 8 ? s->k : 1;
}

static void accumulator_blocks(blocks *b, const km_sizes *s, km_thread *t)
{
    const int64_t clusters = accumulator_clusters(s);
    block(b, &t->acc, times(times(clusters, s->limbs), s->d), sizeof(uint64_t));
    block(b, &t->weight_acc, times(clusters, s->weight_limbs), sizeof(uint64_t));
    block(b, &t->moves, clusters, sizeof(int64_t));
    block(b, &t->count, s->k, sizeof(int64_t));
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* Rows of a register tile, and bytes of assign's scratch per row, of either type. */
static int64_t tile_rows(const km_isa *isa) { return larger(isa->f32->mr, isa->f64->mr); }

static int64_t state_bytes(const km_isa *isa)
{
    return larger(isa->f32->state_size * (int64_t)sizeof(float),
                  isa->f64->state_size * (int64_t)sizeof(double));
}

/* Rows that the arrays of a block of REALs have room for: half of them as doubles are whole tiles
 * too (assign_panels of panels_pair.h). */
static int64_t padded_rows(const km_typed *typed, const km_isa *isa, const km_sizes *s)
{
    const int64_t mr = tile_rows(isa), rows = km_block_rows(typed, isa, s);
    return ((rows + mr - 1) / mr + 1) / 2 * 2 * mr;
}

/* Rows in kernel form, and what the kernels leave of them. */
static void dense_thread_blocks(blocks *b, const km_sizes *s, const km_typed *typed,
                                const km_isa *isa, km_thread *t)
{
    const int64_t mr = tile_rows(isa), size = typed->real_size, m = padded_rows(typed, isa, s);
    block(b, &t->rows, times(m, s->d), size);
    block(b, &t->packed, times(m, KM_PACKED_LD(s->d)), size);
    block(b, &t->gathered, times(mr, KM_PACKED_LD(s->d)), sizeof(double));
    block(b, &t->state, m, state_bytes(isa));
    block(b, &t->best, m, size);
    block(b, &t->second, m, size);
    block(b, &t->third, m, size);
    block(b, &t->label, m, sizeof(int32_t));
    block(b, &t->label2, m, sizeof(int32_t));
    block(b, &t->local, m, sizeof(int32_t));
    block(b, &t->own, m, sizeof(int32_t));
    block(b, &t->scores, times(mr, b->run->score_ld), sizeof(double));
    block(b, &t->norm2, m, sizeof(double));
    block(b, &t->row, times(mr, s->d), sizeof(double));
    km_axes_scratch_blocks(b, s, isa, m, &t->axes);
    if (b->release || km_uses_tiles(s, isa))
        km_tile_scratch_blocks(b, s, isa, m, &t->tile);
}

static void thread_blocks(blocks *b, const km_sizes *s, const km_typed *typed, const km_isa *isa,
                          km_thread *t)
{
    const int64_t m = padded_rows(typed, isa, s);
    if (b->release || !s->sparse)
        dense_thread_blocks(b, s, typed, isa, t);
    if (b->release || s->sparse)
        km_sparse_thread_blocks(b, s, isa, t);
    block(b, &t->weight, m, sizeof(double));
    block(b, &t->index, m, sizeof(int32_t));
    block(b, &t->fresh, m, sizeof(int32_t));
    if (b->release || s->bounds)
        block(b, &t->gap, m, sizeof(float));
    block(b, &t->old, m, sizeof(int32_t));
    block(b, &t->moved, m, sizeof(int32_t));
    block(b, &t->add, m, sizeof(int32_t));
    block(b, &t->sub, m, sizeof(int32_t));
    block(b, &t->order, m, sizeof(int64_t));
}

int64_t km_block_rows(const km_typed *typed, const km_isa *isa, const km_sizes *s)
{
    enum { tiled = 320, sparse = 128 };
    if (typed->sparse)
        return sparse;
    const int64_t d = s->d, mr = tile_rows(isa),
                  most = (1 << 20) / (KM_PACKED_LD(d) * typed->real_size);
    int64_t rows = isa->f32->block_rows * (d <= 16 ? 4 : d <= 48 ? 2 : 1);
    /* Every block of rows takes all centroid tiles from the L2 or L3 cache once. */
    if (km_uses_tiles(s, isa))
        return most < KM_TILE_GROUP ? KM_TILE_GROUP : most < tiled ? most / 32 * 32 : tiled;
    if (rows > most)
        rows = most / mr * mr;
    return rows < mr ? mr : rows;
}

static void all_blocks(blocks *b, const km_sizes *s, const km_typed *typed, const km_isa *isa,
                       bool with_sums)
{
    km_run *const run = b->run;
    row_blocks(b, s, isa);
    packed_blocks(b, s, typed, isa);
    block(b, &run->work.ranges, s->threads, sizeof *run->work.ranges);
    for (int32_t t = 0; t < s->threads; t++)
        thread_blocks(b, s, typed, isa, &run->thread[t]);
    if (!with_sums)
        return;
    sum_blocks(b, s);
    for (int32_t t = 0; s->fit && t < s->threads; t++)
        accumulator_blocks(b, s, &run->thread[t]);
}

/* The widths of panels of the two types are powers of two. */
static int64_t score_width(const km_isa *isa, int64_t k)
{
    const int64_t nr = larger(isa->f32->nr, isa->f64->nr), most = 2048 / nr * nr;
    const int64_t lanes = (k + nr - 1) / nr * nr;
    return lanes < most ? lanes : most;
}

int km_run_open(km_run *run, kmeans_context *context, kmeans_source *source, const km_isa *isa,
                const km_sizes *sizes)
{
    *run = (km_run){.context = context, .source = source, .isa = isa};
    run->typed = km_typed_of(sizes);
    run->n = sizes->n;
    run->d = sizes->d;
    run->k = sizes->k;
    run->threads = sizes->threads;
    run->weights = source->weights;
    run->block_rows = km_block_rows(run->typed, isa, sizes);
    run->score_ld = score_width(isa, km_most_packed(sizes));
    run->time_limit = -1;
    run->progress.size = sizeof run->progress;
    run->progress.n = sizes->n;
    atomic_init(&run->stop, KM_STOP_NONE);
    blocks b = {.run = run, .memory = &context->memory};
    block(&b, &run->thread, sizes->threads, sizeof(km_thread));
    if (!b.failed)
        all_blocks(&b, sizes, run->typed, isa, false);
    if (b.failed) {
        km_run_close(run);
        return km_fail_rows(context, "the working arrays", sizes->n);
    }
    /* The one place where the operating system is asked: where it refuses, panels do. */
    if (run->packed.tiles.used && isa->enable && !isa->enable()) {
        run->packed.tiles.used = false;
        km_log(context, KMEANS_LOG_WARNING, "tiles_refused",
               "the operating system refused the tile registers: %s without them", isa->name);
    }
    run->work.threads = sizes->threads;
    return KMEANS_OK;
}

void km_run_follow(km_run *run, const km_run *whole)
{
    run->team = whole->team;
    run->started = whole->started;
    run->polled = whole->polled;
    run->time_limit = whole->time_limit;
    run->progress = whole->progress;
    run->progress.n = run->n;
}

void km_run_return(const km_run *run, km_run *whole)
{
    whole->polled = run->polled;
    if (atomic_load(&run->stop) != KM_STOP_NONE)
        atomic_store(&whole->stop, atomic_load(&run->stop));
}

static km_sizes sizes_of(const km_run *run)
{
    return (km_sizes){.n = run->n,
                      .d = run->d,
                      .k = run->k,
                      .threads = run->threads,
                      .limbs = run->sums.limbs,
                      .weight_limbs = run->sums.weight_limbs,
                      .sparse = run->typed->sparse,
                      .fit = run->labels != NULL};
}

int km_run_size_sums(km_run *run)
{
    const km_sizes s = sizes_of(run);
    blocks b = {.run = run, .memory = &run->context->memory};
    sum_blocks(&b, &s);
    for (int32_t t = 0; t < run->threads; t++)
        accumulator_blocks(&b, &s, &run->thread[t]);
    run->sums.private_acc = accumulator_clusters(&s) == s.k;
    if (b.failed)
        return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for the sums of %lld clusters",
                       (long long)run->k);
    return KMEANS_OK;
}

void km_run_close(km_run *run)
{
    const km_sizes s = {.n = run->n,
                        .d = run->d,
                        .k = run->k,
                        .threads = run->threads,
                        .fit = true,
                        .weight_limbs = 1};
    blocks b = {.run = run, .release = true};
    if (run->thread)
        all_blocks(&b, &s, run->typed, run->isa, true);
    km_free(run->thread);
    run->thread = NULL;
}

void km_run_bytes(const km_sizes *sizes, const km_isa *isa, int64_t *rows, int64_t *clusters,
                  int64_t *threads, int64_t *scratch)
{
    const km_typed *const typed = km_typed_of(sizes);
    km_thread thread = {0};
    km_run run = {.score_ld = score_width(isa, km_most_packed(sizes)), .thread = &thread};
    blocks b = {.run = &run, .spill = sizes->spill};
    row_blocks(&b, sizes, isa);
    *rows = b.bytes;
    *scratch = b.scratch;
    b.bytes = 0;
    packed_blocks(&b, sizes, typed, isa);
    sum_blocks(&b, sizes);
    *clusters = b.bytes;
    b.bytes = km_alloc_bytes(1, sizeof(km_thread));
    block(&b, &run.work.ranges, 1, sizeof *run.work.ranges);
    thread_blocks(&b, sizes, typed, isa, &thread);
    if (sizes->fit)
        accumulator_blocks(&b, sizes, &thread);
    *threads = times(b.bytes, sizes->threads);
}
