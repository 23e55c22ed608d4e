#include "vec.h"

/* The sum of all lanes, in any order. */
KM_INLINE float vec_total_f32(vec_f32 v) { return (v.a + v.b) + (v.c + v.d); }
KM_INLINE double vec_total_f64(vec_f64 v) { return (v.a + v.b) + (v.c + v.d); }

KM_INLINE vec_f32 vec_sub_f32(vec_f32 x, vec_f32 y)
{
    return (vec_f32){x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d};
}
KM_INLINE vec_f64 vec_sub_f64(vec_f64 x, vec_f64 y)
{
    return (vec_f64){x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d};
}

#include "../centroid_loops.h"

#define KM_CENTROID_TABLE km_table_scalar_centroid
#include "../centroid_body.h"
