#include "update.h"

#include <string.h>

#include "services/profile.h"
#include "visit.h"

static void set_still(const km_run *run, int64_t j, bool still)
{
    if (run->still)
        run->still[j] = still;
}

void km_update_refresh(const km_run *run, km_update *update, int64_t j)
{
    const int64_t d = run->d;
    const double *const c = update->c_new + j * d;
    update->shift2[j] = run->isa->f64->d2(c, update->c_old + j * d, d);
    update->after[j] =
        update->spread->valid ? km_inertia_term(run, update->spread, j, c) : (km_dd){0, 0};
    run->sums.stale[j] = true; /* it is not the mean of its sums */
    set_still(run, j, false);
}

static void mean_of(const km_run *run, int64_t j, const double *fallback, double *c)
{
    const km_sums *const sums = &run->sums;
    const km_weight_total weight = km_sums_weight(sums, j);
    km_weight_total units = weight;
    units.exponent = 0;
    if (sums->count[j] == 0)
        memcpy(c, fallback, (size_t)run->d * sizeof *c);
    else if (!run->isa->centroid->means(km_sums_digits(run, j), sums->limbs, run->d, sums->exponent,
                                        km_weight_dd(&units), weight.digits ? weight.exponent : 0,
                                        c))
        km_digits_mean(km_sums_digits(run, j), sums->limbs, run->d, sums->exponent, &weight, c);
}

/* Clusters of item `group`. */
static int64_t group_end(const km_run *run, int64_t group)
{
    const int64_t end = (group + 1) * KM_TERM_CLUSTERS;
    return end < run->k ? end : run->k;
}

static int64_t groups_of(const km_run *run)
{
    return (run->k + KM_TERM_CLUSTERS - 1) / KM_TERM_CLUSTERS;
}

static void gather_group(km_run *run, int64_t j0, int64_t j1)
{
    for (int64_t j = j0; j < j1; j++)
        km_sums_gather(run, j);
}

/* Where the sums are those that the centroid was made of, all is as it was after the last update:
 * `after` still has its term with the old centroid, which is the new one too. */
static void keep_cluster(const km_run *run, const km_update *update, int64_t j)
{
    memcpy(update->c_new + j * run->d, update->c_old + j * run->d,
           (size_t)run->d * sizeof *update->c_new);
    update->shift2[j] = 0;
    update->before[j] = update->after[j];
    set_still(run, j, true);
}

static int64_t sparse_end(int64_t j, int64_t j1)
{
    return j1 - j < KM_SPARSE_CLUSTERS ? j1 : j + KM_SPARSE_CLUSTERS;
}

static void update_sparse(const km_run *run, const km_update *update, int32_t t, int64_t j0,
                          int64_t j1)
{
    const uint64_t *const known =
        run->packed.c == update->c_old ? run->packed.sparse.columns : NULL;
    bool *const stale = run->sums.stale;
    for (int64_t j = j0; j < j1; j = sparse_end(j, j1)) {
        const int64_t end = sparse_end(j, j1);
        if (memchr(stale + j, true, (size_t)(end - j)))
            km_sparse_update(run, update, &run->thread[t], j, end, known);
        else
            for (int64_t q = j; q < end; q++)
                keep_cluster(run, update, q);
        memset(stale + j, false, (size_t)(end - j));
    }
}

/* Clusters whose means are to be formed, m of them, and of those the ones that moved. */
typedef struct update_list {
    int64_t stale[KM_TERM_CLUSTERS], m;
    int64_t moved[KM_TERM_CLUSTERS], moves;
} update_list;

static void move_cluster(const km_run *run, const km_update *update, int64_t j, update_list *list)
{
    const int64_t d = run->d;
    const double *const old = update->c_old + j * d;
    double *const c = update->c_new + j * d;
    mean_of(run, j, old, c);
    list->stale[list->m++] = j;
    run->sums.stale[j] = false;
    const bool still = memcmp(old, c, (size_t)d * sizeof *c) == 0;
    set_still(run, j, still);
    if (still) {
        update->shift2[j] = 0;
    } else {
        update->shift2[j] = run->isa->f64->d2(c, old, d);
        list->moved[list->moves++] = j;
    }
}

static void update_item(void *argument, km_run *run, int32_t t, int64_t group)
{
    km_update *const update = argument;
    const int64_t j0 = group * KM_TERM_CLUSTERS, j1 = group_end(run, group);
    update_list list = {.m = 0, .moves = 0};
    gather_group(run, j0, j1);
    if (run->typed->sparse) {
        update_sparse(run, update, t, j0, j1);
        return;
    }
    for (int64_t j = j0; j < j1; j++)
        if (run->sums.stale[j])
            move_cluster(run, update, j, &list);
        else
            keep_cluster(run, update, j);
    km_inertia_terms(run, update->spread, list.stale, list.m, update->c_old, update->before);
    for (int64_t q = 0; q < list.m; q++)
        update->after[list.stale[q]] = update->before[list.stale[q]];
    km_inertia_terms(run, update->spread, list.moved, list.moves, update->c_new, update->after);
}

static int64_t count_empty(const km_run *run)
{
    int64_t empty = 0;
    for (int64_t j = 0; j < run->k; j++)
        empty += run->sums.count[j] == 0;
    return empty;
}

int64_t km_update_centroids(km_run *run, km_update *update)
{
    const bool entered = km_profile_enter(run->profile, KM_PHASE_MEANS);
    km_for_items(run, groups_of(run), update_item, update);
    km_profile_leave(run->profile, entered);
    return count_empty(run);
}

static void term_item(void *argument, km_run *run, int32_t t, int64_t group)
{
    const km_update *const work = argument;
    const int64_t j0 = group * KM_TERM_CLUSTERS, j1 = group_end(run, group);
    gather_group(run, j0, j1);
    for (int64_t j = j0; run->typed->sparse && j < j1; j = sparse_end(j, j1))
        km_sparse_update(run, work, &run->thread[t], j, sparse_end(j, j1), NULL);
    if (run->typed->sparse)
        return;
    int64_t list[KM_TERM_CLUSTERS];
    for (int64_t j = j0; j < j1; j++)
        list[j - j0] = j;
    km_inertia_terms(run, work->spread, list, j1 - j0, work->c_old, work->before);
}

int km_labels_inertia(km_run *run, const km_spread *spread, const double *c, km_dd *term,
                      double *inertia)
{
    km_update work = {.spread = spread, .c_old = c, .before = term};
    km_for_items(run, groups_of(run), term_item, &work);
    if (km_inertia_formula(run, spread, term, inertia))
        return KMEANS_OK;
    return km_inertia_rows(run, c, false, inertia);
}
