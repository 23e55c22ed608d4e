// Properties from the tests of oneDAL, scikit-learn-intelex, OpenCV and Clustering.jl.
#include <cmath>
#include <set>

#include "oracle/check.h"

namespace {

using namespace oracle;

TEST(OneDal, BadArguments)
{
    const Matrix x = make_blobs(KMEANS_F64, 20, 3, 2, 3, 0, 1);
    EXPECT_EQ(run(Request(x, int64_t{0})).status, KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(run(Request(x, int64_t{-5})).status, KMEANS_ERROR_ARGUMENT);
    EXPECT_LT(run(Request(x, int64_t{1} << 31)).status, 0) << "k above int32";
    EXPECT_EQ(run(Request(x, 2).set("max_iterations", "-1")).status, KMEANS_ERROR_ARGUMENT);
    EXPECT_GE(run(Request(x, 2).set("max_iterations", "0")).status, 0);
    EXPECT_EQ(run(Request(x, 2).set("shift_tol", "-1")).status, KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(run(Request(x, 21)).status, KMEANS_ERROR_SHAPE) << "k above n";
    const Outcome none = run(Request(x, std::vector<double>())); // neither k nor centroids
    EXPECT_EQ(none.status, KMEANS_ERROR_ARGUMENT);
}

TEST(OneDal, CentroidsOfAnotherWidth)
{
    const Matrix x = make_blobs(KMEANS_F64, 20, 3, 2, 3, 0, 1);
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
    ASSERT_EQ(kmeans_options_create(context, &options), 0);
    const double centroids[8] = {};
    ASSERT_EQ(kmeans_options_set_centroids(options, centroids, 2, 4), 0);
    const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
    ASSERT_EQ(kmeans_source_dense(context, &view, &source), 0);
    EXPECT_EQ(kmeans_fit(context, options, source, &result), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(result, nullptr);
    int32_t labels[20] = {};
    EXPECT_EQ(kmeans_predict(context, nullptr, source, centroids, 2, 4, labels, nullptr, nullptr),
              KMEANS_ERROR_SHAPE);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
}

TEST(OneDal, EmptyClusters)
{
    const Matrix x = from_values(KMEANS_F32, 10, 1, {-10, -9.5, -9, -8.5, -8, -1, 1, 9, 9.5, 10});
    const Outcome out = run(Request(x, {-10, -10, -10}));
    ASSERT_EQ(out.status, 0) << out.detail;
    expect_consistent(out, x);
    for (const int64_t size : out.sizes)
        EXPECT_GT(size, 0);
}

TEST(OneDal, OneClusterOfManyRows)
{
    const Matrix x = make_blobs(KMEANS_F32, 100000, 8, 1, 0, 100, 1);
    const Outcome out = run(Request(x, 1));
    EXPECT_EQ(out.info.iterations, 2);
    expect_consistent(out, x);
}

TEST(OneDal, RepeatedRunsAreBitwiseEqual)
{
    const Matrix x = make_blobs(KMEANS_F32, 5000, 20, 30, 3, 0, 1);
    Request request(x, 20);
    request.threads = 4;
    const Outcome first = run(request);
    for (int t = 0; t < 5; t++)
        expect_same_result(first, run(request));
}

TEST(Intelex, SixPointGold)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Matrix x = from_values(dtype, 6, 2, {1, 2, 1, 4, 1, 0, 10, 2, 10, 4, 10, 0});
        const Outcome out = run(Request(x, 2).set("restarts", "5"));
        EXPECT_EQ(out.info.inertia, 16);
        const int32_t a = out.labels[0];
        EXPECT_EQ(out.labels, (std::vector<int32_t>{a, a, a, 1 - a, 1 - a, 1 - a}));
        EXPECT_EQ(out.centroids[static_cast<size_t>(2 * a)], 1);
        EXPECT_EQ(out.centroids[static_cast<size_t>(2 * a) + 1], 2);
    }
}

// Rows drawn with replacement from N0 distinct ones, K <= N0: every label in range, no cluster
// empty.
TEST(OpenCv, SingularRowsLeaveNoClusterEmpty)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        Random random(seed);
        const int64_t n0 = 1 + random.below(20);
        const int64_t d = 1 + random.below(6);
        const int64_t n = n0 + random.below(80);
        Matrix x(seed % 2 == 0 ? KMEANS_F32 : KMEANS_F64, n, d);
        std::vector<double> distinct(static_cast<size_t>(n0 * d));
        for (double &value : distinct)
            value = random.symmetric();
        for (int64_t i = 0; i < n; i++) {
            const int64_t r = i < n0 ? i : random.below(n0);
            for (int64_t p = 0; p < d; p++)
                x.set(i, p, distinct[static_cast<size_t>(r * d + p)]);
        }
        const int64_t k = 1 + random.below(n0);
        for (const char *init : {"k-means++", "random", "box"}) {
            const Outcome out =
                run(Request(x, k).set("init", init).set("seed", std::to_string(seed)));
            ASSERT_GE(out.status, 0) << out.detail;
            const std::set<int32_t> used(out.labels.begin(), out.labels.end());
            EXPECT_EQ(static_cast<int64_t>(used.size()), k) << init << " seed " << seed;
            EXPECT_EQ(*used.begin(), 0);
            EXPECT_EQ(*used.rbegin(), k - 1);
        }
    }
}

