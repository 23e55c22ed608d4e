/* Rows near their centroid of before: nearer than half its way to any other, it is their nearest
 * (the triangle inequality), and they need not meet the others.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. Included by low_hint.h.
 *
 * D, the squared distance to it, is at most near = |z|^2 + 2 limit (low_gap), by 2 A (13 |z|^2 +
 * 12 v) or so; with near below a quarter of the squared way, other centroids' scores exceed the
 * limit as well, so the label is the one that low_check would give. The rows that are left are put
 * side by side, which takes a vector unit that can. */

enum { T(LOW_INNER_K) = 12 }; /* fewer centroids: comparing all is as quick */

#ifdef KM_LOW_SQUEEZE

enum { T(LOW_INNER_MOST) = T(LOOKUP) };

KM_INLINE int T(low_has_inner)(const T(km_low) * c)
{
    return c->inner != NULL && c->k > T(LOW_INNER_K) && T(low_looked_up)(c);
}

/* Lanes of vector i whose rows are left: not proved, and rows at all. */
KM_INLINE T(vec_mask)
    T(low_outer)(int64_t i, int64_t m, const int d, const T(km_low) * c,
                 const T(low_tables) * tables, T(vec) hint, const T(low_work) * work)
{
    const T(vec) zero = T(vec_set)(0),
                 minus_norm2 = T(low_minus_norm2)(work->z + i, T(LOW_CHUNK), d);
    const T(vec) norm2 = T(vec_fnmadd)(zero, minus_norm2, T(vec_set)(1));
    const T(vec) near = T(vec_fnmadd)(norm2, T(vec_load)(work->limit + i), T(vec_set)(-2));
    return T(vec_mask_but)(T(vec_less)(near, T(vec_lookup)(tables->inner, c->k, hint)), m - i);
}

/* label[] = hint[]; columns, limits and hints of the rows that are left side by side, from the
 * beginning of work->z, limit and hint on. Returns how many they are. */
KM_INLINE int64_t T(low_squeeze)(int64_t m, const int d, const T(km_low) * c,
                                 const T(low_tables) * tables, const int32_t *hint,
                                 T(low_work) * work, int32_t *label)
{
    int64_t left = 0;
    for (int64_t i = 0; i < m; i += T(VL)) {
        const T(vec) old = T(vec_labels)(hint + i);
        const T(vec_mask) outer = T(low_outer)(i, m, d, c, tables, old, work);
        T(vec_put_labels)(label + i, old);
        for (int p = 0; p < d; p++) {
            REAL *const z = work->z + p * T(LOW_CHUNK);
            T(vec_put)(z + left, T(vec_squeeze)(T(vec_load)(z + i), outer));
        }
        T(vec_put)(work->limit + left, T(vec_squeeze)(T(vec_load)(work->limit + i), outer));
        T(vec_put_labels)(work->hint + left, T(vec_squeeze)(old, outer));
        work->outer[i / T(VL)] = outer;
        left += T(vec_mask_count)(outer);
    }
    return left;
}

/* What was found for these rows, back to their places. */
KM_INLINE void T(low_spread)(int64_t m, const int32_t *found, const T(low_work) * work,
                             int32_t *label)
{
    int64_t at = 0;
    for (int64_t i = 0; i < m; i += T(VL)) {
        const T(vec_mask) outer = work->outer[i / T(VL)];
        const T(vec) all = T(vec_labels)(label + i), some = T(vec_labels)(found + at);
        T(vec_put_labels)(label + i, T(vec_spread)(all, outer, some));
        at += T(vec_mask_count)(outer);
    }
}

#else

enum { T(LOW_INNER_MOST) = 0 };

KM_INLINE int T(low_has_inner)(const T(km_low) * c)
{
    (void)c;
    return 0;
}

KM_INLINE int64_t T(low_squeeze)(int64_t m, const int d, const T(km_low) * c,
                                 const T(low_tables) * tables, const int32_t *hint,
                                 T(low_work) * work, int32_t *label)
{
    (void)d, (void)c, (void)tables, (void)hint, (void)work, (void)label;
    return m;
}

KM_INLINE void T(low_spread)(int64_t m, const int32_t *found, const T(low_work) * work,
                             int32_t *label)
{
    (void)m, (void)found, (void)work, (void)label;
}

#endif
