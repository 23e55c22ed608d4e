/* The two principal components of the rows, by orthogonal iteration with Rayleigh-Ritz steps
 * (Golub and Van Loan, Matrix Computations, 8.2.4) on the covariance, or, where that is too large,
 * on the rows themselves. Plain arithmetic in a fixed order: the same picture on every machine. */
#include "subject.h"

#include <math.h>
#include <string.h>

#include "jacobi.h"

/* The block is a few vectors larger than what is looked for: it then converges with the ratio of
 * the third to the ninth eigenvalue. */
enum { BLOCK = 8, AT_ONCE = 4, MOST_STEPS = 500, MOST_PASSES = 24 };

typedef struct components_run {
    const plot_subject *subject;
    int64_t d;
    int b;           /* vectors of the block, at most d */
    int64_t count;   /* rows seen */
    double *shift;   /* d: taken from the rows before they are summed, against cancellation */
    double *sum;     /* d */
    double *square;  /* d: of x - shift */
    double *product; /* d x d, the lower half, of x - shift; NULL = too large */
    double *buffer;  /* AT_ONCE x d: rows not yet in product */
    int64_t held;
    double *mean;         /* d */
    double total;         /* variance of all columns, times count */
    int64_t *nonzero;     /* d: columns of a row that are not 0 */
    double centre[BLOCK]; /* mean times each vector of the basis */
    double *basis;        /* b x d, orthonormal */
    double *image;        /* b x d: the covariance times it */
    double values[BLOCK]; /* Ritz values, falling */
} components_run;

/* product += rows of the buffer; those that are 0 in a column, as most of a picture's border are,
 * cost nothing there. */
static void flush_buffer(components_run *run)
{
    const int64_t d = run->d;
    const double *const y = run->buffer;
    for (int64_t i = run->held * d; i < AT_ONCE * d; i++) {
        run->buffer[i] = 0;
    }
    for (int64_t p = 0; p < d; p++) {
        const double a = y[p], b = y[d + p], c = y[2 * d + p], e = y[3 * d + p];
        double *const row = run->product + p * d;
        if (a == 0 && b == 0 && c == 0 && e == 0) {
            continue;
        }
        for (int64_t q = 0; q <= p; q++) {
            row[q] += a * y[q] + b * y[d + q] + (c * y[2 * d + q] + e * y[3 * d + q]);
        }
    }
    run->held = 0;
}

static bool is_short(int dtype) { return dtype != KMEANS_F32 && dtype != KMEANS_F64; }

static void add_row(void *user, int64_t row, const double *x)
{
    components_run *const run = user;
    const int64_t d = run->d;
    double *const y = run->buffer + run->held * d;
    (void)row;
    if (run->count++ == 0 && !is_short(run->subject->rows->dtype)) {
        memcpy(run->shift, x, (size_t)d * sizeof *x); /* bytes do not cancel, and may be 0 */
    }
    for (int64_t p = 0; p < d; p++) {
        y[p] = x[p] - run->shift[p];
        run->sum[p] += y[p];
        run->square[p] += y[p] * y[p];
    }
    if (run->product != NULL && ++run->held == AT_ONCE) {
        flush_buffer(run);
    }
}

static void find_moments(components_run *run)
{
    const int64_t d = run->d;
    const double n = (double)(run->count > 0 ? run->count : 1);
    if (run->product != NULL && run->held > 0) {
        flush_buffer(run);
    }
    for (int64_t p = 0; p < d; p++) {
        run->mean[p] = run->shift[p] + run->sum[p] / n;
        run->total += fmax(run->square[p] - run->sum[p] / n * run->sum[p], 0);
        for (int64_t q = 0; q <= p && run->product != NULL; q++) {
            run->product[p * d + q] -= run->sum[p] / n * run->sum[q];
            run->product[q * d + p] = run->product[p * d + q];
        }
    }
}

/* image += x (x . v - mean . v) for each vector v of the basis: what is 0 in the row costs nothing.
 */
static void add_image(void *user, int64_t row, const double *x)
{
    components_run *const run = user;
    const int64_t d = run->d;
    int64_t count = 0;
    (void)row;
    for (int64_t p = 0; p < d; p++) {
        if (x[p] != 0) {
            run->nonzero[count++] = p;
        }
    }
    for (int i = 0; i < run->b; i++) {
        double *const image = run->image + i * d;
        const double *const v = run->basis + i * d;
        double dot = -run->centre[i];
        for (int64_t q = 0; q < count; q++) {
            dot += x[run->nonzero[q]] * v[run->nonzero[q]];
        }
        for (int64_t q = 0; q < count; q++) {
            image[run->nonzero[q]] += x[run->nonzero[q]] * dot;
        }
    }
}

static double dot_product(const double *a, const double *b, int64_t d)
{
    double sum = 0;
    for (int64_t p = 0; p < d; p++) {
        sum += a[p] * b[p];
    }
    return sum;
}

/* The covariance in units of the total variance, times the basis. */
static void apply_covariance(components_run *run)
{
    const int64_t d = run->d;
    memset(run->image, 0, (size_t)(run->b * d) * sizeof *run->image);
    for (int i = 0; i < run->b; i++) {
        run->centre[i] = dot_product(run->mean, run->basis + i * d, d);
    }
    if (run->product == NULL) {
        visit_rows(run->subject, add_image, run);
    }
    for (int64_t p = 0; p < d && run->product != NULL; p++) {
        for (int i = 0; i < run->b; i++) {
            const double v = run->basis[i * d + p];
            for (int64_t q = 0; q < d; q++) {
                run->image[i * d + q] += v * run->product[p * d + q];
            }
        }
    }
    for (int64_t q = 0; q < run->b * d; q++) {
        run->image[q] /= run->total;
    }
}

