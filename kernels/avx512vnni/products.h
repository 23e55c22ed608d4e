/* Bytes by VPDPBUSD. 16 sums in registers cover its latency (5 cycles, two a cycle); of the 10
 * loads per 16 products there is room for 16. */

#include "dpbusd.h"

enum { MR = 8 };

KM_INLINE void multiply_bytes(const byte_block *b, lanes_sums sum[MR][2])
{
    const __m512i from0 = _mm512_load_si512(b->offset);
    const __m512i from1 = _mm512_load_si512(b->offset + 16);
    for (int r = 0; r < MR; r++) {
        sum[r][0] = from0;
        sum[r][1] = from1;
    }
    const int8_t *c = b->c;
    const uint8_t *x = b->x;
    for (int64_t p = 0; p < b->d; p += 4, c += 128, x += 4) {
        const __m512i c0 = _mm512_load_si512(c), c1 = _mm512_load_si512(c + 64);
#pragma GCC unroll 8
        for (int r = 0; r < MR; r++) {
            const __m512i row = _mm512_set1_epi32(quad_of(x, r, b->ldx));
            add_products(&sum[r][0], row, c0);
            add_products(&sum[r][1], row, c1);
        }
    }
}
