// The screen on leading principal axes: exact labels, the same bits as without, where it pays and
// where it does not.
#include <cmath>

#include "tiles/flat.h"

namespace {

using namespace oracle;

// So many of each that every table without tiles uses the axes.
constexpr int64_t kColumns = 128, kClusters = 400;

// Rows that float32 settles after the axes are in the trace from the second pass on.
void expect_used(Request request)
{
    request.set("iterations", 4);
    for (const std::string &isa : isas_without_tiles()) {
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_GT(out.trace[1].rows_rechecked, out.trace[0].rows_rechecked + 10) << isa;
    }
}

TEST(Axes, LabelsAreExact)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Matrix x = make_flat(dtype, 900, kColumns, 20, 1, 5);
        const Request request = random_start(x, kClusters);
        expect_exact_fits(request, {2, 5}, usable_isas());
    }
    expect_used(random_start(make_flat(KMEANS_F32, 900, kColumns, 20, 1, 5), kClusters));
}

// The rows that k-means++ found near its centroids meet these on axes in the first pass already;
// mini-batches, whose rows have other numbers, do not look at them.
TEST(Axes, AfterSeeding)
{
    const Matrix x = make_flat(KMEANS_F32, 900, kColumns, 20, 1, 11);
    Request request(x, kClusters);
    request.set("init", "k-means++").set("restarts", 2);
    expect_exact_fits(request, {1, 2, 3}, usable_isas());
    request.set("init", "k-means-parallel");
    expect_exact_fits(request, {1, 2}, usable_isas());
    Request sampled(x, 150); // in whose second seeding nothing is known of the first one's labels
    sampled.set("init", "k-means-parallel").set("init_sample", 500).set("restarts", 2);
    expect_exact_fits(sampled, {1}, isas_with_emulation());
    request.set("init", "k-means++").set("restarts", 1).set("init_trials", 1).set("nan", "skip");
    request.weights.assign(static_cast<size_t>(x.n), 1.0);
    for (size_t i = 0; i < request.weights.size(); i += 5)
        request.weights[i] = 0;
    expect_exact_fits(request, {1, 2}, usable_isas());
    request.set("algorithm", "minibatch");
    expect_exact_fits(request, {1}, usable_isas());
}

// Sizes for which tables with tiles use them too, and more axes; few rows, several threads.
TEST(Axes, OnTilesToo)
{
    const Matrix x = make_flat(KMEANS_F32, 700, 1024, 30, 1, 6);
    Request request = random_start(x, 600);
    request.threads = 3;
    expect_exact_fits(request, {2, 4});
}

// Fewer directions than axes: some axes are zero, and all that lies off them is rounding.
TEST(Axes, FewerDirectionsThanAxes)
{
    for (const int64_t directions : {1, 2, 7, 15}) {
        const Matrix x = make_flat(KMEANS_F64, 900, kColumns, directions, 0, 7);
        expect_exact_fits(random_start(x, kClusters), {2, 5}, usable_isas());
    }
}

// Small integers: rows as far from one centroid as from others, and centroids twice.
TEST(Axes, TiesAndDuplicates)
{
    Matrix x(KMEANS_F32, 1000, kColumns);
    Random random(4);
    for (int64_t i = 0; i < x.n; i++)
        for (int64_t p = 0; p < 6; p++)
            x.set(i, p * 20, static_cast<double>(random.below(3)));
    std::vector<double> start(static_cast<size_t>(kClusters * x.d));
    for (int64_t j = 0; j < kClusters; j++)
        x.copy_row(j, start.data() + j * x.d);
    Request request(x, start);
    expect_exact_fits(request, {1, 2, 3, 6}, usable_isas());
}

// Labels that make pairs of equal centroids: rows of the second of a pair have none to begin with.
TEST(Axes, RowsOfACentroidThatRepeatsAnother)
{
    const Matrix half = make_flat(KMEANS_F32, 600, kColumns, 20, 1, 10);
    Matrix x(KMEANS_F32, 2 * half.n, kColumns);
    Request request(x, kClusters);
    for (int64_t i = 0; i < x.n; i++) {
        for (int64_t p = 0; p < x.d; p++)
            x.set(i, p, half.at(i / 2, p));
        request.labels.push_back(static_cast<int32_t>(i / 2 * 2 % kClusters + i % 2));
    }
    request.x = &x;
    expect_exact_fits(request, {1, 2, 4}, usable_isas());
}

