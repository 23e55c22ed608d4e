/* Exact labels from tiles of short numbers, bfloat16 or bytes (kernels_tiles.h): screen with a
 * proof, a float32 rung, then the ladder.
 * Parameters: see typed_real.h.
 *
 * With x' and c' as in panels_pair.h, x^ and c^ short numbers near them, the nearest centroid has
 * the largest g_j = x'.c'_j - |c'_j|^2/2. Since x'.c' = x^.c^ + (x' - x^).c^ + x'.(c' - c^), and by
 * Cauchy-Schwarz and the inequality of the means, for any tau, sigma > 0,
 *     |x'.c'_j - x^.c^_j| <= r |c^_j| + |x'| R_j,             r = |x' - x^|, R_j = |c'_j - c^_j|
 *                         <= r^2/(2 tau) + sigma |x'|^2/2     (of the row: E_i)
 *                          + tau |c^_j|^2/2 + R_j^2/(2 sigma) (of the centroid: e_j).
 * The rounding of sums and scores, a (|init_j| + |x^||c^_j|), a = 1.05 (K + 20) 2^-24, K dimensions
 * with padding, is divided the same way; four of the 20 are for the roundings of w - slack - raise.
 * The sum over bytes is an exact integer, which needs less; its a is the same.
 * With init_j = e_j - |c'_j|^2/2 rounded up (kernels_tiles.h), a score w_j has
 *     w_j - raise_j - E_i <= g_j <= w_j + E_i,
 * so that a j with w_j < L - E_i cannot be nearest once some centroid is known to have g >= L: the
 * row's centroid of the pass before (`near`), by a float32 dot product with the bound of
 * panels_pair.h, or a candidate met, w - raise - E_i. In a first pass there is no
 * such centroid: where it is short, a scan that only looks for the largest score goes first. All
 * norms are measured. tau and sigma only balance the two parts: they come from the pass before, and
 * no label depends on them.
 *
 * Where no candidate is met, the row keeps its centroid b, and g_b - g_j >= L - (most + E_i) =
 * threshold - most, most being the largest w_j: half of what its squared distance is shorter by.
 *
 * A row whose centroid of the pass before has not moved since is no nearer to any other that has
 * not: it meets only those that have, which come first in the tiles (pack.c). */

#include "order_tiles_real.h"

/* Lengths of a few rows of the block, for tau and sigma of the next packing: exponents, so that a
 * few far rows do not matter. */
static void T(sample_lengths)(const km_run *run, km_thread *t, int64_t m)
{
    enum { stride = 8 };
    km_tile_scratch *const tile = &t->tile;
    const int64_t unit = 2 * km_exponent(run->packed.scale);
    for (int64_t i = 0; i < m; i += stride)
        if (tile->threshold[i] < INFINITY) {
            tile->norm2_exponents += km_exponent((double)tile->norm2[i]) - unit;
            tile->residual2_exponents += km_exponent((double)tile->residual2[i]) - unit;
            tile->sampled++;
        }
}

static km_tile_scan T(scan_of)(const km_run *run, const km_tile_scratch *tile)
{
    return (km_tile_scan){.near = tile->near,
                          .threshold = tile->threshold,
                          .slack = tile->slack,
                          .raise = run->packed.tiles.to.raise,
                          .count = tile->count,
                          .label = tile->label,
                          .score = tile->score};
}

/* Where the largest scores go: residuals have done their work before a screen begins. */
static float *T(most_of)(const km_tile_scratch *tile) { return tile->residual2; }

/* The facts about rows from `at` on. */
static km_tile_scan T(scan_from)(const km_tile_scan *scan, int64_t at)
{
    return (km_tile_scan){.near = scan->near + at,
                          .threshold = scan->threshold + at,
                          .slack = scan->slack + at,
                          .raise = scan->raise,
                          .count = scan->count + at,
                          .label = scan->label + at * KM_TILE_CANDIDATES,
                          .score = scan->score + at * KM_TILE_CANDIDATES,
                          .most = scan->most ? scan->most + at : NULL};
}

/* Rows up to `others` meet all centroids. To the rest, whose centroid is where it was when it was
 * found nearest, only those that moved can have come nearer. The longer scan reads ahead. Returns
 * how many rows met all. */
