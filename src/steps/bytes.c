#include "bytes.h"

#include <math.h>
#include <string.h>

#include "blocks.h"
#include "bounds.h"
#include "parts.h"

static const km_bytes *kernels_of(const km_isa *isa)
{
    return isa->tiles ? isa->tiles->bytes : NULL;
}

static bool is_byte(int dtype) { return dtype == KMEANS_U8 || dtype == KMEANS_I8; }

/* A matrix unit has not been measured against them: only what does not go through it. */
static bool has_rival(const km_sizes *s, const km_isa *isa)
{
    return isa->tiles->wide && !km_uses_few(s, isa);
}

bool km_uses_bytes(const km_sizes *s, const km_isa *isa)
{
    const km_bytes *const kernels = kernels_of(isa);
    if (!is_byte(s->dtype) || !kernels || !s->passes || s->sparse || s->d <= KM_LOW_D)
        return false;
    return !has_rival(s, isa) && s->d >= kernels->least_d && s->d <= KM_BYTES_D && s->k > 1 &&
           s->k <= kernels->most_k && s->d * s->k >= kernels->least_products;
}

/* s and u for centroids between least and most. */
static void choose_unit(km_byte_screen *bytes, const double *c, int64_t count, int32_t magnitude)
{
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        least = c[i] < least ? c[i] : least;
        most = c[i] > most ? c[i] : most;
    }
    bytes->middle = least / 2 + most / 2;
    bytes->unit = (most / 2 - least / 2) * (1 + 0x1p-40) / magnitude;
}

/* The nearest whole number, |x| < 2^51: what is below 1 is lost in the sum. rint is a call of libm
 * with some compilers. */
static double nearest(double x) { return x + 0x1.8p52 - 0x1.8p52; }

/* F_j / u, or infinity where its roundings might be more than 1/2, and the largest magnitude in
 * r_j. */
static double pack_one(const km_byte_screen *bytes, const double *c, int64_t d, int8_t *q,
                       double *rest)
{
    double norm2 = 0, sum = 0;
    for (int64_t p = 0; p < d; p++) {
        const double z = c[p] - bytes->middle, whole = nearest(z / bytes->unit);
        q[p] = (int8_t)whole;
        const double left = fabs(z - whole * bytes->unit);
        *rest = left > *rest ? left : *rest;
        norm2 += c[p] * c[p];
        sum += z;
    }
    const double half = norm2 / 2 / bytes->unit, bias = bytes->from.flip ? 128 : 0;
    return half < 0x1p40 ? half + bias * sum / bytes->unit : INFINITY;
}

/* Whether the centroids can be bytes at all. With |c|^2/2 < 2^40 u the differences c - s are within
 * 2^-32 sqrt(u), times X.1 < 2^18 less than 2^-4 u. */
static bool pack(km_run *run, const double *c)
{
    km_byte_screen *const bytes = &run->bytes;
    const km_bytes *const kernels = kernels_of(run->isa);
    const int64_t d = run->d, ld = KM_BYTES_LD(d);
    double rest = 0;
    choose_unit(bytes, c, run->k * d, kernels->most);
    if (!(bytes->unit > 0x1p-20 && bytes->unit < 0x1p20))
        return false;
    for (int64_t j = 0; j < run->k; j++) {
        const double start = pack_one(bytes, c + j * d, d, bytes->c + j * ld, &rest);
        bytes->first = j == 0 ? start : bytes->first;
        if (!(fabs(start) < 0x1p40 && fabs(start - bytes->first) < 0x1p29 - 1))
            return false;
        bytes->start[j] = (int32_t)nearest(start - bytes->first);
    }
    bytes->from.ratio = (float)(2 * rest / bytes->unit * (1 + 0x1p-20));
    return true;
}

/* Passes without bytes at most, after ones in which they kept less than half of the rows. */
enum { MOST_REST = 15 };

void km_bytes_start(km_run *run, const double *c, km_sums_mode mode)
{
    km_byte_screen *const bytes = &run->bytes;
    bytes->use = false;
    if (!bytes->c || mode != KM_SUMS_MOVED || !run->labels_known || run->has_skips)
        return;
    if (bytes->wait > 0) {
        bytes->wait--;
        return;
    }
    const int64_t ld = KM_BYTES_LD(run->d);
    const km_bytes *const kernels = kernels_of(run->isa);
    bytes->from = (km_byte_centroids){
        .c = bytes->c,
        .start = bytes->start,
        .k = run->k,
        .padded = (run->k + kernels->shared) / kernels->shared * kernels->shared,
        .d = run->d,
        .flip = run->source->dtype == KMEANS_I8 ? 0x80 : 0,
    };
    memset(bytes->c, 0, (size_t)(bytes->from.padded * ld));
    memset(bytes->c + run->k * ld, 1, (size_t)run->d);
    for (int64_t j = run->k; j < bytes->from.padded; j++)
        bytes->start[j] = KM_BYTES_FAR;
    bytes->use = pack(run, c);
    for (int32_t t = 0; t < run->threads; t++)
        run->thread[t].byte_rows = run->thread[t].byte_kept = 0;
}

