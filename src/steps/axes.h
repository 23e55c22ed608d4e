/* Floor 2: the leading principal axes of the centroids, and the centroids on them, for the screen
 * of assign_axes_real.h. */
#ifndef KM_AXES_H
#define KM_AXES_H

#include "typed.h"

/* What the screen takes, in multiply-adds of the float32 kernel, by measurement (AVX-512, d = 128
 * and 784, k = 100 to 1,024): a row besides the centroids, h = 0: whose components are known; times
 * d for packing it, as other screens do; a pair on the first axes, a pair that they leave on all h
 * besides the h products. */
int64_t km_axes_row_cost(int64_t d, int64_t h);
enum { KM_AXES_PACKED_ROW = 12, KM_AXES_PAIR = 35, KM_AXES_LISTED_PAIR = 100 };

/* How many axes there are where they pay, and how many for these sizes, 0: they do not. cost: of a
 * multiply-add of the screen that rows would meet otherwise, that of a float32 kernel being 1.
 * kept: the rows' components are kept from pass to pass. */
int32_t km_axes_most(int64_t k);
int32_t km_axes_count(int64_t n, int64_t d, int64_t k, double cost, bool kept);

/* After panels_f32 are packed: the axes, where there are none yet, and the centroids on them.
 * False: no bound holds, nothing may be screened on them. */
bool km_pack_axes(km_run *run);

/* A row's components on the axes are the same from pass to pass as long as axes, shift and scale
 * are. Where there is memory for them (km_axes.kept): t->axes.z and lead of the rows of a block, in
 * the order of t->packed, as they were kept, false: not all of them were; to keep them; and,
 * serial, to begin anew. */
bool km_axes_recall(const km_run *run, km_thread *t, const km_rows *rows);
void km_axes_keep(const km_run *run, const km_thread *t, const km_rows *rows);
void km_axes_forget(km_run *run);

/* Serial: shift and scale may stay as they were, though the centroids are others. */
bool km_axes_hold(const km_axes *axes);

/* Where the packed centroids lie row by row, KM_PACKED_LD(d) apart. */
static inline float *km_axes_near(const km_packed *packed)
{
    return packed->tiles.to.near ? packed->tiles.to.near : packed->panels_f32.rows;
}

/* Panels of the axes. */
static inline int64_t km_axes_panels(const km_run *run)
{
    return (run->packed.axes.h + run->isa->f32->nr - 1) / run->isa->f32->nr;
}

/* The distance of a point from the space of the axes, from above: of squared norm n2 or less, with
 * squared norm z2 on the axes as computed. */
float km_axes_tail(const km_axes *axes, double n2, double z2);

/* Sum of squares, relative error below 2^-40. */
double km_axes_norm2(const float *z, int64_t h);

#endif
