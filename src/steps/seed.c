/* Random rows, random points of the box, and the scratch of all seeding. */
#include "seed.h"

#include <string.h>

#include "kernels/exact/ieee.h"
#include "visit.h"

int64_t km_default_trials(int64_t k)
{
    /* ceil(e^m), m = 1, 2, ..: floor(ln k) without a logarithm. */
    static const int64_t power[] = {3,         8,         21,        55,      149,      404,
                                    1097,      2981,      8104,      22027,   59875,    162755,
                                    442414,    1202605,   3269018,   8886111, 24154953, 65659970,
                                    178482301, 485165196, 1318815735};
    int64_t trials = 2;
    for (size_t m = 0; m < sizeof power / sizeof *power && k >= power[m]; m++)
        trials++;
    return trials;
}

static int64_t blocks_of(int64_t n) { return (n + KM_SEED_BLOCK - 1) / KM_SEED_BLOCK; }

static int64_t groups_of(int64_t trials) { return (trials + KM_NEAR_GROUP - 1) / KM_NEAR_GROUP; }

int64_t km_seeder_row_size(int64_t trials) { return trials > 0 ? (int64_t)sizeof(double) : 0; }

int64_t km_seeder_bytes(const km_run *run, int64_t trials, int64_t rows)
{
    const int64_t blocks = blocks_of(run->n) + 1;
    const int64_t plusplus[][2] = {
        {blocks, sizeof(km_scaled)},
        {blocks, sizeof(uint64_t)},
        {blocks, sizeof(uint64_t)},
        {blocks, 1},
        {run->threads, trials * 8},
        {trials, run->d * 8},
        {groups_of(trials), KM_NEAR_SIZE(run->d) * run->typed->real_size},
        {trials, sizeof(km_norm)},
        {trials, sizeof(int64_t)},
        {run->k, trials * 8},
        {run->k, sizeof(double)},
        {run->k, sizeof(double)}};
    int64_t bytes = rows > 0 ? km_alloc_bytes(rows, sizeof(km_keyed)) : 0;
    for (size_t i = 0; trials > 0 && i < sizeof plusplus / sizeof *plusplus && bytes >= 0; i++)
        bytes = km_size_add(bytes, km_alloc_bytes(plusplus[i][0], plusplus[i][1]));
    return bytes < 0 ? INT64_MAX : bytes;
}

static bool open_plusplus(km_run *run, km_seeder *s)
{
    km_memory *const memory = &run->context->memory;
    const int64_t blocks = blocks_of(run->n) + 1;
    s->d2 = km_alloc_rows(memory, run->n, sizeof *s->d2);
    s->block_most = km_alloc(memory, blocks, sizeof *s->block_most);
    s->block_sum = km_alloc(memory, blocks, sizeof *s->block_sum);
    s->prefix = km_alloc(memory, blocks, sizeof *s->prefix);
    s->stale = km_alloc(memory, blocks, sizeof *s->stale);
    s->gain = km_alloc(memory, run->threads, s->trials * (int64_t)sizeof *s->gain);
    s->candidate = km_alloc(memory, s->trials, run->d * (int64_t)sizeof *s->candidate);
    s->candidate_real =
        km_alloc(memory, groups_of(s->trials), KM_NEAR_SIZE(run->d) * run->typed->real_size);
    s->norm = km_alloc(memory, s->trials, sizeof *s->norm);
    s->drawn = km_alloc(memory, s->trials, sizeof *s->drawn);
    s->quarter = km_alloc(memory, run->k, s->trials * (int64_t)sizeof *s->quarter);
    s->least = km_alloc(memory, run->k, sizeof *s->least);
    s->most = km_alloc(memory, run->k, sizeof *s->most);
    return s->d2 && s->block_most && s->block_sum && s->prefix && s->stale && s->gain &&
           s->candidate && s->candidate_real && s->norm && s->drawn && s->quarter && s->least &&
           s->most;
}

/* How distances between rows are formed, from the facts about the data. */
static void choose_arithmetic(const km_run *run, const km_facts *facts, km_seeder *seeder)
{
    double most = 0, unit = 0x1p500;
    for (int64_t p = 0; p < run->d; p++) {
        most = facts->range.max_abs[p] > most ? facts->range.max_abs[p] : most;
        unit = facts->range.low_bit[p] < unit ? facts->range.low_bit[p] : unit;
    }
    /* Differences are whole multiples of unit up to 2*most: then every square and sum is exact if
     * d (2 most/unit)^2 <= 2^53, and no square underflows if unit is no smaller than 2^-400. */
    const double ratio = 2 * most / unit;
    seeder->whole = unit >= 0x1p-400 && (double)run->d * ratio * ratio <= 0x1p53;
    seeder->enlarge = most > 0 && most < 0x1p-300 ? 0x1p600 : 1;
}

int km_seeder_open(km_run *run, const km_facts *facts, uint64_t seed, int64_t trials, int64_t rows,
                   km_seeder *seeder)
{
    *seeder = (km_seeder){.seed = seed, .trials = trials};
    if (rows > 0)
        seeder->keyed = km_alloc(&run->context->memory, rows, sizeof *seeder->keyed);
    const bool failed = (rows > 0 && !seeder->keyed) || (trials > 0 && !open_plusplus(run, seeder));
    choose_arithmetic(run, facts, seeder);
    return failed ? km_fail_rows(run->context, "the seeding", run->n) : KMEANS_OK;
}

