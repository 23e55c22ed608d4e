// Passes after which some centroids are where they were: rows of those meet the moved ones only.
#include <algorithm>
#include <cmath>

#include "tiles/tiles.h"

namespace {

using namespace oracle;

// Few rows a cluster, so that some come to rest long before others.
constexpr int64_t kClusters = 130, kPasses = 9;

Matrix few_rows_a_cluster(int dtype) { return make_blobs(dtype, 1500, 20, 60, 6, 0, 5); }

// Pairs are done or avoided, and every table avoids some.
void expect_avoided(Request request)
{
    request.set("iterations", kPasses);
    for (const std::string &isa : isas_with_emulation()) {
        request.isa = isa;
        const Outcome out = run(request);
        int64_t avoided = 0;
        for (size_t r = 0; r + 1 < out.trace.size(); r++) { // the last has no pass after a fixpoint
            const kmeans_trace_row &row = out.trace[r];
            EXPECT_EQ(row.distances_done + row.distances_avoided,
                      (request.x->n - out.info.rows_skipped) * kClusters);
            avoided += row.distances_avoided;
        }
        EXPECT_EQ(out.trace[0].distances_avoided, 0) << isa;
        EXPECT_GT(avoided, 0) << isa;
    }
}

TEST(StillCentroids, RowsMeetTheMovedOnesOnly)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        Matrix x = few_rows_a_cluster(dtype);
        Request request(x, kClusters);
        request.set("init", "random");
        expect_exact_fits(request, {2, 3, 4, 5, 6, 7, kPasses}, isas_with_emulation());
        expect_avoided(request);
        for (int64_t i = 0; i < x.n; i++)
            request.weights.push_back(static_cast<double>(i % 4) / 3);
        for (int64_t i = 0; i < x.n; i += 11)
            x.set(i, i % x.d, static_cast<double>(NAN));
        request.set("nan", "skip");
        expect_exact_fits(request, {4, 6, kPasses}, isas_with_emulation());
        expect_avoided(request);
    }
}

// What one restart knows of its labels, or a start by labels of none, says nothing of the next.
TEST(StillCentroids, RestartsAndGivenLabelsBeginAnew)
{
    const Matrix x = few_rows_a_cluster(KMEANS_F32);
    Request request(x, kClusters);
    request.set("init", "random").set("restarts", "4");
    expect_exact_fits(request, {6, kPasses}, isas_with_emulation());
    request.set("iterations", kPasses);
    Request labelled(x, kClusters);
    labelled.labels = run(request).labels;
    for (size_t i = 0; i < labelled.labels.size(); i += 13)
        labelled.labels[i] = static_cast<int32_t>(i % size_t(kClusters));
    expect_exact_fits(labelled, {1, 2, 3, 4}, isas_with_emulation());
}

// Centroid `mover` comes from (8, 3) to (8, 0) and is then as far from the row (10, 0) as the one
// that this row made with (14, 0), `owner`, which stays: the lower number has it. All others are
// far away, with a row each.
void check_tie(int dtype, int64_t mover, int64_t owner)
{
    const int64_t k = 40, d = 20;
    Matrix x(dtype, k + 2, d);
    std::vector<double> start(static_cast<size_t>(k * d));
    int64_t i = 0;
    for (int64_t j = 0; j < k; j++) {
        double *const c = start.data() + j * d;
        c[0] = j == mover ? 8 : j == owner ? 12 : 0;
        c[1] = j == mover ? 3 : 0;
        if (j == mover || j == owner)
            continue;
        const int64_t column = 2 + j % 18;
        c[column] = static_cast<double>(60 * (1 + j / 36) * (j / 18 % 2 == 0 ? 1 : -1));
        x.set(i++, column, c[column]);
    }
    const auto row = static_cast<size_t>(i);
    const auto add = [&x, &i](double first, double second) {
        x.set(i, 0, first);
        x.set(i++, 1, second);
    };
    add(10, 0);
    add(14, 0);
    add(8, 1);
    add(8, -1);
    Request request(x, start);
    expect_exact_fits(request, {1, 2, 3}, isas_with_emulation());
    request.set("iterations", 1);
    for (const std::string &isa : isas_with_emulation()) {
        request.isa = isa;
        const Outcome out = run(request);
        EXPECT_EQ(out.labels[row], std::min(mover, owner)) << isa;
        EXPECT_GT(out.trace.back().distances_avoided, 0) << isa;
    }
}

TEST(StillCentroids, TiesGoToTheLowerNumber)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        check_tie(dtype, 0, 1);
        check_tie(dtype, 1, 0);
        check_tie(dtype, 3, 39);
        check_tie(dtype, 39, 3);
    }
}

