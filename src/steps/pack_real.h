/* Centroids into panels of one type, by panels.
 * Parameters: REAL, T(name), KM_UNIT, KM_TINY, OVERFLOW (squared norms from here on would overflow
 * half norms, hiding their centroid). */

/* Panel q: components, squared norms from above, lowered half norms (panels_pair.h). c2 comes from
 * the half norm, whose squares were formed after scaling: unscaled ones could underflow. */
static void T(pack_item)(void *argument, km_run *run, int32_t t, int64_t q)
{
    km_packed *const packed = &run->packed;
    km_panels *const to = &packed->T(panels);
    const int32_t nr = T(kernels_of)(run->isa)->nr;
    const int64_t j0 = q * nr, j1 = j0 + nr < packed->k ? j0 + nr : packed->k;
    REAL *const half = to->half_norm;
    double longest; /* not needed: c2 bounds each norm by itself */
    (void)argument;
    (void)t;
    T(km_pack_panels)
    (packed->c, packed->k, run->d, packed->shift, packed->scale, packed->duplicate, j0, j1, nr,
     to->panels, half, &longest);
    const double up = (1 + 2 * km_d2_error(run->d)) * (1 + 4 * KM_UNIT);
    for (int64_t j = j0; j < j1; j++) {
        to->c2[j] = packed->duplicate[j] ? KM_TINY : 2 * (double)half[j] * up + KM_TINY;
        if (half[j] < (REAL)INFINITY && to->a0 < 1)
            half[j] -= (REAL)(2.7 * to->a0) * half[j];
    }
}

/* The bound of panels_pair.h; its constants leave room for terms in A^2 while A < 1/100. The half
 * norms are lowered with this value; INFINITY afterwards says that nothing is proved. */
static void T(pack_panels)(km_run *run)
{
    km_packed *const packed = &run->packed;
    km_panels *const to = &packed->T(panels);
    const int64_t nr = T(kernels_of)(run->isa)->nr;
    to->count = (packed->k + nr - 1) / nr;
    to->a0 = 1.05 * (double)(run->d + 4) * KM_UNIT;
    km_for_items(run, to->count, T(pack_item), NULL);
    double most = 0;
    for (int64_t j = 0; j < packed->k; j++)
        most = to->c2[j] > most ? to->c2[j] : most;
    if (to->a0 > 0.01 || !(most < OVERFLOW))
        to->a0 = INFINITY;
}
