// The trace and the result's other figures against exact arithmetic.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

void expect_trace(const Matrix &x, const std::vector<double> &start,
                  const std::vector<double> &weights)
{
    const int64_t k = static_cast<int64_t>(start.size()) / x.d;
    Request request(x, start);
    request.weights = weights;
    const Outcome out = run(request.set("max_iterations", "0"));
    ASSERT_EQ(out.status, 0) << out.detail;
    std::vector<double> before = start;
    for (int64_t t = 1; t <= out.info.iterations; t++) {
        SCOPED_TRACE("pass " + std::to_string(t));
        const kmeans_trace_row &row = out.trace[static_cast<size_t>(t - 1)];
        const Lloyd state = lloyd(x, weights, start, k, t);
        const std::vector<int32_t> labels = exact_argmin(x, before, k).labels;
        const double made = static_cast<double>(wide_inertia(x, weights, labels, before));
        const double updated =
            static_cast<double>(wide_inertia(x, weights, labels, state.centroids));
        EXPECT_EQ(row.pass, t);
        EXPECT_NEAR(row.inertia, made, 1e-13 * made);
        EXPECT_NEAR(row.inertia_updated, updated, 1e-13 * updated);
        EXPECT_EQ(row.changed, state.changed[static_cast<size_t>(t - 1)]);
        long double largest = 0;
        long double total = 0;
        for (int64_t j = 0; j < k; j++) {
            const long double d2 =
                wide_d2(state.centroids.data() + j * x.d, before.data() + j * x.d, x.d);
            largest = std::max(largest, d2);
            total += d2;
        }
        EXPECT_NEAR(row.shift_max, static_cast<double>(std::sqrt(largest)),
                    1e-14 * static_cast<double>(std::sqrt(largest)));
        EXPECT_NEAR(row.shift_total, static_cast<double>(std::sqrt(total)),
                    1e-14 * static_cast<double>(std::sqrt(total)));
        EXPECT_EQ(row.empty, 0);
        EXPECT_GE(row.assign_seconds, 0);
        EXPECT_GE(row.update_seconds, 0);
        EXPECT_GE(row.distances_done, 0);
        before = state.centroids;
    }
    const kmeans_trace_row &last = out.trace.back();
    EXPECT_EQ(last.inertia, out.info.inertia);
    EXPECT_EQ(last.changed, 0);
    EXPECT_EQ(last.shift_max, 0);
    EXPECT_EQ(last.shift_total, 0);
    expect_consistent(out, x, weights);
}

TEST(Trace, EqualsExactArithmeticOnSmallSets)
{
    for (const char *file : {"iris.npy", "wine.npy", "ruspini.npy", "bavaria1.npy", "wdbc.npy"}) {
        if (!have(file))
            GTEST_SKIP() << missing(file);
        SCOPED_TRACE(file);
        const Matrix x = load(file);
        expect_trace(x, distinct_rows(x, 6, 1), {});
        expect_trace(convert(x, KMEANS_F32), distinct_rows(convert(x, KMEANS_F32), 6, 1), {});
        std::vector<double> weights;
        for (int64_t i = 0; i < x.n; i++)
            weights.push_back(static_cast<double>(1 + i % 9) / 4);
        expect_trace(x, distinct_rows(x, 6, 1), weights);
    }
}

TEST(Trace, EqualsExactArithmeticFarFromTheOrigin)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        const Matrix x = make_blobs(dtype, 400, 2, 5, 5, 1e6, 4);
        expect_trace(x, distinct_rows(x, 6, 1), {});
    }
}

// Relative error of the inertia, 1e-13, where plain sums cancel.
TEST(Inertia, OfTightClustersFarAway)
{
    for (const double spread : {1.0, 1e-3, 1e-6, 1e-9}) {
        for (const double offset : {0.0, 1.0, 1e4, 1e7}) {
            Random random(3);
            Matrix x(KMEANS_F64, 500, 3);
            for (int64_t i = 0; i < 500; i++) {
                for (int64_t p = 0; p < 3; p++) {
                    x.set(i, p,
                          offset + 10 * static_cast<double>(i % 4) + spread * random.symmetric());
                }
            }
            const Outcome out = run(Request(x, 4));
            ASSERT_GE(out.status, 0);
            SCOPED_TRACE(offset);
            expect_inertia(out, x, {});
        }
    }
}

