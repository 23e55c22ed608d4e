/* The silhouette of all rows or of a sample, for any number of labellings at once: a tile of rows
 * by rows at a time, each distance measured once and added up for every labelling. The sums are of
 * integers, so that neither tiles nor threads nor the order show in the result. */
#include "measures_pairs.h"

#include <math.h>

#include "steps/visit.h"

/* Rows of a tile, and fewer where they are long or their sums many: so many numbers of float64 lie
 * in the L2 cache, of the rows that they are paired with in L1, and so many sums in L2. */
enum { LEAST = 4, ROW_NUMBERS = 1 << 16, PART_NUMBERS = 1 << 12, SUM_NUMBERS = 1 << 14 };

static int64_t rows_within(int64_t numbers, int64_t each)
{
    const int64_t rows = numbers / each;
    return rows < LEAST ? LEAST : rows < KM_TILE_ROWS ? rows : KM_TILE_ROWS;
}

/* Weighted distances of `count` rows of the tile, from `first` on, to row q of the sample, added to
 * the sums of the cluster that q is in, of each labelling. */
static void add_distances(const km_pairing *work, const km_run *run, km_tile *t, int64_t first,
                          int64_t count, int64_t q)
{
    const km_sample *const sample = &work->sample;
    const double w = km_weight_of_row(run, sample->row[q]);
    km_u128 fixed[KM_TILE_ROWS];
    for (int64_t i = 0; i < count; i++)
        fixed[i] = km_fixed_of(w * t->distance[i], work->exponent);
    for (int64_t l = 0; l < sample->count; l++) {
        const km_labelling *const labelling = &sample->labelling[l];
        km_u128 *const sum =
            t->sum + (labelling->begin + labelling->label[q]) * work->height + first;
        for (int64_t i = 0; i < count; i++)
            sum[i] += fixed[i];
    }
}

/* Row i of the tile, which is row `at` of the sample, is compared with all: its s_i. */
static void add_silhouettes(const km_pairing *work, const km_run *run, km_tile *t, int64_t i,
                            int64_t at)
{
    const km_sample *const sample = &work->sample;
    for (int64_t l = 0; l < sample->count; l++) {
        const km_labelling *const labelling = &sample->labelling[l];
        const km_u128 *const sum = t->sum + labelling->begin * work->height + i;
        const int32_t own = labelling->label[at];
        const double weight = labelling->weight[own];
        double nearest = INFINITY;
        for (int64_t j = 0; j < labelling->clusters && weight > 1; j++)
            if (j != own && labelling->weight[j] > 0)
                nearest = km_smaller(nearest, (double)sum[j * work->height] / labelling->weight[j]);
        const double a = (double)sum[own * work->height] / (weight - 1);
        if (weight > 1 && labelling->occupied > 1)
            km_wide_add_product(&t->wide[l], km_weight_of_row(run, sample->row[at]),
                                km_silhouette_of(a, nearest));
    }
}

static void pair_item(void *argument, km_run *run, int32_t index, int64_t item)
{
    const km_pairing *const work = argument;
    km_tile *const t = &work->tiles[index];
    const int64_t first = (work->first + item) * work->height, left = work->sample.m - first;
    const int64_t m = left < work->height ? left : work->height;
    const double *const x = km_pairing_rows(work, run, t, first, m, t->rows);
    for (int64_t s = 0; s < work->sample.clusters * work->height; s++)
        t->sum[s] = 0;
    for (int64_t q = 0; q < work->sample.m; q += work->part) {
        const int64_t others = work->sample.m - q < work->part ? work->sample.m - q : work->part;
        const double *const y = km_pairing_rows(work, run, t, q, others, t->other);
        for (int64_t i = 0; i < m; i += work->part) {
            const int64_t count = m - i < work->part ? m - i : work->part;
            for (int64_t o = 0; o < others; o++) {
                km_measure_row(work, run, t, q + o, y + o * run->d, first + i, x + i * run->d,
                               count);
                add_distances(work, run, t, i, count, q + o);
            }
        }
    }
    for (int64_t i = 0; i < m; i++)
        add_silhouettes(work, run, t, i, first + i);
}

/* In phases of some tiles for each thread: between two of them the caller may stop it. */
static int pair_rows(km_pairing *work, km_run *run)
{
    const int64_t tiles = (work->sample.m + work->height - 1) / work->height;
    const int64_t phase = 4 * (int64_t)run->threads;
    run->progress.n = work->sample.m;
    for (work->first = 0; work->first < tiles; work->first += phase) {
        const int64_t left = tiles - work->first;
        km_for_blocks(run, left < phase ? left : phase, pair_item, work);
        run->progress.rows_done = work->first * work->height;
        if (km_poll(run, false))
            return 1;
    }
    for (int32_t t = 0; t < run->threads; t++)
        if (work->tiles[t].status < 0)
            return work->tiles[t].status;
    return KMEANS_OK;
}

static void sum_silhouettes(const km_pairing *work, const km_run *run, double *silhouettes)
{
    for (int64_t l = 0; l < work->sample.count; l++) {
        km_wide *const sum = &work->tiles[0].wide[l];
        for (int32_t t = 1; t < run->threads; t++)
            km_wide_merge(sum, &work->tiles[t].wide[l]);
        silhouettes[l] =
            work->sample.labelling[l].occupied > 1 ? km_wide_round(sum) / work->sample.total : NAN;
    }
}

int km_silhouettes(km_run *run, const km_facts *facts, const km_silhouettes_asked *asked,
                   double *silhouettes)
{
    const int64_t usable = run->n - run->skipped, m = usable < asked->most ? usable : asked->most;
    const double bound = km_longest_distance(facts, run->d) * facts->max_weight;
    km_pairing work = {.exponent = km_fixed_exponent(bound, m)};
    int status = km_sample_open(run, m, asked->k, asked->count, &work.sample);
    if (status == 0) {
        const int64_t long_rows = rows_within(ROW_NUMBERS, run->d);
        const int64_t many_sums = rows_within(SUM_NUMBERS, work.sample.clusters);
        work.height = long_rows < many_sums ? long_rows : many_sums;
        work.part = rows_within(PART_NUMBERS, run->d);
        status = km_pairing_open(&work, run);
    }
    if (status == 0) {
        km_sample_choose(run, asked->seed, asked->labels, &work.sample);
        status = km_pairing_start(&work, run);
    }
    if (status == 0)
        status = pair_rows(&work, run);
    if (status == 0)
        sum_silhouettes(&work, run, silhouettes);
    km_pairing_close(&work);
    return status;
}
