#include "measures_sample.h"

#include <string.h>

#include "services/permutation.h"

int km_sample_open(km_run *run, int64_t m, int64_t clusters, km_sample *sample)
{
    km_memory *const memory = &run->context->memory;
    *sample = (km_sample){.m = m, .clusters = clusters};
    sample->row = km_alloc(memory, m, sizeof *sample->row);
    sample->label = km_alloc(memory, m, sizeof *sample->label);
    sample->begin = km_alloc(memory, clusters + 1, sizeof *sample->begin);
    sample->weight = km_alloc(memory, clusters, sizeof *sample->weight);
    return sample->row && sample->label && sample->begin && sample->weight
               ? KMEANS_OK
               : km_fail(run->context, KMEANS_ERROR_MEMORY,
                         "no memory for the silhouette of %lld rows", (long long)m);
}

void km_sample_close(km_sample *sample)
{
    km_free(sample->weight);
    km_free(sample->begin);
    km_free(sample->label);
    km_free(sample->row);
}

typedef void (*row_fn)(km_sample *sample, const km_run *run, int64_t row);

/* The permutation is that of an epoch which no fit comes to. */
static void pick_rows(km_sample *sample, const km_run *run, uint64_t seed, row_fn fn)
{
    const bool all = sample->m == run->n - run->skipped;
    const km_permutation order = km_permutation_make(run->n, seed, 0, UINT32_MAX);
    for (int64_t at = 0, taken = 0; taken < sample->m; at++) {
        const int64_t row = all ? at : km_permutation_at(&order, at);
        if (run->labels[row] < 0)
            continue;
        fn(sample, run, row);
        taken++;
    }
}

static void count_row(km_sample *sample, const km_run *run, int64_t row)
{
    sample->begin[run->labels[row] + 1]++;
}

/* begin moves on to the end of each cluster. */
static void place_row(km_sample *sample, const km_run *run, int64_t row)
{
    const int32_t label = run->labels[row];
    const int64_t at = sample->begin[label]++;
    sample->row[at] = row;
    sample->label[at] = label;
}

/* Exact sums, rounded once. */
static void weigh_clusters(km_sample *sample, km_run *run)
{
    km_wide *const sum = &run->thread[0].wide, all;
    km_wide_clear(&all);
    for (int64_t j = 0; j < sample->clusters; j++) {
        km_wide_clear(sum);
        for (int64_t at = sample->begin[j]; at < sample->begin[j + 1]; at++)
            km_wide_add(sum, km_weight_of_row(run, sample->row[at]));
        sample->weight[j] = km_wide_round(sum);
        km_wide_merge(&all, sum);
    }
    sample->total = km_wide_round(&all);
}

void km_sample_choose(km_run *run, uint64_t seed, km_sample *sample)
{
    pick_rows(sample, run, seed, count_row);
    for (int64_t j = 0; j < sample->clusters; j++)
        sample->begin[j + 1] += sample->begin[j];
    pick_rows(sample, run, seed, place_row);
    memmove(sample->begin + 1, sample->begin, (size_t)sample->clusters * sizeof *sample->begin);
    sample->begin[0] = 0;
    weigh_clusters(sample, run);
}
