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

/* VL rows as columns of z. */
KM_INLINE void turn_f32(const float *x, int64_t ldx, const int32_t *index, int d,
                        const float *shift, float scale, float *z)
{
    low_turn_rows_f32(x, ldx, index, d, shift, scale, z, STEP);
}

KM_INLINE void turn_f64(const double *x, int64_t ldx, const int32_t *index, int d,
                        const double *shift, double scale, float *z)
{
    _Alignas(64) double turned[KM_LOW_D * VL_f32];
    for (int r = 0; r < VL_f32; r += VL_f64) {
        low_turn_rows_f64(x, ldx, index + r, d, shift, scale, turned + r, VL_f32);
    }
    for (int p = 0; p < d; p++) {
        const __m512d *const from = (const __m512d *)(turned + p * VL_f32);
        _mm256_store_ps(z + p * STEP, _mm512_cvtpd_ps(from[0]));
        _mm256_store_ps(z + p * STEP + VL_f64, _mm512_cvtpd_ps(from[1]));
    }
}

#define REAL    float
#define T(name) name##_f32
#include "shorts_rows.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "shorts_rows.h"
#undef REAL
#undef T

const km_shorts km_shorts_avx512vnni = {
    .least_d = 5,
    .least_k = 32,
    .pack = pack_shorts,
    .assign_f32 = assign_shorts_f32,
    .assign_f64 = assign_shorts_f64,
};
