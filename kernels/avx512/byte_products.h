/* Bytes by VPMADDUBSW, whose sums of two products have 16 bits: with BYTE_MOST = 63 rows are 1 to
 * 127, four products at most 4 * 127 * 63 = 32,004, so that two such sums fit together before they
 * are widened. Of five instructions for 128 products three take a multiplier, where FMA takes
 * eight. */

enum { MR = 8 };

_Static_assert(4 * (BYTE_MOST + ROW_BIAS) * BYTE_MOST <= INT16_MAX, "four products fit");

KM_INLINE void add_products(__m512i *sum, __m512i row0, __m512i c0, __m512i row1, __m512i c1)
{
    const __m512i four =
        _mm512_add_epi16(_mm512_maddubs_epi16(row0, c0), _mm512_maddubs_epi16(row1, c1));
    *sum = _mm512_add_epi32(*sum, _mm512_madd_epi16(four, _mm512_set1_epi16(1)));
}

/* Eight dimensions at a time: what pads the last ones of a centroid is zero. */
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
    for (int64_t p = 0; p < b->d; p += 8, c += 256, x += 8) {
        const __m512i c00 = _mm512_load_si512(c), c01 = _mm512_load_si512(c + 64);
        const __m512i c10 = _mm512_load_si512(c + 128), c11 = _mm512_load_si512(c + 192);
#pragma GCC unroll 8
        for (int r = 0; r < MR; r++) {
            const __m512i row0 = _mm512_set1_epi32(quad_of(x, r, b->ldx));
            const __m512i row1 = _mm512_set1_epi32(quad_of(x + 4, r, b->ldx));
            add_products(&sum[r][0], row0, c00, row1, c10);
            add_products(&sum[r][1], row0, c01, row1, c11);
        }
    }
}
