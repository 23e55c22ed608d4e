#include "inertia.h"

#include <math.h>
#include <string.h>

#include "kernels/exact/distance.h"
#include "kernels/exact/ieee.h"
#include "kernels/exact/wide.h"
#include "services/profile.h"
#include "sparse.h"
#include "visit.h"

enum { GRIDS = 3 };

/* m_p near the middle of the column where the column lies within a factor 2, so that x - m is
 * exact (Sterbenz); else 0, which costs a factor 4 of Q at most. */
static double choose_middle(double min, double max)
{
    const bool positive = min > 0 && max <= 2 * min, negative = max < 0 && min >= 2 * max;
    return positive || negative ? min + (max - min) / 2 : 0;
}

static void choose_spread(const km_run *run, const km_facts *facts, km_spread *spread)
{
    const km_range *const range = &facts->range;
    double most = 0, least = 1;
    for (int64_t p = 0; p < run->d; p++) {
        spread->m[p] = choose_middle(range->min[p], range->max[p]);
        const double t =
            km_larger(fabs(range->max[p] - spread->m[p]), fabs(range->min[p] - spread->m[p]));
        most = km_larger(most, t);
        least = km_smaller(least, range->low_bit[p]);
    }
    /* Every square and its exact error must stay normal: multiples of low_bit^2 * low_weight. */
    const double bound = most * most * facts->max_weight * 1.001;
    spread->valid =
        !run->sums.rounded && bound < 0x1p1000 && least > 0x1p-400 && facts->low_weight > 0x1p-150;
    spread->exponent = spread->valid ? km_grid_below(bound, GRIDS) : 0;
    if (spread->valid)
        km_fill_magic(&spread->exponent, 1, GRIDS, spread->magic);
}

typedef struct squares {
    const km_spread *spread;
    int64_t (*digits)[GRIDS + 1]; /* [threads] */
} squares;

static void squares_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const squares *const work = argument;
    run->typed->squares(run, &run->thread[t], rows, work->spread->m, work->spread->magic,
                        work->digits[t]);
}

int km_spread_open(km_run *run, const km_facts *facts, km_spread *spread)
{
    *spread = (km_spread){.m = km_alloc(&run->context->memory, run->d, sizeof(double))};
    squares work = {spread, km_alloc(&run->context->memory, run->threads, sizeof *work.digits)};
    int status = KMEANS_OK;
    if (!spread->m || !work.digits) {
        status = km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld columns",
                         (long long)run->d);
    } else {
        choose_spread(run, facts, spread);
        if (spread->valid)
            status = km_visit(run, squares_block, &work);
        for (int32_t t = 1; t < run->threads; t++)
            km_digits_add(work.digits[0], work.digits[t], GRIDS, 1);
        spread->total = km_digits_dd(work.digits[0], GRIDS, 1, spread->exponent);
    }
    km_free(work.digits);
    return status;
}

void km_spread_free(km_spread *spread)
{
    km_free(spread->m);
    spread->m = NULL;
}

km_dd km_inertia_term(const km_run *run, const km_spread *spread, int64_t j, const double *c)
{
    const km_weight_total weight = km_sums_weight(&run->sums, j);
    const km_dd w = km_weight_dd(&weight);
    const int64_t *const digits = km_sums_digits(run, j);
    km_dd total = {0, 0};
    for (int64_t p = 0; p < run->d; p++) {
        const km_dd sum = km_digits_dd(digits + p, run->sums.limbs, run->d, run->sums.exponent[p]);
        const km_dd s = km_dd_sub(sum, km_dd_mul_d(w, spread->m[p]));
        const km_dd a = km_two_diff(c[p], spread->m[p]);
        const km_dd twice = {2 * s.hi, 2 * s.lo};
        total = km_dd_add(total, km_dd_mul(a, km_dd_sub(km_dd_mul(w, a), twice)));
    }
    return total;
}

void km_inertia_terms(const km_run *run, const km_spread *spread, const int64_t *list, int64_t m,
                      const double *c, km_dd *term)
{
    if (m == 0)
        return;
    const km_sums *const sums = &run->sums;
    km_term_group group = {.m = (int32_t)m, .limbs = sums->limbs, .d = run->d};
    km_dd terms[KM_TERM_CLUSTERS] = {{0, 0}};
    uint32_t again = 0;
    for (int64_t g = 0; g < m; g++) {
        const km_weight_total weight = km_sums_weight(sums, list[g]);
        group.exponent[g] = sums->exponent;
        group.middle[g] = spread->m;
        group.digits[g] = km_sums_digits(run, list[g]);
        group.c[g] = c + list[g] * run->d;
        group.weight[g] = km_weight_dd(&weight);
    }
    if (spread->valid)
        again = run->isa->centroid->terms(&group, terms);
    for (int64_t g = 0; g < m; g++)
        term[list[g]] =
            again >> g & 1 ? km_inertia_term(run, spread, list[g], c + list[g] * run->d) : terms[g];
}

