/* Floor 2: the steps that touch rows, one set per element type (typed_f32.c, typed_f64.c). The
 * pointers behind void are REALs of that type. All run inside a phase, on thread t's scratch. */
#ifndef KM_TYPED_H
#define KM_TYPED_H

#include "run.h"

/* A centroid to measure from; sparse rows need its norm as well (NULL for dense ones). */
typedef struct km_center {
    const double *c;
    const km_norm *norm;
} km_center;

/* An interval around a squared distance. */
typedef struct km_interval {
    double low, high;
} km_interval;

/* Centroids from the panels of a level as its assign_low wants them, and the assignment by it. */
typedef struct km_lanes {
    void (*pack)(km_run *run);
    void (*assign)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label);
} km_lanes;

struct km_typed {
    int64_t real_size; /* of a number in km_rows.x; 0: sparse rows */
    bool sparse;

    /* Sparse rows, else NULL: what is wrong with row i; then no other slot may see it. */
    km_csr_fault (*fault)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                          int64_t *column);

    /* Bring rows i0 .. i0+m-1 of a block into kernel form: in place where they lie so already,
     * else converted into the thread's buffer; skipped rows are left out. */
    void (*load)(const km_run *run, km_thread *t, const km_block *block, int64_t i0, int64_t m,
                 km_rows *rows);

    /* Copy m rows of the run's source, which can seek, any numbers, as REALs to out (m x d); where
     * it can be shared several threads may do so at once. row: scratch of d. 0 or a negative
     * status. */
    int (*gather)(const km_run *run, const int64_t *rows, int64_t m, double *row, void *out);

    /* Copy rows i0 .. i0+m-1 of a block as REALs to out (m x d). */
    void (*copy)(const km_run *run, const km_block *block, int64_t i0, int64_t m, void *out);

    /* Column statistics; 1 if a value cannot be used. */
    int (*range)(const km_run *run, const km_rows *rows, int64_t i0, int64_t m,
                 const km_range *range);

    /* First column of row i whose value cannot be used, or -1; *value is it. */
    int64_t (*bad_column)(const km_run *run, const km_rows *rows, int64_t i, double *value);

    /* Sum of w (x - shift)^2 into digits of three grids (inertia.c). */
    void (*squares)(const km_run *run, km_thread *t, const km_rows *rows, const double *shift,
                    const double *magic, int64_t *digits);

    /* Low dimensions or few centroids, by level: rows as they are, in lanes of its type, where it
     * has such (assign_low_real.h). */
    km_lanes lanes[KM_BY_F64 + 1];

    /* label[i] = exact argmin over the packed centroids, lowest index on ties. */
    void (*assign)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label);

    /* Distances to own (label[i]) and to the second nearest of the packed centroids, both the
     * nearest float64, out[2*i], out[2*i+1]; +inf where there is no second. */
    void (*two_distances)(const km_run *run, km_thread *t, const km_rows *rows,
                          const int32_t *label, double *out);

    /* Add or subtract local rows i0 .. i0+m-1: label[0 .. m-1] >= 0 are their clusters (sums.c).
     * Of a row without weight the patterns of magic are added as well, with one two of them, but
     * none of a sparse row. */
    void (*add)(const km_run *run, km_thread *t, const km_rows *rows, const int32_t *label,
                int64_t i0, int64_t m, int32_t subtract, uint64_t *acc);

    /* The same for rows that change their cluster: local row row[q] of rows->x (where they lie
     * apart: its place there) from from[q] to to[q], q < m. Without weights. */
    void (*move)(const km_run *run, const km_rows *rows, const int32_t *row, const int32_t *from,
                 const int32_t *to, int64_t m, uint64_t *acc);

    /* The squared distance of row i to c: */
    /* where every difference, square and sum is exact in float64; */
    double (*whole_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                       km_center c);
    /* bounds, infinite where squares may have left the range of float64; */
    km_interval (*near_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                           km_center c);
    /* the nearest float64; */
    double (*exact_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                       km_center c);
    /* for sums: the recipe of d2 in kernels_real.h, or the nearest float64 where squares leave its
     * range or d is large; relative error below 1e-13. */
    double (*sum_d2)(const km_run *run, km_thread *t, const km_rows *rows, int64_t i, km_center c);

    /* The row as float64. */
    void (*row)(const km_run *run, const km_rows *rows, int64_t i, double *out);
};

extern const km_typed km_typed_f32;
extern const km_typed km_typed_f64;
extern const km_typed km_typed_sparse;

/* The set for a source's type: f64 and i32 rows are double, all others float; the set for a run. */
const km_typed *km_typed_for(int dtype);
const km_typed *km_typed_of(const km_sizes *sizes);

enum { KM_RECIPE_COLUMNS = 4096 }; /* (4096/8 + 8) * 2^-53 < 1e-13: up to here sum_d2 may use it */

/* Relative error bound of the kernels' d2 recipe: (d/8 + 6) u, rounded up generously. */
static inline double km_d2_error(int64_t d) { return ((double)d / 8 + 8) * 0x1p-53; }

/* The cost of a call of d2 in multiply-adds of a float32 kernel, for km_review_level: 15 per
 * dimension and 200 with everything in cache (bench_kernels, d2 beside assign, d = 16 .. 784), and
 * half as much again for centroids that are not. */
static inline int64_t km_meet_effort(int64_t d) { return 24 * (d + 32); }

/* A table's kernels by type. */
static inline const km_kernels_f32 *kernels_of_f32(const km_isa *isa) { return isa->f32; }
static inline const km_kernels_f64 *kernels_of_f64(const km_isa *isa) { return isa->f64; }

#endif
