#include "update.h"

#include <string.h>

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
    if (sums->count[j] == 0)
        memcpy(c, fallback, (size_t)run->d * sizeof *c);
    else
        km_digits_mean(km_sums_digits(run, j), sums->limbs, run->d, sums->exponent, &weight, c);
}

static void update_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    km_update *const update = argument;
    const double *const old = update->c_old + j * run->d;
    (void)t;
    km_sums_gather(run, j);
    update->before[j] =
        update->spread->valid ? km_inertia_term(run, update->spread, j, old) : (km_dd){0, 0};
    mean_of(run, j, old, update->c_new + j * run->d);
    if (memcmp(old, update->c_new + j * run->d, (size_t)run->d * sizeof *old) == 0) {
        update->after[j] = update->before[j];
        update->shift2[j] = 0;
    } else {
        km_update_refresh(run, update, j);
    }
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
    km_for_items(run, run->k, update_item, update);
    return count_empty(run);
}

static void means_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    double *const c = (double *)argument + j * run->d;
    (void)t;
    km_sums_gather(run, j);
    mean_of(run, j, c, c);
}

int64_t km_update_means(km_run *run, double *c_new)
{
    km_for_items(run, run->k, means_item, c_new);
    return count_empty(run);
}

typedef struct terms {
    const km_spread *spread;
    const double *c;
    km_dd *term;
} terms;

static void term_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    const terms *const work = argument;
    (void)t;
    km_sums_gather(run, j);
    if (work->spread->valid)
        work->term[j] = km_inertia_term(run, work->spread, j, work->c + j * run->d);
}

int km_labels_inertia(km_run *run, const km_spread *spread, const double *c, km_dd *term,
                      double *inertia)
{
    terms work = {spread, c, term};
    km_for_items(run, run->k, term_item, &work);
    if (km_inertia_formula(run, spread, term, inertia))
        return KMEANS_OK;
    return km_inertia_rows(run, c, false, inertia);
}
