/* Rows of bytes with VPMADDUBSW, for processors without VNNI: see ../kernels_bytes.h. Its sums of
 * two products have 16 bits: 2 * 255 * 63 fits. */
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include "../inline.h"
#include "../kernels_bytes.h"

#include "byte_vec.h"

KM_INLINE void bytes_add(bytes *sum, bytes row, bytes c)
{
    const __m512i two = _mm512_maddubs_epi16(row, c);
    *sum = _mm512_add_epi32(*sum, _mm512_madd_epi16(two, _mm512_set1_epi16(1)));
}

/* One product in 16 bits at a time: 255 * 127 fits, two do not. */
KM_INLINE void bytes_add_square(bytes *sum, bytes row)
{
    const bytes less = bytes_xor(row, bytes_set(0x80)), low = _mm512_set1_epi16(0xff);
    const bytes even = _mm512_maddubs_epi16(_mm512_and_si512(row, low), less);
    const bytes odd = _mm512_maddubs_epi16(_mm512_andnot_si512(low, row), less);
    const bytes one = _mm512_set1_epi16(1);
    *sum = _mm512_add_epi32(*sum, _mm512_madd_epi16(even, one));
    *sum = _mm512_add_epi32(*sum, _mm512_madd_epi16(odd, one));
}

#include "../bytes_body.h"

const km_bytes km_bytes_avx512 = {
    .name = "bytes int7",
    .most = 63,
    .shared = BYTE_SHARED,
    .least_d = 512,
    .most_k = 24,
    .measure = measure_bytes,
};
