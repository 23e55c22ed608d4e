/* See low.h. Parameters: REAL, INDEX (the signed integer of REAL's size), T(name). */

KM_INLINE void T(vec_turn4)(const REAL *const row[4], int p, T(vec) out[4])
{
    for (int s = 0; s < 4; s++, p++)
        out[s] = (T(vec)){row[0][p], row[1][p], row[2][p], row[3][p]};
}

KM_INLINE void T(vec_turn_few)(const REAL *x, const int d, T(vec) out[3])
{
    for (int p = 0; p < d; p++)
        out[p] = (T(vec)){x[p], x[d + p], x[2 * d + p], x[3 * d + p]};
}

KM_INLINE REAL T(index_real)(INDEX index)
{
    REAL v;
    memcpy(&v, &index, sizeof v);
    return v;
}

KM_INLINE INDEX T(real_index)(REAL v)
{
    INDEX index;
    memcpy(&index, &v, sizeof v);
    return index;
}

KM_INLINE T(vec) T(vec_hold)(T(vec) v) { return v; }

KM_INLINE T(vec) T(vec_labels)(const int32_t *a)
{
    return (T(vec)){T(index_real)(a[0]), T(index_real)(a[1]), T(index_real)(a[2]),
                    T(index_real)(a[3])};
}

KM_INLINE void T(vec_put_labels)(int32_t *a, T(vec) v)
{
    a[0] = (int32_t)T(real_index)(v.a);
    a[1] = (int32_t)T(real_index)(v.b);
    a[2] = (int32_t)T(real_index)(v.c);
    a[3] = (int32_t)T(real_index)(v.d);
}

KM_INLINE T(vec) T(vec_count)(T(vec) count, T(vec_mask) mask)
{
    return (T(vec)){T(index_real)(T(real_index)(count.a) + mask.a),
                    T(index_real)(T(real_index)(count.b) + mask.b),
                    T(index_real)(T(real_index)(count.c) + mask.c),
                    T(index_real)(T(real_index)(count.d) + mask.d)};
}

KM_INLINE T(vec) T(vec_add)(T(vec) a, T(vec_mask) mask, T(vec) number)
{
    const INDEX add = T(real_index)(number.a);
    return (T(vec)){T(index_real)(T(real_index)(a.a) + (mask.a ? add : 0)),
                    T(index_real)(T(real_index)(a.b) + (mask.b ? add : 0)),
                    T(index_real)(T(real_index)(a.c) + (mask.c ? add : 0)),
                    T(index_real)(T(real_index)(a.d) + (mask.d ? add : 0))};
}

KM_INLINE T(vec_mask) T(vec_below)(T(vec) a, T(vec) b)
{
    return (T(vec_mask)){
        T(real_index)(a.a) < T(real_index)(b.a), T(real_index)(a.b) < T(real_index)(b.b),
        T(real_index)(a.c) < T(real_index)(b.c), T(real_index)(a.d) < T(real_index)(b.d)};
}

KM_INLINE T(vec_mask) T(vec_same)(T(vec) a, T(vec) b)
{
    return (T(vec_mask)){
        T(real_index)(a.a) == T(real_index)(b.a), T(real_index)(a.b) == T(real_index)(b.b),
        T(real_index)(a.c) == T(real_index)(b.c), T(real_index)(a.d) == T(real_index)(b.d)};
}

KM_INLINE T(vec) T(vec_gather)(const REAL *base, T(vec) index)
{
    return (T(vec)){base[T(real_index)(index.a)], base[T(real_index)(index.b)],
                    base[T(real_index)(index.c)], base[T(real_index)(index.d)]};
}

KM_INLINE T(vec) T(vec_lookup)(const REAL *table, int32_t k, T(vec) index)
{
    (void)k;
    return T(vec_gather)(table, index);
}
