// algorithm = hamerly: rows keep their label unseen, and nothing but the counts of distances tells.
#include <cmath>

#include "tiles/tiles.h"

namespace {

using namespace oracle;

// Low dimensions; few centroids, rows as they are; panels; tiles.
struct Shape {
    int64_t d, k;
};
constexpr Shape kShapes[] = {{1, 5}, {2, 9}, {3, 20}, {14, 40}, {20, 10}, {24, 60}, {64, 100}};

// Exact labels after each of so many passes on every table, and Lloyd's trace.
void expect_lloyd(Request request, std::initializer_list<int64_t> passes, bool must_spare = true)
{
    request.set("algorithm", "lloyd").set("iterations", *(passes.end() - 1));
    const Outcome plain = run(request);
    request.set("algorithm", "hamerly");
    expect_exact_fits(request, passes, isas_with_emulation());
    const Outcome out = run(request);
    expect_same_result(plain, out);
    ASSERT_EQ(plain.trace.size(), out.trace.size());
    for (size_t r = 0; r + 1 < out.trace.size(); r++) {
        EXPECT_EQ(plain.trace[r].changed, out.trace[r].changed);
        EXPECT_EQ(out.trace[r].distances_done + out.trace[r].distances_avoided,
                  (out.info.n - out.info.rows_skipped) * out.info.k);
    }
    EXPECT_TRUE(avoided(out) > 0 || !must_spare);
}

TEST(Hamerly, LabelsAreExact)
{
    for (const auto &[d, k] : kShapes) {
        for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
            const double offset = dtype == KMEANS_U8 ? 100 : 0;
            const Matrix x = make_blobs(dtype, 700, d, k, 20, offset, 5);
            Request request(x, k);
            request.set("init", "random").set("seed", "3");
            SCOPED_TRACE(::testing::Message() << "d " << d << " k " << k);
            expect_lloyd(request, {2, 3, 4, 6, 9});
        }
    }
}

// Rows of weight 0 have labels; skipped rows have none, and then every row is seen.
TEST(Hamerly, WeightsAndSkippedRows)
{
    for (const auto &[d, k] : kShapes) {
        Matrix x = make_blobs(KMEANS_F32, 700, d, k, 20, 0, 5);
        Request request(x, k);
        for (int64_t i = 0; i < x.n; i++)
            request.weights.push_back(static_cast<double>(i % 4) / 3);
        request.set("init", "random").set("nan", "skip");
        expect_lloyd(request, {2, 4, 8});
        for (int64_t i = 0; i < x.n; i += 11)
            x.set(i, i % d, static_cast<double>(NAN));
        expect_exact_fits(request.set("algorithm", "hamerly"), {2, 4, 8}, isas_with_emulation());
    }
}

// Of rows whose centroid rests, what is left of the gap to the others at rest is known from before:
// few rows a cluster, so that many centroids rest while others still move. In the second set a
// column dominates, and float32 is given up for float64.
TEST(Hamerly, CentroidsAtRest)
{
    for (const double column : {0.0, 1e4}) {
        const int64_t n = column > 0 ? 4000 : 1500;
        for (const uint64_t seed : {1, 2, 3, 4}) {
            Matrix x =
                make_blobs(seed % 2 == 0 ? KMEANS_F32 : KMEANS_F64, n, 20, 40, 1.25, 0, seed);
            for (int64_t i = 0; i < x.n; i++)
                x.set(i, 0, i % 2 == 0 ? column : -column);
            Request request(x, 130);
            request.set("init", "random");
            SCOPED_TRACE(::testing::Message() << "column " << column << " seed " << seed);
            expect_lloyd(request, {9, 14, 20});
        }
    }
}

