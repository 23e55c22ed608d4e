/* Own and second nearest distance for the results.
 * Parameters: see typed_real.h. */

/* Second nearest of row i: every j but `own` whose score could make it second is measured. The
 * leader of ladder_real.h does not fit here: the distance itself is wanted, not its owner. */
static double T(second_distance)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                                 int32_t own)
{
    const T(km_kernels) *const kernels = T(kernels_of)(run->isa);
    const km_packed *const packed = &run->packed;
    const int64_t d = run->d;
    const double error = km_d2_error(d);
    double least = INFINITY, distance = INFINITY;
    for (int64_t j = 0; j < packed->k; j++) {
        if (j == own)
            continue;
        const REAL *const x = (const REAL *)rows->x + i * rows->ldx;
        const double d2 = kernels->d2(x, packed->c + j * d, d);
        if (d2 > 0x1p-900 && d2 * (1 - error) > least * (1 + error))
            continue;
        const double exact = km_distance_nearest(t->row, packed->c + j * d, d);
        distance = exact < distance ? exact : distance;
        least = d2 < least ? d2 : least;
    }
    return distance;
}

static void T(two_distances)(const km_run *run, km_thread *t, const km_rows *rows,
                             const int32_t *label, double *out)
{
    for (int64_t i = 0; i < rows->m; i++) {
        T(row)(run, rows, i, t->row);
        out[2 * i] = km_distance_nearest(t->row, run->packed.c + label[i] * run->d, run->d);
        out[2 * i + 1] = T(second_distance)(run, t, rows, i, label[i]);
    }
}

static double T(whole_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                          km_center c)
{
    (void)t;
    return T(kernels_of)(run->isa)->d2((const REAL *)rows->x + i * rows->ldx, c.c, run->d);
}

static km_interval T(near_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                              km_center c)
{
    const double d2 = T(whole_d2)(run, t, rows, i, c), error = km_d2_error(run->d);
    const km_interval known = {d2 * (1 - error), d2 * (1 + error)}, unknown = {0, INFINITY};
    return d2 > 0x1p-900 && d2 < 0x1p1000 ? known : unknown;
}

static double T(exact_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                          km_center c)
{
    T(row)(run, rows, i, t->row);
    return km_d2_nearest(t->row, c.c, run->d);
}

static double T(sum_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                        km_center c)
{
    const double d2 = T(whole_d2)(run, t, rows, i, c);
    const bool safe = d2 > 0x1p-900 && d2 < 0x1p1000 && run->d <= KM_RECIPE_COLUMNS;
    return safe ? d2 : T(exact_d2)(run, t, rows, i, c);
}
