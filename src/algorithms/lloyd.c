/* Lloyd's iteration (S. P. Lloyd, Least squares quantization in PCM, IEEE Trans. Inf. Theory 28,
 * 1982): every row against every centroid in every pass. 2nkd operations, one read of the data. */
#include "algorithm.h"

const km_algorithm km_lloyd = {
    .name = "lloyd",
    .exact = true,
    .memory = "labels twice and sums: nothing more",
    .applicable = km_any_sizes,
    .cost = km_all_pairs_cost,
    .pass = km_all_pairs_pass,
};
