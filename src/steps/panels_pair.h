/* Exact labels from panels: screen with a proof, then the ladder, for rows of one type and panels
 * of one type.
 * Parameters: those of typed_real.h for the rows, and for the panels COMPUTE, C(name), P(name) for
 * names of the pair, and UNIT, TINY, LONG_ROW, which are KM_UNIT and so on of COMPUTE.
 *
 * With s the shift and e the scale, x' = (x-s)e and c' = (c-s)e as real numbers, the nearest
 * centroid minimises f_j = |c'_j|^2/2 - x'.c'_j. The kernel computes v_j from rounded x', c' and a
 * rounded half norm h_j. For any order of its d products and sums, with or without FMA (Higham,
 * Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1), roundings of the inputs
 * included,
 *     |v_j - (h_j - x'.c'_j)| <= A (|c'_j|^2/2 + |x'||c'_j|) <= A (|c'_j|^2 + |x'|^2/2),
 *     A = 1.05 (d+4) u,                                                    (a0 of pack_real.h)
 * plus 4 (d+4) tiny for underflow, tiny being the smallest normal number, u that of COMPUTE.
 * Packing lowers every h_j to |c'_j|^2/2 * (1 - 2.7 A), so that
 *     f_j >= v_j - A|x'|^2/2 - tiny                       for every j, however long c'_j is, and
 *     f_b <= v_b + 2.7 A |c'_b|^2 + A|x'|^2/2 + tiny      for the winner b.
 * So b is nearest if every other v_j exceeds v_b + thr, thr = A (|x'|^2 + 2.7 |c'_b|^2) + tiny:
 * only the winner's norm enters. Otherwise the candidates are the j with v_j <= v_b + thr, and
 * they go up: float64 by the d2 recipe with its relative bound, then km_compare_d2 (double-double,
 * then exact). Any comparison with NaN counts as "not proved". */

/* What the second score must exceed the best by. Rows so long that a score might overflow are never
 * settled by scores: with |x'|^2 < 2^100 and |c'|^2 < 2^120 (pack.c), |x'.c'| <= 2^110; in double
 * 2^900, 2^1000 and 2^950. */
static double P(threshold)(const km_run *run, double norm2, int32_t label)
{
    const km_panels *const panels = &run->packed.C(panels);
    if (!(norm2 < LONG_ROW) || !(panels->a0 < 1))
        return INFINITY; /* label may then be padding */
    return panels->a0 * (norm2 + 2.7 * panels->c2[label]) + 4 * TINY * (double)(run->d + 4);
}

/* Rows of the block whose label the screen did not settle are rescanned together, mr at a time. */
typedef struct P(rescan) {
    T(leader) lead[16]; /* mr <= 16 */
    double limit[16];
    int64_t m;
} P(rescan);

static void P(run_rescan)(const km_run *run, km_thread *t, P(rescan) * scan, int32_t *label)
{
    const C(km_kernels) *const kernels = C(kernels_of)(run->isa);
    const km_packed *const packed = &run->packed;
    const km_panels *const from = &packed->C(panels);
    const int64_t nr = kernels->nr, step = run->score_ld / nr;
    COMPUTE *const scores = t->scores;
    t->effort += scan->m * packed->k * run->d;
    for (int64_t q = 0; q < from->count; q += step) {
        const int64_t panels = from->count - q < step ? from->count - q : step;
        kernels->scores(t->gathered, scan->m, run->d,
                        (const COMPUTE *)from->panels + q * run->d * nr,
                        (const COMPUTE *)from->half_norm + q * nr, panels, scores, run->score_ld);
        const int64_t j1 = (q + panels) * nr < packed->k ? (q + panels) * nr : packed->k;
        for (int64_t r = 0; r < scan->m; r++)
            for (int64_t j = q * nr; j < j1; j++)
                if (!((double)scores[r * run->score_ld + j - q * nr] > scan->limit[r]) &&
                    !packed->duplicate[packed->order[j]]) {
                    t->survivors += scan->lead[r].j >= 0;
                    T(meet)(&scan->lead[r], packed->order[j]);
                }
    }
    for (int64_t r = 0; r < scan->m; r++)
        label[scan->lead[r].i] = scan->lead[r].j;
    scan->m = 0;
}

/* Settle packed row q, which the screen left open: by the two leading candidates alone where the
 * third is out of reach, else by a rescan of all. */
