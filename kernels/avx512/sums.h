/* vec_sums of the vocabulary, AVX-512: pairs of vectors become one whose halves, quarters, ... are
 * theirs; a shuffle brings the one half, a blend the other, and they are added. */
#ifndef KM_AVX512_SUMS_H
#define KM_AVX512_SUMS_H

KM_INLINE __m512 add_halves_f32(__m512 a, __m512 b)
{
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x4e), _mm512_mask_blend_ps(0xff00, a, b));
}
KM_INLINE __m512 add_quarters_f32(__m512 a, __m512 b)
{
    const __m512i cross =
        _mm512_setr_epi32(4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 24, 25, 26, 27);
    return _mm512_add_ps(_mm512_permutex2var_ps(a, cross, b), _mm512_mask_blend_ps(0xf0f0, a, b));
}
KM_INLINE __m512 add_eighths_f32(__m512 a, __m512 b)
{
    const __m512d cross = _mm512_shuffle_pd(_mm512_castps_pd(a), _mm512_castps_pd(b), 0x55);
    return _mm512_add_ps(_mm512_castpd_ps(cross), _mm512_mask_blend_ps(0xcccc, a, b));
}
KM_INLINE __m512 add_lanes_f32(__m512 a, __m512 b)
{
    const __m512i cross =
        _mm512_setr_epi32(1, 16, 3, 18, 5, 20, 7, 22, 9, 24, 11, 26, 13, 28, 15, 30);
    return _mm512_add_ps(_mm512_permutex2var_ps(a, cross, b), _mm512_mask_blend_ps(0xaaaa, a, b));
}
KM_INLINE vec_f32 vec_sums_f32(const vec_f32 v[16])
{
    __m512 sum[8];
    for (int i = 0; i < 8; i++)
        sum[i] = add_halves_f32(v[i], v[i + 8]);
    for (int i = 0; i < 4; i++)
        sum[i] = add_quarters_f32(sum[i], sum[i + 4]);
    for (int i = 0; i < 2; i++)
        sum[i] = add_eighths_f32(sum[i], sum[i + 2]);
    return add_lanes_f32(sum[0], sum[1]);
}

KM_INLINE __m512d add_halves_f64(__m512d a, __m512d b)
{
    return _mm512_add_pd(_mm512_shuffle_f64x2(a, b, 0x4e), _mm512_mask_blend_pd(0xf0, a, b));
}
KM_INLINE __m512d add_quarters_f64(__m512d a, __m512d b)
{
    const __m512i cross = _mm512_setr_epi64(2, 3, 8, 9, 6, 7, 12, 13);
    return _mm512_add_pd(_mm512_permutex2var_pd(a, cross, b), _mm512_mask_blend_pd(0xcc, a, b));
}
KM_INLINE __m512d add_lanes_f64(__m512d a, __m512d b)
{
    return _mm512_add_pd(_mm512_shuffle_pd(a, b, 0x55), _mm512_mask_blend_pd(0xaa, a, b));
}
KM_INLINE vec_f64 vec_sums_f64(const vec_f64 v[8])
{
    __m512d sum[4];
    for (int i = 0; i < 4; i++)
        sum[i] = add_halves_f64(v[i], v[i + 4]);
    for (int i = 0; i < 2; i++)
        sum[i] = add_quarters_f64(sum[i], sum[i + 2]);
    return add_lanes_f64(sum[0], sum[1]);
}

#endif
