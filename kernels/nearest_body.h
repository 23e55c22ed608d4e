/* The two smallest scores of a row, lane by lane, and their reduction to km_nearest.
 *
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h.
 *
 * state of row i, 3*VL REALs: per lane the smallest score, the second smallest, and the number
 * of the vector of centroids that held the smallest (as an integer in REAL's bits, so that any
 * int32 label fits). Lane l of vector g is centroid g*VL + l. */

KM_INLINE void T(nearest_clear)(int64_t rows, REAL *state)
{
    const T(vec) inf = T(vec_set)((REAL)INFINITY);
    for (int64_t i = 0; i < rows; i++, state += 3 * T(VL)) {
        T(vec_store)(state, inf);
        T(vec_store)(state + T(VL), inf);
        T(vec_store)(state + 2 * T(VL), T(vec_index)(0));
    }
}

/* One row meets the scores of nv vectors, first being the number of the first.
 * second = min(second, max(best, v)) keeps ties: an equal score becomes the second. */
KM_INLINE void T(nearest_update)(const T(vec) * score, const int nv, int32_t first, REAL *state)
{
    T(vec) best = T(vec_load)(state);
    T(vec) second = T(vec_load)(state + T(VL));
    T(vec) index = T(vec_load)(state + 2 * T(VL));
    for (int v = 0; v < nv; v++) {
        const T(vec_mask) less = T(vec_less)(score[v], best);
        second = T(vec_min)(second, T(vec_max)(best, score[v]));
        best = T(vec_min)(best, score[v]);
        index = T(vec_select)(less, T(vec_index)(first + v), index);
    }
    T(vec_store)(state, best);
    T(vec_store)(state + T(VL), second);
    T(vec_store)(state + 2 * T(VL), index);
}

KM_INLINE int32_t T(nearest_label)(const REAL *state, int lane)
{
    int32_t vector; /* the low half of a 64-bit index: all targets are little-endian */
    memcpy(&vector, state + 2 * T(VL) + lane, sizeof vector);
    return vector * T(VL) + lane;
}

/* Reduce the lanes of row i. The second smallest score is the best of another lane, whose label
 * is known, or the second of the best's own lane, whose label was not kept. */
KM_INLINE void T(nearest_finish)(const REAL *state, int64_t i, const T(km_nearest) * out)
{
    const REAL inf = (REAL)INFINITY;
    T(vec) bests = T(vec_load)(state);
    const T(vec) seconds = T(vec_load)(state + T(VL));
    const REAL best = T(vec_reduce_min)(bests);
    const int lane = T(vec_find)(bests, best);
    const REAL own = state[T(VL) + lane];
    bests = T(vec_set_lane)(bests, lane, inf);
    const REAL other = T(vec_reduce_min)(bests);
    const int lane2 = T(vec_find)(bests, other);
    bests = T(vec_set_lane)(bests, lane2, inf);
    const REAL rest = T(vec_reduce_min)(T(vec_min)(bests, seconds));
    const int known = other <= own && other < inf;
    out->best[i] = best;
    out->label[i] = T(nearest_label)(state, lane);
    out->second[i] = known ? other : own;
    out->label2[i] = known ? T(nearest_label)(state, lane2) : -1;
    out->third[i] = known ? rest : own;
}
