/* Centroids for sparse rows, and their norms. */
#include <math.h>
#include <string.h>

#include "kernels/columns.h"
#include "kernels/exact/ieee.h"
#include "services/hash.h"
#include "sparse.h"
#include "visit.h"

enum { STRETCH = 4 * KM_COLUMNS_WORD }; /* columns of an item: their panels stay in L1 */

void km_norms_start(km_run *run, const double *c, int64_t k)
{
    km_norms *const norms = &run->norms;
    if (!run->typed->sparse)
        return;
    norms->c = c;
    for (int64_t j = 0; j < k; j++)
        atomic_store_explicit(&norms->ready[j], 0, memory_order_relaxed);
}

const km_norm *km_norm_of_center(const km_run *run, int64_t j)
{
    const km_norms *const norms = &run->norms;
    if (!run->typed->sparse)
        return NULL;
    if (!atomic_load_explicit(&norms->ready[j], memory_order_acquire)) {
        km_lock_acquire(norms->lock);
        if (!atomic_load_explicit(&norms->ready[j], memory_order_relaxed)) {
            norms->norm[j] = km_norm_of(norms->c + j * run->d, run->d);
            atomic_store_explicit(&norms->ready[j], 1, memory_order_release);
        }
        km_lock_release(norms->lock);
    }
    return &norms->norm[j];
}

/* The columns of centroid j that are not 0, its squared norm with the error of the d2 recipe (eight
 * lanes), and a hash. */
static void scan_item(void *argument, km_run *run, int32_t t, int64_t j)
{
    enum { part = 32 };
    const int64_t d = run->d, words = km_columns_words(d);
    const double *const c = run->packed.c + j * d;
    uint64_t *const columns = run->packed.sparse.columns + j * words, h[4] = {1, 2, 3, 4};
    km_columns_walk walk = {columns, words, 0, 0};
    double lane[8] = {0};
    int64_t list[part], m;
    (void)argument;
    (void)t;
    memset(columns, 0, (size_t)words * sizeof *columns);
    run->isa->centroid->columns(c, d, columns);
    while ((m = km_columns_next(&walk, list, part)) > 0)
        for (int64_t q = 0; q < m; q++) {
            const double x = c[list[q]];
            const uint64_t bits = km_bits(x) + (uint64_t)list[q];
            lane[list[q] % 8] += x * x;
            h[q % 4] = (h[q % 4] ^ bits ^ bits >> 29) * 0x9fb21c651e98df25U;
        }
    run->packed.hash[j] = km_mix(h[0] ^ km_mix(h[1] ^ km_mix(h[2] ^ km_mix(h[3]))));
    run->packed.sparse.norm2[j] =
        ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

void km_scan_sparse(km_run *run) { km_for_items(run, run->packed.k, scan_item, NULL); }

/* A power of two that brings the longest centroid to a length of about 1, within 2^+-100: what is
 * longer or shorter is not provable by float32 scores. */
static void choose_scale(km_run *run)
{
    km_packed *const packed = &run->packed;
    enum { most_scale = 100 };
    double most = 0;
    for (int64_t j = 0; j < packed->k; j++)
        most = packed->sparse.norm2[j] > most ? packed->sparse.norm2[j] : most;
    packed->scale = 1;
    if (most > 0 && most < INFINITY) {
        int32_t exponent = -km_exponent(most) / 2;
        exponent = exponent > most_scale ? most_scale : exponent;
        packed->scale = km_pow2(exponent < -most_scale ? -most_scale : exponent);
    }
    packed->sparse.provable = most * packed->scale * packed->scale < 0x1p100;
}

/* Half norms and norms from above of all lanes. */
static void set_norms(const km_run *run)
{
    const km_packed *const packed = &run->packed;
    const km_packed_sparse *const to = &packed->sparse;
    const double up = 1 + 2 * km_d2_error(run->d), scale2 = packed->scale * packed->scale;
    for (int64_t j = 0; j < to->count * to->width; j++) {
        const bool used = j < packed->k && !packed->duplicate[j];
        const double norm2 = used ? to->norm2[j] * scale2 : 0;
        to->half_norm[j] = used ? (float)(norm2 / 2) : INFINITY;
        to->c2[j] = norm2 * up + 0x1p-126;
    }
}

/* Columns item*STRETCH and on, of all panels. */
static void panel_item(void *argument, km_run *run, int32_t t, int64_t item)
{
    const km_packed *const packed = &run->packed;
    const km_packed_sparse *const to = &packed->sparse;
    const int64_t d = run->d, width = to->width, p0 = item * STRETCH;
    const int64_t p1 = p0 + STRETCH < d ? p0 + STRETCH : d, words = km_columns_words(d);
    (void)argument;
    (void)t;
    for (int64_t q = 0; q < to->count; q++)
        memset(to->panels + (q * d + p0) * width, 0,
               (size_t)((p1 - p0) * width) * sizeof *to->panels);
    for (int64_t j = 0; j < packed->k; j++) {
        float *const lane = to->panels + j / width * d * width + j % width;
        const double *const c = packed->c + j * d;
        const uint64_t *const columns = to->columns + j * words;
        km_columns_walk walk = {columns, km_columns_words(p1), p0 / KM_COLUMNS_WORD, 0};
        int64_t p;
        while (!packed->duplicate[j] && km_columns_next(&walk, &p, 1) > 0)
            lane[p * width] = (float)(c[p] * packed->scale);
    }
}

void km_pack_sparse(km_run *run)
{
    km_size_sparse_panels(&run->packed.sparse, run->isa, run->packed.k);
    km_norms_start(run, run->packed.c, run->packed.k);
    choose_scale(run);
    set_norms(run);
    if (run->packed.sparse.provable)
        km_for_items(run, (run->d + STRETCH - 1) / STRETCH, panel_item, NULL);
}
