// Empty clusters: which rows fill them (design: largest D, lowest row; donors keep a row; values
// differ), what is reported, and the two other policies.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

// k centroids, all but the first `real` far away from every row.
std::vector<double> start_with_empty(const Matrix &x, int64_t k, int64_t real)
{
    std::vector<double> start = distinct_rows(x, real, 3);
    for (int64_t q = real * x.d; q < k * x.d; q++)
        start.push_back(1e6 + static_cast<double>(q));
    return start;
}

TEST(EmptyClusters, RelocationFollowsTheRuleToTheBit)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        for (uint64_t seed = 0; seed < 8; seed++) {
            const Matrix x = make_blobs(dtype, 300, 2, 8, 10, 0, seed);
            for (const int64_t k : {2, 5, 12, 40}) {
                const std::vector<double> start = start_with_empty(x, k, 1 + k / 3);
                const Lloyd expected = lloyd(x, {}, start, k, 0);
                for (const int threads : {1, 3}) {
                    Request request(x, start);
                    request.threads = threads;
                    const Outcome out = run(request.set("max_iterations", "0"));
                    ASSERT_EQ(out.status, 0) << out.detail;
                    EXPECT_EQ(out.labels, expected.labels);
                    expect_same_bits(out.centroids, expected.centroids);
                    EXPECT_EQ(out.info.iterations, expected.iterations);
                    EXPECT_EQ(out.info.empty_events, expected.empty_events);
                    EXPECT_EQ(out.trace[0].empty, k - 1 - k / 3);
                    expect_consistent(out, x);
                }
            }
        }
    }
}

TEST(EmptyClusters, RelocationWithWeightsFollowsTheRule)
{
    for (uint64_t seed = 0; seed < 6; seed++) {
        const Matrix x = make_blobs(KMEANS_F64, 200, 2, 8, 10, 0, seed);
        Random random(seed);
        std::vector<double> weights;
        for (int64_t i = 0; i < x.n; i++)
            weights.push_back(static_cast<double>(random.below(4)) / 3);
        weights[0] = 1;
        for (const int64_t k : {3, 12, 30}) {
            Request request(x, start_with_empty(x, k, 2));
            request.weights = weights;
            const Lloyd expected = lloyd(x, weights, request.centroids, k, 1);
            const Outcome out = run(request.set("iterations", "1"));
            ASSERT_GE(out.status, 0) << out.detail;
            EXPECT_EQ(out.labels, expected.labels) << "seed " << seed << " k " << k;
            expect_same_bits(out.centroids, expected.centroids);
        }
    }
}

// More empty clusters than any thread would keep candidates for in one visit.
TEST(EmptyClusters, HundredsAtOnce)
{
    const Matrix x = make_blobs(KMEANS_F64, 2500, 2, 8, 10, 0, 3);
    const std::vector<double> start = start_with_empty(x, 1200, 1);
    const Lloyd expected = lloyd(x, {}, start, 1200, 1);
    for (const int threads : {1, 2}) {
        Request request(x, start);
        request.threads = threads;
        const Outcome out = run(request.set("iterations", "1"));
        ASSERT_GE(out.status, 0) << out.detail;
        expect_same_bits(out.centroids, expected.centroids);
        EXPECT_EQ(out.trace[0].empty, 1199);
    }
}

// Equal largest distances: the lowest row goes to the lowest empty cluster.
TEST(EmptyClusters, TiesGoByRowAndCluster)
{
    const Matrix x = from_values(KMEANS_F64, 6, 1, {0, 0, 5, -5, 5, -5});
    const Outcome out = run(Request(x, {0, 1e6, 1e7}).set("iterations", "1"));
    EXPECT_EQ(out.centroids[1], 5) << "row 2";
    EXPECT_EQ(out.centroids[2], -5) << "row 3";
    EXPECT_EQ(out.centroids[0], 0) << "what is left: 0, 0, 5, -5";
}

// Rows of one value are taken once.
TEST(EmptyClusters, EqualRowsAreTakenOnce)
{
    const Matrix x = from_values(KMEANS_F64, 7, 1, {0, 0, 9, 9, 9, 4, 0});
    const Outcome out = run(Request(x, {0, 1e6, 1e7}).set("iterations", "1"));
    EXPECT_EQ(out.centroids[1], 9);
    EXPECT_EQ(out.centroids[2], 4);
    EXPECT_EQ(out.centroids[0], 18.0 / 5);
}

// A donor keeps a row: a cluster of one row never gives it away.
TEST(EmptyClusters, DonorsKeepARow)
{
    const Matrix x = from_values(KMEANS_F64, 3, 1, {0, 1, 100});
    const Outcome out = run(Request(x, {0.25, 80, 1e6}).set("iterations", "1"));
    EXPECT_EQ(out.centroids[1], 100) << "alone in its cluster, though the farthest";
    EXPECT_EQ(out.centroids[2], 1);
    EXPECT_EQ(out.centroids[0], 0);
}

