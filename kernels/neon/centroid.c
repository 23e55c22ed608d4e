#include "vec.h"

/* The sum of all lanes, in any order. */
KM_INLINE float vec_total_f32(vec_f32 v) { return vaddvq_f32(v); }
KM_INLINE double vec_total_f64(vec_f64 v) { return vaddvq_f64(v); }

KM_INLINE vec_f32 vec_sub_f32(vec_f32 a, vec_f32 b) { return vsubq_f32(a, b); }
KM_INLINE vec_f64 vec_sub_f64(vec_f64 a, vec_f64 b) { return vsubq_f64(a, b); }

#include "../centroid_loops.h"

#define KM_CENTROID_TABLE km_table_neon_centroid
#include "../centroid_body.h"
