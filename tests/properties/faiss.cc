// What FAISS asks of its k-means (tests/test_clustering.py, test_clustering_initialization.py,
// test_super_kmeans.py).
#include <set>

#include "oracle/check.h"

namespace {

using namespace oracle;

Matrix synthetic(int64_t n, int64_t d, uint64_t seed)
{
    return make_blobs(KMEANS_F32, n, d, 50, 3, 0, seed);
}

TEST(Faiss, TheObjectiveDecreasesInEveryPass)
{
    const Matrix x = synthetic(3000, 32, 1);
    const Outcome out = run(Request(x, 32).set("init", "random").set("iterations", "10"));
    for (size_t t = 1; t < 10; t++) {
        if (out.trace[t].changed == 0)
            continue;
        EXPECT_LT(out.trace[t].inertia, out.trace[t - 1].inertia) << t;
    }
}

TEST(Faiss, MoreClustersAreBetter)
{
    const Matrix x = synthetic(3000, 32, 2);
    EXPECT_LT(run(Request(x, 64)).info.inertia, run(Request(x, 32)).info.inertia);
}

TEST(Faiss, FiveDistinctPointsTenClusters)
{
    for (const char *init : {"k-means++", "random", "box"}) {
        Matrix x(KMEANS_F32, 100, 8);
        for (int64_t q = 0; q < 800; q++)
            x.set(q / 8, q % 8, static_cast<double>(q / 8 % 5 * 10 + q % 8 % 3));
        const Outcome out = run(Request(x, 10).set("init", init));
        ASSERT_GE(out.status, 0) << out.detail;
        expect_consistent(out, x);
        EXPECT_EQ(out.info.inertia, 0) << init;
        EXPECT_EQ(out.info.distinct_rows, 5) << init;
    }
}

// Issue 842.
TEST(Faiss, FiveEqualRowsFiveClusters)
{
    for (const char *init : {"k-means++", "random", "box"}) {
        const Matrix x = from_values(KMEANS_F32, 5, 3, std::vector<double>(15, 7.5));
        const Outcome out = run(Request(x, 5).set("init", init));
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.info.inertia, 0);
        EXPECT_EQ(out.info.distinct_rows, 1);
        EXPECT_EQ(out.labels, std::vector<int32_t>(5, 0));
        for (const double c : out.centroids)
            EXPECT_EQ(c, 7.5);
    }
}

TEST(Faiss, WeightsFlipWhichClusterWins)
{
    Random random(5);
    Matrix x(KMEANS_F32, 1000, 5);
    Request heavy(x, 1);
    Request light(x, 1);
    for (int64_t i = 0; i < 1000; i++) {
        for (int64_t p = 0; p < 5; p++)
            x.set(i, p, random.symmetric() + (i < 500 ? 5 : 0));
        heavy.weights.push_back(i < 500 ? 10 : 0.1);
        light.weights.push_back(i < 500 ? 0.1 : 10);
    }
    EXPECT_GT(run(heavy).centroids[0], 4.5);
    EXPECT_LT(run(light).centroids[0], 0.5);
}

// Bytes are what float rows with the same numbers are: bit-exact.
TEST(Faiss, EncodedAndDecodedRowsTrainTheSame)
{
    const Matrix x = convert(make_blobs(KMEANS_F32, 2000, 16, 20, 60, 128, 1), KMEANS_U8);
    const Matrix decoded = convert(x, KMEANS_F32);
    expect_same_result(run(Request(x, 25)), run(Request(decoded, 25)));
}

TEST(Faiss, AWarmStartBeginsLower)
{
    const Matrix x = synthetic(3000, 16, 3);
    const Outcome cold = run(Request(x, 40).set("init", "random").set("iterations", "6"));
    const Outcome warm = run(Request(x, cold.centroids).set("iterations", "1"));
    EXPECT_LT(warm.trace[0].inertia, 0.99 * cold.trace[0].inertia);
}

TEST(Faiss, TheTraceMatchesRunsOfThatLength)
{
    const Matrix x = synthetic(1000, 8, 4);
    const Outcome all = run(Request(x, 12).set("init", "random").set("iterations", "6"));
    for (int64_t t = 1; t <= 6; t++) {
        const Outcome part = run(Request(x, 12).set("init", "random").set("iterations", t));
        for (int64_t s = 0; s < t; s++) {
            EXPECT_EQ(part.trace[static_cast<size_t>(s)].inertia,
                      all.trace[static_cast<size_t>(s)].inertia);
        }
        EXPECT_EQ(part.info.inertia, all.trace[static_cast<size_t>(t)].inertia);
    }
}

