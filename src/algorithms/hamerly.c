/* Lloyd's iteration without the rows whose label the triangle inequality proves (G. Hamerly, Making
 * k-means even faster, SDM 2010; steps/bounds.h): same labels and centroids, to the bit. The other
 * rows meet the centroids in bytes, in float32, or where that leaves too much open in float64;
 * shorts, the matrix unit, float64 lanes (d <= 16, or few centroids) and leading axes
 * (steps/axes.h) give no gaps; for the last it keeps what rows are on them, so that they are
 * projected once. As passes go by ever fewer rows are read. */
#include "algorithm.h"
#include "steps/bounds.h"
#include "steps/bytes.h"
#include "steps/pack.h"

static bool is_dense(const km_sizes *sizes, const km_isa *isa)
{
    (void)isa;
    return !sizes->sparse;
}

/* Rows that cost little more than their labels and limits are better seen (15 and 25 passes over
 * blobs, AVX2 and AVX-512: d = 4, k = 32 and d = 8, k = 4 take 1.0 to 1.4 times as long, d = 4,
 * k = 128 and d = 8, k = 16 0.7 to 0.9), and a screen that gives no gaps is quicker as long as a
 * third of the rows meet the centroids. */
static double cost(const km_sizes *sizes, const km_isa *isa)
{
    const int64_t least = sizes->d > KM_LOW_D ? 0 : sizes->d >= 8 ? 64 : 512;
    const bool worth = sizes->d * sizes->k >= least;
    return km_all_pairs_cost(sizes, isa) * (worth && km_first_gives_gaps(sizes, isa) ? 0.5 : 2);
}

static int pass(km_run *run, const double *c, km_sums_mode mode, km_pass_facts *facts)
{
    km_pack(run, c, run->k);
    km_bounds_start(run, mode);
    km_bytes_start(run, c, mode);
    const int status = km_pass(run, mode, facts);
    km_bytes_end(run);
    km_bounds_end(run, status == 0 ? facts : NULL);
    return status;
}

const km_algorithm km_hamerly = {
    .name = "hamerly",
    .exact = true,
    .memory = "what lloyd keeps, and 4 bytes per row, 12 per cluster; on axes 4 (axes + 2) "
              "more per row, up to a quarter of what the row takes",
    .bounds = true,
    .applicable = is_dense,
    .cost = cost,
    .pass = pass,
};
