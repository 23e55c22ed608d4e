#include "measures_pairs.h"

#include <math.h>

#include "kernels/exact/distance.h"

static bool can_share(const kmeans_source *source)
{
    const unsigned both = KM_CAN_SEEK | KM_CAN_SHARE;
    return (source->can & both) == both;
}

int km_pairing_open(km_pairing *work, km_run *run)
{
    km_memory *const memory = &run->context->memory;
    const km_sample *const sample = &work->sample;
    const int64_t numbers = (work->height + work->part) * run->d;
    const int64_t sums = km_size_mul(work->height, sample->clusters);
    const bool shared = can_share(run->source);
    work->tiles = km_alloc(memory, run->threads, sizeof *work->tiles);
    work->numbers = km_alloc(memory, run->threads, numbers * (int64_t)sizeof(double));
    work->sums = km_alloc(memory, km_size_mul(run->threads, sums), sizeof(km_u128));
    work->wides = km_alloc(memory, km_size_mul(run->threads, sample->count), sizeof(km_wide));
    if (!shared)
        work->copy = km_alloc(memory, sample->m, run->d * (int64_t)sizeof(double));
    if (!work->tiles || !work->numbers || !work->sums || !work->wides || !(work->copy || shared))
        return km_fail(
            run->context, KMEANS_ERROR_MEMORY,
            "no memory for the silhouette of %lld rows of %lld numbers and %lld clusters",
            (long long)sample->m, (long long)run->d, (long long)sample->clusters);
    for (int32_t t = 0; t < run->threads; t++) {
        km_tile *const tile = &work->tiles[t];
        tile->rows = work->numbers + t * numbers;
        tile->other = tile->rows + work->height * run->d;
        tile->sum = work->sums + t * sums;
        tile->wide = work->wides + t * sample->count;
        for (int64_t l = 0; l < sample->count; l++)
            km_wide_clear(&tile->wide[l]);
    }
    return KMEANS_OK;
}

void km_pairing_close(km_pairing *work)
{
    km_free(work->copy);
    km_free(work->wides);
    km_free(work->sums);
    km_free(work->numbers);
    km_free(work->tiles);
    km_sample_close(&work->sample);
}

int km_pairing_start(km_pairing *work, km_run *run)
{
    kmeans_source *const source = run->source;
    const km_sample *const sample = &work->sample;
    work->csr = km_pairing_entries(sample, source);
    const int status =
        work->copy ? source->ops->fetch(source, sample->row, sample->m, work->copy) : KMEANS_OK;
    return status < 0 ? status : KMEANS_OK;
}

const double *km_pairing_rows(const km_pairing *work, const km_run *run, km_tile *t, int64_t first,
                              int64_t m, double *buffer)
{
    kmeans_source *const source = run->source;
    if (work->copy)
        return work->copy + first * run->d;
    for (int64_t i = 0; i < m && !work->csr; i++) {
        const int status =
            source->ops->read(source, work->sample.row[first + i], 1, buffer + i * run->d);
        if (status < 0)
            t->status = status;
    }
    return buffer;
}

void km_measure_row(const km_pairing *work, const km_run *run, km_tile *t, int64_t q,
                    const double *y, int64_t i, const double *x, int64_t m)
{
    const int64_t d = run->d;
    if (work->csr) {
        km_measure_entries(work, run, t, q, i, m);
        return;
    }
    run->isa->f64->d2_rows(y, x, d, m, d, t->distance);
    for (int64_t j = 0; j < m; j++) {
        const double d2 = t->distance[j];
        t->distance[j] =
            d2 > 0x1p-900 && d2 < 0x1p1000 ? sqrt(d2) : km_distance_nearest(y, x + j * d, d);
    }
}
