#include "update.h"

#include <string.h>

#include "services/profile.h"
#include "visit.h"

void km_update_refresh(const km_run *run, km_update *update, int64_t j)
{
    const int64_t d = run->d;
    const double *const c = update->c_new + j * d;
    update->shift2[j] = run->isa->f64->d2(c, update->c_old + j * d, d);
    update->after[j] =
        update->spread->valid ? km_inertia_term(run, update->spread, j, c) : (km_dd){0, 0};
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

/* Gather the sums of j0 .. j1-1, and of sparse rows do the rest too. */
static void gather_group(km_run *run, const km_update *update, int32_t t, int64_t j0, int64_t j1,
                         const uint64_t *known)
{
    for (int64_t j = j0; j < j1; j++)
        km_sums_gather(run, j);
    for (int64_t j = j0; run->typed->sparse && j < j1; j += KM_SPARSE_CLUSTERS)
        km_sparse_update(run, update, &run->thread[t], j,
                         j1 - j < KM_SPARSE_CLUSTERS ? j1 : j + KM_SPARSE_CLUSTERS, known);
}

static void update_item(void *argument, km_run *run, int32_t t, int64_t group)
{
    km_update *const update = argument;
    const int64_t d = run->d, j0 = group * KM_TERM_CLUSTERS, j1 = group_end(run, group);
    const size_t row_bytes = (size_t)d * sizeof(double);
    bool moved = false;
    gather_group(run, update, t, j0, j1,
                 run->packed.c == update->c_old ? run->packed.sparse.columns : NULL);
    if (run->typed->sparse)
        return;
    for (int64_t j = j0; j < j1; j++) {
        const double *const old = update->c_old + j * d;
        double *const c = update->c_new + j * d;
        mean_of(run, j, old, c);
        const bool stays = memcmp(old, c, row_bytes) == 0;
        update->shift2[j] = stays ? 0 : run->isa->f64->d2(c, old, d);
        moved = moved || !stays;
    }
    km_inertia_terms(run, update->spread, j0, j1, update->c_old, update->before);
    if (moved)
        km_inertia_terms(run, update->spread, j0, j1, update->c_new, update->after);
    else
        memcpy(update->after + j0, update->before + j0, (size_t)(j1 - j0) * sizeof *update->after);
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
    gather_group(run, work, t, j0, j1, NULL);
    if (!run->typed->sparse)
        km_inertia_terms(run, work->spread, j0, j1, work->c_old, work->before);
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
