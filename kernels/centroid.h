/* The contract of the kernels on centroids to be: means, terms of the inertia, candidates of
 * k-means++. One const table per instruction set, km_table_<isa>_centroid, beside those of
 * kernels.h. means and terms give the bits of the functions they stand for (kernels/exact): a lane
 * does what one column did. */
#ifndef KM_CENTROID_H
#define KM_CENTROID_H

#include "exact/digits.h"
#include "kernels.h"

/* Clusters whose terms are formed together: a sum over columns waits for itself, so several of them
 * hide the latency. */
enum { KM_TERM_CLUSTERS = 16 };

/* Candidates that a row meets at once, and columns of a chunk of them. */
enum { KM_NEAR_GROUP = 8, KM_NEAR_CHUNK = 16, KM_NEAR_AHEAD = 16 };

/* A group of candidates as the slot `open` wants it, d dimensions: c_q, then e_q = c_q - c_0
 * rounded, each [KM_PACKED_LD(d)/16][8][16]; then numbers, from KM_NEAR_SQUARES on s |e_q|^2, from
 * KM_NEAR_FACTORS on 0 for the first and 2 for the others, at KM_NEAR_SHRINK s. */
#define KM_NEAR_PART(d) (KM_NEAR_GROUP * KM_PACKED_LD(d))
enum { KM_NEAR_SQUARES = 0, KM_NEAR_FACTORS = 8, KM_NEAR_SHRINK = 16, KM_NEAR_NUMBERS = 32 };
#define KM_NEAR_SIZE(d) (2 * KM_NEAR_PART(d) + KM_NEAR_NUMBERS)

typedef struct km_term_group {
    int32_t m; /* clusters, 1 .. KM_TERM_CLUSTERS */
    int32_t limbs;
    int64_t d;
    const int32_t *exponent[KM_TERM_CLUSTERS]; /* [d] each */
    const double *middle[KM_TERM_CLUSTERS];    /* [d] each, m_p of src/steps/inertia.h */
    const int64_t *digits[KM_TERM_CLUSTERS];   /* [limbs+1][d] each */
    const double *c[KM_TERM_CLUSTERS];         /* [d] each */
    km_dd weight[KM_TERM_CLUSTERS];
} km_term_group;

typedef struct km_centroid_kernels {
    /* km_digits_mean for a weight in units of its grid, > 0. Returns 1, or 0 where a column needs
     * the exact comparison: then mean is to be formed again. */
    int (*means)(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                 km_dd weight, int32_t weight_exponent, double *mean);

    /* term[g] += sum_p a (w a - 2 (s_p - w m_p)), a = c_p - m_p, in double-double, p ascending, as
     * km_inertia_term has it. Returns the set of clusters, bit g, whose digits do not fit a
     * double-double by the quick way: their terms are to be formed again. */
    uint32_t (*terms)(const km_term_group *group, km_dd *term);

    /* Joins the columns of c [d] that are not 0 to a set (columns.h). */
    void (*columns)(const double *c, int64_t d, uint64_t *set);

    /* Squared distances of one row to a group of candidates in REAL, for screening: summed in any
     * order, within (d+3)u, relatively, of the real value barring underflow (d * tiny) and overflow
     * (+inf). Any alignment of x. packed: [KM_PACKED_LD(d)/16][8][16],
     * columns beyond d zero. d2[q] for q < m, 1 <= m <= 8, is set, the rest unspecified. */
    void (*near_f32)(const float *x, const float *packed, int64_t m, int64_t d, float *d2);
    void (*near_f64)(const double *x, const double *packed, int64_t m, int64_t d, double *d2);

    /* The same for rows x + index[i]*ldx, 0 <= i < rows: from open[i], a set of q < m, bit q, those
     * are taken whose distance, within near's bound, or a lower bound of the real distance is in
     * [least[i], most). The bound is s |t|^2 + s |e_q|^2 - 2 t.e_q, t = x - c_0: half the work. Its
     * error is below 4 (d + 12) u (|t|^2 + |e_q|^2), barring underflow (4 d * tiny):
     *   t and e_q are rounded: u (|t| + |e_q|) of length, at most 4 u (|t|^2 + |e_q|^2) of square;
     *   squares and products, summed in any order: (d + 3) u / (1 - (d + 3) u) of |t|^2, of |e_q|^2
     *   and of 2 |t| |e_q| <= |t|^2 + |e_q|^2;
     *   the last operations: 10 u (|t|^2 + |e_q|^2),
     * so s = 1 - 4 (d + 12) u will do while it is 1/2 or more; else it is to be -INFINITY. What
     * overflows is infinite or NaN, and proves nothing. Rows may lie apart: the memory of those
     * some places on is asked for, up to index[rows + KM_NEAR_AHEAD - 1], which need not be
     * rows. */
    void (*open_f32)(const float *x, int64_t ldx, const int32_t *index, int64_t rows,
                     const float *group, int64_t m, int64_t d, const float *least, float most,
                     uint8_t *open);
    void (*open_f64)(const double *x, int64_t ldx, const int32_t *index, int64_t rows,
                     const double *group, int64_t m, int64_t d, const double *least, double most,
                     uint8_t *open);
} km_centroid_kernels;

#define KM_ISA(name, feature, tiles) extern const km_centroid_kernels km_table_##name##_centroid;
#include "isa.inc"
#undef KM_ISA

#endif
