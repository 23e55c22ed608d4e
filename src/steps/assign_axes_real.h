/* Exact labels by a screen on the leading principal axes of the centroids: with a proof, a float32
 * rung, then the ladder. Parameters: see typed_real.h.
 *
 * With x' and c' as in panels_pair.h, R the h axes in rows, z and y what R x' and R c' are computed
 * as, t and s bounds from above of what lies off the axes: how far c' may be from x' is limited by
 * its components on the axes and by the length of the rest (partial distances with Cauchy and
 * Schwarz's inequality for the tails).
 *
 * Let |R R' - I| <= eps (axes->off) and R = S Q, Q orthonormal, S = (R R')^(1/2). Then
 *     x'.c' = Q x'.Q c' + x_.c_,  x_ = x' - Q'Q x',  and  |R x'.R c' - Q x'.Q c'| <= eps |x'||c'|,
 *     |x_|^2 = |x'|^2 - |Q x'|^2 <= |x'|^2 - |R x'|^2/(1 + eps).
 * Axes that are zero are no rows of R; the first few axes alone are an R as well, with the same
 * eps. |x'|^2 may exceed norm2, which is that of the rounded row, by 2 u of it: A has as much room.
 * The bound of panels_pair.h for each component gives |z - R x'| <= eta |x'|, eta = A sqrt(h) 1.01,
 * and the same for y; so, with t from |z| and from |x'|^2 (km_axes_tail), as long as eta < 0.004
 * and eps < 0.001,
 *     x'.c' <= z.y + t s + (2.1 eta + eps) |x'||c'|.
 * The kernel computes v_j near half_j - z.y_j - t s_j within A_h (half_j + 1.1 |x'||c'_j|), A_h =
 * 1.05 (h + 5) u. With B = 2.1 eta + eps + 1.1 A_h and half_j <= |c'_j|^2/2 (1 - B - 2 A_h),
 *     f_j = |c'_j|^2/2 - x'.c'_j >= v_j - B |x'|^2/2 - tiny.
 * Of the row's centroid of the pass before, b, panels_pair.h has
 *     f_b <= v_b + 2.7 A |c'_b|^2 + A |x'|^2/2 + tiny = U,
 * so that a j with v_j >= limit > U + B |x'|^2/2 is farther than b. The others meet b in float32.
 *
 * Rows whose centroid has not moved meet those that have only (panels_still.h). */

#include "axes.h"

/* The row on the first axes, and the tails. */
static void T(set_tails)(const km_axes *axes, float *z, float *lead, double n2)
{
    memcpy(lead, z, KM_AXES_LEAD * sizeof *z);
    lead[KM_AXES_LEAD] = km_axes_tail(axes, n2, km_axes_norm2(z, KM_AXES_LEAD));
    z[axes->h] = km_axes_tail(axes, n2, km_axes_norm2(z, axes->h));
    for (int64_t p = axes->h + 1; p < KM_PACKED_LD(axes->h + 1); p++)
        z[p] = 0;
}

/* The rows of t->packed on the axes: as in the pass before, or anew. */
static void T(put_on_axes)(const km_run *run, km_thread *t, const km_rows *rows)
{
    const km_axes *const axes = &run->packed.axes;
    const int64_t ld = KM_PACKED_LD(axes->h + 1), lead = KM_PACKED_LD(KM_AXES_LEAD + 1);
    if (km_axes_recall(run, t, rows))
        return;
    run->isa->f32->scores(t->packed, rows->m, run->d, axes->panels, axes->zero, km_axes_panels(run),
                          t->axes.z, ld);
    for (int64_t q = 0; q < rows->m; q++) {
        const double n2 = t->norm2[q] < KM_AXES_LONG ? t->norm2[q] : 0;
        T(set_tails)(axes, t->axes.z + q * ld, t->axes.lead + q * lead, n2);
    }
    km_axes_keep(run, t, rows);
}

/* Upper bounds of the rows' scores, NaN where there is none: -1 for a centroid, a long row. */
static void T(limit_rows)(const km_run *run, km_thread *t, int64_t m)
{
    const km_packed *const packed = &run->packed;
    const float *const score = t->best;
    const double a0 = packed->panels_f32.a0;
    for (int64_t q = 0; q < m; q++) {
        const double n2 = t->norm2[q];
        const bool proves = t->own[q] >= 0 && n2 < KM_AXES_LONG;
        const double c2 = proves ? packed->panels_f32.c2[t->own[q]] : 0;
        const double limit =
            (double)score[q] + a0 * (2.7 * c2 + n2 / 2) + packed->axes.bound * n2 / 2 + 1e-30;
        t->axes.limit[q] = proves ? (float)(limit + fabs(limit) * 0x1p-22) : (float)NAN;
    }
}