// Few centroids meet picked rows where they lie: backwards, with gaps, and with float32 given up.
TEST(Hamerly, PickedRowsLieApart)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        for (const double column : {0.0, 30.0, 1e4}) {
            Matrix x = make_blobs(dtype, 3000, 20, 14, 3, 0, 9);
            for (int64_t i = 0; i < x.n; i++)
                x.set(i, 0, i % 2 == 0 ? column : -column);
            Request request(x, 9);
            request.set("init", "random");
            expect_lloyd(request, {6, 9, 14}, column < 1e3);
            for (const int64_t step : {-1, -2, 3}) {
                request.open = [&x, step](kmeans_context *context, kmeans_source **source) {
                    kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n / 3, x.d);
                    view.row_stride = step * x.d;
                    if (step < 0)
                        view.data = x.bytes.data() + (x.n - 1) * x.d * element_size(x.dtype);
                    return kmeans_source_dense(context, &view, source);
                };
                Request other = request;
                other.threads = 3;
                expect_same_result(run(request.set("algorithm", "lloyd").set("iterations", 12)),
                                   run(other.set("algorithm", "hamerly").set("iterations", 12)));
            }
        }
    }
}

// Centroid `mover` goes straight towards the row at 10, by 1, until it is `beyond` nearer to it
// than the one at 12 that the row belongs to: all of the row's gap is used up, and no more. The
// other centroids are far away, each with a row.
void check_gap(int dtype, Shape shape, int64_t mover, int64_t owner, double beyond)
{
    const int64_t d = shape.d, k = shape.k;
    Matrix x(dtype, k + 2, d);
    std::vector<double> start(static_cast<size_t>(k * d));
    int64_t i = 0;
    for (int64_t j = 0; j < k; j++) {
        double *const c = start.data() + j * d;
        c[0] = j == mover ? 7 + beyond : j == owner ? 12 : 0;
        if (j == mover || j == owner)
            continue;
        const int64_t column = 1 + j % (d - 1);
        c[column] =
            static_cast<double>(60 * (1 + j / (2 * (d - 1))) * (j / (d - 1) % 2 == 0 ? 1 : -1));
        x.set(i++, column, c[column]);
    }
    const auto row = static_cast<size_t>(i);
    for (const double at : {10.0, 14.0})
        x.set(i++, 0, at);
    for (const double side : {1.0, -1.0}) {
        x.set(i, 0, 8 + beyond);
        x.set(i++, 1, side);
    }
    Request request(x, start);
    request.set("algorithm", "hamerly").set("iterations", 1); // and the labels of what is returned
    for (const std::string &isa : isas_with_emulation()) {
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        const int64_t nearest = beyond > 0 || (beyond == 0 && mover < owner) ? mover : owner;
        EXPECT_EQ(out.labels[row], nearest) << isa << " d " << d << " beyond " << beyond;
        EXPECT_GT(avoided(out), 0) << isa;
    }
}

TEST(Hamerly, GapsAreUsedUpToTheEndAndNoFurther)
{
    for (const Shape shape :
         {Shape{2, 5}, Shape{3, 20}, Shape{14, 40}, Shape{20, 10}, Shape{24, 60}}) {
        for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
            for (const double beyond : {0.0, 0x1p-12, -0x1p-12, 0x1p-6, -0x1p-6}) {
                check_gap(dtype, shape, 0, 1, beyond);
                check_gap(dtype, shape, shape.k - 1, 0, beyond);
                check_gap(dtype, shape, 2, shape.k - 1, beyond);
            }
        }
    }
}

// A twin of a centroid is no rival as long as they are together. Here the one that has the rows
// moves away, and the other, which has none and stays, is nearer to the row at 0.
TEST(Hamerly, TwinsThatPart)
{
    for (const int64_t d : {2, 20, 24}) {
        const int64_t k = d == 24 ? 40 : 6;
        Matrix x(KMEANS_F32, 3 + k, d);
        x.set(1, 0, 2);
        x.set(2, 0, 7);
        std::vector<double> start(static_cast<size_t>(k * d));
        for (int64_t j = 2; j < k; j++) {
            start[static_cast<size_t>(j * d + 1)] = 100.0 * static_cast<double>(j);
            x.set(j + 1, 1, 100.0 * static_cast<double>(j));
        }
        x.set(k + 1, 1, 200);
        x.set(k + 2, 1, 200);
        Request request(x, start);
        request.set("empty", "keep");
        expect_lloyd(request, {1, 2, 3});
        request.set("algorithm", "hamerly").set("iterations", 1);
        EXPECT_EQ(run(request).labels[0], 1);
    }
}

