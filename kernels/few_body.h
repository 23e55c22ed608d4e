/* Few centroids, many columns: rows as they are, four at a time.
 *
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. Included by table_real.h,
 * after low_body.h, before few_rows.h, which brings the rows.
 *
 * The panel kernel spreads centroids over lanes: a few leave most of them idle, and packing and the
 * reduction of a row over its lanes cost more than the products. Here columns are spread over
 * lanes: four rows, shifted and scaled on the way, meet FEW_SHARED centroids at a time, and the
 * partial sums of all these pairs are reduced together, one pair a lane. The comparisons then have
 * rows in lanes, as in low dimensions. */

enum {
    T(FEW_GROUP) = 4, /* rows of a tile */
    T(FEW_ROWS) = 64, /* rows whose scores wait for the comparisons: they stay in L1 */
    T(FEW_PAIRS) = T(FEW_GROUP) * T(FEW_SHARED)
};

typedef struct T(few_work) {
    _Alignas(64) REAL z[T(FEW_GROUP) * KM_PACKED_LD(KM_FEW_D)];
    _Alignas(64) REAL score[KM_FEW_K * T(FEW_ROWS)]; /* without the half norms */
    _Alignas(64) REAL norm2[T(FEW_ROWS) * T(VL)];    /* minus squared norms, VL parts of each */
    _Alignas(64) REAL pair[T(FEW_PAIRS)];
    _Alignas(64) REAL gap[T(FEW_ROWS)];
    int32_t label[T(FEW_ROWS)];
} T(few_work);

/* The rows of the next tile, asked for while this one's products are formed, a few lines a step:
 * all at once they would wait for each other, and nothing be computed meanwhile. */
typedef struct T(few_ahead) {
    uintptr_t row[T(FEW_GROUP)]; /* they need not exist */
    int64_t first, rows;         /* those that are left */
} T(few_ahead);

/* The lines that begin in column vector `at`, which has `vector` bytes of a row. */
KM_INLINE void T(few_fetch)(const T(few_ahead) * ahead, int64_t at, const int vector)
{
    if (vector < 64 && at % (64 / vector) != 0) {
        return;
    }
    for (int64_t r = ahead->first; r < ahead->first + ahead->rows; r++) {
        for (int b = 0; b < vector; b += 64) {
            const uintptr_t line = ahead->row[r] + (uintptr_t)(at * vector + b);
            __builtin_prefetch((const void *)line, 0, 2);
        }
    }
}

/* Minus the products of four rows z and the first `shared` centroids from c on. */
KM_INLINE void T(few_products)(const REAL *z, int64_t d, const REAL *c, const int shared,
                               T(few_ahead) ahead, const int vector, T(vec) pair[T(FEW_PAIRS)])
{
    const int64_t ld = KM_PACKED_LD(d);
    for (int s = 0; s < T(FEW_PAIRS); s++) {
        pair[s] = T(vec_set)(0);
    }
    for (int64_t p = 0; p < d; p += T(VL)) {
        T(few_fetch)(&ahead, p / T(VL), vector);
        T(vec) row[T(FEW_GROUP)]; /* loaded once for all that share them */
        for (int r = 0; r < T(FEW_GROUP); r++) {
            row[r] = T(vec_hold)(T(vec_load)(z + r * ld + p));
        }
        for (int s = 0; s < shared; s++) {
            const T(vec) centroid = T(vec_load)(c + s * ld + p);
            for (int r = 0; r < T(FEW_GROUP); r++) {
                T(vec) *const to = pair + s * T(FEW_GROUP) + r;
                *to = T(vec_fnmadd)(*to, row[r], centroid);
            }
        }
    }
}

/* Scores of rows i .. i+3 for centroids j .. j+shared-1; meanwhile as many of the rows ahead are
 * asked for as it takes for all of them to be by the last centroid. */
KM_INLINE void T(few_scores)(int64_t d, const T(km_low) * c, int64_t j, const int shared, int64_t i,
                             T(few_ahead) * ahead, const int vector, T(few_work) * work)
{
    T(vec) pair[T(FEW_PAIRS)];
    T(few_ahead) some = *ahead;
    const int64_t turns = (c->k - j + T(FEW_SHARED) - 1) / T(FEW_SHARED);
    some.rows = (ahead->rows + turns - 1) / turns;
    T(few_products)(work->z, d, c->centroids + j * KM_PACKED_LD(d), shared, some, vector, pair);
    ahead->first += some.rows;
    ahead->rows -= some.rows;
    for (int s = 0; s < T(FEW_PAIRS); s += T(VL)) {
        T(vec_store)(work->pair + s, T(vec_sums)(pair + s));
    }
    for (int s = 0; s < shared; s++) {
        memcpy(work->score + (j + s) * T(FEW_ROWS) + i, work->pair + s * T(FEW_GROUP),
               T(FEW_GROUP) * sizeof(REAL));
    }
}

/* Rows i .. i+3, which are in z, against all centroids. */
KM_INLINE void T(few_group)(int64_t d, const T(km_low) * c, int64_t i, T(few_ahead) ahead,
                            const int vector, T(few_work) * work)
{
    for (int r = 0; r < T(FEW_GROUP); r++) {
        T(vec) minus = T(vec_set)(0);
        for (int64_t p = 0; p < d; p += T(VL)) {
            const T(vec) z = T(vec_load)(work->z + r * KM_PACKED_LD(d) + p);
            minus = T(vec_fnmadd)(minus, z, z);
        }
        T(vec_store)(work->norm2 + (i + r) * T(VL), minus);
    }
    int64_t j = 0;
    for (; j + T(FEW_SHARED) <= c->k; j += T(FEW_SHARED)) {
        T(few_scores)(d, c, j, T(FEW_SHARED), i, &ahead, vector, work);
    }
    switch (c->k - j) {
    case 0: break;
    case 1: T(few_scores)(d, c, j, 1, i, &ahead, vector, work); break;
    case 2:
        T(few_scores)(d, c, j, T(FEW_SHARED) < 2 ? T(FEW_SHARED) : 2, i, &ahead, vector, work);
        break;
    default:
        T(few_scores)(d, c, j, T(FEW_SHARED) < 3 ? T(FEW_SHARED) : 3, i, &ahead, vector, work);
        break;
    }
}

/* The nearest of all centroids for rows i .. i+VL-1. */
KM_INLINE void T(few_compare)(int64_t d, const T(km_low) * c, int64_t i, T(few_work) * work)
{
    const REAL *const half_norm = c->centroids + c->k * KM_PACKED_LD(d);
    T(low_tile) tile;
    T(low_nearest) near;
    T(low_forget)(1, &near);
    for (int32_t j = 0; j < c->k; j++) {
        const T(vec) score = T(vec_load)(work->score + j * T(FEW_ROWS) + i);
        tile.score[0][0] = T(vec_fnmadd)(score, T(vec_set)(half_norm[j]), T(vec_set)(-1));
        T(low_meet)(&tile, j, 1, 1, &near);
    }
    T(vec) part[T(VL)];
    for (int r = 0; r < T(VL); r++) {
        part[r] = T(vec_load)(work->norm2 + (i + r) * T(VL));
    }
    const T(vec) minus_norm2 = T(vec_sums)(part);
    T(low_decide)(&near, 0, minus_norm2, c, work->label + i);
    if (c->gap != NULL) {
        T(low_gap)(&near, 0, minus_norm2, c, work->gap + i);
    }
}