/* Zeros up to a whole register tile, as packed rows have them. */
static void T(pad_rows)(const km_run *run, const km_thread *t, int64_t m)
{
    const int64_t mr = run->isa->f32->mr, missing = (mr - m % mr) % mr;
    const int64_t ld = KM_PACKED_LD(run->packed.axes.h + 1);
    const int64_t lead = KM_PACKED_LD(KM_AXES_LEAD + 1);
    memset(t->axes.z + m * ld, 0, (size_t)(missing * ld) * sizeof(float));
    memset(t->axes.lead + m * lead, 0, (size_t)(missing * lead) * sizeof(float));
}

/* Fills t->packed, in whose order all is that follows, t->own, t->best with the score of that
 * centroid, t->axes. Returns how many rows meet all centroids: the rest, behind them, those that
 * moved. */
static int64_t T(project_rows)(const km_run *run, km_thread *t, const km_rows *rows)
{
    const km_kernels_f32 *const kernels = run->isa->f32;
    const km_packed *const packed = &run->packed;
    const int64_t m = rows->m, d = run->d;
    int32_t *const own = t->label; /* of somebody for rows that have none */
    T(pack_by_f32)(run, t, rows);
    for (int64_t i = 0; i < m; i++)
        t->own[i] = T(near_place)(run, rows, i);
    const int64_t others = packed->front < packed->k ? T(part_rows_by_f32)(run, t, m, t->own) : m;
    for (int64_t q = 0; q < m; q++)
        own[q] = t->own[q] < 0 ? 0 : t->own[q];
    kernels->own_scores(t->packed, m, d, km_axes_near(packed), packed->panels_f32.half_norm, own,
                        t->best);
    T(put_on_axes)(run, t, rows);
    T(limit_rows)(run, t, m);
    T(pad_rows)(run, t, m);
    return others;
}

/* Places that a row may be nearest to meets, from 0 on: all of them, or only those that moved. */
static int64_t T(places_met)(const km_run *run, bool still)
{
    const int64_t nr = run->isa->f32->nr, front = (run->packed.front + nr - 1) / nr * nr;
    return still && front < run->packed.k ? front : run->packed.k;
}

static void T(screen_on_lead)(const km_run *run, km_thread *t, int64_t m, int64_t others)
{
    const km_kernels_f32 *const kernels = run->isa->f32;
    const km_axes *const axes = &run->packed.axes;
    const km_axes_scratch *const to = &t->axes;
    const km_below_f32 first = {to->limit, KM_AXES_ROOM, to->count, to->list};
    const km_below_f32 then = {to->limit + others, KM_AXES_ROOM, to->count + others,
                               to->list + others * KM_AXES_ROOM};
    const int64_t met = T(places_met)(run, true);
    kernels->list_below(to->lead, others, KM_AXES_LEAD + 1, axes->lead, axes->half,
                        run->packed.panels_f32.count, &first);
    kernels->list_below(to->lead + others * KM_PACKED_LD(KM_AXES_LEAD + 1), m - others,
                        KM_AXES_LEAD + 1, axes->lead, axes->half,
                        (met + kernels->nr - 1) / kernels->nr, &then);
    if (met < run->packed.k)
        t->avoided += (m - others) * (run->packed.k - met - 1);
}

/* Of packed row q's n listed places those that all axes leave, but for its own; appended. Returns
 * how many are in `place` then, too many: -1. */
static int32_t T(refine)(const km_run *run, const km_thread *t, int64_t q, const int32_t *list,
                         int32_t n, int32_t *place, int32_t kept)
{
    const km_axes *const axes = &run->packed.axes;
    const float limit = t->axes.limit[q];
    float score[KM_AXES_LISTED];
    run->isa->f32->row_scores(t->axes.z + q * KM_PACKED_LD(axes->h + 1), axes->h + 1, axes->to,
                              axes->half, list, n, score);
    for (int32_t c = 0; c < n; c++) {
        if (!(score[c] < limit) || list[c] == place[0])
            continue;
        if (kept > KM_AXES_CANDIDATES)
            return -1;
        place[kept++] = list[c];
    }
    return kept;
}