static int64_t T(screen_parts)(const km_run *run, km_thread *t, int64_t m, int64_t others,
                               const km_tile_operands *operands, const km_tile_scan *scan)
{
    const km_packed_tiles *const tiles = &run->packed.tiles;
    const int64_t first = km_tile_groups(others), at = first * KM_TILE_GROUP;
    km_tile_operands whole = *operands, part = *operands;
    const km_tile_scan rest = T(scan_from)(scan, at);
    whole.row_groups = first;
    part.row_groups = operands->row_groups - first;
    part.rows = (const char *)operands->rows + first * km_tile_group_bytes(tiles->kernels, run->d);
    part.centroid_groups = km_tile_groups(run->packed.front);
    if (whole.row_groups * whole.centroid_groups < part.row_groups * part.centroid_groups)
        whole.ahead_bytes = 0;
    else
        part.ahead_bytes = 0;
    if (whole.row_groups > 0)
        tiles->kernels->screen(&whole, scan);
    if (part.row_groups > 0 && part.centroid_groups > 0)
        tiles->kernels->screen(&part, &rest);
    for (int64_t i = at; rest.most && part.centroid_groups == 0 && i < m; i++)
        scan->most[i] = -INFINITY;
    const int64_t met = part.centroid_groups * KM_TILE_GROUP;
    if (part.row_groups > 0 && met < run->packed.k) /* their own is met by a dot product */
        t->avoided += (m - at) * (run->packed.k - met - 1);
    return at;
}

static int64_t T(scan_tiles)(const km_run *run, km_thread *t, const km_rows *rows)
{
    const km_packed *const packed = &run->packed;
    const km_tiles *const kernels = packed->tiles.kernels;
    km_tile_scratch *const tile = &t->tile;
    const int64_t m = rows->m;
    const int64_t others = T(order_rows)(run, t, rows);
    const km_tile_near near = {packed->tiles.to.near, packed->tiles.to.near_ld, tile->near,
                               km_tile_unit(packed->tiles.bound.largest, kernels->most)};
    const km_tile_rows facts = {tile->tiles, tile->norm2, tile->residual2, tile->dot};
    km_tile_scan scan = T(scan_of)(run, tile);
    kernels->T(pack)(rows->x, rows->ldx, tile->order, m, run->d, packed->shift_real, packed->scale,
                     &near, tile->lines, &facts);
    kernels->start(m, &facts, &packed->tiles.terms, &scan);
    T(sample_lengths)(run, t, m);
    const bool in_place = rows->x != t->rows;
    const km_tile_operands operands = {
        .rows = tile->tiles,
        .row_groups = km_tile_groups(m),
        .centroids = packed->tiles.to.tiles,
        .init = packed->tiles.to.init,
        .centroid_groups = km_tile_groups(packed->k),
        .slices = km_tile_group_slices(kernels, run->d),
        .d = run->d,
        .partial = tile->partial,
        .ahead = (const REAL *)rows->x + m * rows->ldx,
        .ahead_bytes = in_place ? m * rows->ldx * (int64_t)sizeof(REAL) : 0,
    };
    /* A scan from nothing meets some five candidates per row on its way (k = 1024, bfloat16), about
     * 300 ns of work; one more scan is less up to here. Bytes tell so few centroids apart that most
     * rows would be given up. */
    const int64_t worth = 200000;
    const bool lifts = kernels->value_size == 1 || packed->k * run->d < worth;
    if (!run->labels_known && lifts)
        kernels->lift(&operands, packed->tiles.most_raise, &scan);
    scan.most = rows->gap && kernels->gaps && run->labels_known ? T(most_of)(tile) : NULL;
    return T(screen_parts)(run, t, m, others, &operands, &scan);
}

/* Float32 score of the candidate at a place, smaller is nearer: half norm less dot product. */
static double T(candidate_score)(const km_run *run, const km_thread *t, const km_rows *rows,
                                 int64_t i, int32_t j)
{
    const km_packed *const packed = &run->packed;
    const float half = packed->tiles.half[j];
    if (j == t->tile.near[i])
        return (double)half - (double)t->tile.dot[i];
    return (double)half - (double)packed->tiles.kernels->T(dot)(
                              (const REAL *)rows->x + t->tile.order[i] * rows->ldx, run->d,
                              packed->shift_real, packed->scale,
                              packed->tiles.to.near + j * packed->tiles.to.near_ld);
}

/* n >= 2 candidates by their places, the centroids ascending: the float32 rung, then the ladder for
 * those it leaves. */
static int32_t T(settle_candidates)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                                    const int32_t *place, int32_t n)
{
    const int32_t *const centroid = run->packed.order;
    double score[KM_TILE_CANDIDATES + 1];
    int32_t best = 0;
    t->rechecked++;
    t->effort += (n - 1) * (10 * run->d + 300);
    for (int32_t c = 0; c < n; c++) {
        score[c] = T(candidate_score)(run, t, rows, i, place[c]);
        best = score[c] < score[best] ? c : best;
    }
    const double norm2 = (double)t->tile.norm2[i];
    const double c2 = run->packed.tiles.c2[place[best]], a0 = run->packed.panels_f32.a0;
    double limit = score[best] + a0 * (norm2 + 2.7 * c2) + 1e-30;
    if (!(fabs(score[best]) < 0x1p120))
        limit = INFINITY; /* it left float's range: nothing is proved */
    T(leader)
    lead = {.run = run, .t = t, .rows = rows, .i = t->tile.order[i], .row = t->row, .j = -1};
    int32_t left = 0;
    for (int32_t c = 0; c < n; c++)
        left += !(score[c] > limit);
    if (left == 1)
        return centroid[place[best]];
    for (int32_t c = 0; c < n; c++)
        if (!(score[c] > limit))
            T(meet)(&lead, centroid[place[c]]);
    return lead.j;
}

