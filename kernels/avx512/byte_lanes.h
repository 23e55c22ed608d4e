/* Vocabulary of byte_screen.h on AVX-512 registers. */
#ifndef KM_AVX512_BYTE_LANES_H
#define KM_AVX512_BYTE_LANES_H

enum { LANES = 16 };

typedef __m512 lanes;
typedef __m512i lanes_sums;

KM_INLINE lanes lanes_set(float value) { return _mm512_set1_ps(value); }
KM_INLINE lanes lanes_load(const float *from) { return _mm512_load_ps(from); }
KM_INLINE void lanes_store(float *to, lanes v) { _mm512_store_ps(to, v); }
KM_INLINE lanes lanes_max(lanes a, lanes b) { return _mm512_max_ps(a, b); }
KM_INLINE float lanes_largest(lanes v) { return _mm512_reduce_max_ps(v); }

/* A bit for each that is not below. */
KM_INLINE uint32_t lanes_reach(lanes v, lanes threshold)
{
    return _mm512_cmp_ps_mask(v, threshold, _CMP_GE_OQ);
}

/* -inf where there is a bit. */
KM_INLINE lanes lanes_hide(lanes v, uint32_t bits)
{
    return _mm512_mask_mov_ps(v, (__mmask16)bits, _mm512_set1_ps(-INFINITY));
}

KM_INLINE lanes lanes_score(lanes_sums sum, lanes factor, lanes init)
{
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), factor, init);
}

#endif
