#include "axes.h"

#include <math.h>
#include <string.h>

#include "kernels/pack_panels.h"
#include "visit.h"

/* eta and the largest eps of assign_axes_real.h, whose constants hold below these limits. */
static const double most_error = 0.004, most_off = 0.001;

static double error_on_axes(double a0, int64_t h) { return 1.01 * a0 * sqrt((double)h); }

int64_t km_axes_row_cost(int64_t d, int64_t h) { return 13 * h * d / 10 + 6000; }

/* With a tail, whole vectors. MNIST (d = 784, AVX-512), candidates that are left of k = 1,000 after
 * 31, 47 and 63 axes: 5 to 7, 2.2 to 3.6, 1.9 to 2.4; passes of 99, 91 and 101 ms. Of k = 100 as
 * few are left by 31 as of 1,000 by 47. */
int32_t km_axes_most(int64_t k) { return k < 512 ? 31 : KM_AXES_MOST; }

/* Making the axes takes as long as 4,000 h rows take to meet a centroid: a pass shall take
 * longer. */
int32_t km_axes_count(int64_t n, int64_t d, int64_t k, double cost, bool kept)
{
    const int32_t h = km_axes_most(k);
    const int64_t row = KM_AXES_PACKED_ROW * d + km_axes_row_cost(d, kept ? 0 : h);
    const double axes = (double)(row + KM_AXES_PAIR * k);
    const bool pays = axes < 0.7 * (double)k * (double)d * cost;
    const bool provable = error_on_axes(1.05 * (double)(d + 4) * 0x1p-24, h) < most_error;
    return pays && provable && (double)n * (double)k > 4000.0 * h ? h : 0;
}