// Rows so long that float32 proves nothing of them, rows with NaN, weights, and a shift.
TEST(Axes, HardRows)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        Matrix x = make_flat(dtype, 900, kColumns, 20, 1, 8);
        for (int64_t i = 0; i < x.n; i += 50)
            for (int64_t p = 0; p < x.d; p++)
                x.set(i, p, i % 100 == 0 ? x.at(i, p) * 1e4 : x.at(i, p) + 1e3);
        for (int64_t i = 7; i < x.n; i += 90)
            x.set(i, i % x.d, static_cast<double>(NAN));
        if (dtype == KMEANS_F64)
            for (int64_t p = 0; p < x.d; p++)
                x.set(1, p, 1e40);
        Request request = random_start(x, kClusters);
        request.set("nan", "skip");
        for (int64_t i = 0; i < x.n; i++)
            request.weights.push_back(static_cast<double>(i % 3) / 3);
        expect_exact_fits(request, {2, 5}, usable_isas());
    }
}

// Clusters that come to rest: their rows meet the centroids that moved only.
TEST(Axes, CentroidsAtRest)
{
    const Matrix x = make_blobs(KMEANS_F32, 1800, kColumns, 60, 6, 0, 5);
    Request request = random_start(x, kClusters);
    expect_exact_fits(request, {2, 3, 4, 6, 7, 8}, usable_isas());
    request.set("restarts", 3);
    expect_exact_fits(request, {7}, usable_isas());
}

// So many columns that a block has few rows, all of which are left open.
TEST(Axes, VeryLongRows)
{
    const Matrix x = make_flat(KMEANS_F64, 640, 2100, 0, 1, 12);
    expect_exact_fits(random_start(x, 200), {2}, usable_isas());
}

int32_t planned_axes(const Matrix &x, int64_t k)
{
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_plan plan = {};
    plan.size = sizeof plan;
    plan.axes = -1;
    const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
    EXPECT_EQ(kmeans_context_create(nullptr, &context), KMEANS_OK);
    EXPECT_EQ(kmeans_options_create(context, &options), KMEANS_OK);
    EXPECT_EQ(kmeans_options_set_int(options, "k", k), KMEANS_OK);
    EXPECT_EQ(kmeans_options_set(options, "isa", isas_without_tiles().back().c_str()), KMEANS_OK);
    EXPECT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
    EXPECT_EQ(kmeans_plan_fit(context, options, source, &plan), KMEANS_OK);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return plan.axes;
}

TEST(Axes, ThePlanHasThem)
{
    EXPECT_EQ(planned_axes(Matrix(KMEANS_F32, 1000, kColumns), kClusters), 31);
    EXPECT_EQ(planned_axes(Matrix(KMEANS_F64, 1000, 200), 600), 47);
    EXPECT_EQ(planned_axes(Matrix(KMEANS_F32, 1000, kColumns), 40), 0);  // too few clusters,
    EXPECT_EQ(planned_axes(Matrix(KMEANS_F32, 1000, 20), kClusters), 0); // columns,
    EXPECT_EQ(planned_axes(Matrix(KMEANS_F32, 310, kColumns), 310), 0);  // rows,
    EXPECT_EQ(planned_axes(Matrix(KMEANS_F32, 700, 9500), 600), 0);      // or too long for a bound
}

// Rows alike in all directions: the axes leave too much, and the fit goes on without them.
TEST(Axes, GivenUpWhereTheyLeaveTooMuch)
{
    const Matrix x = make_flat(KMEANS_F32, 4000, kColumns, 0, 1, 9);
    Request request = random_start(x, kClusters);
    expect_exact_fits(request, {3, 9}, usable_isas());
    request.set("iterations", 9);
    for (const std::string &isa : isas_without_tiles()) {
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.trace.size(), 4U);
        EXPECT_LT(out.trace[2].rows_rechecked, x.n / 4) << isa;
        EXPECT_LT(out.trace[3].rows_rechecked, x.n / 4) << isa;
    }
}

} // namespace
