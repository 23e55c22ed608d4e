/* Rows of the lanes' own type. Included by few_rows.h. */

typedef struct T(few_shift) {
    _Alignas(64) REAL minus[KM_PACKED_LD(KM_FEW_D)]; /* -shift * scale; then zeros */
} T(few_shift);

KM_INLINE void T(few_start)(int64_t d, const T(km_low) * c, T(few_shift) * shift)
{
    for (int64_t p = 0; p < KM_PACKED_LD(d); p++) {
        shift->minus[p] = p < d ? (REAL)(-c->shift[p] * c->scale) : 0;
    }
}

/* z = (x - shift) * scale, as one fused operation where there are such, zeros behind it. */
KM_INLINE void T(few_load)(const REAL *x, int64_t d, const T(km_low) * c,
                           const T(few_shift) * shift, REAL *z)
{
    const T(vec) minus_scale = T(vec_set)((REAL)-c->scale);
    int64_t p = 0;
    for (; p + T(VL) <= d; p += T(VL)) {
        const T(vec) v = T(vec_loadu)(x + p);
        T(vec_store)(z + p, T(vec_fnmadd)(T(vec_load)(shift->minus + p), v, minus_scale));
    }
    if (p < d) {
        const T(vec) v = T(vec_load_part)(x + p, d - p);
        T(vec_store)(z + p, T(vec_fnmadd)(T(vec_load)(shift->minus + p), v, minus_scale));
    }
}
