/* Every row against every centroid: see algorithm.h. */
#include "algorithm.h"
#include "steps/bytes.h"
#include "steps/pack.h"

bool km_any_sizes(const km_sizes *sizes, const km_isa *isa)
{
    (void)sizes;
    (void)isa;
    return true;
}

double km_all_pairs_cost(const km_sizes *sizes, const km_isa *isa)
{
    (void)isa;
    return 2.0 * (double)sizes->n * (double)sizes->d * (double)sizes->k;
}

int km_all_pairs_pass(km_run *run, const double *c, km_sums_mode mode, km_pass_facts *facts)
{
    km_pack(run, c, run->k);
    km_bytes_start(run, c, mode);
    const int status = km_pass(run, mode, facts);
    km_bytes_end(run);
    return status;
}
