#include "visit.h"

#include "parts.h"
#include "typed.h"

static const double poll_interval = 0.1; /* seconds between two calls of the progress callback */

typedef struct visit {
    km_run *run;
    km_rows_fn fn;
    void *argument;
    km_block block;
    int64_t first; /* row of the block at which a phase begins */
    int64_t end;   /* and where it ends */
    atomic_llong rows_done;
} visit;

static bool must_stop(const km_run *run)
{
    return !run->finishing &&
           atomic_load_explicit(&run->stop, memory_order_relaxed) != KM_STOP_NONE;
}

bool km_poll(km_run *run, bool force)
{
    if (run->finishing)
        return false;
    if (must_stop(run))
        return true;
    if (run->time_limit < 0 && !run->context->progress) /* nobody wants to know the time */
        return false;
    const double now = km_now();
    if (run->time_limit >= 0 && now - run->started > run->time_limit) {
        atomic_store(&run->stop, KM_STOP_TIME);
        return true;
    }
    if (!run->context->progress || (!force && now - run->polled < poll_interval))
        return false;
    run->polled = now;
    run->progress.seconds = now - run->started;
    km_callback_enter(run->context);
    const int cancel = run->context->progress(run->context->progress_user, &run->progress);
    km_callback_leave(run->context);
    if (cancel)
        atomic_store(&run->stop, KM_STOP_CANCELLED);
    return cancel != 0;
}

/* With a host's pool, item 0 may run on any thread: callbacks wait for the end of the phase. */
static bool may_poll(const km_run *run, int32_t t) { return t == 0 && !run->context->parallel_for; }

static void visit_phase(void *argument, int32_t t)
{
    visit *v = argument;
    km_run *run = v->run;
    const int64_t size = run->block_rows;
    for (;;) {
        const int64_t item = km_work_next(&run->work, t);
        if (item < 0 || must_stop(run))
            return;
        const int64_t i0 = v->first + item * size;
        const int64_t m = v->end - i0 < size ? v->end - i0 : size;
        km_rows rows;
        km_part(run, &run->thread[t], KM_PHASE_FETCH);
        run->typed->load(run, &run->thread[t], &v->block, i0, m, &rows);
        if (rows.m > 0)
            v->fn(v->argument, run, t, &rows);
        km_part(run, &run->thread[t], KM_PHASE_OTHER);
        const int64_t done = atomic_fetch_add_explicit(&v->rows_done, m, memory_order_relaxed) + m;
        if (may_poll(run, t)) {
            run->progress.rows_done = run->rows_before + done;
            km_poll(run, false);
        }
    }
}

int32_t km_useful_threads(int32_t threads, int64_t n, int64_t d, int64_t k)
{
    const double per_thread = 2.5e6; /* multiply-adds, about 0.1 ms */
    const double row = 40;           /* of them that a row itself is worth: measured at d = 3 */
    const double most = (double)n * (row + (double)d * (double)k) / per_thread;
    return most < 1 ? 1 : most < threads ? (int32_t)most : threads;
}

/* So few that a second thread would cost more than it brings. */
static bool few_rows(const km_run *run, int64_t rows)
{
    return km_useful_threads(2, rows, run->d, run->k) < 2;
}

/* A block in phases: one, but for row state in scratch files, of which a phase touches a window. */
static bool visit_block(visit *v)
{
    km_run *const run = v->run;
    km_memory *const memory = &run->context->memory;
    const int64_t window = KM_WINDOW / run->block_rows > 0 ? KM_WINDOW / run->block_rows : 1;
    const int64_t most = memory->scratch ? window * run->block_rows : v->block.rows;
    for (v->first = 0; v->first < v->block.rows; v->first = v->end) {
        v->end = v->block.rows - v->first < most ? v->block.rows : v->first + most;
        km_work_deal(&run->work, (v->end - v->first + run->block_rows - 1) / run->block_rows);
        if (few_rows(run, v->end - v->first))
            visit_phase(v, 0);
        else
            km_team_phase(run->team, visit_phase, v);
        km_memory_release(memory);
        if (km_poll(run, false))
            return true;
    }
    return false;
}

