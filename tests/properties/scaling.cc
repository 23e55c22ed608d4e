// Metamorphic: rows scaled by a power of two give the same run, scaled, to the bit. Squares
// underflow at 2^-600 and come near the end of the range at 2^440: nobody may notice.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

Matrix times(const Matrix &x, double factor)
{
    Matrix y = x;
    for (int64_t i = 0; i < x.n; i++) {
        for (int64_t p = 0; p < x.d; p++)
            y.set(i, p, x.at(i, p) * factor);
    }
    return y;
}

void expect_scaled_run(const Matrix &x, double factor, Request request)
{
    SCOPED_TRACE(factor);
    const Outcome plain = run(request);
    const Matrix y = times(x, factor);
    request.x = &y;
    for (double &value : request.centroids)
        value *= factor;
    for (const std::string &isa : usable_isas()) {
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.labels, plain.labels) << isa;
        EXPECT_EQ(out.info.iterations, plain.info.iterations) << isa;
        EXPECT_EQ(out.info.empty_events, plain.info.empty_events) << isa;
        for (size_t q = 0; q < plain.centroids.size(); q++) {
            ASSERT_EQ(out.centroids[q], plain.centroids[q] * factor) << isa;
        }
        const double expected = plain.info.inertia * factor * factor;
        const bool representable = expected > 0x1p-1000;
        EXPECT_TRUE(!representable || std::fabs(out.info.inertia / expected - 1) < 2e-13) << isa;
    }
}

class Scaling : public testing::TestWithParam<const char *> {};

TEST_P(Scaling, ByAPowerOfTwoScalesTheRun)
{
    const Matrix wide = make_blobs(KMEANS_F64, 400, 3, 9, 8, 1, 6);
    for (const double factor : {0x1p-900, 0x1p-600, 0x1p-520, 0x1p-100, 0x1p100, 0x1p440}) {
        // A start in the box leaves clusters empty; relocation compares D, which is 0 there.
        if (factor < 0x1p-500 && GetParam() == std::string("box"))
            continue;
        Request request(wide, 12);
        request.set("init", GetParam()).set("max_iterations", "60");
        expect_scaled_run(wide, factor, request);
    }
    const Matrix narrow = convert(wide, KMEANS_F32);
    for (const double factor : {0x1p-95, 0x1p-70, 0x1p60, 0x1p120}) {
        Request request(narrow, 12);
        request.set("init", GetParam()).set("max_iterations", "60");
        expect_scaled_run(narrow, factor, request);
    }
}

std::string name_of(const testing::TestParamInfo<const char *> &info)
{
    return std::string(info.param) == "k-means++" ? "plusplus" : info.param;
}

INSTANTIATE_TEST_SUITE_P(Starts, Scaling, testing::Values("k-means++", "random", "box"), name_of);

TEST(ScalingOf, RelocationAndGivenCentroids)
{
    const Matrix x = make_blobs(KMEANS_F64, 300, 2, 9, 8, 1, 6);
    std::vector<double> start = distinct_rows(x, 3, 1);
    for (int q = 0; q < 10; q++)
        start.push_back(1000.0 + q);
    for (const double factor : {0x1p-450, 0x1p-100, 0x1p400}) {
        expect_scaled_run(x, factor, Request(x, start));
    }
}

} // namespace