// What one restart knows says nothing of the next; labels that are given come without bounds; and
// relocation moves a centroid as far as it likes.
TEST(Hamerly, BeginsAnew)
{
    for (const auto &[d, k] : kShapes) {
        const Matrix x = make_blobs(KMEANS_F32, 900, d, 2 * k, 20, 0, 7);
        Request request(x, k);
        request.set("init", "random").set("restarts", 3);
        expect_lloyd(request, {5, 8});
        Request labelled(x, k);
        labelled.labels = run(request).labels;
        for (size_t i = 0; i < labelled.labels.size(); i += 13)
            labelled.labels[i] = static_cast<int32_t>(i % static_cast<size_t>(k));
        expect_lloyd(labelled, {1, 2, 4});
        std::vector<double> start = rows_of(x, std::vector<int64_t>(static_cast<size_t>(k), 0));
        for (int64_t j = 0; j < k; j++)
            x.copy_row(j, start.data() + j * d);
        for (int64_t j = 1; j < k; j += 4)
            start[static_cast<size_t>(j * d)] = 1e4 + static_cast<double>(j);
        expect_lloyd(Request(x, start), {1, 2, 3, 5, 7});
    }
}

// Numbers whose squares leave the range of float, and of double.
TEST(Hamerly, HugeAndTinyNumbers)
{
    for (const double factor : {0x1p60, 0x1p-70, 0x1p450, 0x1p-560}) {
        for (const Shape shape : {Shape{2, 9}, Shape{20, 10}, Shape{24, 40}}) {
            Matrix x = make_blobs(KMEANS_F64, 300, shape.d, shape.k, 20, 0, 5);
            for (int64_t i = 0; i < x.n; i++)
                for (int64_t p = 0; p < x.d; p++)
                    x.set(i, p, x.at(i, p) * factor);
            Request request(x, shape.k);
            request.set("init", "random");
            SCOPED_TRACE(::testing::Message() << "d " << shape.d << " factor " << factor);
            expect_lloyd(request, {2, 4, 6}, factor > 0x1p-500); // below, no gaps of lanes
        }
    }
}

// Blocks of several threads, and restarts from seeds that know a label of each row.
TEST(Hamerly, ThreadsAndSeedsWithLabels)
{
    for (const auto &[d, k] : kShapes) {
        const Matrix x = make_blobs(KMEANS_F32, 20000, d, k, 3, 0, 5);
        for (const char *init : {"k-means++", "k-means-parallel"}) {
            Request request(x, k);
            request.set("init", init).set("restarts", 2).set("iterations", 7);
            const Outcome plain = run(request.set("algorithm", "lloyd"));
            request.threads = 3;
            const Outcome out = run(request.set("algorithm", "hamerly"));
            expect_same_result(plain, out);
            EXPECT_GT(avoided(out), 0);
        }
    }
}

TEST(Hamerly, NotChosenWithinAMemoryLimit)
{
    const Matrix x = make_blobs(KMEANS_F32, 200, 20, 4, 20, 0, 5);
    Request request(x, 4);
    EXPECT_STREQ(run(request).info.algorithm, "hamerly");
    EXPECT_STREQ(run(request.set("memory_limit", "1G")).info.algorithm, "lloyd");
    EXPECT_STREQ(run(request.set("algorithm", "hamerly")).info.algorithm, "hamerly");
}

} // namespace