int km_visit(km_run *run, km_rows_fn fn, void *argument)
{
    visit v = {.run = run, .fn = fn, .argument = argument};
    int status = run->source->ops->rewind(run->source);
    run->source->visits++;
    run->source->untouched = 0;
    while (status >= 0 && (status = run->source->ops->next(run->source, &v.block)) == 1) {
        if (visit_block(&v))
            return 1;
    }
    return status;
}

int km_visit_selected(km_run *run, km_select_fn select, const void *select_argument, km_rows_fn fn,
                      void *argument)
{
    run->select = select;
    run->select_argument = select_argument;
    const int status = km_visit(run, fn, argument);
    run->select = NULL;
    return status;
}

int km_visit_picked(km_run *run, km_select_fn select, const void *select_argument,
                    bool side_by_side, km_rows_fn fn, void *argument)
{
    run->side_by_side = side_by_side;
    const int status = km_visit_selected(run, select, select_argument, fn, argument);
    run->side_by_side = false;
    return status;
}

static const char *find_row(const km_run *run, const km_rows *rows, int64_t i)
{
    return (const char *)rows->x +
           km_row_place(rows, i) * rows->ldx * (int64_t)run->typed->real_size;
}

km_rows km_one_row(const km_run *run, const km_rows *rows, int64_t i)
{
    km_rows one = *rows;
    one.m = 1;
    one.row0 = km_row_number(rows, i);
    one.csr_row += one.row0 - rows->row0;
    one.index = NULL;
    one.gap = NULL;
    one.apart = false;
    if (!rows->csr)
        one.x = find_row(run, rows, i);
    one.weight = rows->weight ? rows->weight + i : NULL;
    return one;
}

km_rows km_selected_row(const km_run *run, const km_rows *rows, int64_t i)
{
    enum { ahead = 8, line = 64, most = 16 * line };
    if (rows->csr)
        return km_one_row(run, rows, i);
    const int64_t size = run->d * (int64_t)run->typed->real_size;
    if (i + ahead < rows->m) {
        const char *const next = find_row(run, rows, i + ahead);
        for (int64_t b = 0; b < size && b < most; b += line) /* beyond, the CPU's follow */
            __builtin_prefetch(next + b);
    }
    return km_one_row(run, rows, i);
}

typedef struct items {
    km_run *run;
    km_item_fn fn;
    void *argument;
} items;

static void items_phase(void *argument, int32_t t)
{
    const items *work = argument;
    int64_t item;
    while ((item = km_work_next(&work->run->work, t)) >= 0)
        work->fn(work->argument, work->run, t, item);
}

void km_for_blocks(km_run *run, int64_t count, km_item_fn fn, void *argument)
{
    items work = {run, fn, argument};
    km_work_deal(&run->work, count);
    km_team_phase(run->team, items_phase, &work);
}

/* As many rows at a time as km_visit's windows have. */
typedef struct row_items {
    km_item_fn fn;
    void *argument;
    int64_t first;
} row_items;

static void row_item(void *argument, km_run *run, int32_t t, int64_t item)
{
    const row_items *const work = argument;
    work->fn(work->argument, run, t, work->first + item);
}

void km_for_row_blocks(km_run *run, int64_t count, km_item_fn fn, void *argument)
{
    enum { window = KM_WINDOW / 4096 };
    km_memory *const memory = &run->context->memory;
    row_items work = {fn, argument, 0};
    if (!memory->scratch) {
        km_for_blocks(run, count, fn, argument);
        return;
    }
    for (; work.first < count; work.first += window) {
        const int64_t left = count - work.first;
        km_for_blocks(run, left < window ? left : window, row_item, &work);
        km_memory_release(memory);
    }
}

void km_for_items(km_run *run, int64_t count, km_item_fn fn, void *argument)
{
    enum { few = 2048 }; /* numbers: some 10 microseconds, twice what it takes to call the others */
    if (run->k * run->d > few) {
        km_for_blocks(run, count, fn, argument);
        return;
    }
    for (int64_t item = 0; item < count; item++)
        fn(argument, run, 0, item);
}
