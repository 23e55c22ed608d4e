/* Low dimensions (d <= KM_LOW_D): packing and assignment for the slot assign_low.
 * Parameters: see typed_real.h. The bound is panels_pair.h's, in the form that the slot states. */

/* Centroid j as assign_low wants it, from its panel. */
static void T(pack_low_one)(const km_packed *packed, int64_t d, int64_t nr, int64_t j)
{
    const km_panels *const from = &packed->T(panels);
    const REAL *const panel = (const REAL *)from->panels + j / nr * d * nr + j % nr;
    REAL *const to = (REAL *)packed->low + j * KM_LOW_LD(d);
    for (int64_t p = 0; p < d; p++)
        to[p] = panel[p * nr];
    for (int64_t p = d; p < KM_LOW_LD(d); p++)
        to[p] = p == d ? ((const REAL *)from->half_norm)[j] : 0;
}

static void T(pack_low)(km_run *run)
{
    for (int64_t j = 0; j < run->packed.k; j++)
        T(pack_low_one)(&run->packed, run->d, T(kernels_of)(run->isa)->nr, j);
}

/* Low dimensions: rows in lanes; the few rows left open go through the panels. */
static void T(assign_lanes)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label)
{
    const km_packed *const packed = &run->packed;
    const T(km_low) low = {.centroids = packed->low,
                           .k = (int32_t)packed->k,
                           .shift = packed->shift_real,
                           .scale = (REAL)packed->scale,
                           .a0 = (REAL)(packed->T(panels).a0 * 1.001),
                           .tiny = (REAL)(64 * KM_TINY * (double)(run->d + 4)),
                           .hint = t->hint};
    T(kernels_of)
    (run->isa)->assign_low(rows->x, rows->ldx, rows->m, run->d, &low, label);
    int32_t signs = 0, open = 0; /* as narrow as the labels: the loops take whole vectors */
    for (int64_t i = 0; i < rows->m; i++)
        signs |= label[i];
    for (int64_t i = 0; signs < 0 && i < rows->m; i++)
        open += label[i] < 0;
    const int64_t rechecked = t->rechecked + open;
    if (open > rows->m / 4) {
        T(assign_panels)(run, t, rows, label);
    } else if (open > 0) {
        for (int64_t i = 0; i < rows->m; i++) {
            const km_rows one = {.x = (const REAL *)rows->x + i * rows->ldx, .ldx = run->d, .m = 1};
            if (label[i] < 0)
                T(assign_panels)(run, t, &one, label + i);
        }
    }
    t->rechecked = rechecked;
}
