/* Means and terms of the inertia: loops over columns that compilers turn into vectors.
 * Parameter: KM_CENTROID_TABLE, km_table_<isa>_centroid, and the
 * folder's vec.h, vec_sub, vec_total and vec_totals, defined before. */

#include <math.h>

#include "centroid.h"
#include "columns.h"
#include "inline.h"

enum { CENTROID_COLUMNS = 32 }; /* columns at a time: what is unfinished stays in L1 */

/* km_digits_units of n columns; returns 0 where is_exact would be 1 for all of them. */
KM_INLINE uint64_t sum_units(const int64_t *digits, int32_t limbs, int64_t d, const int64_t n,
                             double *restrict hi, double *restrict lo)
{
    const int64_t *const top = digits + limbs * d;
    uint64_t lost = 0;
    for (int64_t p = 0; p < n; p++) {
        const double rounded = (double)top[p];
        hi[p] = rounded;
        lo[p] = (double)(top[p] - (int64_t)rounded);
    }
    for (int32_t l = limbs - 1; l >= 0; l--) {
        const int64_t *const row = digits + l * d;
        for (int64_t p = 0; p < n; p++) {
            const km_dd s = km_two_sum(hi[p] * 0x1p51, (double)row[p]);
            const km_dd t = km_two_sum(lo[p] * 0x1p51, s.lo);
            const km_dd v = km_two_sum(s.hi, t.hi);
            lost |= km_bits(t.lo) & INT64_MAX; /* -0 is none */
            hi[p] = v.hi;
            lo[p] = v.lo;
        }
    }
    return lost;
}

/* Columns of one cluster; returns 0 where all are settled. See mean.c for the bound. */
KM_INLINE uint64_t mean_columns(const double *restrict hi, const double *restrict lo,
                                const int32_t *restrict exponent, const int64_t n, km_dd weight,
                                int32_t weight_exponent, double *restrict mean)
{
    uint64_t open = 0;
    for (int64_t p = 0; p < n; p++) {
        const double q = hi[p] / weight.hi;
        const km_dd back = km_two_prod(q, weight.hi);
        const double rest = ((hi[p] - back.hi) - back.lo) + (lo[p] - q * weight.lo);
        const km_dd ratio = km_fast_two_sum(q, rest / weight.hi);
        const double error = 0x1p-98 * fabs(ratio.hi);
        const double up = ratio.hi + (ratio.lo + error), down = ratio.hi + (ratio.lo - error);
        const int64_t scale = (int64_t)exponent[p] - weight_exponent;
        const int64_t field = (int64_t)(km_bits(up) >> 52 & 0x7ff) + scale;
        const uint64_t apart = km_bits(up) ^ km_bits(down);
        const uint64_t outside = (uint64_t)(field - 1) | (uint64_t)(2046 - field); /* top bit */
        const uint64_t zero = hi[p] == 0 ? ~UINT64_C(0) : 0;
        open |= (apart | outside >> 63) & ~zero;
        mean[p] = km_from_bits((km_bits(up) + ((uint64_t)scale << 52)) & ~zero);
    }
    return open;
}

static int centroid_means(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                          km_dd weight, int32_t weight_exponent, double *mean)
{
    double hi[CENTROID_COLUMNS], lo[CENTROID_COLUMNS];
    uint64_t open = 0;
    for (int64_t p = 0; p < d; p += CENTROID_COLUMNS) {
        const int64_t n = d - p < CENTROID_COLUMNS ? d - p : CENTROID_COLUMNS;
        sum_units(digits + p, limbs, d, n, hi, lo); /* the bound covers what is lost */
        open |= mean_columns(hi, lo, exponent + p, n, weight, weight_exponent, mean + p);
    }
    return open == 0;
}

/* 2^exponent, -1074 <= exponent <= 1023. */
KM_INLINE double grid_unit(int32_t exponent)
{
    return km_from_bits(exponent >= -1022 ? (uint64_t)(exponent + 1023) << 52
                                          : (uint64_t)1 << (exponent + 1074));
}

/* The terms of n columns into hi and lo, which held the sums in units. */
KM_INLINE void term_columns(double *restrict hi, double *restrict lo, const double *restrict unit,
                            const double *restrict middle, const double *restrict c, km_dd w,
                            const int64_t n)
{
    for (int64_t p = 0; p < n; p++) {
        const double high = hi[p] * unit[p]; /* integers times 2^-1074 or more: exact */
        const km_dd sum = {high, high - high == 0 ? lo[p] * unit[p] : 0.0};
        const km_dd s = km_dd_sub(sum, km_dd_mul_d(w, middle[p]));
        const km_dd a = km_two_diff(c[p], middle[p]);
        const km_dd twice = {2 * s.hi, 2 * s.lo};
        const km_dd term = km_dd_mul(a, km_dd_sub(km_dd_mul(w, a), twice));
        hi[p] = term.hi;
        lo[p] = term.lo;
    }
}

