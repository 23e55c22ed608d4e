#include "pack_panels.h"
#include <math.h>
#include <stddef.h>
#include "kernels.h"

/* Roundings that separate the computed norm from the true ones: (d/8 + 6) * 2^-53 in the sum,
 * one in the root, 2^-24 per component where the element type is float; where squares or
 * components underflow, at most `tiny` per component. */
static double round_norm_up(double sum, int64_t d, double tiny)
{
    return sqrt(sum) * (1.0 + 0x1p-23 + (double)(d + 8) * 0x1p-52) + sqrt((double)d) * tiny;
}

#define REAL    float
#define T(name) name##_f32
#include "pack_panels_real.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "pack_panels_real.h"
#undef REAL
#undef T
