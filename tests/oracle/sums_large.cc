// Sums of so many columns and clusters that rows go into the digits themselves, of clusters with
// more rows than the digits can take before they are settled.
#include <algorithm>

#include "oracle/check.h"

namespace {

using namespace oracle;

TEST(LargeSums, AClusterOfManyRowsHasItsMean)
{
    const int64_t n = 13000, d = 256, k = 600;
    Matrix x(KMEANS_F32, n, d);
    std::vector<double> start(static_cast<size_t>(k * d));
    for (int64_t i = 0; i < n; i++) // the first cluster has all but k - 1 rows, each the same
        for (int64_t p = 0; p < d; p++)
            x.set(i, p,
                  (i < k - 1 && p == i % d ? -1 - static_cast<double>(i / d) / 4 : 1) * 0.999);
    for (int64_t p = 0; p < d; p++)
        start[static_cast<size_t>(p)] = 0.999;
    for (int64_t j = 1; j < k; j++)
        x.copy_row(j - 1, start.data() + j * d);
    Request request(x, start);
    request.set("iterations", 1);
    for (const bool weighted : {false, true}) {
        request.weights.assign(weighted ? static_cast<size_t>(n) : 0, 3);
        const Outcome out = run(request);
        ASSERT_EQ(std::count(out.labels.begin(), out.labels.end(), 0), n - (k - 1));
        for (int64_t p = 0; p < d; p++)
            ASSERT_EQ(out.centroids[static_cast<size_t>(p)], x.at(n - 1, p)) << p;
    }
}

} // namespace
