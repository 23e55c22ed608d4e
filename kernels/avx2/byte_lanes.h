/* Vocabulary of byte_screen.h on AVX2 registers. */
#ifndef KM_AVX2_BYTE_LANES_H
#define KM_AVX2_BYTE_LANES_H

enum { LANES = 8 };

typedef __m256 lanes;
typedef __m256i lanes_sums;

KM_INLINE lanes lanes_set(float value) { return _mm256_set1_ps(value); }
KM_INLINE lanes lanes_load(const float *from) { return _mm256_load_ps(from); }
KM_INLINE void lanes_store(float *to, lanes v) { _mm256_store_ps(to, v); }
KM_INLINE lanes lanes_max(lanes a, lanes b) { return _mm256_max_ps(a, b); }

KM_INLINE float lanes_largest(lanes v)
{
    __m128 most = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    most = _mm_max_ps(most, _mm_movehl_ps(most, most));
    return _mm_cvtss_f32(_mm_max_ss(most, _mm_movehdup_ps(most)));
}

/* A bit for each that is not below. */
KM_INLINE uint32_t lanes_reach(lanes v, lanes threshold)
{
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, threshold, _CMP_GE_OQ));
}

/* -inf where there is a bit. */
KM_INLINE lanes lanes_hide(lanes v, uint32_t bits)
{
    const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i hit = _mm256_and_si256(_mm256_set1_epi32((int)bits), lane);
    const __m256 mask = _mm256_castsi256_ps(_mm256_cmpeq_epi32(hit, lane));
    return _mm256_blendv_ps(v, _mm256_set1_ps(-INFINITY), mask);
}

KM_INLINE lanes lanes_score(lanes_sums sum, lanes factor, lanes init)
{
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), factor, init);
}

#endif
