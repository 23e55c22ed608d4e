// k-means|| seeding: same bits everywhere, good starts, few visits, degenerate data.
#include <set>

#include "feed.h"

namespace {

using namespace minibatch;

// The starting centroids can be seen where nothing moves them: a fit that ends at once.
Request seeding(const Matrix &x, int64_t k, const char *init = "k-means-parallel")
{
    Request request(x, k);
    request.set("init", init).set("iterations", 1);
    return request;
}

// Visits of a fit, with or without a function that fetches rows.
int64_t count_visits(const Matrix &x, int64_t k, const char *init, bool fetch)
{
    Feed feed{&x};
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    kmeans_context_create(nullptr, &context);
    kmeans_options_create(context, &options);
    EXPECT_EQ(apply_options(seeding(x, k, init), x.d, options), 0);
    EXPECT_EQ(from_callback(&feed, fetch, 1000)(context, &source), 0);
    EXPECT_GE(kmeans_fit(context, options, source, &result), 0) << kmeans_detail(context);
    const int64_t visits = kmeans_source_passes(source);
    kmeans_result_free(result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return visits;
}

TEST(Parallel, SameBitsForAllTablesAndThreads)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        for (const int64_t d : {3, 20}) {
            const Matrix x = make_blobs(dtype, 9000, d, 9, 40, 100, 31);
            Request request = seeding(x, 5);
            for (int64_t i = 0; d == 3 && i < x.n; i++)
                request.weights.push_back(static_cast<double>(i % 3) / 3);
            const Outcome first = run(request);
            ASSERT_GE(first.status, 0) << first.detail;
            for (const std::string &isa : isas_for(products_of(x, 20, 6))) {
                for (const int threads : {1, 2, 3, 5}) {
                    request.isa = isa;
                    request.threads = threads;
                    const Outcome out = run(request);
                    ASSERT_GE(out.status, 0) << out.detail;
                    EXPECT_EQ(out.checksum, first.checksum) << isa << " " << threads;
                    EXPECT_EQ(out.info.inertia, first.info.inertia);
                }
            }
        }
    }
}

// With k blobs far apart every blob gets a centroid.
TEST(Parallel, FindsSeparateBlobs)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        const Matrix x = make_blobs(KMEANS_F32, 2000, 4, 12, 1e6, 0, seed);
        Request request = seeding(x, 12);
        request.set("seed", static_cast<int64_t>(seed));
        const Outcome out = run(request);
        EXPECT_LT(out.info.inertia, 2000 * 4 * 2.0) << seed;
    }
}

// Six visits whatever k is; without fetch one more for every 512 candidates of a round or less.
TEST(Parallel, Visits)
{
    const Matrix x = make_blobs(KMEANS_F32, 3000, 2, 12, 40, 100, 34);
    for (const int64_t k : {5, 100, 900}) {
        for (const bool fetch : {true, false}) {
            const int64_t visits =
                count_visits(x, k, "k-means-parallel", fetch) - count_visits(x, k, "random", true);
            EXPECT_GE(visits, fetch ? 6 : 12) << k;
            EXPECT_LE(visits, fetch ? 6 : 12 + 5 * (2 * k / 512 + 1)) << k;
        }
    }
}

TEST(Parallel, EveryRowWhereKIsN)
{
    for (const int64_t n : {1, 2, 3, 17, 100}) {
        const Matrix x = make_blobs(KMEANS_F64, n, 2, 5, 40, 100, 33);
        const Outcome out = run(seeding(x, n));
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.info.inertia, 0) << n;
    }
}

TEST(Parallel, FewDistinctRows)
{
    std::vector<double> values;
    for (int i = 0; i < 600; i++)
        values.push_back(i % 4 * 3 + 1);
    const Matrix x = from_values(KMEANS_F32, 600, 1, values);
    for (const int64_t k : {3, 4, 7}) {
        const Outcome out = run(seeding(x, k));
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.info.inertia == 0, k >= 4);
        EXPECT_EQ(out.info.distinct_rows, k > 4 ? 4 : 0);
    }
    const Matrix equal = from_values(KMEANS_F64, 50, 2, std::vector<double>(100, 0.1));
    EXPECT_EQ(run(seeding(equal, 3)).info.distinct_rows, 1);
}

// Almost all of the sum lies on one row in every round: more rounds than five.
TEST(Parallel, RowsThatOutweighAllOthers)
{
    std::vector<double> values;
    for (int i = 0; i < 40; i++)
        values.push_back(std::ldexp(1.0, 12 * i));
    const Matrix x = from_values(KMEANS_F64, 40, 1, values);
    const Outcome out = run(seeding(x, 30).set("iterations", 0));
    ASSERT_GE(out.status, 0) << out.detail;
    EXPECT_EQ(std::set<double>(out.centroids.begin(), out.centroids.end()).size(), 30u);
}

TEST(Parallel, RowsWithoutWeightAreNoCandidates)
{
    Matrix x = make_blobs(KMEANS_F32, 300, 2, 3, 4, 0, 35);
    Request request = seeding(x, 3);
    for (int64_t i = 0; i < x.n; i++) {
        request.weights.push_back(i < 280 ? 1 : 0);
        for (int64_t p = 0; i >= 280 && p < 2; p++)
            x.set(i, p, 1e6 * static_cast<double>(i));
    }
    const Outcome out = run(request);
    ASSERT_GE(out.status, 0) << out.detail;
    for (const double c : out.centroids)
        EXPECT_LT(c, 1e5);
}

TEST(Parallel, WithInitSampleRestartsSkippedRowsAndMinibatch)
{
    Matrix x = make_blobs(KMEANS_F32, 3000, 3, 8, 40, 0, 36);
    for (int64_t i = 0; i < x.n; i += 10)
        x.set(i, 1, NAN);
    Request request(x, 8);
    request.set("init", "k-means-parallel").set("nan", "skip").set("restarts", 3);
    request.set("init_sample", 500).set("algorithm", "minibatch");
    const Outcome first = run(request);
    ASSERT_GE(first.status, 0) << first.detail;
    request.threads = 4;
    EXPECT_EQ(run(request).checksum, first.checksum);
    expect_exact_labels(first, x);
    EXPECT_EQ(first.restarts.size(), 3u);
    EXPECT_LE(first.info.bytes_peak, first.info.bytes_planned);
}

TEST(Parallel, AsGoodAsOneByOne)
{
    double parallel = 0;
    double single = 0;
    for (int64_t seed = 0; seed < 10; seed++) {
        const Matrix x = make_blobs(KMEANS_F32, 2000, 5, 40, 10, 0, 37);
        parallel += run(seeding(x, 30).set("seed", seed)).info.inertia;
        single +=
            run(seeding(x, 30, "k-means++").set("init_trials", 1).set("seed", seed)).info.inertia;
    }
    EXPECT_LT(parallel, 1.05 * single);
}

} // namespace
