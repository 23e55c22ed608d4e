/* Kernels on shorts with VPDPWSSD: see ../shorts_pack.h. */
#include "../avx512/vec.h"
#include "../shorts_pack.h"

#define REAL    float
#define T(name) name##_f32
#include "../turn_rows.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "../turn_rows.h"
#undef REAL
#undef T

enum { STEP = 2 * VL_f32 }; /* rows whose shorts stay in registers while all centroids pass */

#include "shorts_scan.h"

#include "../turn_rows_wide.h"

#define REAL    float
#define T(name) name##_f32
#define TURN    low_turn_rows_f32
#include "shorts_rows.h"
#undef REAL
#undef TURN
#undef T

#define REAL    double
#define T(name) name##_f64
#define TURN    low_turn_rows_wide
#include "shorts_rows.h"
#undef REAL
#undef TURN
#undef T

const km_shorts km_shorts_avx512vnni = {
    .least_d = 5,
    .least_k = 32,
    .pack = pack_shorts,
    .assign_f32 = assign_shorts_f32,
    .assign_f64 = assign_shorts_f64,
};