TEST(Inertia, OfOneRowThatDiffers)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        Matrix x = from_values(dtype, 100, 2, std::vector<double>(200, 1e6));
        x.set(50, 1, dtype == KMEANS_F32 ? 1e6 + 0.0625 : 1e6 + 0x1p-32);
        const Outcome out = run(Request(x, 1));
        expect_inertia(out, x, {});
        EXPECT_GT(out.info.inertia, 0);
    }
}

TEST(Inertia, IsZeroExactlyWhenEveryRowIsItsCentroid)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        Matrix x(dtype, 300, 4);
        for (int64_t q = 0; q < 1200; q++)
            x.set(q / 4, q % 4, static_cast<double>(q / 4 % 6 * 17 + q % 4));
        EXPECT_EQ(run(Request(x, 6)).info.inertia, 0);
        EXPECT_GT(run(Request(x, 5)).info.inertia, 0);
        x.set(7, 2, x.at(7, 2) + 1);
        EXPECT_GT(run(Request(x, 6)).info.inertia, 0);
        EXPECT_EQ(run(Request(x, 7)).info.inertia, 0);
    }
}

TEST(Inertia, OfTinyAndHugeNumbers)
{
    for (const double scale : {0x1p-500, 0x1p-400, 0x1p-100, 0x1p100, 0x1p490}) {
        Random random(3);
        Matrix x(KMEANS_F64, 200, 2);
        for (int64_t q = 0; q < 400; q++)
            x.set(q / 2, q % 2, scale * random.symmetric());
        SCOPED_TRACE(scale);
        expect_inertia(run(Request(x, 3)), x, {});
    }
}

TEST(Inertia, OnSmallSetsWithAndWithoutWeights)
{
    for (const char *file :
         {"iris.npy", "wine.npy", "wdbc.npy", "ruspini.npy", "german_towns.npy", "bavaria1.npy",
          "tsplib1060.npy", "pr2392.npy", "wordvec1000.npy", "final128_1k.npy"}) {
        if (!have(file))
            GTEST_SKIP() << missing(file);
        const Matrix x = load(file);
        for (const int64_t k : {1, 2, 7, 30}) {
            Request request(x, k);
            expect_inertia(run(request), x, {});
            for (int64_t i = 0; i < x.n; i++)
                request.weights.push_back(static_cast<double>(i % 5) / 3);
            expect_inertia(run(request), x, request.weights);
        }
    }
}

// Distances returned on request are the float64 nearest to the real value.
TEST(Distances, OwnAndSecondAreCorrectlyRounded)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        for (const double offset : {0.0, 1e5}) {
            const Matrix x = make_blobs(dtype, 500, 3, 6, 5, offset, 4);
            const Outcome out = run(Request(x, 6).set("distances", "on"));
            ASSERT_EQ(out.distances.size(), 1000u);
            for (int64_t i = 0; i < 500; i++) {
                std::vector<long double> d2;
                const std::vector<double> row = x.row(i);
                for (int64_t j = 0; j < 6; j++)
                    d2.push_back(wide_d2(row.data(), out.centroids.data() + 3 * j, 3));
                std::sort(d2.begin(), d2.end());
                for (int64_t s = 0; s < 2; s++) {
                    // long double roots are right unless the value lies within 2^-60 of a boundary.
                    const double expected =
                        static_cast<double>(std::sqrt(d2[static_cast<size_t>(s)]));
                    EXPECT_EQ(out.distances[static_cast<size_t>(2 * i + s)], expected);
                }
            }
            std::vector<double> again;
            predict(x, out.centroids, "", 2, &again);
            EXPECT_EQ(again, out.distances);
        }
    }
}

TEST(Distances, SecondIsInfiniteWithOneCluster)
{
    const Matrix x = make_blobs(KMEANS_F64, 20, 3, 6, 5, 0, 4);
    const Outcome out = run(Request(x, 1).set("distances", "on"));
    for (size_t i = 0; i < 20; i++)
        EXPECT_EQ(out.distances[2 * i + 1], HUGE_VAL);
}

} // namespace
