#include "sums.h"

#include <string.h>

#include "kernels/exact/ieee.h"
#include "kernels/sparse_rows.h"
#include "sparse.h"
#include "visit.h"

void km_sums_place(km_run *run, const km_facts *facts)
{
    km_sums *const sums = &run->sums;
    const km_range *const range = &facts->range;
    int64_t weights_cut = 0;
    const int64_t cut = km_place_grids(range->max_abs, range->low_bit, run->d, facts->max_weight,
                                       facts->low_weight, sums->limbs, sums->exponent);
    km_fill_magic(sums->exponent, run->d, sums->limbs, sums->magic);
    if (run->weights) {
        weights_cut = km_place_grids(&facts->max_weight, &facts->low_weight, 1, 1, 1,
                                     sums->weight_limbs, &sums->weight_exponent);
        km_fill_magic(&sums->weight_exponent, 1, sums->weight_limbs, sums->weight_magic);
    }
    sums->weights_rounded = weights_cut > 0;
    sums->rounded = cut > 0 || weights_cut > 0;
}

int km_sums_open(km_run *run, const km_facts *facts)
{
    km_sums *const sums = &run->sums;
    const km_range *const range = &facts->range;
    sums->exponent = km_alloc(&run->context->memory, run->d, sizeof *sums->exponent);
    if (!sums->exponent)
        return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                       (long long)run->d);
    sums->limbs = km_choose_grids(range->max_abs, range->low_bit, run->d, facts->max_weight,
                                  facts->low_weight, sums->exponent, NULL);
    if (run->weights)
        sums->weight_limbs = km_choose_grids(&facts->max_weight, &facts->low_weight, 1, 1, 1,
                                             &sums->weight_exponent, NULL);
    const int status = km_run_size_sums(run);
    if (status)
        return status;
    km_sums_place(run, facts);
    for (int64_t j = 0; j < run->k; j++)
        atomic_flag_clear(&sums->locks[j].flag);
    return KMEANS_OK;
}

static void clear_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    km_sums *const sums = &run->sums;
    (void)argument;
    (void)t;
    if (sums->columns)
        km_sparse_clear_sums(run, j);
    else
        memset(km_sums_digits(run, j), 0, (size_t)((sums->limbs + 1) * run->d) * sizeof(int64_t));
    sums->count[j] = 0;
    sums->stale[j] = true;
    if (sums->weight_limbs > 0)
        memset(km_sums_weight_digits(sums, j), 0,
               (size_t)(sums->weight_limbs + 1) * sizeof(int64_t));
}

void km_sums_clear(km_run *run)
{
    km_for_items(run, run->k, clear_item, NULL);
    km_sums_drop(run);
}

void km_sums_drop(km_run *run)
{
    const km_sums *const sums = &run->sums;
    const int64_t held = sums->private_acc ? run->k : 1;
    for (int32_t t = 0; t < run->threads; t++) {
        km_thread *const thread = &run->thread[t];
        memset(thread->acc, 0, (size_t)(held * sums->limbs * run->d) * sizeof(uint64_t));
        memset(thread->weight_acc, 0, (size_t)(held * sums->weight_limbs) * sizeof(uint64_t));
        memset(thread->moves, 0, (size_t)held * sizeof *thread->moves);
        memset(thread->count, 0, (size_t)run->k * sizeof(int64_t));
    }
    memset(sums->moves, 0, (size_t)run->k * sizeof *sums->moves);
}

/* The two halves of km_thread.moves: rows taken since the last flush, and added less subtracted. */
static int32_t net_of(int64_t moves) { return (int32_t)(uint32_t)((uint64_t)moves & 0xffffffff); }

static int64_t taken_of(int64_t moves) { return (moves - net_of(moves)) >> 32; }

/* Patterns of magic that `add` leaves per row. */
static int64_t patterns_of(const km_run *run)
{
    return run->typed->sparse ? 0 : run->weights ? 2 : 1;
}

/* What thread t holds for cluster j into the digits; the caller owns the cluster or holds its
 * lock. */
