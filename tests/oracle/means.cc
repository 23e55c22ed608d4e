// Centroids are the exact mean of their rows rounded once: checked with rational arithmetic.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

// One pass from a given start, on every table: the centroids are the means of the labels that
// the exact argmin gives for the start.
void expect_exact_means(const Matrix &x, const std::vector<double> &start,
                        const std::vector<double> &weights = {})
{
    const int64_t k = static_cast<int64_t>(start.size()) / x.d;
    const std::vector<int32_t> labels = exact_argmin(x, start, k).labels;
    int64_t empty = 0;
    const std::vector<double> expected = update(x, weights, labels, k, start, &empty);
    for (const std::string &isa : usable_isas()) {
        for (const int threads : {1, 3}) {
            SCOPED_TRACE(isa + " threads " + std::to_string(threads));
            Request request(x, start);
            request.isa = isa;
            request.threads = threads;
            request.weights = weights;
            const Outcome out = run(request.set("iterations", "1"));
            ASSERT_GE(out.status, 0) << out.detail;
            expect_same_bits(out.centroids, expected);
            expect_consistent(out, x, weights);
        }
    }
}

std::vector<double> integer_weights(int64_t n, uint64_t seed)
{
    Random random(seed);
    std::vector<double> weights;
    for (int64_t i = 0; i < n; i++)
        weights.push_back(static_cast<double>(random.below(6)));
    weights[0] = 1;
    return weights;
}

std::vector<double> real_weights(int64_t n, uint64_t seed)
{
    Random random(seed);
    std::vector<double> weights;
    for (int64_t i = 0; i < n; i++)
        weights.push_back(1.0 + random.symmetric());
    weights[0] = 1;
    return weights;
}

TEST(Means, OfRealSetsAreExact)
{
    for (const char *file : {"iris.npy", "wine.npy", "wdbc.npy", "htru2.npy", "nslkdd.npy",
                             "cal_housing.npy", "lidar_csite1.npy", "kodim23.npy"}) {
        if (!have(file))
            GTEST_SKIP() << missing(file);
        SCOPED_TRACE(file);
        const Matrix x = first_rows(load(file), 6000);
        expect_exact_means(x, distinct_rows(x, 10, 1));
        expect_exact_means(x, distinct_rows(x, 10, 1), integer_weights(x.n, 2));
        expect_exact_means(x, distinct_rows(x, 10, 1), real_weights(x.n, 3));
        if (x.dtype == KMEANS_F64) {
            const Matrix narrow = convert(x, KMEANS_F32);
            expect_exact_means(narrow, distinct_rows(narrow, 10, 1));
            expect_exact_means(narrow, distinct_rows(narrow, 10, 1), real_weights(x.n, 3));
        }
    }
}

// Column 0 is of size 1e-3; one row holds 1e12. A float64 sum would lose 3 of its digits.
TEST(Means, WithAnOutlierOf1e12InAColumnOf1em3)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        Random random(3);
        Matrix x(dtype, 5000, 4);
        for (int64_t i = 0; i < x.n; i++) {
            for (int64_t p = 0; p < 4; p++)
                x.set(i, p, 1e-3 * random.symmetric());
        }
        x.set(2500, 0, 1e12);
        expect_exact_means(x, rows_of(x, {0, 1, 2, 3}));
        expect_exact_means(x, rows_of(x, {0}));
        expect_exact_means(x, rows_of(x, {0, 1, 2, 3}), real_weights(x.n, 4));
        // The outlier is a cluster of its own from the first pass on.
        expect_exact_means(x, rows_of(x, {0, 2500}));
    }
}

TEST(Means, WithCancellation)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        const double big = dtype == KMEANS_F32 ? 0x1p40 : 0x1p80;
        Random random(5);
        Matrix x(dtype, 1000, 2);
        for (int64_t i = 0; i < x.n; i++) {
            x.set(i, 0, i % 4 == 0 ? big : i % 4 == 2 ? -big : random.symmetric());
            x.set(i, 1, random.symmetric());
        }
        expect_exact_means(x, {0, 0});
    }
}

// Sums that fall on the middle between two doubles, or next to it.
TEST(Means, OnRoundingBoundaries)
{
    Matrix x(KMEANS_F64, 4, 3);
    const double ulp = 0x1p-52;
    const double values[12] = {1, 1 + ulp, 1 + ulp, 1 + ulp, 1 + 2 * ulp, 1,
                               1, 1,       1,       1 + ulp, 1 + ulp,     1};
    for (int64_t q = 0; q < 12; q++)
        x.set(q / 3, q % 3, values[q]);
    expect_exact_means(x, {1, 1, 1});
    expect_exact_means(x, {1, 1, 1}, {1, 2, 3, 0x1p-60});
    for (int64_t n = 2; n < 40; n++) {
        Random random(static_cast<uint64_t>(n));
        Matrix y(KMEANS_F64, n, 2);
        for (int64_t i = 0; i < n; i++) {
            y.set(i, 0, 1 + ulp * static_cast<double>(random.below(3)));
            y.set(i, 1, 0x1p53 + 2 * static_cast<double>(random.below(3)));
        }
        expect_exact_means(y, {1, 0x1p53});
    }
}