void km_seeder_free(km_seeder *s)
{
    void *const blocks[] = {s->keyed, s->d2,        s->block_most,     s->block_sum, s->prefix,
                            s->gain,  s->candidate, s->candidate_real, s->drawn,     s->quarter,
                            s->least, s->most,      (void *)s->stale,  s->norm};
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++)
        km_free(blocks[b]);
    *s = (km_seeder){0};
}

static bool later(km_keyed a, km_keyed b)
{
    return a.key > b.key || (a.key == b.key && a.row > b.row);
}

/* Restore the heap (largest on top) of m entries when entry 0 has been replaced. */
static void sift_down(km_keyed *heap, int64_t m)
{
    const km_keyed moving = heap[0];
    int64_t at = 0;
    for (int64_t child; (child = 2 * at + 1) < m; at = child) {
        child += child + 1 < m && later(heap[child + 1], heap[child]);
        if (!later(heap[child], moving))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moving;
}

static void push(km_keyed *heap, int64_t *m, int64_t capacity, km_keyed entry)
{
    if (*m == capacity) {
        heap[0] = entry;
        sift_down(heap, *m);
        return;
    }
    int64_t at = (*m)++;
    for (; at > 0 && later(entry, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = entry;
}

/* Heap to ascending order. */
static void unheap(km_keyed *heap, int64_t m)
{
    for (; m > 1; m--) {
        const km_keyed largest = heap[0];
        heap[0] = heap[m - 1];
        sift_down(heap, m - 1);
        heap[m - 1] = largest;
    }
}

void km_keep_keyed(km_keyed *keyed, int64_t *m, int64_t capacity, km_keyed entry)
{
    if (*m < capacity || later(keyed[0], entry))
        push(keyed, m, capacity, entry);
}

void km_sort_keyed(km_keyed *keyed, int64_t m)
{
    int64_t held = 0;
    for (int64_t i = 0; i < m; i++)
        push(keyed, &held, m, keyed[i]);
    unheap(keyed, m);
}

typedef struct draw {
    km_seeder *seeder;
    km_random stream;
    int64_t rows;
    km_lock lock;
    _Atomic uint64_t limit; /* keys above it cannot enter */
} draw;

static void draw_block(void *argument, km_run *run, int32_t t, int64_t item)
{
    draw *const work = argument;
    km_seeder *const s = work->seeder;
    const int64_t first = item * KM_SEED_BLOCK, end = first + KM_SEED_BLOCK;
    (void)t;
    for (int64_t i = first; i < end && i < run->n; i++) {
        if (run->labels[i] < 0 || (run->weights && run->weights[i] == 0))
            continue;
        const km_keyed entry = {km_random_bits(&work->stream, (uint64_t)i), i};
        if (entry.key > atomic_load_explicit(&work->limit, memory_order_relaxed))
            continue;
        km_lock_acquire(&work->lock);
        km_keep_keyed(s->keyed, &s->keyed_n, work->rows, entry);
        if (s->keyed_n == work->rows)
            atomic_store_explicit(&work->limit, s->keyed[0].key, memory_order_relaxed);
        km_lock_release(&work->lock);
    }
}

void km_seed_draw_rows(km_run *run, km_seeder *seeder, const km_random *stream, int64_t rows)
{
    draw work = {.seeder = seeder, .stream = *stream, .rows = rows};
    atomic_flag_clear(&work.lock.flag);
    atomic_init(&work.limit, UINT64_MAX);
    seeder->keyed_n = 0;
    km_for_row_blocks(run, blocks_of(run->n), draw_block, &work);
    unheap(seeder->keyed, seeder->keyed_n);
}

int km_seed_fetch(km_run *run, const km_seeder *seeder, int64_t count, double *out)
{
    enum { at_once = 512 }; /* a source that cannot seek looks for all of them in one visit */
    int64_t rows[at_once];
    for (int64_t first = 0; first < count; first += at_once) {
        const int64_t m = count - first < at_once ? count - first : at_once;
        for (int64_t q = 0; q < m; q++)
            rows[q] = seeder->keyed[first + q < seeder->keyed_n ? first + q : 0].row;
        const int status = run->source->ops->fetch(run->source, rows, m, out + first * run->d);
        if (status < 0)
            return status;
    }
    return KMEANS_OK;
}

int km_seed_random(km_run *run, km_seeder *seeder, uint32_t restart, double *c)
{
    const km_random stream = {seeder->seed, KM_RANDOM_ROWS, restart, 0};
    km_seed_draw_rows(run, seeder, &stream, run->k);
    return km_seed_fetch(run, seeder, run->k, c);
}

void km_seed_box(const km_run *run, const km_facts *facts, uint64_t seed, uint32_t restart,
                 double *c)
{
    const km_random stream = {seed, KM_RANDOM_BOX, restart, 0};
    const double *const min = facts->range.min, *const max = facts->range.max;
    for (int64_t q = 0; q < run->k * run->d; q++) {
        const int64_t p = q % run->d;
        const double u = (double)(km_random_bits(&stream, (uint64_t)q) >> 11) * 0x1p-53;
        c[q] = min[p] + (max[p] - min[p]) * u;
    }
}
