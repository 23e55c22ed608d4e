/* Lloyd's iteration (S. P. Lloyd, Least squares quantization in PCM, IEEE Trans. Inf. Theory 28,
 * 1982): every row against every centroid in every pass. 2nkd operations, one read of the data. */
#include "algorithm.h"
#include "steps/pack.h"

static bool applicable(int64_t n, int64_t d, int64_t k)
{
    (void)n;
    (void)d;
    (void)k;
    return true;
}

static double cost(int64_t n, int64_t d, int64_t k)
{
    return 2.0 * (double)n * (double)d * (double)k;
}

static int pass(km_run *run, const double *c, km_sums_mode mode, km_pass_facts *facts)
{
    km_pack(run, c, run->k);
    return km_pass(run, mode, facts);
}

const km_algorithm km_lloyd = {
    .name = "lloyd",
    .exact = true,
    .memory = "labels twice and sums: nothing more",
    .applicable = applicable,
    .cost = cost,
    .pass = pass,
};
