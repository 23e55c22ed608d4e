/* Squared distance of two rows in REAL, for screening.
 * Parameters: REAL, T(name), and the vocabulary of the folder's vec.h. */

KM_INLINE T(vec) T(near_load)(const REAL *a)
{
    T(vec) v;
    memcpy(&v, a, sizeof v); /* any alignment */
    return v;
}

/* sum - (x - c)^2: the vocabulary has acc - a*b only, so sums run below zero. */
KM_INLINE T(vec) T(near_step)(T(vec) sum, const REAL *x, const REAL *c)
{
    const T(vec) t = T(vec_fnmadd)(T(near_load)(x), T(vec_set)(1), T(near_load)(c));
    return T(vec_fnmadd)(sum, t, t);
}

static REAL T(near)(const REAL *x, const REAL *c, int64_t d)
{
    enum { chains = 4 }; /* hide the latency of the sums */
    T(vec) sum[chains];
    for (int s = 0; s < chains; s++) {
        sum[s] = T(vec_set)(0);
    }
    int64_t p = 0;
    for (; p + chains * T(VL) <= d; p += chains * T(VL)) {
        for (int s = 0; s < chains; s++) {
            sum[s] = T(near_step)(sum[s], x + p + s * T(VL), c + p + s * T(VL));
        }
    }
    for (; p + T(VL) <= d; p += T(VL)) {
        sum[0] = T(near_step)(sum[0], x + p, c + p);
    }
    const T(vec) minus_one = T(vec_set)(-1);
    for (int s = 1; s < chains; s++) {
        sum[0] = T(vec_fnmadd)(sum[0], minus_one, sum[s]);
    }
    _Alignas(64) REAL lanes[T(VL)];
    T(vec_store)(lanes, sum[0]);
    for (int half = T(VL) / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) {
            lanes[l] += lanes[l + half];
        }
    }
    REAL total = -lanes[0];
    for (; p < d; p++) {
        const REAL t = x[p] - c[p];
        total += t * t;
    }
    return total;
}