/* Unfinished terms of a group, column by column, and the sums of the columns so far. */
typedef struct term_sums {
    double hi[CENTROID_COLUMNS][KM_TERM_CLUSTERS], lo[CENTROID_COLUMNS][KM_TERM_CLUSTERS];
    double total_hi[KM_TERM_CLUSTERS], total_lo[KM_TERM_CLUSTERS];
} term_sums;

KM_INLINE void put_terms(term_sums *sums, const double *restrict hi, const double *restrict lo,
                         int32_t g, const int64_t n)
{
    for (int64_t p = 0; p < n; p++) {
        sums->hi[p][g] = hi[p];
        sums->lo[p][g] = lo[p];
    }
}

KM_INLINE void add_terms(term_sums *sums, const int64_t n)
{
    double *restrict const total_hi = sums->total_hi, *restrict const total_lo = sums->total_lo;
    for (int64_t p = 0; p < n; p++) {
        const double *restrict const hi = sums->hi[p], *restrict const lo = sums->lo[p];
        for (int g = 0; g < KM_TERM_CLUSTERS; g++) {
            const km_dd total = {total_hi[g], total_lo[g]}, term = {hi[g], lo[g]};
            const km_dd sum = km_dd_add(total, term);
            total_hi[g] = sum.hi;
            total_lo[g] = sum.lo;
        }
    }
}

/* Columns p .. p+n-1 of the group; returns the clusters to be formed again. */
KM_INLINE uint32_t sum_terms(const km_term_group *group, int64_t p, const int64_t n,
                             term_sums *sums)
{
    double unit[CENTROID_COLUMNS], hi[CENTROID_COLUMNS], lo[CENTROID_COLUMNS];
    uint32_t again = 0;
    for (int32_t g = 0; g < group->m; g++) {
        if (g == 0 || group->exponent[g] != group->exponent[g - 1]) {
            for (int64_t q = 0; q < n; q++) {
                unit[q] = grid_unit(group->exponent[g][p + q]);
            }
        }
        const uint64_t lost = sum_units(group->digits[g] + p, group->limbs, group->d, n, hi, lo);
        again |= lost != 0 ? UINT32_C(1) << g : 0;
        term_columns(hi, lo, unit, group->middle[g] + p, group->c[g] + p, group->weight[g], n);
        put_terms(sums, hi, lo, g, n);
    }
    add_terms(sums, n);
    return again;
}

static uint32_t centroid_terms(const km_term_group *group, km_dd *term)
{
    term_sums sums = {0};
    uint32_t again = 0;
    for (int32_t g = 0; g < group->m; g++) {
        sums.total_hi[g] = term[g].hi;
        sums.total_lo[g] = term[g].lo;
    }
    for (int64_t p = 0; p < group->d; p += CENTROID_COLUMNS) {
        const int64_t n = group->d - p < CENTROID_COLUMNS ? group->d - p : CENTROID_COLUMNS;
        again |= sum_terms(group, p, n, &sums);
    }
    for (int32_t g = 0; g < group->m; g++) {
        term[g] = (km_dd){sums.total_hi[g], sums.total_lo[g]};
    }
    return again;
}

static void centroid_columns(const double *c, int64_t d, uint64_t *set)
{
    const int64_t whole = d - d % KM_COLUMNS_WORD;
    for (int64_t p = 0; p < whole; p += KM_COLUMNS_WORD) {
        uint64_t word = 0;
        for (int64_t q = 0; q < KM_COLUMNS_WORD; q++) {
            word |= c[p + q] != 0 ? UINT64_C(1) << q : 0;
        }
        set[p / KM_COLUMNS_WORD] |= word;
    }
    for (int64_t p = whole; p < d; p++) {
        set[p / KM_COLUMNS_WORD] |= c[p] != 0 ? UINT64_C(1) << p % KM_COLUMNS_WORD : 0;
    }
}

#define REAL    float
#define T(name) name##_f32
#include "candidates_real.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "candidates_real.h"
#undef REAL
#undef T

const km_centroid_kernels KM_CENTROID_TABLE = {
    .means = centroid_means,
    .terms = centroid_terms,
    .columns = centroid_columns,
    .near_f32 = near_candidates_f32,
    .near_f64 = near_candidates_f64,
    .open_f32 = open_candidates_f32,
    .open_f64 = open_candidates_f64,
};
