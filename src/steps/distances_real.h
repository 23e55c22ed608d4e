/* Distances from the same scores: bounds for seeding, the two smallest for the results.
 * Parameters: see typed_real.h. */

/* Scores from below, in squared distances of the data's own scale: from assign_real.h,
 * |x'-c'|^2 = |x'|^2 + 2 f_j >= |x'|^2 + 2 v_j - A|x'|^2 - 2 tiny, and the rounded row's squared
 * norm is |x'|^2 up to 2.1 u < 0.45 A. */
static void T(bounds)(const km_run *run, km_thread *t, const km_rows *rows, double *low)
{
    const T(km_kernels) *const kernels = T(kernels_of)(run->isa);
    const km_packed *const packed = &run->packed;
    const int64_t k = packed->k, ld = run->score_ld;
    const double unscale = 1 / (packed->scale * packed->scale);
    const double tiny = 8 * KM_TINY * (double)(run->d + 4);
    const double norm_error = 1.5 * packed->a0 + (double)(run->d + 8) * 0x1p-51;
    kernels->pack_rows(rows->x, rows->ldx, rows->m, run->d, packed->shift_real, (REAL)packed->scale,
                       t->packed, t->norm2);
    for (int64_t i0 = 0; i0 < rows->m; i0 += kernels->mr) {
        const int64_t m = rows->m - i0 < kernels->mr ? rows->m - i0 : kernels->mr;
        kernels->scores((const REAL *)t->packed + i0 * KM_PACKED_LD(run->d), m, run->d,
                        packed->panels, packed->half_norm, packed->panels_n, t->scores, ld);
        for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < k; j++) {
                const double norm2 = t->norm2[i0 + i];
                const double v = (double)((const REAL *)t->scores)[i * ld + j];
                low[(i0 + i) * k + j] = (norm2 + 2 * v - norm2 * norm_error - tiny) * unscale;
            }
    }
}

/* Second nearest of row i: every j but `own` whose score could make it second is measured. The
 * leader of assign_real.h does not fit here: the distance itself is wanted, not its owner. */
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
