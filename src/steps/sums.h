/* Floor 2: exact sums per cluster, kept from pass to pass.
 *
 * Every thread adds rows to accumulators of its own, and flushes them into the shared integer
 * digits of the cluster: under the cluster's lock while rows are visited, without it at the end of
 * the pass, when each cluster belongs to one thread. Where accumulators would leave the cache, rows
 * are added to the digits themselves, under the lock, and what the additions leave there beside the
 * values goes at the end. Integers: the order does not matter. */
#ifndef KM_SUMS_H
#define KM_SUMS_H

#include "kernels/columns.h"
#include "prepare.h"

/* Choose the grids from the facts and allocate. */
int km_sums_open(km_run *run, const km_facts *facts);

/* Other grids for other rows, of the width that was allocated for all: the facts must be of some of
 * those rows. Only between two km_sums_clear. */
void km_sums_place(km_run *run, const km_facts *facts);

/* All sums and counts to zero (a phase). */
void km_sums_clear(km_run *run);

/* Add the rows of a block: label[i] >= 0 is the cluster of local row i; -1: none. */
void km_sums_add(km_run *run, km_thread *t, const km_rows *rows, const int32_t *label);

/* Move the m local rows index[] (ascending) from cluster from[i] to cluster to[i]. from, to:
 * [rows->m]. Rows may lie apart where they have no weights and every thread has accumulators of
 * its own. */
void km_sums_move(km_run *run, km_thread *t, const km_rows *rows, const int32_t *index, int64_t m,
                  const int32_t *from, const int32_t *to);

/* Bring what all threads hold for cluster j into the shared sums. At the end of a visit, one
 * thread per cluster. */
void km_sums_gather(km_run *run, int64_t j);

/* Forget what threads hold and the sums have not (after a visit that was broken off). */
void km_sums_drop(km_run *run);

/* Take one row, given as float64 with its weight (NULL: 1), out of a copy of a cluster's digits.
 * The thread must hold nothing (between two visits). */
void km_sums_take_row(const km_run *run, km_thread *t, const double *x, const double *weight,
                      int64_t *digits, int64_t *weight_digits);

/* One weight on its grids, like a column of add_rows: added to acc (sign 1) or taken away (-1). */
void km_sums_split_weight(const km_sums *sums, double w, int32_t sign, uint64_t *acc);

/* Note in t->moves that m unweighted rows joined (sign 1) or left (-1) clusters label[] >= 0 of k,
 * each of which has an accumulator of its own. */
void km_sums_book(km_thread *t, const int32_t *label, int64_t m, int64_t k, int32_t sign);

/* digits += w, on the grids of the weights. */
void km_sums_add_weight(const km_sums *sums, double w, int64_t *digits);

/* Total weight of cluster j. */
km_weight_total km_sums_weight(const km_sums *sums, int64_t j);

/* Digits of cluster j. */
static inline int64_t *km_sums_digits(const km_run *run, int64_t j)
{
    return run->sums.digits + j * (run->sums.limbs + 1) * run->d;
}

/* Digits of the weight of cluster j, if rows have weights. */
static inline int64_t *km_sums_weight_digits(const km_sums *sums, int64_t j)
{
    return sums->weight_digits + j * (sums->weight_limbs + 1);
}

/* Of sparse rows: the set of columns in which cluster j has rows' entries (columns.h); its digits
 * elsewhere are 0. */
static inline uint64_t *km_sums_columns(const km_run *run, int64_t j)
{
    return run->sums.columns + j * km_columns_words(run->d);
}

#endif