/* Whether the near centroid of row i may still be nearest: its g, at most dot - |c'|^2/2 + the
 * bound of panels_pair.h, against L, which is at least threshold + E. c2 is at most 2^-18 too
 * large. */
static bool T(near_remains)(const km_run *run, const km_tile_scratch *tile, int64_t i)
{
    if (tile->near[i] < 0)
        return false;
    const double a0 = run->packed.panels_f32.a0;
    const double c2 = run->packed.tiles.c2[tile->near[i]], norm2 = (double)tile->norm2[i];
    const double most =
        (double)tile->dot[i] - c2 / 2 * (1 - 0x1p-18) + a0 * (c2 + norm2 / 2) + 1e-30;
    const double least = (double)tile->threshold[i] + (double)tile->slack[i] / 2;
    return !(most < least - (fabs(most) + fabs(least)) * 0x1p-40);
}

/* Add a place to n of them, the centroids ascending. */
static int32_t T(insert_place)(const km_run *run, int32_t *list, int32_t n, int32_t place)
{
    const int32_t *const centroid = run->packed.order;
    int32_t at = n;
    for (; at > 0 && centroid[list[at - 1]] > centroid[place]; at--)
        list[at] = list[at - 1];
    list[at] = place;
    return n + 1;
}

/* The places of the candidates of row i that are left, its near one among them. */
static int32_t T(list_candidates)(const km_run *run, const km_tile_scratch *tile, int64_t i,
                                  int32_t *list)
{
    const int32_t *const place = tile->label + i * KM_TILE_CANDIDATES;
    const float *const score = tile->score + i * KM_TILE_CANDIDATES;
    int32_t n = 0;
    for (int32_t c = 0; c < tile->count[i]; c++)
        if (!(score[c] < tile->threshold[i]))
            n = T(insert_place)(run, list, n, place[c]);
    return T(near_remains)(run, tile, i) ? T(insert_place)(run, list, n, tile->near[i]) : n;
}

/* Label of row i after the scan, or -1: too many candidates, or a row that cannot be screened. */
static int32_t T(settle_row)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i)
{
    const km_tile_scratch *const tile = &t->tile;
    int32_t list[KM_TILE_CANDIDATES + 1];
    if (!(tile->threshold[i] < INFINITY))
        return -1;
    const int32_t n = T(list_candidates)(run, tile, i, list);
    t->survivors += n > 1 ? n - 1 : 0;
    if (n < 2)
        return n == 0 ? -1 : run->packed.order[list[0]];
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    const int32_t settled = T(settle_candidates)(run, t, rows, i, list, n);
    km_part_return(run, t, part);
    return settled;
}

/* The gap (bounds.h) of row i, which keeps its centroid: the real root of its squared distance plus
 * twice the half less that of the distance, from below, the distance from above. spared: it met
 * only centroids that moved. */
static float T(tile_gap)(const km_run *run, const km_thread *t, const km_rows *rows, int64_t i,
                         bool spared)
{
    const km_tile_scratch *const tile = &t->tile;
    const double limit = (double)tile->threshold[i], norm2 = (double)tile->norm2[i];
    const double most = (double)T(most_of)(tile)[i];
    const double half = limit - most > 0 ? limit - most : 0;
    const double own = norm2 * (1 + 0x1p-20) - 2 * limit - (double)tile->slack[i];
    const float gap = (float)km_gap(own, half);
    const float met = half < INFINITY ? gap : spared ? INFINITY : 0;
    const float left = spared ? km_bounds_left(run, km_row_number(rows, tile->order[i])) : met;
    return left < met ? left : met;
}

static int32_t T(centroid_near)(const km_run *run, const km_thread *t, int64_t i)
{
    return t->tile.near[i] < 0 ? -1 : run->packed.order[t->tile.near[i]];
}

static void T(assign_tiles)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    const int64_t met = T(scan_tiles)(run, t, rows);
    int64_t open = 0;
    for (int64_t i = 0; i < rows->m; i++) {
        const bool stays = t->tile.count[i] == 0 && t->tile.threshold[i] < INFINITY;
        const int32_t own = stays ? T(centroid_near)(run, t, i) : T(settle_row)(run, t, rows, i);
        label[t->tile.order[i]] = own;
        if (stays && own >= 0 && rows->gap && run->packed.tiles.kernels->gaps)
            rows->gap[t->tile.order[i]] = T(tile_gap)(run, t, rows, i, i >= met);
        open += own < 0;
    }
    if (open == 0)
        return;
    const int64_t rechecked = t->rechecked + open;
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    const T(open_rows) work = {t->tile.tiles, t->tile.bytes, t->tile.count, t->tile.near};
    T(assign_open)(run, t, rows, label, &work);
    km_part_return(run, t, part);
    t->rechecked = rechecked;
}