bool km_inertia_formula(const km_run *run, const km_spread *spread, const km_dd *term,
                        double *inertia)
{
    if (!spread->valid)
        return false;
    km_dd total = spread->total;
    for (int64_t j = 0; j < run->k; j++)
        total = km_dd_add(total, term[j]);
    *inertia = total.hi;
    return total.hi > spread->total.hi * 0x1p-40;
}

/* Sums per cluster of one thread, on three grids. */
typedef struct row_sums {
    uint64_t *acc; /* [k][GRIDS] */
    int32_t *net;  /* [k] */
} row_sums;

typedef struct row_inertia {
    const double *c;
    bool single;
    row_sums *thread; /* with digits */
    double magic[GRIDS];
    int32_t exponent;
    int64_t *digits; /* [k][GRIDS + 1] shared, or NULL: only the total */
} row_inertia;

static void flush_cluster(const row_inertia *work, km_run *run, row_sums *mine, int64_t j)
{
    km_lock_acquire(&run->sums.locks[j]);
    km_digits_flush(work->digits + j * (GRIDS + 1), mine->acc + j * GRIDS, mine->net[j],
                    work->magic, GRIDS, 1);
    km_lock_release(&run->sums.locks[j]);
    memset(mine->acc + j * GRIDS, 0, GRIDS * sizeof *mine->acc);
    mine->net[j] = 0;
}

static void add_to_cluster(const row_inertia *work, km_run *run, row_sums *mine, int64_t j,
                           double value)
{
    for (int32_t l = GRIDS - 1; l >= 0; l--) {
        const double t = value + work->magic[l];
        mine->acc[j * GRIDS + l] += km_bits(t);
        value -= t - work->magic[l];
    }
    if (++mine->net[j] == KM_FLUSH_PATTERNS)
        flush_cluster(work, run, mine, j);
}

static void inertia_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const row_inertia *const work = argument;
    km_thread *const thread = &run->thread[t];
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t j = work->single ? 0 : run->labels[km_row_number(rows, i)];
        const km_center c = {work->c + j * run->d, km_norm_of_center(run, j)};
        const double d2 = run->typed->sum_d2(run, thread, rows, i, c);
        const double w = rows->weight ? rows->weight[i] : 1;
        km_wide_add_product(&thread->wide, w, d2);
        if (work->digits)
            add_to_cluster(work, run, &work->thread[t], j, w * d2);
    }
}

static int visit_inertia(km_run *run, row_inertia *work, double *inertia)
{
    for (int32_t t = 0; t < run->threads; t++)
        km_wide_clear(&run->thread[t].wide);
    km_norms_start(run, work->c, work->single ? 1 : run->k);
    const int status = km_visit(run, inertia_block, work);
    for (int32_t t = 1; t < run->threads; t++)
        km_wide_merge(&run->thread[0].wide, &run->thread[t].wide);
    if (status == 0)
        *inertia = km_wide_round(&run->thread[0].wide);
    return status;
}

int km_inertia_rows(km_run *run, const double *c, bool single, double *inertia)
{
    row_inertia work = {.c = c, .single = single};
    const bool entered = km_profile_enter(run->profile, KM_PHASE_INERTIA);
    const int status = visit_inertia(run, &work, inertia);
    km_profile_leave(run->profile, entered);
    return status;
}

static bool open_clusters(km_run *run, row_inertia *work)
{
    km_memory *const memory = &run->context->memory;
    work->digits = km_alloc(memory, run->k * (GRIDS + 1), sizeof(int64_t));
    work->thread = km_alloc(memory, run->threads, sizeof *work->thread);
    bool failed = !work->digits || !work->thread;
    for (int32_t t = 0; !failed && t < run->threads; t++) {
        work->thread[t].acc = km_alloc(memory, run->k * GRIDS, sizeof(uint64_t));
        work->thread[t].net = km_alloc(memory, run->k, sizeof(int32_t));
        failed = !work->thread[t].acc || !work->thread[t].net;
    }
    return !failed;
}

static void close_clusters(km_run *run, row_inertia *work)
{
    for (int32_t t = 0; work->thread && t < run->threads; t++) {
        km_free(work->thread[t].acc);
        km_free(work->thread[t].net);
    }
    km_free(work->thread);
    km_free(work->digits);
}

int km_inertia_clusters(km_run *run, const double *c, double inertia, double *per_cluster)
{
    row_inertia work = {.c = c};
    int status = KMEANS_ERROR_MEMORY;
    if (open_clusters(run, &work)) {
        /* No weighted distance exceeds the total, which is known to about 1e-13. */
        work.exponent = km_grid_below(inertia < 0x1p1000 ? inertia * 1.001 : 0x1p1000, GRIDS);
        km_fill_magic(&work.exponent, 1, GRIDS, work.magic);
        double total;
        status = visit_inertia(run, &work, &total);
        for (int64_t j = 0; status == 0 && j < run->k; j++) {
            for (int32_t t = 0; t < run->threads; t++)
                flush_cluster(&work, run, &work.thread[t], j);
            per_cluster[j] =
                km_digits_nearest(work.digits + j * (GRIDS + 1), GRIDS, 1, work.exponent);
        }
    } else {
        km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for the inertias of %lld clusters",
                (long long)run->k);
    }
    close_clusters(run, &work);
    return status;
}
