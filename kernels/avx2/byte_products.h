/* Bytes by VPMADDUBSW: see ../avx512/byte_products.h. 8 sums, 4 vectors of centroids, 2 of a row
 * and a temporary are 15 of 16 registers. */

enum { MR = 4 };

_Static_assert(4 * (BYTE_MOST + ROW_BIAS) * BYTE_MOST <= INT16_MAX, "four products fit");

KM_INLINE void add_products(__m256i *sum, __m256i row0, __m256i c0, __m256i row1, __m256i c1)
{
    const __m256i four =
        _mm256_add_epi16(_mm256_maddubs_epi16(row0, c0), _mm256_maddubs_epi16(row1, c1));
    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(four, _mm256_set1_epi16(1)));
}

KM_INLINE __m256i bytes_at(const int8_t *c) { return _mm256_load_si256((const __m256i *)c); }

/* Eight dimensions at a time: what pads the last ones of a centroid is zero. */
KM_INLINE void multiply_bytes(const byte_block *b, lanes_sums sum[MR][2])
{
    const __m256i from0 = _mm256_load_si256((const __m256i *)b->offset);
    const __m256i from1 = _mm256_load_si256((const __m256i *)(b->offset + 8));
    for (int r = 0; r < MR; r++) {
        sum[r][0] = from0;
        sum[r][1] = from1;
    }
    const int8_t *c = b->c;
    const uint8_t *x = b->x;
    for (int64_t p = 0; p < b->d; p += 8, c += 256, x += 8) {
        const __m256i c00 = bytes_at(c), c01 = bytes_at(c + 32);
        const __m256i c10 = bytes_at(c + 128), c11 = bytes_at(c + 160);
#pragma GCC unroll 4
        for (int r = 0; r < MR; r++) {
            const __m256i row0 = _mm256_set1_epi32(quad_of(x, r, b->ldx));
            const __m256i row1 = _mm256_set1_epi32(quad_of(x + 4, r, b->ldx));
            add_products(&sum[r][0], row0, c00, row1, c10);
            add_products(&sum[r][1], row0, c01, row1, c11);
        }
    }
}