/* The first rows of a pass say little yet. */
static bool gives_up(const km_thread *t)
{
    enum { grace = 64 };
    return 2 * t->byte_kept + grace < t->byte_rows;
}

void km_bytes_end(km_run *run)
{
    km_byte_screen *const bytes = &run->bytes;
    bool fails = false;
    for (int32_t t = 0; bytes->use && t < run->threads; t++)
        fails = fails || gives_up(&run->thread[t]);
    if (!bytes->use)
        return;
    bytes->rest = !fails ? 0 : bytes->rest < MOST_REST ? 2 * bytes->rest + 1 : MOST_REST;
    bytes->wait = bytes->rest;
    bytes->use = false;
}

/* The gap (bounds.h) of a row that keeps its label. With E = rho X.1 and margin m, no other f_j is
 * less than f_l + u m, and f_l <= u (v_l + F_0/u + 1) + E - s x.1, F_0 being the first centroid's:
 * |x|^2 + 2 f_l is its squared distance. */
static float gap_of(const km_run *run, const km_byte_facts *facts, int64_t q)
{
    const km_byte_screen *const bytes = &run->bytes;
    const double sum = (double)facts->sum[q], bias = bytes->from.flip ? 128 : 0;
    const double norm2 = (double)facts->square[q] - 2 * bias * sum + bias * bias * (double)run->d;
    const double score = bytes->unit * ((double)facts->own[q] + bytes->first + 1) +
                         (double)bytes->from.ratio / 2 * bytes->unit * sum -
                         bytes->middle * (sum - bias * (double)run->d);
    const double half = bytes->unit * (double)facts->margin[q];
    return (float)(km_gap(norm2 * (1 + 0x1p-30) + 2 * score, half) * run->packed.scale);
}

/* Rows of t->index that keep their label go out of it; the others are in front then. Their places
 * in the facts are left in t->sub. */
static int64_t split(const km_run *run, km_thread *t, int64_t row0, int64_t open,
                     const int32_t *margin)
{
    const int32_t *const label = run->labels + row0;
    int32_t *const kept = run->fresh_labels + row0;
    int64_t left = 0, done = 0;
    for (int64_t q = 0; q < open; q++) {
        const int32_t i = t->index[q];
        if (margin[q] > 0) {
            kept[i] = label[i];
            t->add[done] = i;
            t->sub[done++] = (int32_t)q;
        } else {
            t->index[left++] = i;
        }
    }
    return left;
}

/* What is measured of a block's rows lies in the thread's lists until its screens run. */
static km_byte_facts facts_of(const km_run *run, km_thread *t)
{
    return (km_byte_facts){t->label, t->label2, t->local, run->bounds.note ? t->own : NULL};
}

void km_bytes_note(const km_run *run, km_thread *t, int64_t row0, int64_t count)
{
    if (!run->bounds.note)
        return;
    const km_phase part = km_part(run, t, KM_PHASE_SCREEN);
    const km_byte_facts facts = facts_of(run, t);
    const km_rows rows = {.row0 = row0, .m = count, .index = t->add, .gap = t->gap};
    for (int64_t q = 0; q < count; q++) {
        t->gap[q] = gap_of(run, &facts, t->sub[q]);
        t->old[q] = run->labels[row0 + t->add[q]];
    }
    km_bounds_note(run, &rows, t->old);
    km_part_return(run, t, part);
}

int64_t km_bytes_select(const km_run *run, km_thread *t, const km_block *block, int64_t row0,
                        int64_t open)
{
    if (block->dtype != run->source->dtype || block->columns || block->col_stride != 1 ||
        gives_up(t))
        return open;
    const km_phase part = km_part(run, t, KM_PHASE_SCREEN);
    const km_byte_facts facts = facts_of(run, t);
    const uint8_t *const x =
        (const uint8_t *)block->base + (row0 - block->row0) * block->row_stride;
    kernels_of(run->isa)->measure(x, block->row_stride, t->index, open, &run->bytes.from,
                                  run->labels + row0, &facts);
    const int64_t left = split(run, t, row0, open, facts.margin);
    t->byte_rows += open;
    t->byte_kept += open - left;
    km_part_return(run, t, part);
    return left;
}