// Relocation puts a centroid that has no rows anywhere, and takes a row there from another.
TEST(StillCentroids, EmptyClustersThatMove)
{
    const Matrix x = make_blobs(KMEANS_F32, 1200, 24, 90, 8, 0, 7);
    std::vector<double> start(static_cast<size_t>(100 * x.d));
    for (int64_t j = 0; j < 100; j++)
        x.copy_row(j, start.data() + j * x.d);
    for (int64_t j : {5, 50, 99})
        for (int64_t p = 0; p < x.d; p++)
            start[static_cast<size_t>(j * x.d + p)] = 1e4 + static_cast<double>(j);
    Request request(x, start);
    expect_exact_fits(request, {1, 2, 3, 4, 6, 8}, isas_with_emulation());
}

// All clusters rest but the empty one, which takes a row from one that would rest too.
TEST(StillCentroids, ADonorAtRestMoves)
{
    const int64_t k = 40, d = 20;
    Matrix x(KMEANS_F32, 2 * (k - 1), d);
    std::vector<double> start(static_cast<size_t>(k * d));
    for (int64_t j = 0; j < k - 1; j++) {
        const int64_t column = 2 + j % 18;
        const double at = 60.0 * static_cast<double>(1 + j / 36) * (j / 18 % 2 == 0 ? 1 : -1);
        for (int64_t side = 0; side < 2; side++) {
            x.set(2 * j + side, column, at);
            x.set(2 * j + side, 0, (side != 0 ? 1 : -1) * (j == 7 ? 9.0 : 1.0));
        }
        start[static_cast<size_t>(j * d + column)] = at;
    }
    start[static_cast<size_t>((k - 1) * d + 1)] = 1e4;
    Request request(x, start);
    expect_exact_fits(request, {1, 2, 3}, isas_with_emulation());
}

// The row (10 + far, 0, 0) is as far from its own centroid, which rests at (12 + far, 0, 0), as
// from two that come to (8 + far, 0, 0) and (10 + far, 2, 0).
void check_three(const int64_t (&number)[3], double far)
{
    const int64_t k = 40, d = 20;
    Matrix x(KMEANS_F32, k - 3 + 6, d);
    std::vector<double> start(static_cast<size_t>(k * d));
    int64_t i = 0;
    for (int64_t j = 0; j < k; j++) {
        if (std::count(number, number + 3, j) > 0)
            continue;
        const int64_t column = 3 + j % 17;
        const double at = 60.0 * static_cast<double>(1 + j / 34) * (j / 17 % 2 == 0 ? 1 : -1);
        start[static_cast<size_t>(j * d + column)] = at;
        x.set(i++, column, at);
    }
    const double rows[6][3] = {{10, 0, 0}, {14, 0, 0}, {8, 0, 1},
                               {8, 0, -1}, {10, 2, 1}, {10, 2, -1}};
    const double starts[3][3] = {{12, 0, 0}, {8, 0, 2}, {10, 3, 0}};
    for (const auto &row : rows) {
        x.set(i, 0, row[0] + far);
        x.set(i, 1, row[1]);
        x.set(i++, 2, row[2]);
    }
    for (size_t c = 0; c < 3; c++)
        for (size_t p = 0; p < 3; p++)
            start[static_cast<size_t>(number[c] * d) + p] = starts[c][p] + (p == 0 ? far : 0);
    Request request(x, start);
    expect_exact_fits(request, {1, 2, 3}, isas_with_emulation());
}

TEST(StillCentroids, TiesOfThree)
{
    int64_t number[3] = {3, 17, 39};
    do {
        for (const double far : {0, 8, 30})
            check_three(number, far);
    } while (std::next_permutation(number, number + 3));
}

// More columns than a slice of a panel, several threads, and float64 rows that only float64 proves.
TEST(StillCentroids, LongRowsAndHardOnes)
{
    const Matrix x = make_blobs(KMEANS_F32, 900, 300, 60, 6, 0, 3);
    Request request(x, kClusters);
    request.set("init", "random").set("threads", 3);
    expect_exact_fits(request, {3, 5, kPasses}, isas_with_emulation());
    Matrix hard = make_blobs(KMEANS_F64, 1500, 20, 60, 6, 0, 5);
    for (int64_t i = 0; i < hard.n; i += 300) // as in levels.cc
        for (int64_t p = 0; p < hard.d; p++)
            hard.set(i, p, hard.at(i, p) * 3e5);
    Request only_f64(hard, kClusters);
    only_f64.set("init", "random");
    expect_exact_fits(only_f64, {3, 5, 6, kPasses}, isas_with_emulation());
}

} // namespace
