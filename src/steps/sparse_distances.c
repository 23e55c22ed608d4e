/* Distances of sparse rows: by their entries where that proves the answer (kernels/exact/sparse.h),
 * else by the row spread out in the thread's buffer. */
#include <math.h>

#include "kernels/exact/distance.h"
#include "sparse.h"

/* With S = |x|^2 + |c|^2 - 2 x.c and u = 2^-53: the m products and sums of x.c cost (m+1) u of
 * sum |x_p c_p| <= (|x|^2 + |c|^2)/2, the two norms (m+4) u |x|^2 and c2_error |c|^2, the three
 * last operations 3 u of twice |x|^2 + |c|^2. Altogether (2m + 11) u + c2_error of it; twice that
 * for the rounding of all bounds. */
km_interval km_sparse_interval(km_entries x, double x2, const double *c, double c2, double c2_error)
{
    double dot = 0;
    for (int64_t q = 0; q < x.m; q++)
        dot += x.value[q] * c[x.column[q]];
    const double size = x2 + c2, d2 = size - 2 * dot;
    const double error = size * ((double)(4 * x.m + 24) * 0x1p-53 + 2 * c2_error);
    const km_interval unknown = {0, INFINITY};
    const km_interval known = {d2 > error ? d2 - error : 0, d2 + error};
    return size > 0x1p-900 && size < 0x1p1000 ? known : unknown;
}

km_interval km_sparse_near_d2(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                              km_center c)
{
    const km_entries x = km_entries_of(run, t, rows, i);
    const double c2 = c.norm->sum.hi, c2_error = c.norm->error > 0 ? c.norm->error / c2 : 0;
    return km_sparse_interval(x, t->sparse.norm2, c.c, c2, 0x1p-52 + c2_error);
}

double km_sparse_exact_d2(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                          km_center c)
{
    double nearest;
    if (km_sparse_d2(km_entries_of(run, t, rows, i), c.c, c.norm, &nearest))
        return nearest;
    km_sparse_row(run, rows, i, t->row);
    return km_d2_nearest(t->row, c.c, run->d);
}

double km_sparse_sum_d2(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                        km_center c)
{
    if (run->d > KM_RECIPE_COLUMNS)
        return km_sparse_exact_d2(run, t, rows, i, c);
    km_sparse_row(run, rows, i, t->row);
    const double d2 = run->isa->f64->d2(t->row, c.c, run->d);
    return d2 > 0x1p-900 && d2 < 0x1p1000 ? d2 : km_d2_nearest(t->row, c.c, run->d);
}

/* The float64 nearest to the distance of row i to packed centroid j. */
static double distance_to(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                          int64_t j)
{
    const double *const c = run->packed.c + j * run->d;
    double nearest;
    if (km_sparse_distance(km_entries_of(run, t, rows, i), c, km_norm_of_center(run, j), &nearest))
        return nearest;
    km_sparse_row(run, rows, i, t->row);
    return km_distance_nearest(t->row, c, run->d);
}

/* Every j but `own` that may be second is measured. */
static double second_distance(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                              int32_t own)
{
    const km_packed *const packed = &run->packed;
    const km_entries x = km_entries_of(run, t, rows, i);
    double least = INFINITY, distance = INFINITY;
    for (int64_t j = 0; j < packed->k; j++) {
        if (j == own)
            continue;
        const km_interval near = km_sparse_interval(x, t->sparse.norm2, packed->c + j * run->d,
                                                    packed->sparse.norm2[j], km_d2_error(run->d));
        if (near.low > least)
            continue;
        const double exact = distance_to(run, t, rows, i, j);
        distance = exact < distance ? exact : distance;
        least = near.high < least ? near.high : least;
    }
    return distance;
}

void km_sparse_two_distances(const km_run *run, km_thread *t, const km_rows *rows,
                             const int32_t *label, double *out)
{
    for (int64_t i = 0; i < rows->m; i++) {
        out[2 * i] = distance_to(run, t, rows, i, label[i]);
        out[2 * i + 1] = second_distance(run, t, rows, i, label[i]);
    }
}
