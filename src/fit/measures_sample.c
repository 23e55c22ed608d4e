#include "measures_sample.h"

#include "services/permutation.h"

int km_sample_open(km_run *run, int64_t m, const int64_t *k, int64_t count, km_sample *sample)
{
    km_memory *const memory = &run->context->memory;
    *sample = (km_sample){.m = m, .count = count};
    int64_t most = 0;
    for (int64_t l = 0; l < count; l++) {
        sample->clusters = km_size_add(sample->clusters, k[l]);
        most = k[l] > most ? k[l] : most;
    }
    sample->row = km_alloc(memory, m, sizeof *sample->row);
    sample->labelling = km_alloc(memory, count, sizeof *sample->labelling);
    sample->labels = km_alloc(memory, km_size_mul(count, m), sizeof *sample->labels);
    sample->weights = km_alloc(memory, sample->clusters, sizeof *sample->weights);
    sample->order = km_alloc(memory, m, sizeof *sample->order);
    sample->ends = km_alloc(memory, most + 1, sizeof *sample->ends);
    if (!sample->row || !sample->labelling || !sample->labels || !sample->weights ||
        !sample->order || !sample->ends)
        return km_fail(run->context, KMEANS_ERROR_MEMORY,
                       "no memory for the silhouette of %lld rows with %lld labels each",
                       (long long)m, (long long)count);
    for (int64_t l = 0, begin = 0; l < count; begin += k[l++])
        sample->labelling[l] = (km_labelling){.label = sample->labels + l * m,
                                              .clusters = k[l],
                                              .begin = begin,
                                              .weight = sample->weights + begin};
    return KMEANS_OK;
}

void km_sample_close(km_sample *sample)
{
    km_free(sample->ends);
    km_free(sample->order);
    km_free(sample->weights);
    km_free(sample->labels);
    km_free(sample->labelling);
    km_free(sample->row);
}

/* The permutation is that of an epoch which no fit comes to. */
static void pick_rows(km_sample *sample, const km_run *run, uint64_t seed)
{
    const bool all = sample->m == run->n - run->skipped;
    const km_permutation order = km_permutation_make(run->n, seed, 0, UINT32_MAX);
    for (int64_t at = 0, taken = 0; taken < sample->m; at++) {
        const int64_t row = all ? at : km_permutation_at(&order, at);
        if (run->labels[row] >= 0)
            sample->row[taken++] = row;
    }
}

/* Exact sums, rounded once: the rows cluster by cluster. */
static void weigh_clusters(const km_sample *sample, km_run *run, km_labelling *labelling)
{
    km_wide *const sum = &run->thread[0].wide;
    int64_t *const ends = sample->ends;
    for (int64_t j = 0; j <= labelling->clusters; j++)
        ends[j] = 0;
    for (int64_t i = 0; i < sample->m; i++)
        ends[labelling->label[i] + 1]++;
    for (int64_t j = 0; j < labelling->clusters; j++)
        ends[j + 1] += ends[j];
    for (int64_t i = 0; i < sample->m; i++)
        sample->order[ends[labelling->label[i]]++] = i;
    for (int64_t j = 0, at = 0; j < labelling->clusters; j++) {
        km_wide_clear(sum);
        labelling->occupied += ends[j] > at;
        for (; at < ends[j]; at++)
            km_wide_add(sum, km_weight_of_row(run, sample->row[sample->order[at]]));
        labelling->weight[j] = km_wide_round(sum);
    }
}

void km_sample_choose(km_run *run, uint64_t seed, const int32_t *const *labels, km_sample *sample)
{
    pick_rows(sample, run, seed);
    for (int64_t l = 0; l < sample->count; l++) {
        km_labelling *const labelling = &sample->labelling[l];
        for (int64_t i = 0; i < sample->m; i++)
            labelling->label[i] = labels[l][sample->row[i]];
        weigh_clusters(sample, run, labelling);
    }
    km_wide *const sum = &run->thread[0].wide;
    km_wide_clear(sum);
    for (int64_t i = 0; i < sample->m; i++)
        km_wide_add(sum, km_weight_of_row(run, sample->row[i]));
    sample->total = km_wide_round(sum);
}
