/* Centroids into panels of one type, by panels.
 * Parameters: REAL, T(name), KM_UNIT, KM_TINY, OVERFLOW (squared norms from here on would overflow
 * half norms, hiding their centroid). */

/* What rows of centroids that did not move need (panels_still.h): the row of the centroid at place
 * j, from its panel, and half norms without those of places that they leave out. */
static void T(pack_still)(const km_run *run, int64_t j)
{
    const km_panels *const to = &run->packed.T(panels);
    T(km_unpack_lane)
    (to->panels, run->d, T(kernels_of)(run->isa)->nr, j,
     (REAL *)to->rows + j * KM_PACKED_LD(run->d));
    ((REAL *)to->front_norm)[j] =
        j < run->packed.front ? ((const REAL *)to->half_norm)[j] : (REAL)INFINITY;
}

/* Panel q: components, squared norms from above, lowered half norms (panels_pair.h). c2 comes from
 * the half norm, whose squares were formed after scaling: unscaled ones could underflow. */
static void T(pack_panel)(const km_run *run, int64_t q)
{
    const km_packed *const packed = &run->packed;
    const km_panels *const to = &packed->T(panels);
    const int32_t nr = T(kernels_of)(run->isa)->nr;
    const int64_t j0 = q * nr, j1 = j0 + nr < packed->k ? j0 + nr : packed->k;
    REAL *const half = to->half_norm;
    double longest; /* not needed: c2 bounds each norm by itself */
    T(km_pack_panels)
    (packed->c, packed->order, packed->k, run->d, packed->shift, packed->scale, packed->duplicate,
     j0, j1, nr, to->panels, half, &longest);
    const double up = (1 + 2 * km_d2_error(run->d)) * (1 + 4 * KM_UNIT);
    for (int64_t j = j0; j < j1; j++) {
        to->c2[j] =
            packed->duplicate[packed->order[j]] ? KM_TINY : 2 * (double)half[j] * up + KM_TINY;
        if (half[j] < (REAL)INFINITY && to->a0 < 1)
            half[j] -= (REAL)(2.7 * to->a0) * half[j];
    }
    if (to->rows && packed->front < packed->k) {
        for (int64_t j = j0; j < j1; j++)
            T(pack_still)(run, j);
        for (int64_t j = j1; j < j0 + nr; j++)
            ((REAL *)to->front_norm)[j] = (REAL)INFINITY;
    }
}

static void T(pack_item)(void *argument, km_run *run, int32_t t, int64_t q)
{
    (void)argument;
    (void)t;
    T(pack_panel)(run, q);
}

/* Before any packing: the bound of panels_pair.h, whose constants leave room for terms in A^2 while
 * A < 1/100. INFINITY says that nothing is proved. norm2: no centroid is longer. */
static void T(start_panels)(km_run *run, double norm2)
{
    km_panels *const to = &run->packed.T(panels);
    const int64_t nr = T(kernels_of)(run->isa)->nr;
    to->count = (run->packed.k + nr - 1) / nr;
    to->a0 = 1.05 * (double)(run->d + 4) * KM_UNIT;
    if (to->a0 > 0.01 || !(norm2 < OVERFLOW))
        to->a0 = INFINITY;
    atomic_store(&to->demand->ready, false);
    atomic_flag_clear(&to->demand->lock.flag);
}

static void T(pack_panels)(km_run *run)
{
    km_panels *const to = &run->packed.T(panels);
    km_for_items(run, to->count, T(pack_item), NULL);
    atomic_store(&to->demand->ready, true);
}

/* The same by one thread while others are at work. */
static void T(demand_panels)(const km_run *run)
{
    const km_panels *const to = &run->packed.T(panels);
    if (atomic_load_explicit(&to->demand->ready, memory_order_acquire))
        return;
    km_lock_acquire(&to->demand->lock);
    for (int64_t q = 0; q < to->count && !atomic_load(&to->demand->ready); q++)
        T(pack_panel)(run, q);
    atomic_store(&to->demand->ready, true);
    km_lock_release(&to->demand->lock);
}
