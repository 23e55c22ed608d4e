/* Four REALs in a struct. Parameters: REAL, INDEX (the signed integer of REAL's size), T(name). */

typedef struct T(vec) {
    REAL a, b, c, d;
} T(vec);

typedef struct T(vec_mask) {
    int a, b, c, d;
} T(vec_mask);

KM_INLINE T(vec) T(vec_load)(const REAL *v) { return (T(vec)){v[0], v[1], v[2], v[3]}; }

KM_INLINE T(vec) T(vec_loadu)(const REAL *v) { return T(vec_load)(v); }

KM_INLINE T(vec) T(vec_load_part)(const REAL *v, int64_t n)
{
    return (T(vec)){v[0], n > 1 ? v[1] : 0, n > 2 ? v[2] : 0, 0};
}

KM_INLINE REAL T(real_sum)(T(vec) v) { return (v.a + v.b) + (v.c + v.d); }
KM_INLINE T(vec) T(vec_sums)(const T(vec) v[4])
{
    return (T(vec)){T(real_sum)(v[0]), T(real_sum)(v[1]), T(real_sum)(v[2]), T(real_sum)(v[3])};
}

KM_INLINE void T(vec_store)(REAL *to, T(vec) v)
{
    to[0] = v.a;
    to[1] = v.b;
    to[2] = v.c;
    to[3] = v.d;
}

KM_INLINE T(vec) T(vec_set)(REAL v) { return (T(vec)){v, v, v, v}; }

KM_INLINE T(vec) T(vec_index)(int32_t i)
{
    const INDEX index = i;
    REAL v;
    memcpy(&v, &index, sizeof v);
    return T(vec_set)(v);
}

KM_INLINE REAL T(real_fnmadd)(REAL acc, REAL a, REAL b)
{
#if KM_HARDWARE_FMA
    return sizeof(REAL) == 4 ? (REAL)__builtin_fmaf(-(float)a, (float)b, (float)acc)
                             : (REAL)__builtin_fma(-a, b, acc);
#else
    return acc - a * b;
#endif
}

KM_INLINE T(vec) T(vec_fnmadd)(T(vec) acc, T(vec) x, T(vec) y)
{
    return (T(vec)){T(real_fnmadd)(acc.a, x.a, y.a), T(real_fnmadd)(acc.b, x.b, y.b),
                    T(real_fnmadd)(acc.c, x.c, y.c), T(real_fnmadd)(acc.d, x.d, y.d)};
}

KM_INLINE REAL T(real_min)(REAL a, REAL b) { return a < b ? a : b; }
KM_INLINE REAL T(real_max)(REAL a, REAL b) { return a > b ? a : b; }

KM_INLINE T(vec) T(vec_min)(T(vec) x, T(vec) y)
{
    return (T(vec)){T(real_min)(x.a, y.a), T(real_min)(x.b, y.b), T(real_min)(x.c, y.c),
                    T(real_min)(x.d, y.d)};
}

KM_INLINE T(vec) T(vec_max)(T(vec) x, T(vec) y)
{
    return (T(vec)){T(real_max)(x.a, y.a), T(real_max)(x.b, y.b), T(real_max)(x.c, y.c),
                    T(real_max)(x.d, y.d)};
}

KM_INLINE T(vec) T(vec_div)(T(vec) x, T(vec) y)
{
    return (T(vec)){x.a / y.a, x.b / y.b, x.c / y.c, x.d / y.d};
}

KM_INLINE T(vec) T(vec_sqrt)(T(vec) x)
{
    return (T(vec)){(REAL)sqrt(x.a), (REAL)sqrt(x.b), (REAL)sqrt(x.c), (REAL)sqrt(x.d)};
}

KM_INLINE T(vec_mask) T(vec_less)(T(vec) x, T(vec) y)
{
    return (T(vec_mask)){x.a < y.a, x.b < y.b, x.c < y.c, x.d < y.d};
}

KM_INLINE unsigned T(vec_bits)(T(vec_mask) mask)
{
    return (unsigned)(mask.a | mask.b << 1 | mask.c << 2 | mask.d << 3);
}

KM_INLINE T(vec) T(vec_select)(T(vec_mask) mask, T(vec) yes, T(vec) no)
{
    return (T(vec)){mask.a ? yes.a : no.a, mask.b ? yes.b : no.b, mask.c ? yes.c : no.c,
                    mask.d ? yes.d : no.d};
}

KM_INLINE REAL T(vec_reduce_min)(T(vec) v)
{
    return T(real_min)(T(real_min)(v.a, v.b), T(real_min)(v.c, v.d));
}

KM_INLINE int T(vec_find)(T(vec) v, REAL a)
{
    return v.a == a ? 0 : v.b == a ? 1 : v.c == a ? 2 : 3;
}

KM_INLINE T(vec) T(vec_set_lane)(T(vec) v, int lane, REAL a)
{
    return (T(vec)){lane == 0 ? a : v.a, lane == 1 ? a : v.b, lane == 2 ? a : v.c,
                    lane == 3 ? a : v.d};
}

/* The panel kernel's inner loop on eight plain variables: carried around a loop in structs, four
 * floats end up in packed register pairs with clang. */
KM_INLINE void T(tile_products)(const REAL *x, int64_t ld, const REAL *panel, int64_t d,
                                const int nv, T(vec) acc[T(MR)][T(NV)])
{
    (void)nv; /* always 1 */
    REAL a0 = acc[0][0].a, a1 = acc[0][0].b, a2 = acc[0][0].c, a3 = acc[0][0].d;
    REAL b0 = acc[1][0].a, b1 = acc[1][0].b, b2 = acc[1][0].c, b3 = acc[1][0].d;
    for (int64_t p = 0; p < d; p++, panel += 4) {
        const REAL xa = x[p], xb = x[ld + p];
        a0 = T(real_fnmadd)(a0, xa, panel[0]);
        a1 = T(real_fnmadd)(a1, xa, panel[1]);
        a2 = T(real_fnmadd)(a2, xa, panel[2]);
        a3 = T(real_fnmadd)(a3, xa, panel[3]);
        b0 = T(real_fnmadd)(b0, xb, panel[0]);
        b1 = T(real_fnmadd)(b1, xb, panel[1]);
        b2 = T(real_fnmadd)(b2, xb, panel[2]);
        b3 = T(real_fnmadd)(b3, xb, panel[3]);
    }
    acc[0][0] = (T(vec)){a0, a1, a2, a3};
    acc[1][0] = (T(vec)){b0, b1, b2, b3};
}