static double dot_product(const float *x, const float *y, int64_t d)
{
    double sum[4] = {0};
    int64_t p = 0;
    for (; p + 4 <= d; p += 4)
        for (int l = 0; l < 4; l++)
            sum[l] += (double)x[p + l] * (double)y[p + l];
    for (; p < d; p++)
        sum[0] += (double)x[p] * (double)y[p];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

double km_axes_norm2(const float *z, int64_t h) { return dot_product(z, z, h); }

float km_axes_tail(const km_axes *axes, double n2, double z2)
{
    const double least = sqrt(z2) * (1 - 0x1p-40) - axes->eta * sqrt(n2) * (1 + 0x1p-40);
    const double on = least > 0 ? least * least / (1 + axes->off) : 0;
    const double off = n2 * (1 + 0x1p-40) - on;
    return off > 0 ? (float)(sqrt(off) * (1 + 0x1p-22)) + 1e-30F : 1e-30F;
}

/* to += factor * x */
static void add_multiple(float *to, float factor, const float *x, int64_t d)
{
    for (int64_t p = 0; p < d; p++)
        to[p] += factor * x[p];
}

/* Minus the dot products of m packed rows with one. */
static void minus_dots(const km_run *run, const float *x, int64_t m, const float *with, float *out)
{
    static const int32_t first[KM_AXES_MOST] = {0};
    static const float zero = 0;
    run->isa->f32->own_scores(x, m, run->d, with, &zero, first, out);
}

/* Rows made orthonormal as they come, Gram and Schmidt's way, each twice (L. Giraud et al., The
 * loss of orthogonality in the Gram-Schmidt orthogonalization process, 2005). What is left of a row
 * that depends on others is set to zero. */
static void orthonormalise(const km_run *run, float *row, int64_t h)
{
    const int64_t d = run->d, ld = KM_PACKED_LD(d);
    float dot[KM_AXES_MOST], norm2;
    for (int64_t q = 0; q < h; q++) {
        float *const own = row + q * ld;
        minus_dots(run, own, 1, own, &norm2);
        const float before = -norm2;
        for (int turn = 0; turn < 2; turn++) {
            minus_dots(run, row, q, own, dot);
            for (int64_t i = 0; i < q; i++)
                add_multiple(own, dot[i], row + i * ld, d);
        }
        minus_dots(run, own, 1, own, &norm2);
        const float scale = -norm2 > 1e-8F * before ? 1 / sqrtf(-norm2) : 0;
        for (int64_t p = 0; p < d; p++)
            own[p] *= scale;
    }
}

/* The axes as centroids of `scores`. */
static void pack_panels(km_run *run)
{
    km_axes *const axes = &run->packed.axes;
    const int64_t nr = run->isa->f32->nr, d = run->d, ld = KM_PACKED_LD(d);
    const int64_t lanes = km_axes_panels(run) * nr;
    for (int64_t q = 0; q < lanes; q++) {
        axes->zero[q] = q < KM_PACKED_LD(axes->h) ? 0 : INFINITY;
        for (int64_t p = 0; p < d; p++)
            axes->panels[(q / nr * d + p) * nr + q % nr] = q < axes->h ? axes->row[q * ld + p] : 0;
    }
}

/* z of up to block_rows rows of packed centroids from `from` on, `stride` apart. */
static void project(const km_run *run, km_thread *t, const float *from, int64_t stride, int64_t m)
{
    const km_kernels_f32 *const kernels = run->isa->f32;
    const km_axes *const axes = &run->packed.axes;
    const int64_t ld = KM_PACKED_LD(run->d), whole = (m + kernels->mr - 1) / kernels->mr;
    float *const x = t->packed;
    for (int64_t i = 0; i < m; i++)
        memcpy(x + i * ld, from + i * stride * ld, (size_t)ld * sizeof *x);
    memset(x + m * ld, 0, (size_t)((whole * kernels->mr - m) * ld) * sizeof *x);
    kernels->scores(x, m, run->d, axes->panels, axes->zero, km_axes_panels(run), t->axes.z,
                    KM_PACKED_LD(axes->h + 1));
}

/* One step of the power method for a subspace (G. H. Golub and C. F. Van Loan, Matrix Computations,
 * section 7.3.2) on the sum of c c' over some centroids. */
static void turn_axes(km_run *run)
{
    enum { sample = 256 };
    km_axes *const axes = &run->packed.axes;
    km_thread *const t = &run->thread[0];
    const int64_t k = run->packed.k, d = run->d, h = axes->h, ld = KM_PACKED_LD(d);
    const int64_t stride = (k + sample - 1) / sample, ldz = KM_PACKED_LD(h + 1);
    const float *const near = km_axes_near(&run->packed);
    float *const turned = axes->row + h * ld;
    memset(turned, 0, (size_t)(h * ld) * sizeof *turned);
    for (int64_t j = 0; j < k;) {
        const int64_t left = (k - j + stride - 1) / stride;
        const int64_t m = left < run->block_rows ? left : run->block_rows;
        project(run, t, near + j * ld, stride, m);
        for (int64_t i = 0; i < m; i++, j += stride)
            for (int64_t q = 0; q < h; q++)
                add_multiple(turned + q * ld, t->axes.z[i * ldz + q], near + j * ld, d);
    }
    memcpy(axes->row, turned, (size_t)(h * ld) * sizeof *turned);
}

/* The Frobenius norm of what the axes' products differ from the unit matrix by, from above. */
static double measure_off(const float *row, int64_t h, int64_t d)
{
    const int64_t ld = KM_PACKED_LD(d);
    double sum = 0;
    for (int64_t a = 0; a < h; a++)
        for (int64_t b = 0; b <= a; b++) {
            const double product = dot_product(row + a * ld, row + b * ld, d);
            const double off = a == b && product > 0 ? product - 1 : product;
            sum += a == b ? off * off : 2 * off * off;
        }
    return sqrt(sum) * 1.001 + (double)(h * d) * 0x1p-52;
}

static void make_axes(km_run *run)
{
    enum { turns = 3 };
    km_axes *const axes = &run->packed.axes;
    const int64_t k = run->packed.k, h = axes->h, ld = KM_PACKED_LD(run->d);
    const float *const near = km_axes_near(&run->packed);
    for (int64_t q = 0; q < h; q++)
        memcpy(axes->row + q * ld, near + q * k / h * ld, (size_t)ld * sizeof *near);
    orthonormalise(run, axes->row, h);
    for (int turn = 0; turn < turns; turn++) {
        pack_panels(run);
        turn_axes(run);
        orthonormalise(run, axes->row, h);
    }
    pack_panels(run);
    axes->off = measure_off(axes->row, h, run->d);
    axes->known = true;
}

/* The factors of assign_axes_real.h. */
static void set_bound(const km_run *run, km_axes *axes)
{
    const double u = 0x1p-24;
    axes->eta = error_on_axes(run->packed.panels_f32.a0, axes->h);
    axes->bound = 2.1 * axes->eta + axes->off + 1.1 * 1.05 * (double)(axes->h + 5) * u;
    if (!(axes->eta < most_error && axes->off < most_off))
        axes->bound = INFINITY;
}

/* Centroids of panel q row by row, in the order of the panels. */
static void unpack_item(void *argument, km_run *run, int32_t t, int64_t q)
{
    const int64_t nr = run->isa->f32->nr, k = run->packed.k;
    float *const near = km_axes_near(&run->packed);
    (void)argument;
    (void)t;
    for (int64_t j = q * nr; j < k && j < (q + 1) * nr; j++)
        km_unpack_lane_f32(run->packed.panels_f32.panels, run->d, (int32_t)nr, j,
                           near + j * KM_PACKED_LD(run->d));
}

/* Place j, whose components on the axes are minus z, as those of rows are; NULL: nobody's. */
static void set_place(km_packed *packed, int64_t j, int64_t nr, const float *z)
{
    const km_axes *const axes = &packed->axes;
    const double n2 = packed->panels_f32.c2[j];
    const double a = 1.05 * (double)(axes->h + 5) * 0x1p-24;
    const float half = ((const float *)packed->panels_f32.half_norm)[j];
    float *const lead = axes->lead + j / nr * nr * (KM_AXES_LEAD + 1) + j % nr;
    float *const to = axes->to + j * KM_PACKED_LD(axes->h + 1);
    memset(to, 0, KM_PACKED_LD(axes->h + 1) * sizeof *to);
    for (int64_t p = 0; p < KM_AXES_LEAD; p++)
        lead[p * nr] = z ? z[p] : 0;
    lead[KM_AXES_LEAD * nr] = z ? km_axes_tail(axes, n2, km_axes_norm2(z, KM_AXES_LEAD)) : 0;
    axes->half[j] = z ? half - (float)(axes->bound + 2 * a) * half : INFINITY;
    if (!z)
        return;
    memcpy(to, z, (size_t)axes->h * sizeof *to);
    to[axes->h] = km_axes_tail(axes, n2, km_axes_norm2(z, axes->h));
}

static void axes_item(void *argument, km_run *run, int32_t index, int64_t q)
{
    km_packed *const packed = &run->packed;
    km_thread *const t = &run->thread[index];
    const int64_t nr = run->isa->f32->nr, ldz = KM_PACKED_LD(packed->axes.h + 1);
    const int64_t ld = KM_PACKED_LD(run->d), end = (q + 1) * nr;
    const int64_t live = end < packed->k ? end : packed->k;
    int64_t j = q * nr;
    (void)argument;
    while (j < live) {
        const int64_t m = live - j < run->block_rows ? live - j : run->block_rows;
        project(run, t, km_axes_near(packed) + j * ld, 1, m);
        for (int64_t i = 0; i < m; i++, j++) {
            const bool repeats = packed->duplicate[packed->order[j]];
            set_place(packed, j, nr, repeats ? NULL : t->axes.z + i * ldz);
        }
    }
    for (; j < end; j++)
        set_place(packed, j, nr, NULL);
}

bool km_pack_axes(km_run *run)
{
    const int64_t count = run->packed.panels_f32.count;
    km_for_items(run, count, unpack_item, NULL);
    if (!run->packed.axes.known) {
        make_axes(run);
        run->packed.axes.of_rows = run->still_c != run->packed.c;
    }
    set_bound(run, &run->packed.axes);
    if (!(run->packed.axes.bound < 1))
        return false;
    km_for_items(run, count, axes_item, NULL);
    if (!run->packed.axes.valid)
        km_axes_forget(run);
    run->packed.axes.valid = true;
    return true;
}
