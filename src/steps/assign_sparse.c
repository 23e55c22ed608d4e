/* Exact labels of sparse rows: screen with a proof, then the ladder.
 *
 * panels_pair.h has the derivation: scores v_j = |c'_j|^2/2 - x'.c'_j in float32 of the scaled row
 * and centroids (there is no shift: it would fill the row), half norms lowered by 2.7 A, a proof
 * where every other v_j exceeds the winner's by A (|x'|^2 + 2.7 |c'_b|^2) + tiny. Only A differs: a
 * row of m entries has m products and m + 5 sums, with three more roundings in each (x', c' and the
 * half norm): A = 1.05 (m + 10) u, which is the row's own, so the half norms are lowered as its
 * scores are formed. */
#include <math.h>

#include "parts.h"
#include "sparse.h"

/* The candidate that leads so far. */
typedef struct leader {
    const km_run *run;
    km_entries x;
    double x2;
    int32_t j; /* -1: none yet */
    km_interval d2;
} leader;

/* Let candidate j meet the leader. Candidates come in ascending order: a tie keeps the leader. */
static void meet(leader *lead, int32_t j)
{
    const km_run *const run = lead->run;
    const km_packed *const packed = &run->packed;
    const int64_t d = run->d;
    const double *const c = packed->c + j * d;
    const km_interval d2 =
        km_sparse_interval(lead->x, lead->x2, c, packed->sparse.norm2[j], km_d2_error(d));
    if (lead->j >= 0) {
        if (d2.low > lead->d2.high)
            return;
        if (!(d2.high < lead->d2.low) &&
            km_sparse_compare(lead->x, packed->c + lead->j * d, km_norm_of_center(run, lead->j), c,
                              km_norm_of_center(run, j), d) <= 0)
            return;
    }
    lead->j = j;
    lead->d2 = d2;
}

/* Settle a row that the screen left open. limit: scores beyond it are out of reach; +inf where
 * nothing is proved. */
static int32_t settle(const km_run *run, km_thread *t, km_entries x, const km_nearest_f32 *near,
                      double limit)
{
    const km_packed *const packed = &run->packed;
    leader lead = {.run = run, .x = x, .x2 = t->sparse.norm2, .j = -1};
    t->rechecked++;
    if (limit < INFINITY && *near->label2 >= 0 && (double)*near->third > limit) {
        const int32_t a = *near->label, b = *near->label2;
        meet(&lead, a < b ? a : b);
        meet(&lead, a < b ? b : a);
        t->survivors++;
        return lead.j;
    }
    for (int64_t j = 0; j < packed->k; j++)
        if (!packed->duplicate[j] && !((double)t->sparse.score[j] > limit)) {
            t->survivors += lead.j >= 0;
            meet(&lead, (int32_t)j);
        }
    return lead.j;
}

static int32_t recheck(const km_run *run, km_thread *t, km_entries x, const km_nearest_f32 *near,
                       double limit)
{
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    const int32_t label = settle(run, t, x, near, limit);
    km_part_return(run, t, part);
    return label;
}

static int32_t nearest(const km_run *run, km_thread *t, km_entries x)
{
    const km_packed_sparse *const packed = &run->packed.sparse;
    km_sparse_scratch *const s = &t->sparse;
    const double a = 1.05 * (double)(x.m + 10) * 0x1p-24, tiny = 0x1p-124 * (double)(x.m + 10);
    const bool hopeless = !packed->provable || a > 0.01;
    const km_sparse_panels_f32 panels = {packed->panels, packed->half_norm, run->d, packed->count,
                                         packed->width};
    float best, second, third;
    int32_t label = 0, label2 = -1;
    const km_nearest_f32 near = {&best, &second, &third, &label, &label2};
    if (hopeless)
        return recheck(run, t, x, &near, INFINITY);
    double norm2 = 0;
    for (int64_t q = 0; q < x.m; q++) {
        s->scaled[q] = (float)(x.value[q] * run->packed.scale);
        norm2 += (double)s->scaled[q] * (double)s->scaled[q];
    }
    norm2 *= 1 + 0x1p-20; /* its own rounding: m 2^-53 */
    run->isa->f32->assign_sparse(x.column, s->scaled, x.m, &panels, (float)(1 - 2.7 * a), s->score,
                                 s->state, &near);
    if (!(norm2 < 0x1p100)) /* scores may have overflowed, and label be padding */
        return recheck(run, t, x, &near, INFINITY);
    const double threshold = a * (norm2 + 2.7 * packed->c2[label]) + tiny;
    if ((double)second - (double)best > threshold)
        return label;
    return recheck(run, t, x, &near, (double)best + threshold);
}

void km_sparse_assign(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    for (int64_t i = 0; i < rows->m; i++)
        label[i] = nearest(run, t, km_entries_of(run, t, rows, i));
    t->distances += rows->m * run->packed.k;
    t->survivors += rows->m;
}
