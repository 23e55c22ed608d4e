#include "sparse.h"

#include "rounding.h"
#include "wide.h"

/* A sum of products: |high + rest - sum| <= error / 2 by bound_of, size >= sum of |products|, if
 * size < LARGEST. inexact: something was rounded or may have underflowed. */
typedef struct product_sum {
    double high, rest, size;
    int inexact;
} product_sum;

#define LARGEST 0x1p1000

static inline double size_of(double a) { return a < 0 ? -a : a; }

/* s += a * (b.hi + b.lo), |b.lo| <= u |b.hi|. */
static inline void add_product(product_sum *s, double a, km_dd b)
{
    const km_dd product = km_two_prod(a, b.hi);
    const km_dd sum = km_two_sum(s->high, product.hi);
    const double size = size_of(product.hi);
    s->high = sum.hi;
    s->rest += sum.lo + (product.lo + a * b.lo);
    s->size += size;
    s->inexact |= (sum.lo != 0) | (product.lo != 0) | (b.lo != 0) |
                  ((size < 0x1p-960) & (a != 0) & (b.hi != 0));
}

/* m terms one after the other, u = 2^-53, M the sum of their magnitudes: what goes to rest is
 * u M from the sum and 2 u |term| from each product, (m + 3) u M together, in m + 2 roundings each;
 * a * b.lo itself is rounded. Below (m + 8)^2 u^2 M with room for the roundings of the bound and of
 * the size, whose relative error is below m u < 1/2. Underflow costs at most 2^-1034 a term (dd.h).
 * Twice that. */
static double bound_of(const product_sum *s, double m)
{
    return s->inexact ? (m + 8) * (m + 8) * 0x1p-103 * s->size + m * 0x1p-1030 : 0;
}

km_norm km_norm_of(const double *c, int64_t d)
{
    product_sum s = {0, 0, 0, 0};
    km_norm norm = {{0, 0}, 0, 0};
    for (int64_t p = 0; p < d; p++) {
        if (c[p] == 0)
            continue;
        const km_dd factor = {c[p], 0};
        add_product(&s, c[p], factor);
        norm.nonzeros++;
    }
    norm.sum = km_two_sum(s.high, s.rest);
    norm.error = bound_of(&s, (double)norm.nonzeros);
    return norm;
}

/* |x - c|^2 with twice its error; 0 where something may have overflowed. */
static int expand(km_entries x, const double *c, const km_norm *norm, km_dd *sum, double *error)
{
    product_sum s = {0, 0, 0, 0};
    for (int64_t q = 0; q < x.m; q++)
        add_product(&s, x.value[q], km_two_diff(x.value[q], 2 * c[x.column[q]]));
    if (!(s.size + norm->sum.hi < LARGEST))
        return 0;
    *sum = km_dd_add(norm->sum, km_two_sum(s.high, s.rest));
    *error = norm->error + bound_of(&s, (double)x.m) + 0x1p-99 * size_of(sum->hi);
    return 1;
}

/* Whether x = c. */
static int is_equal(km_entries x, const double *c, const km_norm *norm)
{
    int64_t nonzeros = 0;
    for (int64_t q = 0; q < x.m; q++) {
        if (x.value[q] != c[x.column[q]])
            return 0;
        nonzeros += x.value[q] != 0;
    }
    return nonzeros == norm->nonzeros;
}

int km_sparse_d2(km_entries x, const double *c, const km_norm *norm, double *nearest)
{
    km_dd sum;
    double error;
    if (expand(x, c, norm, &sum, &error) && sum.hi > 0x1p-900 && km_rounds_to(sum, error, nearest))
        return 1;
    *nearest = 0;
    return is_equal(x, c, norm);
}

int km_sparse_distance(km_entries x, const double *c, const km_norm *norm, double *nearest)
{
    km_dd sum;
    double error;
    if (expand(x, c, norm, &sum, &error) && sum.hi > 0x1p-900 &&
        km_root_rounds_to(sum, error, nearest))
        return 1;
    *nearest = 0;
    return is_equal(x, c, norm);
}

int km_sparse_compare_wide(km_entries x, const double *a, const double *b, int64_t d)
{
    km_wide w;
    km_wide_clear(&w);
    for (int64_t p = 0; p < d; p++) {
        if (a[p] != b[p]) {
            km_wide_add_product(&w, a[p], a[p]);
            km_wide_add_product(&w, -b[p], b[p]);
        }
    }
    for (int64_t q = 0; q < x.m; q++) {
        km_wide_add_product(&w, -2 * x.value[q], a[x.column[q]]);
        km_wide_add_product(&w, 2 * x.value[q], b[x.column[q]]);
    }
    return km_wide_sign(&w);
}

int km_sparse_compare(km_entries x, const double *a, const km_norm *norm_a, const double *b,
                      const km_norm *norm_b, int64_t d)
{
    product_sum s = {0, 0, 0, 0};
    for (int64_t q = 0; q < x.m; q++)
        add_product(&s, x.value[q], km_two_diff(a[x.column[q]], b[x.column[q]]));
    const km_dd products = km_two_sum(s.high, s.rest);
    const km_dd twice = {2 * products.hi, 2 * products.lo};
    const km_dd difference = km_dd_sub(km_dd_sub(norm_a->sum, norm_b->sum), twice);
    const double size = norm_a->sum.hi + norm_b->sum.hi + s.size;
    const double exact = norm_a->error + norm_b->error + 2 * bound_of(&s, (double)x.m);
    /* The two subtractions of double-doubles: 3 u^2 of results no larger than 2 * size each. Of
     * three exact numbers the first is exact, and the second has the right sign. */
    const double error = exact == 0 ? 0 : exact + 0x1p-100 * size;
    if (size < LARGEST) {
        if (difference.hi > error)
            return 1;
        if (difference.hi < -error)
            return -1;
        if (difference.hi == 0 && error == 0)
            return 0;
    }
    return km_sparse_compare_wide(x, a, b, d);
}
