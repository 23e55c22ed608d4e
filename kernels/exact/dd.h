/* Double-double arithmetic: unevaluated sums hi + lo with |lo| <= ulp(hi)/2.
 *
 * u = 2^-53. Bounds from Joldes, Muller, Popescu, "Tight and rigorous error bounds for basic
 * building blocks of double-word arithmetic", ACM TOMS 44 (2017); they hold while nothing
 * overflows or underflows. The bits of every result here are the same with and without FMA
 * instructions, except for km_two_prod and km_two_square below 2^-960 (see there). */
#ifndef KM_EXACT_DD_H
#define KM_EXACT_DD_H

#include "../float_rules.h"

typedef struct km_dd {
    double hi;
    double lo;
} km_dd;

/* a + b == hi + lo exactly, subnormals included, unless a + b overflows. */
static inline km_dd km_two_sum(double a, double b)
{
    const double s = a + b;
    const double bb = s - a;
    const km_dd r = {s, (a - (s - bb)) + (b - bb)};
    return r;
}

/* The same where |a| >= |b| or a == 0. */
static inline km_dd km_fast_two_sum(double a, double b)
{
    const double s = a + b;
    const km_dd r = {s, b - (s - a)};
    return r;
}

/* a - b == hi + lo exactly. */
static inline km_dd km_two_diff(double a, double b) { return km_two_sum(a, -b); }

#if defined(__FMA__) || defined(__aarch64__)
#define KM_HAVE_FUSED 1
#else
#define KM_HAVE_FUSED 0
#endif

#if !KM_HAVE_FUSED
/* Veltkamp: a == hi + lo, both of 26 bits or less. |a| < 2^995. */
static inline km_dd km_split(double a)
{
    const double t = a * 0x1.0000002p27;
    const double hi = t - (t - a);
    const km_dd r = {hi, a - hi};
    return r;
}
#endif

/* a * b == hi + lo exactly if |a|, |b| < 2^995, |a*b| < 2^1021 and either a*b == 0, |a*b| >= 2^-960
 * or a and b are multiples of powers of two whose product is >= 2^-1074. Else lo is off by up to
 * 2^-1035, and differently with and without FMA: use it only where an error bound follows. */
static inline km_dd km_two_prod(double a, double b)
{
    const double p = a * b;
#if KM_HAVE_FUSED
    const km_dd r = {p, __builtin_fma(a, b, -p)};
#else
    const km_dd x = km_split(a);
    const km_dd y = km_split(b);
    const km_dd r = {p, x.lo * y.lo - (((p - x.hi * y.hi) - x.lo * y.hi) - x.hi * y.lo)};
#endif
    return r;
}

/* km_two_prod(a, a), one split less. */
static inline km_dd km_two_square(double a)
{
    const double p = a * a;
#if KM_HAVE_FUSED
    const km_dd r = {p, __builtin_fma(a, a, -p)};
#else
    const km_dd x = km_split(a);
    const km_dd r = {p, x.lo * x.lo - ((p - x.hi * x.hi) - (x.hi + x.hi) * x.lo)};
#endif
    return r;
}

/* km_two_prod with the same bits everywhere: lo is 0 where |a*b| < 2^-960. For results. */
static inline km_dd km_two_prod_even(double a, double b)
{
    const km_dd p = km_two_prod(a, b);
    const double size = p.hi < 0 ? -p.hi : p.hi;
    const km_dd r = {p.hi, size < 0x1p-960 ? 0.0 : p.lo};
    return r;
}

/* Relative error <= 3u^2 / (1 - 4u). */
static inline km_dd km_dd_add(km_dd a, km_dd b)
{
    const km_dd s = km_two_sum(a.hi, b.hi);
    const km_dd t = km_two_sum(a.lo, b.lo);
    const km_dd v = km_fast_two_sum(s.hi, s.lo + t.hi);
    return km_fast_two_sum(v.hi, t.lo + v.lo);
}

static inline km_dd km_dd_sub(km_dd a, km_dd b)
{
    const km_dd minus_b = {-b.hi, -b.lo};
    return km_dd_add(a, minus_b);
}

/* Relative error <= 2u^2. */
static inline km_dd km_dd_add_d(km_dd a, double b)
{
    const km_dd s = km_two_sum(a.hi, b);
    return km_fast_two_sum(s.hi, a.lo + s.lo);
}

/* Relative error <= 7u^2 where |a*b| >= 2^-960, else <= 4u. */
static inline km_dd km_dd_mul(km_dd a, km_dd b)
{
    const km_dd c = km_two_prod_even(a.hi, b.hi);
    const double cross = a.hi * b.lo + a.lo * b.hi;
    return km_fast_two_sum(c.hi, c.lo + cross);
}

/* Relative error <= 3u^2 where |a*b| >= 2^-960, else <= 4u. */
static inline km_dd km_dd_mul_d(km_dd a, double b)
{
    const km_dd c = km_two_prod_even(a.hi, b);
    return km_fast_two_sum(c.hi, c.lo + a.lo * b);
}

#endif
