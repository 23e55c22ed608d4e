// The properties that scikit-learn's own tests of KMeans ask for (sklearn/cluster/tests/
// test_k_means.py, versions 0.24 and 1.3), restated for this library. Each test carries the name
// of the one it stands for.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

const int kTypes[] = {KMEANS_F32, KMEANS_F64};

Matrix four_points(int dtype) { return from_values(dtype, 4, 2, {0, 0, 0.5, 0, 0.5, 1, 1, 1}); }

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

// The clustering of three_blobs is i mod 3 up to names.
void expect_three_blobs(const Outcome &out)
{
    ASSERT_GE(out.status, 0) << out.detail;
    for (size_t i = 3; i < out.labels.size(); i++)
        EXPECT_EQ(out.labels[i], out.labels[i % 3]);
    EXPECT_NE(out.labels[0], out.labels[1]);
    EXPECT_NE(out.labels[0], out.labels[2]);
    EXPECT_NE(out.labels[1], out.labels[2]);
}

TEST(ScikitLearn, KmeansResults)
{
    for (const int dtype : kTypes) {
        const Matrix x = four_points(dtype);
        Request request(x, {0, 0, 1, 1});
        request.weights = {3, 1, 1, 3};
        const Outcome out = run(request);
        EXPECT_EQ(out.labels, (std::vector<int32_t>{0, 0, 1, 1}));
        EXPECT_EQ(out.info.inertia, 0.375);
        EXPECT_EQ(out.centroids, (std::vector<double>{0.125, 0, 0.875, 1}));
        EXPECT_EQ(out.info.iterations, 2);
    }
}

TEST(ScikitLearn, KmeansRelocatedClusters)
{
    for (const int dtype : kTypes) {
        const Matrix x = four_points(dtype);
        const Outcome out = run(Request(x, {0.5, 0.5, 3, 3}));
        EXPECT_EQ(out.info.inertia, 0.25);
        EXPECT_EQ(out.info.iterations, 3);
        EXPECT_EQ(out.labels, (std::vector<int32_t>{1, 1, 0, 0}))
            << "row 0 is the lowest of the farthest";
        EXPECT_EQ(out.centroids, (std::vector<double>{0.75, 1, 0.25, 0}));
    }
}

TEST(ScikitLearn, RelocateEmptyClusters)
{
    const Matrix x = from_values(KMEANS_F64, 10, 1, {-10, -9.5, -9, -8.5, -8, -1, 1, 9, 9.5, 10});
    const Outcome out = run(Request(x, {-10, -10, -10}).set("iterations", "1"));
    EXPECT_EQ(out.centroids, (std::vector<double>{-36.0 / 8, 10, 9.5}));
    EXPECT_EQ(out.trace[0].empty, 2);
}

TEST(ScikitLearn, KmeansEmptyClusterRelocated)
{
    const Matrix x = from_values(KMEANS_F64, 2, 1, {-1, 1});
    Request request(x, {-1, 10});
    request.weights = {1.9, 0.1};
    const Outcome out = run(request);
    EXPECT_EQ(out.centroids, (std::vector<double>{-1, 1}));
    EXPECT_EQ(out.sizes, (std::vector<int64_t>{1, 1}));
    EXPECT_EQ(out.info.inertia, 0);
}

TEST(ScikitLearn, KmeansConvergence)
{
    const Matrix x = make_blobs(KMEANS_F64, 5000, 10, 1, 0, 0, 5);
    const Outcome out = run(Request(x, 5).set("max_iterations", "300"));
    EXPECT_EQ(out.status, KMEANS_OK);
    EXPECT_EQ(out.stop_reason, "fixpoint");
    EXPECT_LT(out.info.iterations, 300);
    EXPECT_EQ(out.info.converged, 1);
}

