/* Exact labels: screen with a proof, then a ladder.  Parameters: see typed_real.h.
 *
 * With s the shift and e the scale, x' = (x-s)e and c' = (c-s)e as real numbers, the nearest
 * centroid minimises f_j = |c'_j|^2/2 - x'.c'_j. The kernel computes v_j from rounded x', c' and a
 * rounded half norm h_j. For any order of its d products and sums, with or without FMA (Higham,
 * Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1), roundings of the inputs
 * included,
 *     |v_j - (h_j - x'.c'_j)| <= A (|c'_j|^2/2 + |x'||c'_j|) <= A (|c'_j|^2 + |x'|^2/2),
 *     A = 1.05 (d+4) u,                                                    (a0 of pack.c)
 * plus 4 (d+4) tiny for underflow, tiny being the smallest normal number. Packing lowers every h_j to |c'_j|^2/2 * (1 - 2.7 A), so that
 *     f_j >= v_j - A|x'|^2/2 - tiny                       for every j, however long c'_j is, and
 *     f_b <= v_b + 2.7 A |c'_b|^2 + A|x'|^2/2 + tiny      for the winner b.
 * So b is nearest if every other v_j exceeds v_b + thr, thr = A (|x'|^2 + 2.7 |c'_b|^2) + tiny:
 * only the winner's norm enters. Otherwise the candidates are the j with v_j <= v_b + thr, and
 * they go up: float64 by the d2 recipe with its relative bound, then km_compare_d2 (double-double,
 * then exact). Any comparison with NaN counts as "not proved". */

/* The candidate that leads so far, with its float64 distance. */
typedef struct T(leader) {
    const km_run *run;
    const km_rows *rows;
    int64_t i;
    double *row; /* row i as float64, filled when first needed */
    bool row_filled;
    int32_t j; /* -1: none yet */
    double d2;
} T(leader);

/* Let candidate j meet the leader. Candidates come in ascending order: a tie keeps the leader. */
static void T(meet)(T(leader) * lead, int32_t j)
{
    const km_run *const run = lead->run;
    const double *const c = run->packed.c;
    const int64_t d = run->d;
    const REAL *const x = (const REAL *)lead->rows->x + lead->i * lead->rows->ldx;
    const double d2 = T(kernels_of)(run->isa)->d2(x, c + j * d, d);
    const double error = km_d2_error(d);
    if (lead->j >= 0) {
        /* Below 2^-900 squares may have lost bits by underflow, above 2^1000 by overflow. */
        const bool safe =
            d2 > 0x1p-900 && d2 < 0x1p1000 && lead->d2 > 0x1p-900 && lead->d2 < 0x1p1000;
        if (safe && d2 * (1 - error) > lead->d2 * (1 + error))
            return;
        if (!(safe && d2 * (1 + error) < lead->d2 * (1 - error))) {
            if (!lead->row_filled) {
                T(row)(run, lead->rows, lead->i, lead->row);
                lead->row_filled = true;
            }
            if (km_compare_d2(lead->row, c + lead->j * d, c + j * d, d) <= 0)
                return;
        }
    }
    lead->j = j;
    lead->d2 = d2;
}

/* What the second score must exceed the best by. Rows so long that a score might overflow are never
 * settled by scores: with |x'|^2 < 2^100 and |c'|^2 < 2^120 (pack.c), |x'.c'| <= 2^110; in double
 * 2^900, 2^1000 and 2^950. */
static double T(threshold)(const km_run *run, double norm2, int32_t label)
{
    const km_packed *const packed = &run->packed;
    if (!(norm2 < KM_LONG_ROW) || !(packed->a0 < 1))
        return INFINITY; /* label may then be padding */
    return packed->a0 * (norm2 + 2.7 * packed->c2[label]) + 4 * KM_TINY * (double)(run->d + 4);
}

