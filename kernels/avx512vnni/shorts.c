/* Kernels on shorts with VPDPWSSD: see ../kernels_shorts.h.
 *
 * With z a row and c a centroid in float, h its half norm, C the largest |c| and MOST = 32000:
 *     t = MOST / C,  q = rint(t c);   s = t / 2,  b = rint(s z) where |s z| <= MOST;
 *     S = sum b q - rint(s t h)   is an exact integer, largest for the nearest centroid.
 * Each rounding is at most 1/2 + 2^-8 (a product below 2^15 in float), so that with
 * r = 0.504 sqrt(d) and by Cauchy and Schwarz
 *     |S - s t (z.c - h)| <= r |t c| + r |b| + 1 <= r (MOST + |s z| + r) + 1.
 * |sum b q| < 2^30 and s t h <= MOST^2 / 4: no sum leaves 32 bits, nor does the difference of two
 * scores as an unsigned number. */
#include <math.h>
#include <stddef.h>

#include "../kernels_shorts.h"
#include "../avx512/vec.h"

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

enum {
    MOST = 32000,
    NEVER = -2000000000, /* the score of a duplicate */
    STEP = 2 * VL_f32,   /* rows whose shorts stay in registers while all centroids pass */
    GROUP = 256,         /* centroids numbered in the lowest bits of their scores */
    RECORD = 2 + KM_SHORTS_PAIRS,
};

typedef struct shorts_head {
    float row_scale, product_scale; /* s, s t */
    float longest2;                 /* |z|^2 up to which |s z| <= MOST holds; -1: for no row */
} shorts_head;

#include "shorts_scan.h"

/* The largest |c|^2 of the centroids that can be nearest. */
static double largest_norm2(const km_low_f32 *c, int64_t d)
{
    double largest = 0;
    for (int32_t j = 0; j < c->k; j++) {
        const float *const at = c->centroids + j * KM_LOW_LD(d);
        double sum = 0;
        for (int64_t p = 0; p < d; p++) {
            sum += (double)at[p] * (double)at[p];
        }
        largest = sum > largest && at[d] < INFINITY ? sum : largest;
    }
    return largest;
}

static uint32_t short_of(const float *c, int64_t d, int64_t p, double scale)
{
    return p < d ? (uint32_t)(int32_t)rint((double)c[p] * scale) & 0xffffU : 0;
}

static void pack_shorts(const km_low_f32 *c, int64_t d, void *shorts)
{
    shorts_head *const head = shorts;
    int32_t *record = (int32_t *)shorts + 64 / sizeof(int32_t);
    const double largest = sqrt(largest_norm2(c, d)) * (1 + 0x1p-40);
    const double scale = largest > 0x1p-30 && largest < 0x1p60 ? MOST / largest : 0;
    head->row_scale = (float)(0.5 * scale);
    const double product = (double)head->row_scale * scale;
    head->product_scale = (float)product;
    head->longest2 = scale > 0 ? (float)(3.99 * largest * largest) : -1;
    for (int32_t j = 0; j < c->k; j++, record += RECORD) {
        const float *const at = c->centroids + j * KM_LOW_LD(d);
        const double size = at[d] < INFINITY ? scale : 0;
        record[0] = at[d] < INFINITY ? (int32_t)-rint(product * (double)at[d]) : NEVER;
        record[1] = j % GROUP;
        for (int64_t p = 0; p < KM_SHORTS_PAIRS; p++) {
            const uint32_t pair = short_of(at, d, 2 * p, size) | short_of(at, d, 2 * p + 1, size)
                                                                     << 16;
            record[2 + p] = (int32_t)pair;
        }
    }
}

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
    .least_k = 24,
    .pack = pack_shorts,
    .assign_f32 = assign_shorts_f32,
    .assign_f64 = assign_shorts_f64,
};
