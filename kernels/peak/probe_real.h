/* See probe.h. acc -= acc * tiny: each chain depends on itself alone, no product can be moved out
 * of the loop, and no compiler knows the values (tiny depends on steps). */

double PEAK_NAME(PEAK)(int64_t steps, double *flops);

double PEAK_NAME(PEAK)(int64_t steps, double *flops)
{
    enum { chains = PEAK_CHAINS };
    const T(vec) tiny = T(vec_set)((REAL)1e-3 / (REAL)steps);
    T(vec) acc[chains];
    for (int c = 0; c < chains; c++) {
        acc[c] = T(vec_set)((REAL)(1 + c));
    }
    for (int64_t s = 0; s < steps; s++) {
        for (int c = 0; c < chains; c++) {
            acc[c] = T(vec_fnmadd)(acc[c], acc[c], tiny);
        }
    }
    *flops = 2.0 * (double)steps * chains * T(VL);
    for (int c = 1; c < chains; c++) {
        acc[0] = T(vec_min)(acc[0], acc[c]);
    }
    return (double)T(vec_reduce_min)(acc[0]);
}
