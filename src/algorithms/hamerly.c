/* Lloyd's iteration without the rows whose label the triangle inequality proves (G. Hamerly, Making
 * k-means even faster, SDM 2010; steps/bounds.h): same labels and centroids, to the bit. The other
 * rows meet all centroids in float32: the cheaper screens find no gaps. 4 bytes per row, and as
 * passes go by ever fewer rows are read. */
#include "algorithm.h"
#include "steps/bounds.h"
#include "steps/pack.h"

static bool is_dense(const km_sizes *sizes, const km_isa *isa)
{
    (void)isa;
    return !sizes->sparse;
}

/* Rows that cost little more than their labels and limits are better seen (d = 2, k = 40 and d = 3,
 * k = 64: no gain in 60 passes; d = 14, k = 127: 1.6 times as fast over 40), and a screen in
 * shorter numbers is quicker as long as a third of the rows meet the centroids. */
static double cost(const km_sizes *sizes, const km_isa *isa)
{
    const bool worth = sizes->d > KM_LOW_D || sizes->d * sizes->k >= 512;
    return km_all_pairs_cost(sizes, isa) * (worth && km_float_screen(sizes, isa) ? 0.5 : 2);
}

static int pass(km_run *run, const double *c, km_sums_mode mode, km_pass_facts *facts)
{
    km_pack(run, c, run->k);
    km_bounds_start(run, mode);
    const int status = km_pass(run, mode, facts);
    km_bounds_end(run, status == 0);
    return status;
}

const km_algorithm km_hamerly = {
    .name = "hamerly",
    .exact = true,
    .memory = "what lloyd keeps, and 4 bytes per row",
    .bounds = true,
    .applicable = is_dense,
    .cost = cost,
    .pass = pass,
};