/* The same of all places below `met`: the first axes left too many to list. */
static int32_t T(refine_all)(const km_run *run, const km_thread *t, int64_t q, int64_t met,
                             int32_t *place)
{
    int32_t list[KM_AXES_LISTED], kept = 1;
    for (int64_t from = 0; from < met && kept > 0; from += KM_AXES_LISTED) {
        const int64_t left = met - from;
        const int32_t n = left < KM_AXES_LISTED ? (int32_t)left : KM_AXES_LISTED;
        for (int32_t c = 0; c < n; c++)
            list[c] = (int32_t)from + c;
        kept = T(refine)(run, t, q, list, n, place, kept);
    }
    return kept;
}

/* Packed row q and n places besides its own centroid's: the float32 rung, then the ladder for those
 * it leaves. */
static int32_t T(settle_on_axes)(const km_run *run, km_thread *t, const km_rows *rows, int64_t q,
                                 const int32_t *place, int32_t n)
{
    const km_packed *const packed = &run->packed;
    const int64_t d = run->d, ld = KM_PACKED_LD(d);
    const float *const x = (const float *)t->packed + q * ld;
    float score[KM_AXES_CANDIDATES + 1];
    int32_t best = 0, left = 0;
    score[0] = ((const float *)t->best)[q];
    run->isa->f32->row_scores(x, d, km_axes_near(packed), packed->panels_f32.half_norm, place + 1,
                              n - 1, score + 1);
    for (int32_t c = 1; c < n; c++)
        best = score[c] < score[best] ? c : best;
    const double limit = (double)score[best] + T(threshold_by_f32)(run, t->norm2[q], place[best]);
    T(leader)
    lead = {.run = run, .t = t, .rows = rows, .i = t->local[q], .row = t->row, .j = -1};
    t->rechecked++;
    t->survivors += n - 1;
    t->effort += (n - 1) * (6 * d + 300);
    for (int32_t c = 0; c < n; c++)
        left += !((double)score[c] > limit);
    if (left == 1)
        return packed->order[place[best]];
    for (int32_t c = 0; c < n; c++)
        if (!((double)score[c] > limit))
            T(meet)(&lead, packed->order[place[c]]);
    return lead.j;
}

/* The label of packed row q, -1: the screen cannot tell. met: places that it has met. */
static int32_t T(label_on_axes)(const km_run *run, km_thread *t, const km_rows *rows, int64_t q,
                                int64_t met)
{
    const km_axes_scratch *const from = &t->axes;
    const int32_t listed = from->count[q];
    int32_t place[KM_AXES_CANDIDATES + 1] = {t->own[q]};
    if (!(from->limit[q] < INFINITY))
        return -1;
    const int32_t n = listed > KM_AXES_LISTED
                          ? T(refine_all)(run, t, q, met, place)
                          : T(refine)(run, t, q, from->list + q * KM_AXES_ROOM, listed, place, 1);
    t->effort +=
        (listed > KM_AXES_LISTED ? met : listed) * (run->packed.axes.h + KM_AXES_LISTED_PAIR);
    if (n < 2)
        return n < 0 ? -1 : run->packed.order[place[0]];
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    const int32_t label = T(settle_on_axes)(run, t, rows, q, place, n);
    km_part_return(run, t, part);
    return label;
}

static void T(assign_axes)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    const km_axes *const axes = &run->packed.axes;
    const int64_t others = T(project_rows)(run, t, rows);
    int64_t open = 0;
    T(screen_on_lead)(run, t, rows->m, others);
    t->effort += rows->m * km_axes_row_cost(run->d, axes->kept ? 0 : axes->h);
    for (int64_t q = 0; q < rows->m; q++) {
        const int64_t met = T(places_met)(run, q >= others);
        const int32_t own = T(label_on_axes)(run, t, rows, q, met);
        label[t->local[q]] = own;
        open += own < 0;
    }
    if (open == 0)
        return;
    const int64_t rechecked = t->rechecked + open;
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    const T(open_rows) work = {t->axes.z, t->axes.bytes, t->axes.count, t->own};
    T(assign_open)(run, t, rows, label, &work);
    km_part_return(run, t, part);
    t->rechecked = rechecked;
}