TEST(Means, OfTinyAndHugeNumbers)
{
    for (const double scale : {0x1p-1060, 0x1p-1000, 0x1p-500, 0x1p300, 0x1p499}) {
        Random random(8);
        Matrix x(KMEANS_F64, 300, 3);
        for (int64_t i = 0; i < x.n; i++) {
            for (int64_t p = 0; p < 3; p++)
                x.set(i, p, scale * random.symmetric());
        }
        expect_exact_means(x, rows_of(x, {0, 1, 2}));
    }
    for (const double scale : {0x1p-140, 0x1p-100, 0x1p100, 0x1p127}) {
        Random random(8);
        Matrix x(KMEANS_F32, 300, 3);
        for (int64_t i = 0; i < x.n; i++) {
            for (int64_t p = 0; p < 3; p++)
                x.set(i, p, scale * random.symmetric());
        }
        expect_exact_means(x, rows_of(x, {0, 1, 2}));
    }
}

TEST(Means, ManyRowsInOneCluster)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const double offset = dtype == KMEANS_U8 ? 100 : 1e5 / 3;
        const Matrix x = make_blobs(dtype, 50000, 2, 3, 4, offset, 6);
        expect_exact_means(x, x.row(0));
        expect_exact_means(x, distinct_rows(x, 100, 1));
    }
}

// Weights whose products with the rows need more than 53 bits, and of very different sizes.
TEST(Means, WeightsOfDifferentSizes)
{
    const Matrix x = make_blobs(KMEANS_F64, 2000, 3, 4, 5, 10, 12);
    Random random(5);
    std::vector<double> weights;
    for (int64_t i = 0; i < x.n; i++) {
        weights.push_back(
            std::ldexp(1.5 + 0.5 * random.symmetric(), static_cast<int>(i % 40) - 20));
    }
    expect_exact_means(convert(x, KMEANS_F32), distinct_rows(x, 4, 1), weights);
    std::vector<double> dyadic;
    for (int64_t i = 0; i < x.n; i++)
        dyadic.push_back(std::ldexp(1.0, static_cast<int>(i % 30) - 15));
    expect_exact_means(x, distinct_rows(x, 4, 1), dyadic);
}

// The example in the design: means rounded twice go round in circles, means rounded once stop.
TEST(Means, ThePeriodTwoExampleReachesAFixpoint)
{
    const double y[18] = {0, 0, 4, 2, 2, 6, 4, 4, 0, 2, 0, 2, 0, 0, 4, 0, 0, 0};
    Matrix x(KMEANS_F64, 9, 2);
    for (int64_t q = 0; q < 18; q++)
        x.set(q / 2, q % 2, 0x1p53 + y[q]);
    const double b = 0x1p53;
    const std::vector<double> start = {b, b, b + 2, b + 6, b + 4, b};
    for (const std::string &isa : usable_isas()) {
        Request request(x, start);
        request.isa = isa;
        const Outcome out = run(request.set("max_iterations", "1000"));
        ASSERT_EQ(out.status, 0) << out.detail;
        EXPECT_EQ(out.stop_reason, "fixpoint");
        EXPECT_LT(out.info.iterations, 20);
        expect_consistent(out, x);
        const Lloyd expected = lloyd(x, {}, start, 3, 0);
        EXPECT_EQ(out.info.iterations, expected.iterations);
        EXPECT_EQ(out.labels, expected.labels);
        expect_same_bits(out.centroids, expected.centroids);
    }
}

// Thousands of small problems on coarse grids far from zero, where rounding decides every mean.
TEST(Means, CoarseGridsAlwaysReachAFixpoint)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        Random random(seed);
        const int64_t n = 5 + random.below(10);
        Matrix x(KMEANS_F64, n, 2);
        for (int64_t q = 0; q < 2 * n; q++) {
            x.set(q / 2, q % 2, 0x1p53 + 2 * static_cast<double>(random.below(5)));
        }
        const std::vector<double> start = distinct_rows(x, 3, seed);
        if (start.size() != 6)
            continue;
        const Outcome out = run(Request(x, start).set("max_iterations", "200"));
        ASSERT_EQ(out.status, 0) << out.detail;
        EXPECT_EQ(out.stop_reason, "fixpoint") << seed;
        const Lloyd expected = lloyd(x, {}, start, 3, 0);
        EXPECT_EQ(out.info.iterations, expected.iterations) << seed;
        expect_same_bits(out.centroids, expected.centroids);
    }
}

TEST(LongMeans, OfWholeRealSetsAreExact)
{
    for (const char *file : {"nslkdd.npy", "lidar_csite1.npy", "covtype20k.npy", "sift5k.npy"}) {
        if (!have(file))
            GTEST_SKIP() << missing(file);
        SCOPED_TRACE(file);
        const Matrix x = load(file);
        for (const int64_t k : {2, 100})
            expect_exact_means(x, distinct_rows(x, k, 1));
        expect_exact_means(x, distinct_rows(x, 10, 1), real_weights(x.n, 3));
    }
}

} // namespace
