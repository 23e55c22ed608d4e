/* Floor 2: visiting all rows of the source once, in parallel. */
#ifndef KM_VISIT_H
#define KM_VISIT_H

#include "run.h"

/* Work on one block of rows, on thread t of the team. */
typedef void (*km_rows_fn)(void *argument, km_run *run, int32_t t, const km_rows *rows);

/* Call fn for every block of rows of the source. Returns 0, 1 if the run was stopped before the
 * end (run->stop says why), or a negative status of the source. */
int km_visit(km_run *run, km_rows_fn fn, void *argument);

/* The same for the rows that select picks, block by block, from their numbers and what it reads of
 * the block: the others are not loaded. It must leave out skipped rows (run->labels < 0). Rows that
 * the kernels can take as they are stay where they are: fn has to take them by km_selected_row,
 * 0 .. rows->m - 1. */
int km_visit_selected(km_run *run, km_select_fn select, const void *select_argument, km_rows_fn fn,
                      void *argument);

/* The same, the rows that are picked brought together side by side, or not: then fn looks at
 * rows->apart. */
int km_visit_picked(km_run *run, km_select_fn select, const void *select_argument,
                    bool side_by_side, km_rows_fn fn, void *argument);

/* Local row i as rows of its own: of rows that lie side by side in x, or are sparse. */
km_rows km_one_row(const km_run *run, const km_rows *rows, int64_t i);

/* Row i of such a visit as rows of its own. They lie apart, which no prefetcher of a CPU follows:
 * the memory of a row some places on is asked for. */
km_rows km_selected_row(const km_run *run, const km_rows *rows, int64_t i);

/* The same over items 0 .. count-1 that are no rows: parts of k x d numbers. So few of them that a
 * second thread would cost more than it brings are done by the calling thread, as thread 0. */
typedef void (*km_item_fn)(void *argument, km_run *run, int32_t t, int64_t item);
void km_for_items(km_run *run, int64_t count, km_item_fn fn, void *argument);

/* Over blocks of an array of n: always in parallel. */
void km_for_blocks(km_run *run, int64_t count, km_item_fn fn, void *argument);

/* The same where an item belongs to 4096 rows and touches their state. */
void km_for_row_blocks(km_run *run, int64_t count, km_item_fn fn, void *argument);

/* Look at the clock and, at most every 0.1 s or when force, at the progress callback. Called on the
 * calling thread only. Sets run->stop; true when the run must stop. */
bool km_poll(km_run *run, bool force);

/* Of `threads`, how many are worth waking for n rows of d dimensions and k centroids: below about
 * 0.1 ms of work per thread a second one costs more than it brings. */
int32_t km_useful_threads(int32_t threads, int64_t n, int64_t d, int64_t k);

#endif
