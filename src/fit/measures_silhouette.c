/* The silhouette of all rows or of a sample: every row of it against every other, a tile of rows by
 * rows at a time. The rows are sorted by cluster, so that a row needs one sum at a time; the sums
 * are of integers, so that neither tiles nor threads nor the order show in the result. */
#include <math.h>

#include "kernels/exact/distance.h"
#include "measures_sample.h"
#include "steps/visit.h"

/* Rows of a tile, and fewer where they are long: so many numbers of float64 lie in the L2 cache, of
 * the rows that they are paired with in the L1 cache. */
enum { TILE = 64, LEAST = 4, ROW_NUMBERS = 1 << 16, OTHER_NUMBERS = 1 << 12 };

static int64_t height_of(int64_t numbers, int64_t d)
{
    const int64_t rows = numbers / d;
    return rows < LEAST ? LEAST : rows < TILE ? rows : TILE;
}

/* What a thread works on: rows of a tile, and others. */
typedef struct tile {
    double distance[TILE];
    double own[TILE], nearest[TILE]; /* sum of distances to the own cluster; b_i, in units */
    km_u128 sum[TILE];               /* to the cluster that is being read */
    double *rows, *other;            /* [height][d], [width][d] */
    int status;
} tile;

typedef struct pairing {
    km_sample sample;
    double *copy; /* [m][d] of a source that threads cannot share, else NULL */
    int32_t exponent;
    int64_t height, width; /* rows of a tile, and of the others */
    int64_t first;         /* tile of the phase that is running */
    tile *tiles;           /* [threads] */
    double *numbers;
} pairing;

/* m rows of the sample as float64. */
static const double *rows_at(const pairing *work, const km_run *run, tile *t, int64_t first,
                             int64_t m, double *buffer)
{
    kmeans_source *const source = run->source;
    if (work->copy)
        return work->copy + first * run->d;
    for (int64_t i = 0; i < m; i++) {
        const int status =
            source->ops->read(source, work->sample.row[first + i], 1, buffer + i * run->d);
        if (status < 0)
            t->status = status;
    }
    return buffer;
}

/* distance[] of row x to m others: what kmeans_transform gives. */
static void measure_row(const km_run *run, tile *t, const double *x, const double *other, int64_t m)
{
    const int64_t d = run->d;
    run->isa->f64->d2_rows(x, other, d, m, d, t->distance);
    for (int64_t i = 0; i < m; i++) {
        const double d2 = t->distance[i];
        t->distance[i] =
            d2 > 0x1p-900 && d2 < 0x1p1000 ? sqrt(d2) : km_distance_nearest(x, other + i * d, d);
    }
}

/* The distances of row i of the tile to the rows from `first` on, cluster by cluster. */
static void add_distances(const pairing *work, const km_run *run, tile *t, int64_t i, int32_t label,
                          int64_t first, int64_t m)
{
    for (int64_t q = 0; q < m;) {
        const int32_t j = work->sample.label[first + q];
        const int64_t left = work->sample.begin[j + 1] - first, end = left < m ? left : m;
        km_u128 sum = t->sum[i];
        for (; q < end; q++) {
            const double w = km_weight_of_row(run, work->sample.row[first + q]);
            km_fixed_add(&sum, w * t->distance[q], work->exponent);
        }
        t->sum[i] = sum;
        if (left > m)
            return;
        t->sum[i] = 0;
        if (j == label)
            t->own[i] = (double)sum;
        else
            t->nearest[i] = km_smaller(t->nearest[i], (double)sum / work->sample.weight[j]);
    }
}

static void pair_item(void *argument, km_run *run, int32_t index, int64_t item)
{
    const pairing *const work = argument;
    tile *const t = &work->tiles[index];
    km_wide *const wide = &run->thread[index].wide;
    const int64_t first = (work->first + item) * work->height, left = work->sample.m - first;
    const int64_t m = left < work->height ? left : work->height;
    const double *const x = rows_at(work, run, t, first, m, t->rows);
    for (int64_t i = 0; i < m; i++) {
        t->own[i] = 0;
        t->nearest[i] = INFINITY;
        t->sum[i] = 0;
    }
    for (int64_t q = 0; q < work->sample.m; q += work->width) {
        const int64_t count = work->sample.m - q < work->width ? work->sample.m - q : work->width;
        const double *const y = rows_at(work, run, t, q, count, t->other);
        for (int64_t i = 0; i < m; i++) {
            measure_row(run, t, x + i * run->d, y, count);
            add_distances(work, run, t, i, work->sample.label[first + i], q, count);
        }
    }
    for (int64_t i = 0; i < m; i++) {
        const double weight = work->sample.weight[work->sample.label[first + i]];
        if (weight > 1)
            km_wide_add_product(wide, km_weight_of_row(run, work->sample.row[first + i]),
                                km_silhouette_of(t->own[i] / (weight - 1), t->nearest[i]));
    }
}