/* Rows of the block whose label the screen did not settle are rescanned together, mr at a time. */
typedef struct T(rescan) {
    T(leader) lead[16]; /* mr <= 16 */
    double limit[16];
    int64_t m;
} T(rescan);

static void T(run_rescan)(const km_run *run, km_thread *t, T(rescan) * scan, int32_t *label)
{
    const T(km_kernels) *const kernels = T(kernels_of)(run->isa);
    const km_packed *const packed = &run->packed;
    const int64_t nr = kernels->nr, step = run->score_ld / nr;
    REAL *const scores = t->scores;
    for (int64_t q = 0; q < packed->panels_n; q += step) {
        const int64_t panels = packed->panels_n - q < step ? packed->panels_n - q : step;
        kernels->scores(t->gathered, scan->m, run->d,
                        (const REAL *)packed->panels + q * run->d * nr,
                        (const REAL *)packed->half_norm + q * nr, panels, scores, run->score_ld);
        const int64_t j1 = (q + panels) * nr < packed->k ? (q + panels) * nr : packed->k;
        for (int64_t r = 0; r < scan->m; r++)
            for (int64_t j = q * nr; j < j1; j++)
                if (!((double)scores[r * run->score_ld + j - q * nr] > scan->limit[r]) &&
                    !packed->duplicate[j])
                    T(meet)(&scan->lead[r], (int32_t)j);
    }
    for (int64_t r = 0; r < scan->m; r++)
        label[scan->lead[r].i] = scan->lead[r].j;
    scan->m = 0;
}

/* Settle row i, which the screen left open: by the two leading candidates alone where the third
 * is out of reach, else by a rescan of all. */
static void T(recheck)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                       const T(km_nearest) * near, double threshold, T(rescan) * scan,
                       int32_t *label)
{
    const T(km_kernels) *const kernels = T(kernels_of)(run->isa);
    const int64_t ld = KM_PACKED_LD(run->d);
    const double limit = (double)near->best[i] + threshold;
    t->rechecked++;
    T(leader) lead = {.run = run, .rows = rows, .i = i, .row = t->row, .j = -1};
    if (near->label2[i] >= 0 && (double)near->third[i] > limit) {
        const int32_t a = near->label[i], b = near->label2[i];
        T(meet)(&lead, a < b ? a : b);
        T(meet)(&lead, a < b ? b : a);
        label[i] = lead.j;
        return;
    }
    lead.row = t->row + scan->m * run->d;
    scan->lead[scan->m] = lead;
    scan->limit[scan->m] = limit;
    memcpy((REAL *)t->gathered + scan->m * ld, (const REAL *)t->packed + i * ld,
           (size_t)ld * sizeof(REAL));
    if (++scan->m == kernels->mr)
        T(run_rescan)(run, t, scan, label);
}

static void T(screen)(const km_run *run, km_thread *t, const km_rows *rows, T(km_nearest) * near)
{
    const T(km_kernels) *const kernels = T(kernels_of)(run->isa);
    const km_packed *const packed = &run->packed;
    *near = (T(km_nearest)){t->best, t->second, t->third, t->label, t->label2};
    kernels->pack_rows(rows->x, rows->ldx, rows->m, run->d, packed->shift_real, (REAL)packed->scale,
                       t->packed, t->norm2);
    kernels->assign(t->packed, rows->m, run->d, packed->panels, packed->half_norm, packed->panels_n,
                    t->state, near);
}

static void T(assign_panels)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    T(km_nearest) near;
    T(rescan) scan;
    scan.m = 0;
    T(screen)(run, t, rows, &near);
    for (int64_t i = 0; i < rows->m; i++) {
        const double threshold = T(threshold)(run, t->norm2[i], near.label[i]);
        if ((double)near.second[i] - (double)near.best[i] > threshold)
            label[i] = near.label[i];
        else
            T(recheck)(run, t, rows, i, &near, threshold, &scan, label);
    }
    if (scan.m > 0)
        T(run_rescan)(run, t, &scan, label);
}
