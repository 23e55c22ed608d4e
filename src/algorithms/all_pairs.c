/* Every row against every centroid: see algorithm.h. */
#include "algorithm.h"
#include "steps/pack.h"

bool km_any_sizes(int64_t n, int64_t d, int64_t k)
{
    (void)n;
    (void)d;
    (void)k;
    return true;
}

double km_all_pairs_cost(int64_t n, int64_t d, int64_t k)
{
    return 2.0 * (double)n * (double)d * (double)k;
}

int km_all_pairs_pass(km_run *run, const double *c, km_sums_mode mode, km_pass_facts *facts)
{
    km_pack(run, c, run->k);
    return km_pass(run, mode, facts);
}