TEST(OpenCv, CompactnessIsTheRecomputedOne)
{
    const Matrix x = make_blobs(KMEANS_F32, 1024, 2, 10, 30, 0, 3);
    for (int64_t k = 1; k <= 1024; k *= 2) {
        const Outcome out = run(Request(x, k).set("max_iterations", "20"));
        ASSERT_GE(out.status, 0) << out.detail;
        expect_inertia(out, x, {});
    }
}

TEST(ClusteringJl, OneClusterAndAsManyAsRowsAreExact)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Matrix x = make_blobs(dtype, 60, 3, 4, 40, 100, 1);
        const Outcome one = run(Request(x, 1));
        expect_same_bits(one.centroids, exact_means(x, {}, std::vector<int32_t>(60, 0), 1,
                                                    std::vector<double>(3)));
        EXPECT_EQ(run(Request(x, 60)).info.inertia, 0);
        EXPECT_LT(run(Request(x, 61)).status, 0);
        EXPECT_LT(run(Request(x, int64_t{0})).status, 0);
    }
}

TEST(ClusteringJl, CountsAndCostsAddUp)
{
    const Matrix x = make_blobs(KMEANS_F64, 1000, 3, 8, 6, 0, 1);
    Request request(x, 10);
    for (int64_t i = 0; i < 1000; i++)
        request.weights.push_back(static_cast<double>(1 + i % 7) / 3);
    const Outcome out = run(request.set("distances", "on").set("cluster_inertia", "on"));
    ASSERT_EQ(out.status, 0) << out.detail;
    int64_t rows = 0;
    long double weight = 0;
    long double cost = 0;
    long double from_rows = 0;
    for (size_t j = 0; j < 10; j++) {
        rows += out.sizes[j];
        weight += out.weights[j];
        cost += out.cluster_inertia[j];
    }
    for (size_t i = 0; i < 1000; i++) {
        from_rows += static_cast<long double>(request.weights[i]) * out.distances[2 * i] *
                     out.distances[2 * i];
    }
    EXPECT_EQ(rows, 1000);
    EXPECT_NEAR(static_cast<double>(weight / out.info.total_weight), 1, 1e-14);
    EXPECT_NEAR(static_cast<double>(cost / out.info.inertia), 1, 3e-13);
    EXPECT_NEAR(static_cast<double>(from_rows / out.info.inertia), 1, 3e-13);
}

TEST(ClusteringJl, InertiaOfEachCluster)
{
    const Matrix x = make_blobs(KMEANS_F32, 1000, 3, 8, 6, 1000, 1);
    const Outcome out = run(Request(x, 10).set("cluster_inertia", "on"));
    for (int32_t j = 0; j < 10; j++) {
        std::vector<int32_t> only = out.labels;
        for (int32_t &label : only)
            label = label == j ? j : -1;
        const double expected = static_cast<double>(wide_inertia(x, {}, only, out.centroids));
        EXPECT_NEAR(out.cluster_inertia[static_cast<size_t>(j)] / expected, 1, 1e-13);
    }
}

} // namespace