TEST(ScikitLearn, AllInit)
{
    const Matrix x = three_blobs(KMEANS_F64);
    expect_three_blobs(run(Request(x, 3).set("restarts", "10")));
    expect_three_blobs(run(Request(x, 3).set("restarts", "10").set("init", "random")));
    expect_three_blobs(run(Request(x, 3).set("restarts", "20").set("init", "box")));
    expect_three_blobs(run(Request(x, rows_of(x, {0, 1, 2}))));
    Request from_labels(x, 3);
    for (int32_t i = 0; i < 300; i++)
        from_labels.labels.push_back(i % 3);
    expect_three_blobs(run(from_labels));
}

TEST(ScikitLearn, NInitAutoIsOneRun)
{
    const Outcome out = run(Request(three_blobs(KMEANS_F64), 3));
    EXPECT_EQ(out.info.restarts, 1);
    EXPECT_EQ(out.restarts.size(), 1u);
}

TEST(ScikitLearn, FortranAlignedData)
{
    const Matrix x = three_blobs(KMEANS_F64);
    Matrix columns(KMEANS_F64, 5, 300);
    for (int64_t q = 0; q < 1500; q++)
        columns.set(q % 5, q / 5, x.at(q / 5, q % 5));
    Request request(x, 3);
    const Outcome a = run(request);
    request.open = [&](kmeans_context *context, kmeans_source **source) {
        kmeans_dense view = kmeans_dense_rows(columns.data(), KMEANS_F64, 300, 5);
        view.row_stride = 1;
        view.col_stride = 300;
        return kmeans_source_dense(context, &view, source);
    };
    expect_same_result(a, run(request));
}

TEST(ScikitLearn, FitThenPredictGivesTheLabels)
{
    for (const int dtype : kTypes) {
        const Matrix x = three_blobs(dtype);
        for (const char *passes : {"1", "2", "100"}) {
            const Outcome out = run(Request(x, 6).set("max_iterations", passes));
            EXPECT_EQ(predict(x, out.centroids), out.labels);
        }
    }
}

TEST(ScikitLearn, PredictOfTheCentresCountsUp)
{
    const Outcome out = run(Request(three_blobs(KMEANS_F64), 8));
    const Matrix centres = from_values(KMEANS_F64, 8, 5, out.centroids);
    EXPECT_EQ(predict(centres, out.centroids), (std::vector<int32_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(ScikitLearn, PrecomputedCentresWithSeveralRestartsAreRefused)
{
    const Matrix x = three_blobs(KMEANS_F64);
    const Outcome out = run(Request(x, rows_of(x, {0, 1, 2})).set("restarts", "2"));
    EXPECT_EQ(out.status, KMEANS_ERROR_ARGUMENT);
    EXPECT_NE(out.detail.find("restarts"), std::string::npos) << out.detail;
}

TEST(ScikitLearn, InputIsNotWritten)
{
    const Matrix x = three_blobs(KMEANS_F32);
    const Matrix copy = x;
    Request request(x, rows_of(x, {0, 1, 2}));
    request.weights.assign(300, 2.0);
    run(request);
    EXPECT_EQ(x.bytes, copy.bytes);
    EXPECT_EQ(request.centroids, rows_of(copy, {0, 1, 2}));
    EXPECT_EQ(request.weights, std::vector<double>(300, 2.0));
}

TEST(ScikitLearn, MorePassesAreNeverWorse)
{
    const Matrix x = make_blobs(KMEANS_F64, 1000, 3, 20, 8, 0, 5);
    double before = HUGE_VAL;
    for (const char *passes : {"1", "2", "5", "10", "100"}) {
        const Outcome out = run(Request(x, 12).set("init", "random").set("max_iterations", passes));
        EXPECT_LE(out.info.inertia, before);
        before = out.info.inertia;
    }
}

TEST(ScikitLearn, IntegerInput)
{
    Random random(1);
    Matrix x(KMEANS_U8, 200, 3);
    for (int64_t q = 0; q < 600; q++)
        x.set(q / 3, q % 3, static_cast<double>(random.below(256)));
    const Matrix wide = convert(x, KMEANS_F64);
    expect_same_result(run(Request(x, 7)), run(Request(wide, 7)));
}

} // namespace
