/* Vocabulary of bytes_body.h on AVX-512 registers, but for the products. */
#ifndef KM_AVX512_BYTE_VEC_H
#define KM_AVX512_BYTE_VEC_H

enum { BYTE_LANES = 64, BYTE_ROWS = 2, BYTE_SHARED = 12 };

typedef __m512i bytes;

KM_INLINE bytes bytes_set(uint8_t value) { return _mm512_set1_epi8((char)value); }
KM_INLINE bytes bytes_xor(bytes a, bytes b) { return _mm512_xor_si512(a, b); }
KM_INLINE bytes bytes_load(const uint8_t *x) { return _mm512_loadu_si512(x); }
KM_INLINE bytes bytes_aligned(const int8_t *c) { return _mm512_load_si512(c); }
KM_INLINE bytes bytes_load_part(const uint8_t *x, int64_t count)
{
    return _mm512_maskz_loadu_epi8((__mmask64)((UINT64_C(1) << count) - 1), x);
}

KM_INLINE __m512i bytes_pairs(__m512i a, __m512i b)
{
    return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}

KM_INLINE void bytes_totals(const bytes sum[4], int32_t *total)
{
    const __m512i even = bytes_pairs(sum[0], sum[2]), odd = bytes_pairs(sum[1], sum[3]);
    const __m512i all = bytes_pairs(even, odd);
    const __m256i half =
        _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    const __m128i four =
        _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    _mm_storeu_si128((__m128i *)total, four);
}

#endif
