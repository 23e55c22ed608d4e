/* Centroids into the panels that the slots `assign` and `scores` read: see kernels_real.h. */
#ifndef KM_PACK_PANELS_H
#define KM_PACK_PANELS_H

#include <stdint.h>

/* Pack centroids j0 .. j1-1 of the k x d row-major float64 centroids c, as whole panels of nr
 * (a multiple of 8): j0 is a multiple of nr, j1 one too unless it is k. Calls on disjoint
 * ranges may run at the same time.
 *
 *   z = (c[j*d+p] - shift[p]) * scale, in double, each operation rounded; scale: a power of two
 *   panels:    z rounded to the element type
 *   half_norm: (1/2) sum_p z^2, summed in double with relative error <= (d/8 + 6) * 2^-53, then
 *              rounded to the element type; +inf if it exceeds its range
 *   *max_norm: a double >= the Euclidean norm of every row of z packed here, before and after
 *              rounding to the element type, barely above it; about 0 where there are none
 *
 * The centroid of lane j is number order[j] of c and of duplicate, NULL: j.
 * Lanes from k on, and centroids with duplicate[j] != 0 (duplicate may be NULL), get
 * components 0 and half_norm +inf, and do not count for max_norm. panels and half_norm are the
 * whole arrays; only the part of these panels is written. */
void km_pack_panels_f32(const double *c, const int32_t *order, int64_t k, int64_t d,
                        const double *shift, double scale, const uint8_t *duplicate, int64_t j0,
                        int64_t j1, int32_t nr, float *panels, float *half_norm, double *max_norm);
void km_pack_panels_f64(const double *c, const int32_t *order, int64_t k, int64_t d,
                        const double *shift, double scale, const uint8_t *duplicate, int64_t j0,
                        int64_t j1, int32_t nr, double *panels, double *half_norm,
                        double *max_norm);

/* The components of lane j of such panels, zeros from d to KM_PACKED_LD(d). */
void km_unpack_lane_f32(const float *panels, int64_t d, int32_t nr, int64_t j, float *row);
void km_unpack_lane_f64(const double *panels, int64_t d, int32_t nr, int64_t j, double *row);

#endif
