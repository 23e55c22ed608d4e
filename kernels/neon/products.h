/* The inner loop of the panel kernel with multiplications by an element: a vector of a row serves
 * several dimensions, so that one load stands for as many broadcasts. 20 accumulators + 5 row
 * vectors + 4 panel vectors of 32 registers. See ../panel_body.h. */
#ifndef KM_NEON_PRODUCTS_H
#define KM_NEON_PRODUCTS_H

#include "vec.h"

#define KM_OWN_TILE_PRODUCTS

/* acc -= x[lane] * panel, lane being a constant. */
KM_INLINE float32x4_t subtract_product_f32(float32x4_t acc, float32x4_t panel, float32x4_t x,
                                           const int lane)
{
    switch (lane) {
    case 0: return vfmsq_laneq_f32(acc, panel, x, 0);
    case 1: return vfmsq_laneq_f32(acc, panel, x, 1);
    case 2: return vfmsq_laneq_f32(acc, panel, x, 2);
    default: return vfmsq_laneq_f32(acc, panel, x, 3);
    }
}

KM_INLINE float64x2_t subtract_product_f64(float64x2_t acc, float64x2_t panel, float64x2_t x,
                                           const int lane)
{
    return lane == 0 ? vfmsq_laneq_f64(acc, panel, x, 0) : vfmsq_laneq_f64(acc, panel, x, 1);
}

#define REAL    float
#define T(name) name##_f32
#include "products_real.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "products_real.h"
#undef REAL
#undef T

#endif
