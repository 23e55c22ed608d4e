/* The contract between the steps (src/steps) and the kernels, for one element type.
 *
 * Parameters of this file, set by kernels.h before each inclusion:
 *   REAL      float or double
 *   OTHER     the other of the two
 *   T(name)   name_f32 or name_f64
 *
 * Every slot is a pure function of its arguments: no allocation, no threads, no errors, no I/O,
 * no state. The comment on a slot is its whole specification. A kernel validates nothing;
 * pointers never overlap unless the slot says so. Rounding is to nearest and subnormals are
 * kept when a kernel is called (the caller guarantees the FP mode).
 *
 * Names: m rows in a block, d dimensions, k clusters, x rows, c centroids, i row, j cluster,
 * p dimension. Strides and leading dimensions count elements. u is the unit roundoff of REAL
 * (2^-24 or 2^-53).
 *
 * Packed rows:   row-major, leading dimension KM_PACKED_LD(d), 64-byte aligned, rows m up to the
 *                next multiple of mr and columns d up to ld are present and zero.
 * Panels:        panel q holds centroids q*nr .. q*nr+nr-1 as [p in d][lane in nr], panel q at
 *                panels + q*d*nr, 64-byte aligned. half_norm has npanels*nr entries.
 *                Lanes beyond k, and centroids that repeat an earlier one, have components 0 and
 *                half_norm +infinity: they can never be nearest. Nor can others with finite
 *                components whose half_norm is +infinity. */

/* What `assign` returns for one row i: the smallest scores of the row over all centroids. */
typedef struct T(km_nearest) {
    REAL *best;   /* [m] smallest computed score */
    REAL *second; /* [m] second smallest computed score (== best on a tie), +inf if there is none */
    REAL *third;  /* [m] a lower bound of every computed score but those of label and label2 */
    int32_t *label;  /* [m] lane with score best; on equal computed scores any of them */
    int32_t *label2; /* [m] lane with score second, or -1 where the kernel does not know it;
                        then third <= second */
} T(km_nearest);

/* Gaps: of a row whose label is proved, at most the difference between the distances (not squared)
 * of z to the nearest other centroid that is no duplicate and to that of its label; less than the
 * root of the bound below it, and 2^-12 of it. Not greater than 0, or NaN: nothing is known. */

/* For `list_below`. */
typedef struct T(km_below) {
    const REAL *limit; /* [m] */
    int32_t room;      /* at least KM_BELOW_MORE */
    int32_t *count;    /* [m] how many there are */
    int32_t *list;     /* [m*room] row i's from i*room on, ascending; of a row that has more than
                          room - KM_BELOW_MORE no entry means anything */
} T(km_below);

/* Centroids for `assign_low`: k x KM_LOW_LD(d), each d shifted, scaled and rounded components as in
 * the panels, then the half norm (lowered by its bias, +infinity for a duplicate), then zeros. Any
 * alignment. */
typedef struct T(km_low) {
    const REAL *centroids;
    int32_t k;
    const double *shift; /* [d], as is scale, of the rows' type */
    double scale;
    REAL a0;   /* the bound's factor A of src/steps/panels_pair.h, rounded up, at most 1e-4 */
    REAL tiny; /* what underflow may add, from above */
    const int32_t *hint; /* [m] labels in 0 .. k-1 that most rows may well keep, or NULL; no result
                            depends on it. Not looked at where gaps are wanted */
    const REAL *inner;   /* [k] less than a quarter of the squared distance to the nearest other
                          centroid that is no duplicate, by 2^-12 of it, of a duplicate 0; or NULL;
                          no result depends on it */
    const int32_t *row;  /* assign_few: [m] the rows' numbers in x, ascending; NULL: 0 .. m-1 */
    REAL *gap;           /* [m] the rows' gaps, or NULL: not wanted */
} T(km_low);

/* Centroids for `assign_sparse`: panel q holds centroids q*width .. q*width+width-1 as
 * [p in d][lane in width] at panels + q*d*width; width is one to nr / vl whole
 * vectors. 64-byte aligned; lanes beyond k and duplicates as in the panels above. */
