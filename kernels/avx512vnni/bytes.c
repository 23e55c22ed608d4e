/* Rows of bytes with VPDPBUSD: see ../kernels_bytes.h. */
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include "../inline.h"
#include "../kernels_bytes.h"

#include "../avx512/byte_vec.h"
#include "dpbusd.h"

KM_INLINE void bytes_add(bytes *sum, bytes row, bytes c) { add_products(sum, row, c); }

KM_INLINE void bytes_add_square(bytes *sum, bytes row)
{
    add_products(sum, row, bytes_xor(row, bytes_set(0x80)));
}

#include "../bytes_body.h"

const km_bytes km_bytes_avx512vnni = {
    .name = "bytes int8",
    .most = 127,
    .shared = BYTE_SHARED,
    .least_d = 64,
    .least_products = 640,
    .most_k = KM_BYTES_K - 1,
    .measure = measure_bytes,
};
