/* The update for sparse rows. Its cost goes with the columns in which a cluster has entries of rows
 * or its centroid is not 0: others have the mean 0 and add 0 to shift and inertia. They lie apart
 * in memory, so each is looked at once: mean, shift and both terms of the inertia are made of the
 * same few columns side by side, of several clusters, whose terms go into the lanes of one
 * group (centroid.h). */
#include <string.h>

#include "sparse.h"
#include "update.h"

enum { PART = 32 }; /* columns at a time */

/* Columns of one cluster side by side; beyond the last 0, which adds 0. */
typedef struct part {
    int64_t list[PART];
    int64_t digits[(KM_MAX_LIMBS + 1) * PART];
    double old[PART], mean[PART], middle[PART];
    int32_t exponent[PART];
} part;

typedef struct cluster {
    km_columns_walk walk;
    part part;
    double lane[8]; /* of the squared shift */
} cluster;

/* The next columns of cluster j; returns how many. */
static int64_t take_columns(const km_run *run, const km_update *update, int64_t j, cluster *one)
{
    const km_sums *const sums = &run->sums;
    const int64_t *const digits = km_sums_digits(run, j);
    const double *const old = update->c_old + j * run->d;
    part *const to = &one->part;
    const int64_t m = km_columns_next(&one->walk, to->list, PART);
    if (m < PART)
        memset(to->digits, 0, sizeof *to - offsetof(part, digits));
    for (int64_t q = 0; q < m; q++) {
        to->exponent[q] = sums->exponent[to->list[q]];
        to->middle[q] = update->spread->m[to->list[q]];
        to->old[q] = old[to->list[q]];
    }
    for (int32_t l = 0; l <= sums->limbs; l++)
        for (int64_t q = 0; q < m; q++)
            to->digits[l * PART + q] = digits[l * run->d + to->list[q]];
    return m;
}

/* Their means, also into c, and shifts. */
static void move_columns(const km_run *run, int64_t j, int64_t m, cluster *one, double *c)
{
    const km_sums *const sums = &run->sums;
    part *const to = &one->part;
    const km_weight_total weight = km_sums_weight(sums, j);
    km_weight_total units = weight;
    units.exponent = 0;
    if (!run->isa->centroid->means(to->digits, sums->limbs, PART, to->exponent,
                                   km_weight_dd(&units), weight.digits ? weight.exponent : 0,
                                   to->mean))
        km_digits_mean(to->digits, sums->limbs, PART, to->exponent, &weight, to->mean);
    for (int64_t q = 0; q < m; q++) {
        const double shift = to->mean[q] - to->old[q];
        one->lane[to->list[q] % 8] += shift * shift;
        c[to->list[q]] = to->mean[q];
    }
}

/* Two lanes for each cluster: with the old centroid and with the new one. */
static km_term_group group_of(const km_run *run, const cluster *clusters, int64_t j0, int64_t j1)
{
    km_term_group group = {.m = (int32_t)(2 * (j1 - j0)), .limbs = run->sums.limbs, .d = PART};
    for (int64_t g = 0; g < group.m; g++) {
        const part *const from = &clusters[g / 2].part;
        const km_weight_total weight = km_sums_weight(&run->sums, j0 + g / 2);
        group.exponent[g] = from->exponent;
        group.middle[g] = from->middle;
        group.digits[g] = from->digits;
        group.c[g] = g % 2 == 0 ? from->old : from->mean;
        group.weight[g] = km_weight_dd(&weight);
    }
    return group;
}

/* The columns that matter to cluster j, and its centroid where no column does. */
static void start_cluster(const km_run *run, const km_update *update, km_thread *t, int64_t j,
                          const uint64_t *known, cluster *to)
{
    const int64_t d = run->d, words = km_columns_words(d);
    const double *const old = update->c_old + j * d;
    uint64_t *const columns = t->sparse.columns + j % KM_SPARSE_CLUSTERS * words;
    memcpy(columns, km_sums_columns(run, j), (size_t)words * sizeof *columns);
    for (int64_t q = 0; known && q < words; q++)
        columns[q] |= known[j * words + q];
    if (!known)
        run->isa->centroid->columns(old, d, columns);
    memset(to, 0, sizeof *to);
    to->walk = (km_columns_walk){columns, words, 0, 0};
    if (update->c_new && run->sums.count[j] > 0)
        memset(update->c_new + j * d, 0, (size_t)d * sizeof *old);
    else if (update->c_new)
        memcpy(update->c_new + j * d, old, (size_t)d * sizeof *old);
}

/* Some columns of every cluster; returns whether there were any. */
static bool take_round(const km_run *run, const km_update *update, int64_t j0, int64_t j1,
                       cluster *clusters)
{
    bool any = false;
    for (int64_t j = j0; j < j1; j++) {
        cluster *const one = &clusters[j - j0];
        const int64_t m = take_columns(run, update, j, one);
        any = any || m > 0;
        if (m > 0 && update->c_new && run->sums.count[j] > 0)
            move_columns(run, j, m, one, update->c_new + j * run->d);
        else
            memcpy(one->part.mean, one->part.old, sizeof one->part.mean);
    }
    return any;
}

void km_sparse_update(const km_run *run, const km_update *update, km_thread *t, int64_t j0,
                      int64_t j1, const uint64_t *known)
{
    cluster clusters[KM_SPARSE_CLUSTERS];
    km_dd term[2 * KM_SPARSE_CLUSTERS] = {{0, 0}};
    uint32_t again = 0;
    for (int64_t j = j0; j < j1; j++)
        start_cluster(run, update, t, j, known, &clusters[j - j0]);
    const km_term_group group = group_of(run, clusters, j0, j1);
    while (take_round(run, update, j0, j1, clusters))
        if (update->spread->valid)
            again |= run->isa->centroid->terms(&group, term);
    for (int64_t j = j0; j < j1; j++) {
        const double *const lane = clusters[j - j0].lane;
        const uint32_t open = again >> 2 * (j - j0);
        update->before[j] =
            open & 1 ? km_inertia_term(run, update->spread, j, update->c_old + j * run->d)
                     : term[2 * (j - j0)];
        if (!update->c_new)
            continue;
        update->shift2[j] = ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
                            ((lane[1] + lane[5]) + (lane[3] + lane[7]));
        update->after[j] = open & 2
                               ? km_inertia_term(run, update->spread, j, update->c_new + j * run->d)
                               : term[2 * (j - j0) + 1];
    }
}
