/* Rows of bytes with VPMADDUBSW: see ../kernels_bytes.h and ../avx512/bytes.c. */
#include <immintrin.h>
#include <string.h>
#include <stdbool.h>
#include <stddef.h>
#include "../inline.h"
#include "../kernels_bytes.h"

enum { BYTE_LANES = 32, BYTE_ROWS = 2, BYTE_SHARED = 4 };

typedef __m256i bytes;

KM_INLINE bytes bytes_set(uint8_t value) { return _mm256_set1_epi8((char)value); }
KM_INLINE bytes bytes_xor(bytes a, bytes b) { return _mm256_xor_si256(a, b); }
KM_INLINE bytes bytes_load(const uint8_t *x) { return _mm256_loadu_si256((const __m256i *)x); }
KM_INLINE bytes bytes_aligned(const int8_t *c) { return _mm256_load_si256((const __m256i *)c); }
KM_INLINE bytes bytes_load_part(const uint8_t *x, int64_t count)
{
    _Alignas(32) uint8_t part[BYTE_LANES] = {0};
    memcpy(part, x, (size_t)count);
    return _mm256_load_si256((const __m256i *)part);
}

KM_INLINE void bytes_add(bytes *sum, bytes row, bytes c)
{
    const __m256i two = _mm256_maddubs_epi16(row, c);
    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(two, _mm256_set1_epi16(1)));
}

KM_INLINE __m256i bytes_pairs(__m256i a, __m256i b)
{
    return _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
}

KM_INLINE void bytes_totals(const bytes sum[4], int32_t *total)
{
    const __m256i even = bytes_pairs(sum[0], sum[2]), odd = bytes_pairs(sum[1], sum[3]);
    const __m256i all = bytes_pairs(even, odd);
    const __m128i four =
        _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    _mm_storeu_si128((__m128i *)total, four);
}

/* One product in 16 bits at a time: 255 * 127 fits, two do not. */
KM_INLINE void bytes_add_square(bytes *sum, bytes row)
{
    const bytes less = bytes_xor(row, bytes_set(0x80)), low = _mm256_set1_epi16(0xff);
    const bytes even = _mm256_maddubs_epi16(_mm256_and_si256(row, low), less);
    const bytes odd = _mm256_maddubs_epi16(_mm256_andnot_si256(low, row), less);
    const bytes one = _mm256_set1_epi16(1);
    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(even, one));
    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(odd, one));
}

#include "../bytes_body.h"

const km_bytes km_bytes_avx2 = {
    .name = "bytes int7",
    .most = 63,
    .shared = BYTE_SHARED,
    .least_d = 512,
    .most_k = 24,
    .measure = measure_bytes,
};