static void P(recheck)(const km_run *run, km_thread *t, const km_rows *rows, int64_t q,
                       const C(km_nearest) * near, double threshold, P(rescan) * scan,
                       int32_t *label)
{
    const C(km_kernels) *const kernels = C(kernels_of)(run->isa);
    const int64_t ld = KM_PACKED_LD(run->d), i = t->local[q];
    const double limit = (double)near->best[q] + threshold;
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    t->rechecked++;
    T(leader) lead = {.run = run, .t = t, .rows = rows, .i = i, .row = t->row, .j = -1};
    if (near->label2[q] >= 0 && (double)near->third[q] > limit) {
        T(meet)(&lead, run->packed.order[near->label[q]]);
        T(meet)(&lead, run->packed.order[near->label2[q]]);
        t->survivors++;
        label[i] = lead.j;
        km_part_return(run, t, part);
        return;
    }
    lead.row = t->row + scan->m * run->d;
    scan->lead[scan->m] = lead;
    scan->limit[scan->m] = limit;
    memcpy((COMPUTE *)t->gathered + scan->m * ld, (const COMPUTE *)t->packed + q * ld,
           (size_t)ld * sizeof(COMPUTE));
    if (++scan->m == kernels->mr)
        P(run_rescan)(run, t, scan, label);
    km_part_return(run, t, part);
}

#include "panels_still.h"

static void P(pack)(const km_run *run, const km_thread *t, const km_rows *rows)
{
    const C(km_kernels) *const kernels = C(kernels_of)(run->isa);
    const km_packed *const packed = &run->packed;
    for (int64_t i = 0; i < rows->m; i++)
        t->local[i] = (int32_t)i;
    if (sizeof(COMPUTE) == sizeof(REAL))
        kernels->pack_rows(rows->x, rows->ldx, rows->m, run->d, packed->shift_real,
                           (COMPUTE)packed->scale, t->packed, t->norm2);
    else
        kernels->pack_other(rows->x, rows->ldx, rows->m, run->d, packed->shift_real, packed->scale,
                            t->packed, t->norm2);
}

/* own: places of the rows' centroids of the pass before, NULL: no row is spared anything. Packed
 * rows from the number on that is returned are spared what did not move. */
static int64_t P(screen)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *own,
                         C(km_nearest) * near)
{
    const C(km_kernels) *const kernels = C(kernels_of)(run->isa);
    const km_panels *const panels = &run->packed.C(panels);
    *near = (C(km_nearest)){t->best, t->second, t->third, t->label, t->label2};
    P(pack)(run, t, rows);
    const int64_t others = own ? P(part_rows)(run, t, rows->m, own) : rows->m;
    kernels->assign(t->packed, others, run->d, panels->panels, panels->half_norm, panels->count,
                    t->state, near);
    if (others < rows->m)
        P(screen_still)(run, t, rows->m, others, own, near);
    return others;
}

/* The gap (bounds.h) of packed row q, whose label the screen has proved: low_gap of
 * kernels/low_body.h with this threshold, whose A|x'|^2 is for the roundings of |x'|^2. */
static float P(gap)(const km_run *run, const km_thread *t, const km_rows *rows, int64_t q,
                    const C(km_nearest) * near, double threshold, bool spared)
{
    const double limit = (double)near->best[q] + threshold;
    const double half = (double)near->second[q] - limit;
    const float gap = (float)km_gap(t->norm2[q] + 2 * limit, half);
    if (!spared)
        return gap;
    const float left = km_bounds_left(run, km_row_number(rows, t->local[q]));
    return left < gap ? left : gap;
}

static void P(assign_some)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *own,
                           int32_t *label)
{
    C(km_nearest) near;
    P(rescan) scan;
    scan.m = 0;
    const int64_t others = P(screen)(run, t, rows, own, &near);
    for (int64_t q = 0; q < rows->m; q++) {
        const double threshold = P(threshold)(run, t->norm2[q], near.label[q]);
        if ((double)near.second[q] - (double)near.best[q] > threshold) {
            label[t->local[q]] = run->packed.order[near.label[q]];
            if (rows->gap)
                rows->gap[t->local[q]] = P(gap)(run, t, rows, q, &near, threshold, q >= others);
        } else {
            P(recheck)(run, t, rows, q, &near, threshold, &scan, label);
        }
    }
    if (scan.m > 0) {
        const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
        P(run_rescan)(run, t, &scan, label);
        km_part_return(run, t, part);
    }
}

/* The thread's arrays have room for block_rows REALs: for fewer rows of a wider COMPUTE. */
static void P(assign_panels)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *own,
                             int32_t *label)
{
    const int64_t mr = C(kernels_of)(run->isa)->mr;
    int64_t most = rows->m;
    if (sizeof(COMPUTE) > sizeof(REAL)) {
        most = run->block_rows / 2 / mr * mr;
        most = most < mr ? mr : most;
    }
    for (int64_t i = 0; i < rows->m; i += most) {
        km_rows some = *rows;
        some.x = (const REAL *)rows->x + i * rows->ldx;
        some.m = rows->m - i < most ? rows->m - i : most;
        some.gap = rows->gap ? rows->gap + i : NULL;
        some.index = rows->index ? rows->index + i : NULL;
        some.row0 = rows->index ? rows->row0 : rows->row0 + i;
        P(assign_some)(run, t, &some, own ? own + i : NULL, label + i);
    }
}
