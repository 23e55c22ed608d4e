/* Rows into the order of the right operand. */
#ifndef KM_AMX_TRANSPOSE_H
#define KM_AMX_TRANSPOSE_H

/* 16 lines of 16 words of 4 bytes, transposed. */
KM_INLINE void transpose_pairs(const uint16_t *from, int64_t ld, uint16_t *to)
{
    __m512i a[16], b[16];
    for (int r = 0; r < 16; r++) {
        a[r] = _mm512_load_si512(from + r * ld);
    }
    for (int r = 0; r < 16; r += 2) {
        b[r] = _mm512_unpacklo_epi32(a[r], a[r + 1]);
        b[r + 1] = _mm512_unpackhi_epi32(a[r], a[r + 1]);
    }
    for (int r = 0; r < 16; r += 4) {
        a[r] = _mm512_unpacklo_epi64(b[r], b[r + 2]);
        a[r + 1] = _mm512_unpackhi_epi64(b[r], b[r + 2]);
        a[r + 2] = _mm512_unpacklo_epi64(b[r + 1], b[r + 3]);
        a[r + 3] = _mm512_unpackhi_epi64(b[r + 1], b[r + 3]);
    }
    for (int r = 0; r < 4; r++) {
        b[r] = _mm512_shuffle_i32x4(a[r], a[r + 4], 0x88);
        b[r + 4] = _mm512_shuffle_i32x4(a[r], a[r + 4], 0xdd);
        b[r + 8] = _mm512_shuffle_i32x4(a[r + 8], a[r + 12], 0x88);
        b[r + 12] = _mm512_shuffle_i32x4(a[r + 8], a[r + 12], 0xdd);
    }
    for (int r = 0; r < 4; r++) {
        _mm512_store_si512(to + 32 * r, _mm512_shuffle_i32x4(b[r], b[r + 8], 0x88));
        _mm512_store_si512(to + 32 * (r + 4), _mm512_shuffle_i32x4(b[r + 4], b[r + 12], 0x88));
        _mm512_store_si512(to + 32 * (r + 8), _mm512_shuffle_i32x4(b[r], b[r + 8], 0xdd));
        _mm512_store_si512(to + 32 * (r + 12), _mm512_shuffle_i32x4(b[r + 4], b[r + 12], 0xdd));
    }
}

#endif