/* In phases of some tiles for each thread: between two of them the caller may stop it. */
static int pair_rows(pairing *work, km_run *run, double *silhouette)
{
    const int64_t tiles = (work->sample.m + work->height - 1) / work->height;
    const int64_t phase = 4 * (int64_t)run->threads;
    km_wide *const sum = &run->thread[0].wide;
    for (int32_t t = 0; t < run->threads; t++)
        km_wide_clear(&run->thread[t].wide);
    run->progress.n = work->sample.m;
    for (work->first = 0; work->first < tiles; work->first += phase) {
        const int64_t left = tiles - work->first;
        km_for_blocks(run, left < phase ? left : phase, pair_item, work);
        run->progress.rows_done = work->first * work->height;
        if (km_poll(run, false))
            return 1;
    }
    for (int32_t t = 0; t < run->threads; t++) {
        if (work->tiles[t].status < 0)
            return work->tiles[t].status;
        if (t > 0)
            km_wide_merge(sum, &run->thread[t].wide);
    }
    *silhouette = km_wide_round(sum) / work->sample.total;
    return KMEANS_OK;
}

static bool can_share(const kmeans_source *source)
{
    const unsigned both = KM_CAN_SEEK | KM_CAN_SHARE;
    return (source->can & both) == both;
}

static int open_tiles(pairing *work, km_run *run)
{
    km_memory *const memory = &run->context->memory;
    const int64_t numbers = (work->height + work->width) * run->d;
    const bool shared = can_share(run->source);
    work->tiles = km_alloc(memory, run->threads, sizeof *work->tiles);
    work->numbers = km_alloc(memory, run->threads, numbers * (int64_t)sizeof(double));
    if (!shared)
        work->copy = km_alloc(memory, work->sample.m, run->d * (int64_t)sizeof(double));
    if (!work->tiles || !work->numbers || !(work->copy || shared))
        return km_fail(run->context, KMEANS_ERROR_MEMORY,
                       "no memory for the silhouette of %lld rows of %lld numbers",
                       (long long)work->sample.m, (long long)run->d);
    for (int32_t t = 0; t < run->threads; t++) {
        work->tiles[t].rows = work->numbers + t * numbers;
        work->tiles[t].other = work->tiles[t].rows + work->height * run->d;
    }
    return KMEANS_OK;
}

static void close_pairing(pairing *work)
{
    km_free(work->copy);
    km_free(work->numbers);
    km_free(work->tiles);
    km_sample_close(&work->sample);
}

static int measure_pairs(pairing *work, km_run *run, uint64_t seed, double *silhouette)
{
    km_sample *const sample = &work->sample;
    int64_t clusters = 0;
    km_sample_choose(run, seed, sample);
    for (int64_t j = 0; j < sample->clusters; j++)
        clusters += sample->begin[j + 1] > sample->begin[j];
    if (clusters < 2)
        return KMEANS_OK;
    kmeans_source *const source = run->source;
    const int status =
        work->copy ? source->ops->fetch(source, sample->row, sample->m, work->copy) : KMEANS_OK;
    return status < 0 ? status : pair_rows(work, run, silhouette);
}

int km_measure_silhouette(km_run *run, const km_facts *facts, int64_t clusters, uint64_t seed,
                          int64_t most, kmeans_measures *found)
{
    const int64_t usable = run->n - run->skipped, m = usable < most ? usable : most;
    const double bound = km_longest_distance(facts, run->d) * facts->max_weight;
    pairing work = {.height = height_of(ROW_NUMBERS, run->d),
                    .width = height_of(OTHER_NUMBERS, run->d),
                    .exponent = km_fixed_exponent(bound, m)};
    found->silhouette_rows = m;
    int status = km_sample_open(run, m, clusters, &work.sample);
    if (status == 0)
        status = open_tiles(&work, run);
    if (status == 0)
        status = measure_pairs(&work, run, seed, &found->silhouette);
    close_pairing(&work);
    return status;
}
