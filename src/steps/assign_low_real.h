/* Low dimensions and few centroids: packing and assignment for the slots assign_low and assign_few,
 * rows of one type in lanes of one type. Parameters: see panels_pair.h, whose bound this is in the
 * form that the slots state. */

/* Centroid j as assign_low wants it, from its panel. */
static void P(pack_low_one)(const km_packed *packed, int64_t d, int64_t nr, int64_t j)
{
    const km_panels *const from = &packed->C(panels);
    const COMPUTE *const panel = (const COMPUTE *)from->panels + j / nr * d * nr + j % nr;
    COMPUTE *const to = (COMPUTE *)from->low + j * KM_LOW_LD(d);
    for (int64_t p = 0; p < d; p++)
        to[p] = panel[p * nr];
    for (int64_t p = d; p < KM_LOW_LD(d); p++)
        to[p] = p == d ? ((const COMPUTE *)from->half_norm)[j] : 0;
}

/* The same as assign_few wants it. */
static void P(pack_few_one)(const km_packed *packed, int64_t d, int64_t nr, int64_t j)
{
    const int64_t ld = KM_PACKED_LD(d);
    const km_panels *const from = &packed->C(panels);
    COMPUTE *const low = from->low;
    C(km_unpack_lane)(from->panels, d, (int32_t)nr, j, low + j * ld);
    low[packed->k * ld + j] = ((const COMPUTE *)from->half_norm)[j];
}

/* km_low.inner: less than a quarter of the squared distance from centroid j to the nearest other
 * (of a duplicate that is 0). The roundings of d squares and of the product are far below 2^-11. */
static void P(pack_inner_one)(const km_run *run, int64_t j)
{
    const km_packed *const packed = &run->packed;
    const int64_t d = run->d;
    const double *const c = packed->c + j * d;
    double least = INFINITY;
    for (int64_t l = 0; l < packed->k; l++) {
        double d2 = 0;
        for (int64_t p = 0; p < d; p++) {
            const double way = (c[p] - packed->c[l * d + p]) * packed->scale;
            d2 += way * way;
        }
        least = l != j && !packed->duplicate[l] && d2 < least ? d2 : least;
    }
    ((COMPUTE *)packed->C(panels).inner)[j] = (COMPUTE)(0.25 * (1 - 0x1p-11) * least);
}

/* The packed centroids, and how rows meet them. */
static C(km_low) P(low_centroids)(const km_run *run)
{
    const km_packed *const packed = &run->packed;
    return (C(km_low)){.centroids = packed->C(panels).low,
                       .k = (int32_t)packed->k,
                       .inner = packed->C(panels).inner_ready ? packed->C(panels).inner : NULL,
                       .shift = packed->shift,
                       .scale = packed->scale,
                       .a0 = (COMPUTE)(packed->C(panels).a0 * 1.001),
                       .tiny = (COMPUTE)(64 * TINY * (double)(run->d + 4))};
}

/* Screened in shorts first: float32 lanes only. */
static bool P(in_shorts)(const km_run *run)
{
    return sizeof(COMPUTE) == sizeof(float) && run->packed.shorts &&
           run->packed.k >= run->isa->tiles->shorts->least_k;
}

static void P(pack_low)(km_run *run)
{
    for (int64_t j = 0; j < run->packed.k; j++)
        if (run->d <= KM_LOW_D)
            P(pack_low_one)(&run->packed, run->d, C(kernels_of)(run->isa)->nr, j);
        else
            P(pack_few_one)(&run->packed, run->d, C(kernels_of)(run->isa)->nr, j);
    km_panels *const panels = &run->packed.C(panels);
    panels->inner_ready = panels->inner && run->labels_known && run->packed.k <= run->k;
    for (int64_t j = 0; panels->inner_ready && j < run->packed.k; j++)
        P(pack_inner_one)(run, j);
    if (P(in_shorts)(run)) {
        const C(km_low) low = P(low_centroids)(run);
        run->isa->tiles->shorts->pack((const void *)&low, run->d, run->packed.shorts);
    }
}

/* How many rows are left open. */
static int64_t P(assign_as_they_are)(const km_run *run, km_thread *t, const km_rows *rows,
                                     const C(km_low) * low, int32_t *label)
{
    const C(km_kernels) *const kernels = C(kernels_of)(run->isa);
    if (P(in_shorts)(run) && t->rests == 0)
        return T(assign_shorts)(run, t, rows, (const void *)low, label);
    t->rests -= t->rests > 0;
    const int64_t m = rows->m, d = run->d;
    if (sizeof(COMPUTE) == sizeof(REAL))
        return d <= KM_LOW_D ? kernels->assign_low(rows->x, rows->ldx, m, d, low, label)
                             : kernels->assign_few(rows->x, rows->ldx, m, d, low, label);
    return d <= KM_LOW_D ? kernels->assign_low_other(rows->x, rows->ldx, m, d, low, label)
                         : kernels->assign_few_other(rows->x, rows->ldx, m, d, low, label);
}

/* Rows as they are; the few rows left open go through the panels, and many at once. */
static void P(assign_lanes)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    C(km_low) low = P(low_centroids)(run);
    low.hint = t->hint;
    low.row = rows->apart ? rows->index : NULL;
    if (sizeof(COMPUTE) == sizeof(float))
        low.gap = (void *)rows->gap;
    const int64_t open = P(assign_as_they_are)(run, t, rows, &low, label);
    if (open == 0)
        return;
    const int64_t rechecked = t->rechecked + open;
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    /* Alone, a row above the low dimensions takes a whole tile: four times as dear. */
    const int64_t bearable = rows->m / (run->d <= KM_LOW_D ? 4 : 16);
    if (open > bearable) {
        km_rows together = *rows;
        if (rows->apart)
            T(bring_together)(&together, run->d, t->rows);
        t->packs = rows->m < 64 ? 0 : 16;
        T(assign_panels)(run, t, &together, NULL, label);
    } else {
        for (int64_t i = 0; i < rows->m; i++) {
            const REAL *const x = (const REAL *)rows->x + km_row_place(rows, i) * rows->ldx;
            const km_rows one = {.x = x, .ldx = run->d, .m = 1};
            if (label[i] < 0)
                T(assign_panels)(run, t, &one, NULL, label + i);
        }
    }
    km_part_return(run, t, part);
    t->rechecked = rechecked;
}