static void flush(km_run *run, km_thread *t, int64_t j)
{
    km_sums *const sums = &run->sums;
    const int64_t size = sums->limbs * run->d, net = net_of(t->moves[j]);
    uint64_t *const acc = t->acc + j * size;
    sums->stale[j] = true;
    if (sums->columns)
        km_sparse_note_sums(run, acc, j);
    km_digits_flush(km_sums_digits(run, j), acc, net * patterns_of(run), sums->magic, sums->limbs,
                    run->d);
    memset(acc, 0, (size_t)size * sizeof *acc);
    if (sums->weight_limbs > 0) {
        uint64_t *const weight = t->weight_acc + j * sums->weight_limbs;
        km_digits_flush(km_sums_weight_digits(sums, j), weight, net, sums->weight_magic,
                        sums->weight_limbs, 1);
        memset(weight, 0, (size_t)sums->weight_limbs * sizeof *weight);
    } else {
        t->count[j] += net;
    }
    t->moves[j] = 0;
}

/* The patterns of magic out of the digits of cluster j; whose: as for flush. */
static void settle(km_run *run, int64_t j, int64_t *count)
{
    km_sums *const sums = &run->sums;
    const int64_t net = net_of(sums->moves[j]);
    sums->stale[j] = true;
    if (!sums->columns) /* sparse rows leave no patterns */
        km_digits_settle(km_sums_digits(run, j), net * patterns_of(run), sums->magic, sums->limbs,
                         run->d);
    if (sums->weight_limbs > 0)
        km_digits_settle(km_sums_weight_digits(sums, j), net, sums->weight_magic,
                         sums->weight_limbs, 1);
    else
        *count += net;
    sums->moves[j] = 0;
}

void km_sums_gather(km_run *run, int64_t j)
{
    km_sums *const sums = &run->sums;
    for (int32_t t = 0; t < run->threads; t++) {
        km_thread *const thread = &run->thread[t];
        if (sums->private_acc && thread->moves[j] != 0)
            flush(run, thread, j);
        sums->count[j] += thread->count[j];
        thread->count[j] = 0;
    }
    if (sums->moves[j] != 0)
        settle(run, j, &sums->count[j]);
}

/* Book local row i joining (sign 1) or leaving (-1) cluster j. */
static void book_row(const km_run *run, km_thread *t, const km_rows *rows, int64_t i, int64_t j,
                     int32_t sign, int64_t *moves, uint64_t *weight)
{
    *moves += ((int64_t)1 << 32) + sign;
    if (rows->weight) {
        t->count[j] += rows->weight[i] > 0 ? sign : 0;
        km_sums_split_weight(&run->sums, rows->weight[i], sign, weight);
    }
}

/* What has taken more rows than this could overflow during the next block. */
static int64_t most_rows(const km_run *run)
{
    return KM_FLUSH_PATTERNS / (run->weights ? 2 : 1) - 2 * run->block_rows;
}

static void flush_full(km_run *run, km_thread *t, const int32_t *label, int64_t m)
{
    const int64_t most = most_rows(run);
    const bool short_way = run->k < m;
    for (int64_t i = 0; i < (short_way ? run->k : m); i++) {
        const int64_t j = short_way ? i : label[i];
        if (j < 0 || taken_of(t->moves[j]) <= most)
            continue;
        km_lock_acquire(&run->sums.locks[j]);
        flush(run, t, j);
        km_lock_release(&run->sums.locks[j]);
    }
}

/* All clusters have accumulators: rows i0 .. i0+m-1 at once. */
static void add_private(km_run *run, km_thread *t, const km_rows *rows, const int32_t *label,
                        int64_t i0, int64_t m, int32_t sign)
{
    run->typed->add(run, t, rows, label, i0, m, sign < 0, t->acc);
    if (!rows->weight)
        km_sums_book(t, label, m, run->k, sign);
    for (int64_t i = 0; rows->weight && i < m; i++)
        if (label[i] >= 0)
            book_row(run, t, rows, i0 + i, label[i], sign, &t->moves[label[i]],
                     t->weight_acc + label[i] * run->sums.weight_limbs);
    flush_full(run, t, label, m);
}

