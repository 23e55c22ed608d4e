/* Vocabulary of the low-dimension kernel, NEON. See ../scalar/low.h. */
#ifndef KM_NEON_LOW_H
#define KM_NEON_LOW_H

/* 8 scores, 12 registers of best, second and label, 4 of rows and 2 of centroids of 32. */
enum { LOW_GROUPS_f32 = 4, LOW_SHARED_f32 = 2, LOOKUP_f32 = 0 };
enum { FEW_SHARED_f32 = 4, FEW_MOST_f32 = 16 };
enum { LOW_GROUPS_f64 = 4, LOW_SHARED_f64 = 2, LOOKUP_f64 = 0 };
enum { FEW_SHARED_f64 = 4, FEW_MOST_f64 = 16 };

KM_INLINE void vec_turn4_f32(const float *const row[4], int p, vec_f32 out[4])
{
    const float32x4_t a = vld1q_f32(row[0] + p), b = vld1q_f32(row[1] + p);
    const float32x4_t c = vld1q_f32(row[2] + p), d = vld1q_f32(row[3] + p);
    const float64x2_t ab = vreinterpretq_f64_f32(vtrn1q_f32(a, b));
    const float64x2_t cd = vreinterpretq_f64_f32(vtrn1q_f32(c, d));
    const float64x2_t ef = vreinterpretq_f64_f32(vtrn2q_f32(a, b));
    const float64x2_t gh = vreinterpretq_f64_f32(vtrn2q_f32(c, d));
    out[0] = vreinterpretq_f32_f64(vtrn1q_f64(ab, cd));
    out[1] = vreinterpretq_f32_f64(vtrn1q_f64(ef, gh));
    out[2] = vreinterpretq_f32_f64(vtrn2q_f64(ab, cd));
    out[3] = vreinterpretq_f32_f64(vtrn2q_f64(ef, gh));
}
KM_INLINE void vec_turn_few_f32(const float *x, const int d, vec_f32 out[3])
{
    if (d == 1) {
        out[0] = vld1q_f32(x);
    } else if (d == 2) {
        const float32x4x2_t rows = vld2q_f32(x);
        for (int p = 0; p < 2; p++)
            out[p] = rows.val[p];
    } else {
        const float32x4x3_t rows = vld3q_f32(x);
        for (int p = 0; p < 3; p++)
            out[p] = rows.val[p];
    }
}
KM_INLINE vec_f32 vec_hold_f32(vec_f32 v)
{
    __asm__("" : "+w"(v));
    return v;
}
KM_INLINE vec_f32 vec_labels_f32(const int32_t *a) { return vreinterpretq_f32_s32(vld1q_s32(a)); }
KM_INLINE void vec_put_labels_f32(int32_t *a, vec_f32 v) { vst1q_s32(a, vreinterpretq_s32_f32(v)); }
KM_INLINE vec_f32 vec_count_f32(vec_f32 count, vec_mask_f32 mask)
{
    return vreinterpretq_f32_u32(vsubq_u32(vreinterpretq_u32_f32(count), mask));
}
KM_INLINE vec_f32 vec_add_f32(vec_f32 a, vec_mask_f32 mask, vec_f32 number)
{
    const uint32x4_t some = vandq_u32(mask, vreinterpretq_u32_f32(number));
    return vreinterpretq_f32_u32(vaddq_u32(vreinterpretq_u32_f32(a), some));
}
KM_INLINE vec_mask_f32 vec_below_f32(vec_f32 a, vec_f32 b)
{
    return vcltq_s32(vreinterpretq_s32_f32(a), vreinterpretq_s32_f32(b));
}
KM_INLINE vec_mask_f32 vec_same_f32(vec_f32 a, vec_f32 b)
{
    return vceqq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b));
}
KM_INLINE vec_f32 vec_gather_f32(const float *base, vec_f32 index)
{
    int32_t at[4];
    vec_put_labels_f32(at, index);
    const float lane[4] = {base[at[0]], base[at[1]], base[at[2]], base[at[3]]};
    return vld1q_f32(lane);
}
KM_INLINE vec_f32 vec_lookup_f32(const float *table, int32_t k, vec_f32 index)
{
    (void)k;
    return vec_gather_f32(table, index);
}

KM_INLINE void vec_turn4_f64(const double *const row[2], int p, vec_f64 out[4])
{
    for (int q = 0; q < 2; q++) {
        const float64x2_t a = vld1q_f64(row[0] + p + 2 * q), b = vld1q_f64(row[1] + p + 2 * q);
        out[2 * q] = vtrn1q_f64(a, b);
        out[2 * q + 1] = vtrn2q_f64(a, b);
    }
}
KM_INLINE void vec_turn_few_f64(const double *x, const int d, vec_f64 out[3])
{
    if (d == 1) {
        out[0] = vld1q_f64(x);
    } else if (d == 2) {
        const float64x2x2_t rows = vld2q_f64(x);
        for (int p = 0; p < 2; p++)
            out[p] = rows.val[p];
    } else {
        const float64x2x3_t rows = vld3q_f64(x);
        for (int p = 0; p < 3; p++)
            out[p] = rows.val[p];
    }
}
KM_INLINE vec_f64 vec_hold_f64(vec_f64 v)
{
    __asm__("" : "+w"(v));
    return v;
}
KM_INLINE vec_f64 vec_labels_f64(const int32_t *a)
{
    return vreinterpretq_f64_s64(vmovl_s32(vld1_s32(a)));
}
KM_INLINE void vec_put_labels_f64(int32_t *a, vec_f64 v)
{
    vst1_s32(a, vmovn_s64(vreinterpretq_s64_f64(v)));
}
KM_INLINE vec_f64 vec_count_f64(vec_f64 count, vec_mask_f64 mask)
{
    return vreinterpretq_f64_u64(vsubq_u64(vreinterpretq_u64_f64(count), mask));
}
KM_INLINE vec_f64 vec_add_f64(vec_f64 a, vec_mask_f64 mask, vec_f64 number)
{
    const uint64x2_t some = vandq_u64(mask, vreinterpretq_u64_f64(number));
    return vreinterpretq_f64_u64(vaddq_u64(vreinterpretq_u64_f64(a), some));
}
KM_INLINE vec_mask_f64 vec_below_f64(vec_f64 a, vec_f64 b)
{
    return vcltq_s64(vreinterpretq_s64_f64(a), vreinterpretq_s64_f64(b));
}
KM_INLINE vec_mask_f64 vec_same_f64(vec_f64 a, vec_f64 b)
{
    return vceqq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b));
}
KM_INLINE vec_f64 vec_gather_f64(const double *base, vec_f64 index)
{
    int32_t at[2];
    vec_put_labels_f64(at, index);
    const double lane[2] = {base[at[0]], base[at[1]]};
    return vld1q_f64(lane);
}
KM_INLINE vec_f64 vec_lookup_f64(const double *table, int32_t k, vec_f64 index)
{
    (void)k;
    return vec_gather_f64(table, index);
}

KM_INLINE int64_t list_different(const int32_t *a, const int32_t *b, int64_t m, int32_t *list)
{
    int64_t count = 0, i = 0;
    for (; i + 4 <= m; i += 4) {
        const uint32x4_t same = vceqq_s32(vld1q_s32(a + i), vld1q_s32(b + i));
        if (vminvq_u32(same) == 0)
            count = list_different_plain(a, b, i, i + 4, count, list);
    }
    return list_different_plain(a, b, i, m, count, list);
}

#endif