/* Gram-Schmidt, twice, which is enough (Giraud et al., 2005); a vector that vanishes becomes 0. */
static void orthonormalise(double *vectors, int count, int64_t d)
{
    for (int i = 0; i < count; i++) {
        double *const v = vectors + i * d;
        const double before = sqrt(dot_product(v, v, d));
        for (int pass = 0; pass < 2; pass++) {
            for (int j = 0; j < i; j++) {
                const double along = dot_product(v, vectors + j * d, d);
                for (int64_t p = 0; p < d; p++) {
                    v[p] -= along * vectors[j * d + p];
                }
            }
        }
        const double length = sqrt(dot_product(v, v, d));
        for (int64_t p = 0; p < d; p++) {
            v[p] = length > 1e-13 * before ? v[p] / length : 0;
        }
    }
}

/* vectors = rotation (rows of it) times vectors. */
static void rotate(const components_run *run, const double *rotation, double *vectors)
{
    double column[BLOCK];
    for (int64_t p = 0; p < run->d; p++) {
        for (int i = 0; i < run->b; i++) {
            column[i] = vectors[i * run->d + p];
        }
        for (int i = 0; i < run->b; i++) {
            double sum = 0;
            for (int j = 0; j < run->b; j++) {
                sum += rotation[i * run->b + j] * column[j];
            }
            vectors[i * run->d + p] = sum;
        }
    }
}

/* One step; returns how much the two largest Ritz values moved, as a share of the whole. */
static double take_step(components_run *run, bool last)
{
    double small[BLOCK * BLOCK];
    double rotation[BLOCK * BLOCK];
    double values[BLOCK];
    apply_covariance(run);
    for (int i = 0; i < run->b; i++) {
        for (int j = 0; j <= i; j++) {
            small[i * run->b + j] = small[j * run->b + i] =
                dot_product(run->basis + i * run->d, run->image + j * run->d, run->d);
        }
    }
    find_eigenvectors(small, run->b, values, rotation);
    rotate(run, rotation, run->basis);
    rotate(run, rotation, run->image);
    const double moved =
        fabs(values[0] - run->values[0]) + (run->b > 1 ? fabs(values[1] - run->values[1]) : 0);
    memcpy(run->values, values, (size_t)run->b * sizeof *values);
    if (!last && run->b < run->d) { /* a block of all columns is there at once */
        memcpy(run->basis, run->image, (size_t)(run->b * run->d) * sizeof *run->basis);
        orthonormalise(run->basis, run->b, run->d);
    }
    return moved;
}

static void iterate(components_run *run)
{
    const int most = run->product != NULL ? MOST_STEPS : MOST_PASSES;
    const double tolerance = run->product != NULL ? 1e-14 : 1e-7;
    uint64_t state = 1;
    for (int64_t q = 0; q < run->b * run->d; q++) { /* any start that is not special */
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        run->basis[q] = (double)(state >> 40) * 0x1p-24 - 0.5;
    }
    orthonormalise(run->basis, run->b, run->d);
    for (int step = 0; step < most && take_step(run, false) > tolerance; step++) {
    }
    take_step(run, true);
}

/* The largest number of each direction becomes positive. */
static void fix_signs(double *directions, int64_t d)
{
    for (int i = 0; i < 2; i++) {
        int64_t largest = 0;
        for (int64_t p = 1; p < d; p++) {
            largest = fabs(directions[i * d + p]) > fabs(directions[i * d + largest]) ? p : largest;
        }
        const double sign = directions[i * d + largest] < 0 ? -1 : 1;
        for (int64_t p = 0; p < d; p++) {
            directions[i * d + p] *= sign;
        }
    }
}

void find_components(const plot_subject *subject, plot_projection *projection)
{
    const int64_t d = subject->rows->d;
    components_run run = {.subject = subject, .d = d, .b = d < BLOCK ? (int)d : BLOCK};
    run.shift = allocate(d, sizeof(double));
    run.sum = allocate(d, sizeof(double));
    run.square = allocate(d, sizeof(double));
    run.mean = allocate(d, sizeof(double));
    run.buffer = allocate(AT_ONCE * d, sizeof(double));
    run.product = d <= subject->covariance_bytes / 8 / d ? allocate(d * d, sizeof(double)) : NULL;
    run.basis = allocate(BLOCK * d, sizeof(double));
    run.image = allocate(BLOCK * d, sizeof(double));
    run.nonzero = allocate(d, sizeof(int64_t));
    visit_rows(subject, add_row, &run);
    find_moments(&run);
    if (run.total > 0 && isfinite(run.total)) {
        iterate(&run);
        fix_signs(run.basis, d);
    } else { /* all rows are equal, or too far apart to be squared */
        run.basis[0] = 1;
        run.basis[d + (d > 1)] = 1;
    }
    projection->directions = run.basis;
    projection->mean = run.mean;
    projection->share[0] = fmin(fmax(run.values[0], 0), 1);
    projection->share[1] = run.b > 1 ? fmin(fmax(run.values[1], 0), 1) : 0;
    release(run.shift);
    release(run.sum);
    release(run.square);
    release(run.buffer);
    release(run.product);
    release(run.image);
    release(run.nonzero);
}
