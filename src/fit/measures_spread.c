/* Davies-Bouldin and the simplified silhouette: distances of rows to means, and of means. */
#include <math.h>

#include "kernels/exact/distance.h"
#include "measures.h"
#include "steps/pack.h"
#include "steps/sparse.h"
#include "steps/visit.h"

typedef struct spreading {
    const km_clusters *clusters;
    bool simplified;
    int32_t exponent;
    double *pairs; /* [threads][block_rows][2] own and nearest other */
    km_u128 *sum;  /* [threads][count] of weighted distances to the own mean */
    double *mean;  /* [count] of them: S_j */
    double *worst; /* [count] largest similarity of each cluster */
} spreading;

/* Distance to the own mean, where no other is wanted. */
static double own_distance(km_run *run, km_thread *t, const km_rows *rows, int64_t i, int64_t j)
{
    const double *const c = run->packed.c + j * run->d;
    double nearest;
    if (run->typed->sparse &&
        km_sparse_distance(km_entries_of(run, t, rows, i), c, km_norm_of_center(run, j), &nearest))
        return nearest;
    run->typed->row(run, rows, i, t->row);
    return km_distance_nearest(t->row, c, run->d);
}

static void spread_block(void *argument, km_run *run, int32_t index, const km_rows *rows)
{
    const spreading *const work = argument;
    const km_clusters *const clusters = work->clusters;
    km_thread *const t = &run->thread[index];
    km_u128 *const sum = work->sum + index * clusters->count;
    double *const pair = work->pairs + index * 2 * run->block_rows;
    for (int64_t i = 0; i < rows->m; i++)
        t->fresh[i] = run->labels[km_row_number(rows, i)];
    if (work->simplified)
        run->typed->two_distances(run, t, rows, t->fresh, pair);
    for (int64_t i = 0; i < rows->m; i++) {
        const int32_t j = t->fresh[i];
        const double w = rows->weight ? rows->weight[i] : 1;
        const double own = work->simplified ? pair[2 * i] : own_distance(run, t, rows, i, j);
        km_fixed_add(&sum[j], w * own, work->exponent);
        if (work->simplified && clusters->weight[j] > 1)
            km_wide_add_product(&t->wide, w, km_silhouette_of(own, pair[2 * i + 1]));
    }
}

/* sum * 2^exponent / weight; in two steps, as the power may not be a number. */
static double mean_of(km_u128 sum, int32_t exponent, double weight)
{
    const int32_t half = exponent / 2;
    return (double)sum * km_pow2(half) * km_pow2(exponent - half) / weight;
}

static void gather_means(const spreading *work, const km_run *run)
{
    const int64_t count = work->clusters->count;
    for (int64_t j = 0; j < count; j++) {
        km_u128 sum = 0;
        for (int32_t t = 0; t < run->threads; t++)
            sum += work->sum[t * count + j];
        work->mean[j] = mean_of(sum, work->exponent, work->clusters->weight[j]);
    }
}

/* The distance between two means: what kmeans_transform gives. */
static double mean_distance(const km_isa *isa, const double *x, const double *y, int64_t d)
{
    const double d2 = isa->f64->d2(x, y, d);
    return d2 > 0x1p-900 && d2 < 0x1p1000 ? sqrt(d2) : km_distance_nearest(x, y, d);
}

/* Cluster j against all others. */
static void compare_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    const spreading *const work = argument;
    const km_clusters *const clusters = work->clusters;
    const double *const c = clusters->means + j * run->d;
    double worst = 0;
    (void)t;
    for (int64_t l = 0; l < clusters->count; l++) {
        if (l == j)
            continue;
        const double apart = mean_distance(run->isa, c, clusters->means + l * run->d, run->d);
        if (apart > 0)
            worst = km_larger(worst, (work->mean[j] + work->mean[l]) / apart);
    }
    work->worst[j] = worst;
}

static double davies_bouldin(spreading *work, km_run *run)
{
    const int64_t count = work->clusters->count;
    km_wide *const sum = &run->thread[0].wide;
    gather_means(work, run);
    km_for_items(run, count, compare_item, work);
    km_wide_clear(sum);
    for (int64_t j = 0; j < count; j++)
        km_wide_add(sum, work->worst[j]);
    return km_wide_round(sum) / (double)count;
}

static int spread(spreading *work, km_run *run, unsigned wanted, kmeans_measures *found)
{
    for (int32_t t = 0; t < run->threads; t++)
        km_wide_clear(&run->thread[t].wide);
    km_pack(run, work->clusters->means, work->clusters->count);
    const int status = km_visit(run, spread_block, work);
    if (status)
        return status;
    for (int32_t t = 1; t < run->threads; t++)
        km_wide_merge(&run->thread[0].wide, &run->thread[t].wide);
    if (work->simplified)
        found->silhouette_simplified = km_wide_round(&run->thread[0].wide) / run->total_weight;
    if (wanted & KMEANS_MEASURE_DAVIES_BOULDIN)
        found->davies_bouldin = davies_bouldin(work, run);
    return KMEANS_OK;
}

int km_measure_spread(km_run *run, const km_facts *facts, const km_clusters *clusters,
                      const km_measures_asked *asked, kmeans_measures *found)
{
    km_memory *const memory = &run->context->memory;
    const double bound = km_longest_distance(facts, run->d) * facts->max_weight;
    spreading work = {.clusters = clusters,
                      .simplified = asked->wanted & KMEANS_MEASURE_SILHOUETTE_SIMPLIFIED,
                      .exponent = km_fixed_exponent(bound, run->n)};
    work.pairs = km_alloc(memory, run->threads * run->block_rows, 2 * sizeof *work.pairs);
    work.sum = km_alloc(memory, run->threads * clusters->count, sizeof *work.sum);
    work.mean = km_alloc(memory, clusters->count, sizeof *work.mean);
    work.worst = km_alloc(memory, clusters->count, sizeof *work.worst);
    int status = KMEANS_OK;
    if (work.pairs && work.sum && work.mean && work.worst) {
        status = spread(&work, run, asked->wanted, found);
    } else {
        status =
            km_fail(run->context, KMEANS_ERROR_MEMORY,
                    "no memory for the distances of %lld clusters", (long long)clusters->count);
    }
    km_free(work.worst);
    km_free(work.mean);
    km_free(work.sum);
    km_free(work.pairs);
    return status;
}