static void sort_keys(int64_t *key, int64_t m)
{
    for (int64_t gap = m / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (int64_t i = gap; i < m; i++) {
            const int64_t moving = key[i];
            int64_t at = i;
            for (; at >= gap && key[at - gap] > moving; at -= gap)
                key[at] = key[at - gap];
            key[at] = moving;
        }
}

/* Row i into the digits of cluster j, whose lock is held. */
static void add_to_digits(km_run *run, km_thread *t, const km_rows *rows, int64_t i, int64_t j,
                          int32_t sign)
{
    static const int32_t one_cluster = 0;
    const km_sums *const sums = &run->sums;
    const km_grids grids = {sums->magic, run->d, sums->limbs};
    int64_t *const digits = km_sums_digits(run, j);
    if (run->typed->sparse)
        km_sparse_add_digits(km_entries_of(run, t, rows, i), rows->weight ? rows->weight + i : NULL,
                             &grids, sign < 0, digits, km_sums_columns(run, j));
    else
        run->typed->add(run, t, rows, &one_cluster, i, 1, sign < 0, (uint64_t *)digits);
    book_row(run, t, rows, i, j, sign, &sums->moves[j],
             rows->weight ? (uint64_t *)km_sums_weight_digits(sums, j) : NULL);
}

/* Straight into the digits, in order of the clusters: one lock for all rows of a block. */
static void add_shared(km_run *run, km_thread *t, const km_rows *rows, const int32_t *label,
                       int32_t sign)
{
    int64_t m = 0;
    for (int64_t i = 0; i < rows->m; i++)
        if (label[i] >= 0)
            t->order[m++] = (int64_t)label[i] << 32 | i;
    sort_keys(t->order, m);
    for (int64_t q = 0; q < m;) {
        const int64_t j = t->order[q] >> 32;
        km_lock_acquire(&run->sums.locks[j]);
        for (; q < m && t->order[q] >> 32 == j; q++)
            add_to_digits(run, t, rows, t->order[q] & 0xffffffff, j, sign);
        if (taken_of(run->sums.moves[j]) > most_rows(run))
            settle(run, j, &t->count[j]);
        km_lock_release(&run->sums.locks[j]);
    }
}

void km_sums_add(km_run *run, km_thread *t, const km_rows *rows, const int32_t *label)
{
    if (run->sums.private_acc)
        add_private(run, t, rows, label, 0, rows->m, 1);
    else
        add_shared(run, t, rows, label, 1);
}

/* All clusters have accumulators, rows no weights: from where they lie. */
static void move_private(km_run *run, km_thread *t, const km_rows *rows, const int32_t *index,
                         int64_t m, const int32_t *from, const int32_t *to)
{
    for (int64_t q = 0; q < m; q++) {
        t->local[q] = (int32_t)km_row_place(rows, index[q]);
        t->sub[q] = from[index[q]];
        t->add[q] = to[index[q]];
    }
    run->typed->move(run, rows, t->local, t->sub, t->add, m, t->acc);
    km_sums_book(t, t->sub, m, run->k, -1);
    km_sums_book(t, t->add, m, run->k, 1);
    flush_full(run, t, t->sub, m);
    flush_full(run, t, t->add, m);
}

void km_sums_move(km_run *run, km_thread *t, const km_rows *rows, const int32_t *index, int64_t m,
                  const int32_t *from, const int32_t *to)
{
    if (m == 0)
        return;
    if (run->sums.private_acc && !rows->weight && !run->typed->sparse) {
        move_private(run, t, rows, index, m, from, to);
        return;
    }
    for (int64_t q = 0; run->sums.private_acc && q < m; q++) {
        add_private(run, t, rows, from + index[q], index[q], 1, -1);
        add_private(run, t, rows, to + index[q], index[q], 1, 1);
    }
    if (run->sums.private_acc)
        return;
    for (int64_t i = 0, q = 0; i < rows->m; i++) {
        const bool moves = q < m && index[q] == i;
        t->sub[i] = moves ? from[i] : -1;
        t->add[i] = moves ? to[i] : -1;
        q += moves;
    }
    add_shared(run, t, rows, t->sub, -1);
    add_shared(run, t, rows, t->add, 1);
}
