/* Kernels on shorts (kernels_shorts.h): the numbers, their bound, and the slot `pack`, in plain C.
 * Included by a table's source.
 *
 * With z a row and c a centroid in float, h its half norm, C the largest |c| and MOST = 32000:
 *     t = MOST / C,  q = rint(t c);   s = t / 2,  b = rint(s z) where |s z| <= MOST;
 *     S = sum b q - rint(s t h)   is an exact integer, largest for the nearest centroid.
 * Each rounding is at most 1/2 + 2^-8 (a product below 2^15 in float), so that with
 * r = 0.504 sqrt(d) and by Cauchy and Schwarz
 *     |S - s t (z.c - h)| <= r |t c| + r |b| + 1 <= r (MOST + |s z| + r) + 1.
 * |sum b q| < 2^30 and s t h <= MOST^2 / 4: no sum leaves 32 bits, nor does the difference of two
 * scores as an unsigned number. */
#ifndef KM_SHORTS_PACK_H
#define KM_SHORTS_PACK_H

#include <math.h>
#include <stddef.h>

#include "kernels_shorts.h"

enum {
    MOST = 32000,
    NEVER = -2000000000, /* the score of a duplicate */
    GROUP = 256,         /* centroids numbered in the lowest bits of their scores */
    RECORD = 2 + KM_SHORTS_PAIRS,
};

typedef struct shorts_head {
    float row_scale, product_scale; /* s, s t */
    float longest2;                 /* |z|^2 up to which |s z| <= MOST holds; -1: for no row */
} shorts_head;

/* Behind the head, RECORD numbers a centroid. */
static inline const int32_t *records_of(const void *shorts)
{
    return (const int32_t *)shorts + 64 / sizeof(int32_t);
}

/* What the gap between two scores must exceed, as constant + length |s z| + s t (norm2 |z|^2 +
 * tiny) + best |S|: twice the bound above, the bits of the two numbers, and what assign_low
 * promises, with 13 and 12 instead of 12 and 11. The constant has room for the error of S in the
 * last term and for the roundings of the sum itself. */
typedef struct shorts_needs {
    float constant, length, norm2, best;
} shorts_needs;

static inline shorts_needs needs_of(const km_low_f32 *c, int64_t d)
{
    const float r = 0.504F * sqrtf((float)d), bounds = 2 * r * (MOST + r) + 2 * GROUP;
    const float room = 4 + 24 * c->a0 * bounds;
    return (shorts_needs){bounds + room, 2 * r, 13 * c->a0, 12 * c->a0};
}

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

/* Within 1/2; below 2^30. */
static inline int32_t nearest_integer(double value)
{
    return (int32_t)(value < 0 ? value - 0.5 : value + 0.5);
}

static uint32_t short_of(const float *c, int64_t d, int64_t p, double scale)
{
    return p < d ? (uint32_t)nearest_integer((double)c[p] * scale) & 0xffffU : 0;
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
        record[0] = at[d] < INFINITY ? -nearest_integer(product * (double)at[d]) : NEVER;
        record[1] = j % GROUP;
        for (int64_t p = 0; p < KM_SHORTS_PAIRS; p++) {
            const uint32_t even = short_of(at, d, 2 * p, size);
            const uint32_t odd = short_of(at, d, 2 * p + 1, size);
            record[2 + p] = (int32_t)(odd << 16 | even);
        }
    }
}

#endif
