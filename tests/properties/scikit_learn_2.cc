// The properties that scikit-learn's own tests of KMeans ask for, continued from scikit_learn.cc:
// transform, restarts, precision, fixed points, weights.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

const int kTypes[] = {KMEANS_F32, KMEANS_F64};

// Three blobs, far apart, in five columns.
Matrix three_blobs(int dtype, int64_t n = 300)
{
    Random random(42);
    Matrix x(dtype, n, 5);
    const double centre[15] = {0, 5, 0, 0, 0, 1, 1, 4, 0, 0, 1, 0, 0, 5, 1};
    for (int64_t i = 0; i < n; i++) {
        for (int64_t p = 0; p < 5; p++) {
            x.set(i, p, 10 * centre[(i % 3) * 5 + p] + random.bell());
        }
    }
    return x;
}

// transform through the public call, whole.
std::vector<double> transform(const Matrix &x, const std::vector<double> &centroids)
{
    const int64_t k = static_cast<int64_t>(centroids.size()) / x.d;
    std::vector<double> out(static_cast<size_t>(x.n * k));
    kmeans_context *context = nullptr;
    kmeans_source *source = nullptr;
    kmeans_context_create(nullptr, &context);
    const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
    kmeans_source_dense(context, &view, &source);
    for (int64_t row = 0; row < x.n; row += 7) { // in tiles
        const int64_t count = std::min<int64_t>(7, x.n - row);
        EXPECT_EQ(kmeans_transform(context, nullptr, source, centroids.data(), k, x.d, row, count,
                                   out.data() + row * k),
                  0)
            << kmeans_detail(context);
    }
    kmeans_source_close(source);
    kmeans_context_free(context);
    return out;
}

TEST(ScikitLearn, TransformIsThePairwiseDistance)
{
    for (const int dtype : kTypes) {
        const Matrix x = three_blobs(dtype, 50);
        const Outcome out = run(Request(x, 4));
        const std::vector<double> distances = transform(x, out.centroids);
        for (int64_t q = 0; q < 200; q++) {
            const long double d2 =
                wide_d2(x.row(q / 4).data(), out.centroids.data() + q % 4 * 5, 5);
            EXPECT_NEAR(distances[static_cast<size_t>(q)] / static_cast<double>(std::sqrt(d2)), 1,
                        4e-16 * 4);
        }
    }
}

TEST(ScikitLearn, TransformOfTheCentresHasAZeroDiagonal)
{
    const Outcome out = run(Request(three_blobs(KMEANS_F64), 9));
    const Matrix centres = from_values(KMEANS_F64, 9, 5, out.centroids);
    const std::vector<double> distances = transform(centres, out.centroids);
    for (size_t j = 0; j < 9; j++)
        EXPECT_EQ(distances[10 * j], 0);
}

TEST(ScikitLearn, MoreRestartsAreNeverWorse)
{
    const Matrix x = make_blobs(KMEANS_F64, 500, 2, 20, 10, 0, 5);
    double before = HUGE_VAL;
    for (const char *restarts : {"1", "2", "5", "10", "20"}) {
        const Outcome out = run(Request(x, 15).set("restarts", restarts).set("init", "random"));
        EXPECT_LE(out.info.inertia, before);
        before = out.info.inertia;
        for (const kmeans_restart_row &row : out.restarts)
            EXPECT_GE(row.inertia, before);
    }
}

TEST(ScikitLearn, FloatPrecision)
{
    const Matrix wide = three_blobs(KMEANS_F64);
    const Matrix narrow = convert(wide, KMEANS_F32);
    const Outcome a = run(Request(wide, rows_of(wide, {0, 1, 2})));
    const Outcome b = run(Request(narrow, rows_of(wide, {0, 1, 2})));
    EXPECT_EQ(a.labels, b.labels);
    EXPECT_NEAR(a.info.inertia / b.info.inertia, 1, 1e-5);
    for (size_t q = 0; q < 15; q++)
        EXPECT_NEAR(a.centroids[q], b.centroids[q], 1e-5 * 50);
    EXPECT_EQ(b.info.dtype, KMEANS_F32);
}

TEST(ScikitLearn, AConvergedSolutionIsAFixedPoint)
{
    const Matrix x = make_blobs(KMEANS_F32, 800, 4, 9, 6, 20, 5);
    const Outcome first = run(Request(x, 9));
    ASSERT_EQ(first.stop_reason, "fixpoint");
    const Outcome again = run(Request(x, first.centroids));
    EXPECT_EQ(again.checksum, first.checksum);
    EXPECT_EQ(again.info.iterations, 1);
    EXPECT_EQ(again.info.inertia, first.info.inertia);
}

TEST(ScikitLearn, FewerDistinctRowsThanClustersIsReported)
{
    const Matrix x = from_values(KMEANS_F64, 5, 2, {0, 0, 1, 1, 2, 2, 1, 1, 0, 0});
    for (const char *init : {"k-means++", "random", "box"}) {
        const Outcome out = run(Request(x, 4).set("init", init));
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.info.distinct_rows, 3) << init;
        EXPECT_FALSE(out.warnings.empty()) << init;
        for (const double c : out.centroids)
            EXPECT_EQ(c, c) << "no NaN";
        expect_consistent(out, x);
    }
}

TEST(ScikitLearn, OnePass)
{
    const Outcome out =
        run(Request(three_blobs(KMEANS_F64), 5).set("init", "random").set("max_iterations", "1"));
    EXPECT_EQ(out.info.iterations, 1);
    EXPECT_EQ(out.status, KMEANS_STOPPED_MAX_ITERATIONS);
}

TEST(ScikitLearn, OnePassEqualsAPlainReference)
{
    for (const int dtype : kTypes) {
        const Matrix x = make_blobs(dtype, 100, 5, 5, 4, 0, 8);
        const std::vector<double> start = distinct_rows(x, 5, 1);
        const Lloyd expected = lloyd(x, {}, start, 5, 1);
        const Outcome out = run(Request(x, start).set("iterations", "1"));
        EXPECT_EQ(out.labels, expected.labels);
        expect_same_bits(out.centroids, expected.centroids);
    }
}

TEST(ScikitLearn, ThreadsDoNotChangeTheResult)
{
    const Matrix x = make_blobs(KMEANS_F64, 50, 10, 5, 4, 0, 8);
    Request request(x, 10);
    const Outcome one = run(request);
    request.threads = 2;
    expect_same_result(one, run(request));
}

TEST(ScikitLearn, SampleWeightsSteerTheSeeding)
{
    // Nearly all weight is on five far rows: they must be the seeds, so the result has them alone.
    Matrix x = make_blobs(KMEANS_F64, 200, 2, 1, 0, 0, 3);
    Request request(x, 5);
    request.weights.assign(200, 1e-9);
    for (int64_t j = 0; j < 5; j++) {
        x.set(40 * j, 0, 3.0 * static_cast<double>(j));
        request.weights[static_cast<size_t>(40 * j)] = 1e9;
    }
    const Outcome out = run(request);
    for (size_t j = 0; j < 5; j++)
        EXPECT_GE(out.weights[j], 1e9);
}

TEST(ScikitLearn, PredictDoesNotChangeTheCentres)
{
    const Matrix x = three_blobs(KMEANS_F64);
    const std::vector<double> centres = rows_of(x, {0, 1, 2});
    const std::vector<double> copy = centres;
    predict(x, centres);
    EXPECT_EQ(centres, copy);
}

} // namespace