TEST(EmptyClusters, TooFewCandidatesKeepTheirPlace)
{
    const Matrix x = from_values(KMEANS_F64, 4, 1, {1, 1, 2, 2});
    const Outcome out = run(Request(x, {1, 50, 60, 70}).set("max_iterations", "20"));
    ASSERT_GE(out.status, 0) << out.detail;
    EXPECT_EQ(out.info.inertia, 0);
    EXPECT_EQ(out.info.distinct_rows, 2);
    EXPECT_GT(out.info.empty_events, 0);
    EXPECT_FALSE(out.warnings.empty());
    expect_consistent(out, x);
}

TEST(EmptyClusters, LabelsAreNotChangedByRelocation)
{
    const Matrix x = make_blobs(KMEANS_F64, 200, 2, 4, 10, 0, 1);
    const std::vector<double> start = start_with_empty(x, 6, 3);
    const Outcome out = run(Request(x, start).set("iterations", "1"));
    // Labels belong to the returned centroids, not to the move of single rows.
    EXPECT_EQ(out.labels, exact_argmin(x, out.centroids, 6).labels);
    EXPECT_EQ(out.trace[0].changed, 200);
    const double made =
        static_cast<double>(wide_inertia(x, {}, exact_argmin(x, start, 6).labels, start));
    EXPECT_NEAR(out.trace[0].inertia, made, 1e-13 * made);
}

TEST(EmptyClusters, KeepLeavesCentroidsWhereTheyAre)
{
    const Matrix x = make_blobs(KMEANS_F64, 200, 2, 4, 10, 0, 1);
    const std::vector<double> start = start_with_empty(x, 6, 3);
    const Outcome out = run(Request(x, start).set("empty", "keep"));
    ASSERT_EQ(out.status, 0) << out.detail;
    for (size_t q = 6; q < 12; q++)
        EXPECT_EQ(out.centroids[q], start[q]);
    EXPECT_EQ(out.info.empty_events, 3 * out.info.iterations);
    const Outcome three = run(Request(x, std::vector<double>(start.begin(), start.begin() + 6)));
    EXPECT_EQ(out.labels, three.labels) << "as if they were not there";
    EXPECT_EQ(out.info.iterations, three.info.iterations);
}

TEST(EmptyClusters, ErrorReturnsNothing)
{
    const Matrix x = make_blobs(KMEANS_F64, 200, 2, 4, 10, 0, 1);
    const Outcome out = run(Request(x, start_with_empty(x, 6, 3)).set("empty", "error"));
    EXPECT_EQ(out.status, KMEANS_ERROR_EMPTY);
    EXPECT_TRUE(out.labels.empty());
    EXPECT_FALSE(out.detail.empty());
    EXPECT_EQ(run(Request(x, distinct_rows(x, 6, 3)).set("empty", "error")).status, KMEANS_OK);
}

TEST(EmptyClusters, RestartsCountTheirOwnEvents)
{
    const Matrix x = make_blobs(KMEANS_F64, 200, 2, 4, 10, 0, 1);
    for (const char *init : {"k-means++", "random"}) {
        const Outcome out = run(Request(x, 6).set("restarts", "3").set("init", init));
        int64_t events = 0;
        for (const kmeans_trace_row &row : out.trace)
            events += row.empty;
        EXPECT_EQ(out.info.empty_events, events);
    }
}

TEST(EmptyClusters, AllRowsEqualNeverLoops)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Matrix x = from_values(dtype, 100, 3, std::vector<double>(300, 3));
        for (const char *init : {"k-means++", "random", "box"}) {
            for (const int64_t k : {1, 2, 100}) {
                const Outcome out = run(Request(x, k).set("init", init).set("max_iterations", "0"));
                ASSERT_GE(out.status, 0) << out.detail;
                EXPECT_EQ(out.info.inertia, 0);
                EXPECT_LE(out.info.iterations, 3);
                EXPECT_EQ(out.info.distinct_rows, k == 1 ? 0 : 1) << init << " k=" << k;
                for (const double c : out.centroids)
                    EXPECT_EQ(c, c);
            }
        }
    }
}

// Given labels with a missing cluster follow the same rule.
TEST(EmptyClusters, GivenLabelsWithAnEmptyCluster)
{
    const Matrix x = from_values(KMEANS_F64, 6, 1, {0, 1, 2, 10, 11, 30});
    Request request(x, 3);
    request.labels = {0, 0, 0, 2, 2, 2};
    const Outcome out = run(request);
    ASSERT_GE(out.status, 0) << out.detail;
    expect_consistent(out, x);
    for (const double c : out.centroids)
        EXPECT_EQ(c, c);
    // It has no place that could be kept.
    request.options = {{"k", "3"}, {"empty", "keep"}};
    EXPECT_EQ(run(request).status, KMEANS_ERROR_EMPTY);
    request.options = {{"k", "3"}, {"empty", "error"}};
    EXPECT_EQ(run(request).status, KMEANS_ERROR_EMPTY);
}

} // namespace