typedef struct T(km_sparse_panels) {
    const REAL *panels;
    const REAL *half_norm; /* [count*width] */
    int64_t d, count, width;
} T(km_sparse_panels);

/* Column statistics, all arrays of d doubles, updated in place (see the slot `range`). */
#ifndef KM_RANGE_DEFINED
#define KM_RANGE_DEFINED
typedef struct km_range {
    double *max_abs; /* largest |x|, start 0 */
    double *low_bit; /* smallest value of a lowest set bit (a power of two), start +inf */
    double *min;     /* start +inf */
    double *max;     /* start -inf */
    double *seen;    /* NULL, or of sparse rows: how many have an entry, start 0 */
} km_range;
#endif

typedef struct T(km_kernels) {
    const char *isa;    /* "scalar", "avx2", "avx512", "neon" */
    int32_t mr;         /* rows of a register tile */
    int32_t nr;         /* centroids of a panel, a multiple of the vector length */
    int32_t vl;         /* REALs of a vector */
    int32_t block_rows; /* rows a call of assign should get: a multiple of mr, chosen by
                           measurement so that a panel is used often enough while it is in L1 */
    int32_t inner_from; /* assign_low looks at km_low.inner of so many centroids */
    int32_t inner_k;    /* up to so many; 0: never */
    int32_t few_k;      /* up to so many centroids assign_few is quicker than packing and assign, by
                           measurement; at most KM_FEW_K */
    int32_t state_size; /* REALs of scratch per row that assign needs */

    /* out[q] = x[q] for q < count: numbers of another type (KM_NUMBER_..., numbers.h), aligned to
     * it, as REALs. Exact for every type but F64 and I32 as floats, which nobody asks for. */
    void (*convert)(const void *x, int32_t number, int64_t count, REAL *out);

    /* Shift, scale and round rows: xp[i][p] = (x[i*ldx+p] - shift[p]) * scale, each operation
     * rounded to REAL, into the packed layout above. scale is a power of two.
     * norm2[i] (double) >= the real sum of squares of row i of xp, and <= 1.001 + d u times it
     * (plus REAL's smallest normal number); +inf or NaN where the sum left the range of REAL or the
     * row overflowed. Any alignment of x. */
    void (*pack_rows)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const REAL *shift,
                      REAL scale, REAL *xp, double *norm2);

    /* The same for rows of the other type (double for float, float for double), shift too: shifted
     * and scaled in double, then rounded to REAL once. */
    void (*pack_other)(const OTHER *x, int64_t ldx, int64_t m, int64_t d, const OTHER *shift,
                       double scale, REAL *xp, double *norm2);

    /* Scores v[i][j] = half_norm[j] - sum_p xp[i][p]*panel[p][j], summed in any order, with or
     * without fused operations, starting from half_norm: every result is within
     *   (d+1)u/(1-(d+1)u) * (half_norm[j] + sum_p |xp[i][p]*panel[p][j]|) + (d+1)*tiny
     * of the real value, tiny being the smallest positive subnormal, as long as the sum in
     * parentheses is below REAL's largest value. Beyond that (a row that is not finite included)
     * a score may be infinite or NaN, and a NaN may pass unseen: the caller must treat every row
     * with norm2 * (largest centroid norm)^2 near the square of REAL's range as not decided.
     * Labels are in [0, npanels*nr) whatever the values.
     * The two smallest per row go to `out`. Any m >= 0; npanels >= 1.
     * state: scratch of (m rounded up to mr) * state_size REALs, 64-byte aligned. */
    void (*assign)(const REAL *xp, int64_t m, int64_t d, const REAL *panels, const REAL *half_norm,
                   int64_t npanels, REAL *state, const T(km_nearest) * out);

    /* Low dimensions, d <= KM_LOW_D: label m rows as they are (row-major, any alignment). With
     * z = (x - shift) * scale as in pack_rows and scores as in `assign`, label[i] is the centroid
     * with the smallest score if it is proved to be nearest:  second - best > A (12 |z|^2 + 11
     * best) + tiny, else -1; up to A (13 |z|^2 + 12 best) it may be -1 all the same. (|c|^2 <=
     * 2|z|^2 + 2|z-c|^2 = 4|z|^2 + 4f bounds the winner's norm, so that no look-up is needed.) Rows
     * with NaN or overflow get -1. Returns how many got -1. */
    int64_t (*assign_low)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const T(km_low) * c,
                          int32_t *label);

    /* The same for rows of the other type, z being rounded to REAL at last. Float32 tables only,
     * else NULL. */
    int64_t (*assign_low_other)(const OTHER *x, int64_t ldx, int64_t m, int64_t d,
                                const T(km_low) * c, int32_t *label);

    /* Few centroids, KM_LOW_D < d <= KM_FEW_D and 1 <= c->k <= KM_FEW_K: label m rows as assign_low
     * does, z being rounded once where there are fused operations. c->centroids: k rows of
     * KM_PACKED_LD(d), zeros behind the components, then the k half norms; 64-byte aligned. Hints
     * are not looked at. */
    int64_t (*assign_few)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const T(km_low) * c,
                          int32_t *label);

    /* The same for rows of the other type, z being rounded to REAL at last. Float32 tables only,
     * else NULL. */
    int64_t (*assign_few_other)(const OTHER *x, int64_t ldx, int64_t m, int64_t d,
                                const T(km_low) * c, int32_t *label);

    /* One sparse row, m entries x[q] in columns column[q], against all centroids:
     *   score[j] = keep * half_norm[j] - sum_q x[q] * c[column[q]][j],   j < count*width,
     * keep in [0, 1] (infinity stays that), summed in any order: within
     *   (m+6)u/(1-(m+6)u) * (half_norm[j] + sum |products|) + (m+6)*tiny
     * of the real value. The two smallest go to entry 0 of `out`, as `assign` has it. score and
     * state are 64-byte aligned; state: scratch of state_size REALs. */
    void (*assign_sparse)(const int32_t *column, const REAL *x, int64_t m,
                          const T(km_sparse_panels) * c, REAL keep, REAL *score, REAL *state,
                          const T(km_nearest) * out);

    /* Numbers i < m with a[i] != b[i], ascending, into list (room for m); returns how many. */
    int64_t (*list_different)(const int32_t *a, const int32_t *b, int64_t m, int32_t *list);

    /* Rows that keep their label unseen: kept[i] = label[i], which is in 0 .. k-1, where
     * drift[label[i]] < limit[i], else -1. i < m. */
    void (*keep_labels)(const int32_t *label, const float *limit, const float *drift, int64_t m,
                        int32_t *kept);

    /* Until which drift they do: limit[i] <= gap[i] * unit + drift[label[i]], less than 2^-20 of
     * it away, where gap[i] > 0, else -infinity. unit is a power of two with which no gap
     * underflows; limit may be gap. i < m. */
    void (*set_limits)(const float *gap, float unit, const int32_t *label, const float *drift,
                       int64_t m, float *limit);

    /* All the scores, same values as `assign` sees to the bit: out[i*ldo + j], j < npanels*nr, but
     * perhaps for whole vectors behind the last finite half norm. ldo is a multiple of 16 and at
     * least what is written; out is 64-byte aligned; only m rows are written. */
    void (*scores)(const REAL *xp, int64_t m, int64_t d, const REAL *panels, const REAL *half_norm,
                   int64_t npanels, REAL *out, int64_t ldo);

    /* Scores of one packed row with n centroids, number[q] < 2^31, within the bound of `assign`:
     *   out[q] = half_norm[j] - sum_p x[p] * c[j*ld + p],   j = number[q], ld = KM_PACKED_LD(d).
     * c: 64-byte aligned, zeros from d on. */
    void (*row_scores)(const REAL *x, int64_t d, const REAL *c, const REAL *half_norm,
                       const int32_t *number, int64_t n, REAL *out);

    /* The lanes whose scores, within the bound of `assign`, are below a limit of the row. For d up
     * to some hundred: panels are not cut into slices. */
    void (*list_below)(const REAL *xp, int64_t m, int64_t d, const REAL *panels,
                       const REAL *half_norm, int64_t npanels, const T(km_below) * below);

    /* The score of each row with one centroid, j = own[i], within the bound of `assign`:
     *   out[i] = half_norm[j] - sum_p xp[i][p] * c[j*ld + p],   ld = KM_PACKED_LD(d).
     * c: 64-byte aligned, zeros from d on. */
    void (*own_scores)(const REAL *xp, int64_t m, int64_t d, const REAL *c, const REAL *half_norm,
                       const int32_t *own, REAL *out);

    /* Fixed-point column sums. For every row i with label[i] = j >= 0 and every column p, the
     * value v = x[i*ldx+p] is split over `limbs` grids, coarsest first:
     *   for l = limbs-1 .. 0:  t = v + magic[l*d+p];  acc[(j*limbs + l)*d + p] += bits(t);
     *                          v -= t - magic[l*d+p];
     * in double, bits() being the IEEE pattern as uint64 and += modulo 2^64; with subtract != 0
     * it is -= bits(t). magic = 1.5*2^(52+e): t's pattern minus magic's is v on the grid 2^e as
     * an integer. The caller corrects for the patterns of magic and bounds the number of rows.
     * Rows with label < 0 are skipped. The order of rows does not matter: integers. */
    void (*add_rows)(const REAL *x, int64_t ldx, const int32_t *label, int64_t m, int64_t d,
                     const double *magic, int32_t limbs, int32_t subtract, uint64_t *acc);

    /* The same for weighted rows: the exact product w[i]*x = h + e (h rounded, e the exact
     * error) is split twice, first h then e, into the same accumulators: two patterns of magic
     * are added per row, limb and column. */
    void (*add_rows_weighted)(const REAL *x, int64_t ldx, const int32_t *label, const double *w,
                              int64_t m, int64_t d, const double *magic, int32_t limbs,
                              int32_t subtract, uint64_t *acc);

    /* Rows that change their cluster, q < m, row q being row[q] of x: what add_rows with subtract
     * does for label from[q] and without it for to[q]. */
    void (*move_rows)(const REAL *x, int64_t ldx, const int32_t *row, const int32_t *from,
                      const int32_t *to, int64_t m, int64_t d, const double *magic, int32_t limbs,
                      uint64_t *acc);

    /* Sum over rows and columns of w[i]*(x - shift)^2 in fixed point, for the inertia.
     * t = x - shift[p] in double, (double)x and shift exact inputs, t rounded; s = t*t = h + e
     * exactly; with w != NULL the pair is multiplied: h' + e' = w*h exactly, e'' = e' + w*e in
     * double. Both parts go over three grids as in add_rows, magic[l] (l = 2, 1, 0), one scalar
     * per grid, into acc[l] += bits(t). Each (row, column) adds two patterns of each magic.
     * m*d <= 2^10 per call, so that the caller can correct and flush. */
    void (*sum_squares)(const REAL *x, int64_t ldx, const double *w, int64_t m, int64_t d,
                        const double *shift, const double *magic, uint64_t *acc);

    /* Squared distance by the fixed recipe, the same bits on every table: t = (double)x[p]-c[p],
     * lane p mod 8 += t*t (rounded product, rounded sum, never fused), p ascending, lanes added
     * ((0+4)+(2+6))+((1+5)+(3+7)). Relative error <= (d/8 + 6) * 2^-53 barring underflow. */
    double (*d2)(const REAL *x, const double *c, int64_t d);

    /* d2[i] = the same for x and row i of c, i < m; ldc >= d from row to row. m may be 0. */
    void (*d2_rows)(const REAL *x, const double *c, int64_t ldc, int64_t m, int64_t d, double *d2);

    /* Update column statistics with m rows; zeros do not touch low_bit. Returns 0, or 1 when a
     * value is NaN, infinite or larger in magnitude than 2^500 (then the arrays are
     * unspecified but for not trapping; the caller looks for the place). */
    int (*range)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const km_range *r);
} T(km_kernels);