TEST(Faiss, TenRestartsBeatOne)
{
    const Matrix x = synthetic(1000, 8, 5);
    EXPECT_LT(run(Request(x, 30).set("init", "random").set("restarts", "10")).info.inertia,
              run(Request(x, 30).set("init", "random")).info.inertia);
}

TEST(Faiss, SeedsAreDistinctRows)
{
    // k = number of distinct rows: only a start with every one of them has inertia 0 in pass 1.
    Matrix x(KMEANS_F32, 600, 3);
    for (int64_t q = 0; q < 1800; q++)
        x.set(q / 3, q % 3, static_cast<double>(q / 3 % 30 * (q % 3 + 1)));
    for (const char *trials : {"0", "1", "5"}) {
        for (const char *seed : {"1", "2", "3", "4"}) {
            const Outcome out = run(Request(x, 30).set("init_trials", trials).set("seed", seed));
            EXPECT_EQ(out.trace[0].inertia, 0) << trials;
            EXPECT_EQ(out.info.iterations, 1);
        }
    }
}

TEST(Faiss, EveryRowIsUsed)
{
    // FAISS trains on a sample above 256 k rows; here the means prove that all rows counted.
    const Matrix x = make_blobs(KMEANS_F32, 20000, 2, 1, 0, 3, 6);
    const Outcome out = run(Request(x, {3, 3}).set("iterations", "1"));
    expect_same_bits(out.centroids, exact_means(x, {}, std::vector<int32_t>(20000, 0), 1, {0, 0}));
}

TEST(Faiss, TooFewRowsAreRejected)
{
    const Matrix x = synthetic(5, 4, 1);
    const Outcome out = run(Request(x, 6));
    EXPECT_EQ(out.status, KMEANS_ERROR_SHAPE);
    EXPECT_NE(out.detail.find('6'), std::string::npos) << out.detail;
    EXPECT_NE(out.detail.find('5'), std::string::npos) << out.detail;
}

// test_super_kmeans: odd alignments of the rows.
TEST(Faiss, RowsAtOddAddresses)
{
    const Matrix x = synthetic(300, 13, 7);
    const Outcome expected = run(Request(x, 9));
    for (size_t shift = 4; shift < 64; shift += 4) {
        std::vector<unsigned char> space(x.bytes.size() + 64);
        std::copy(x.bytes.begin(), x.bytes.end(), space.begin() + static_cast<int64_t>(shift));
        Request request(x, 9);
        request.open = [&](kmeans_context *context, kmeans_source **source) {
            const kmeans_dense view = kmeans_dense_rows(space.data() + shift, KMEANS_F32, 300, 13);
            return kmeans_source_dense(context, &view, source);
        };
        expect_same_result(expected, run(request));
    }
}

TEST(Faiss, ManyDuplicatesWithRelocation)
{
    Matrix x(KMEANS_F32, 1000, 4);
    Random random(8);
    for (int64_t i = 0; i < 1000; i++) {
        for (int64_t p = 0; p < 4; p++)
            x.set(i, p, i % 50 == 0 ? random.symmetric() * 9 : 1.0);
    }
    for (const char *init : {"k-means++", "random", "box"}) {
        const Outcome out = run(Request(x, 15).set("init", init));
        expect_consistent(out, x);
        const std::set<int32_t> used(out.labels.begin(), out.labels.end());
        EXPECT_EQ(used.size(), 15u) << init << ": there are 21 distinct rows";
    }
}

// Issue 1962: a float32 objective stops growing past 2^24 terms.
TEST(Faiss, TheObjectiveOfManyRowsLosesNothing)
{
    const int64_t n = 3000000;
    Matrix x(KMEANS_U8, n, 1);
    for (int64_t i = 0; i < n; i++)
        x.bytes[static_cast<size_t>(i)] = static_cast<unsigned char>(i % 2 * 10);
    const Outcome out = run(Request(x, 1));
    EXPECT_EQ(out.centroids[0], 5.0);
    EXPECT_EQ(out.info.inertia, 25.0 * static_cast<double>(n));
}

} // namespace
