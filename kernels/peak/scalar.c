#include "kernels/product.h"

/* Plain numbers instead of the table's vocabulary of four, which compilers may keep in pairs. */
enum { VL_f32 = 1, VL_f64 = 1 };
typedef float vec_f32;
typedef double vec_f64;

KM_INLINE float vec_set_f32(float a) { return a; }
KM_INLINE double vec_set_f64(double a) { return a; }
KM_INLINE float vec_min_f32(float a, float b) { return a < b ? a : b; }
KM_INLINE double vec_min_f64(double a, double b) { return a < b ? a : b; }
KM_INLINE float vec_reduce_min_f32(float a) { return a; }
KM_INLINE double vec_reduce_min_f64(double a) { return a; }

KM_INLINE float vec_fnmadd_f32(float acc, float a, float b)
{
    return KM_HARDWARE_FMA ? __builtin_fmaf(-a, b, acc) : acc - a * b;
}

KM_INLINE double vec_fnmadd_f64(double acc, double a, double b)
{
    return KM_HARDWARE_FMA ? __builtin_fma(-a, b, acc) : acc - a * b;
}

#define PEAK        km_peak_scalar
#define PEAK_CHAINS 12
#include "probe.h"
