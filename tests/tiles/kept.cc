// Components on the axes that algorithm = hamerly keeps from pass to pass: exact labels, the same
// bits as without, whatever becomes of shift, centroids and rows.
#include <cmath>

#include "tiles/flat.h"

namespace {

using namespace oracle;

// So many of each that every table without tiles uses the axes, and that a row's components take at
// most a quarter of what the row does.
constexpr int64_t kColumns = 136, kClusters = 400;

void expect_like_lloyd(Request request, std::initializer_list<int64_t> passes)
{
    request.set("algorithm", "hamerly");
    expect_exact_fits(request, passes, usable_isas());
    request.set("iterations", *(passes.end() - 1));
    for (const std::string &isa : usable_isas()) {
        request.isa = isa;
        expect_same_result(run(request.set("algorithm", "lloyd")),
                           run(request.set("algorithm", "hamerly")));
    }
}

TEST(Kept, LabelsAreExact)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const int64_t d = dtype == KMEANS_U8 ? 540 : kColumns;
        const Matrix x = make_flat(dtype, 900, d, 20, 1, 5);
        expect_like_lloyd(random_start(x, kClusters), {3, 6});
    }
}

// All centroids start in a corner of the rows: their mean, the shift of components that are not
// kept, goes on moving.
TEST(Kept, CentroidsThatDrift)
{
    constexpr int64_t groups = 40;
    Matrix x = make_blobs(KMEANS_F32, 1200, kColumns, groups, 3, 0, 5);
    for (int64_t i = 0; i < x.n; i++)
        x.set(i, 0, x.at(i, 0) + static_cast<double>(i % groups) * 3);
    std::vector<double> start(static_cast<size_t>(kClusters * x.d));
    for (int64_t j = 0; j < kClusters; j++) {
        x.copy_row(j % 30 * groups, start.data() + j * x.d);
        start[static_cast<size_t>(j * x.d + 1)] += static_cast<double>(j) * 0x1p-6;
    }
    expect_like_lloyd(Request(x, start), {2, 3, 4, 5, 6, 9});
}

// A centroid takes rows at -64, -43 ... -8, each three times as often as the one before, one after
// the other from a heavy one at 0: it comes from -64 to -11, and past powers of two on its way, by
// which the longest centroid decides the scale. The others begin so near to each other that many
// rows change.
TEST(Kept, ScaleThatChanges)
{
    constexpr int64_t chain = 364;
    const Matrix flat = make_flat(KMEANS_F32, 900, kColumns, 20, 1, 8);
    Matrix x(KMEANS_F32, flat.n + 1 + chain, kColumns);
    for (int64_t i = 0; i < flat.n; i++)
        for (int64_t p = 0; p < x.d; p++)
            x.set(i, p, flat.at(i, p) * 1e-3);
    int64_t row = flat.n + 1, copies = 1;
    for (double at = -64; row < x.n; at /= 1.5, copies *= 3)
        for (int64_t copy = 0; copy < copies; copy++)
            x.set(row++, 0, at);
    std::vector<double> start(static_cast<size_t>(kClusters * x.d)); // the second is 0
    for (int64_t j = 2; j < kClusters; j++)
        for (int64_t p = 0; p < x.d; p++)
            start[static_cast<size_t>(j * x.d + p)] = x.at(0, p) + 1e-3 * x.at(j, p);
    start[0] = -64;
    Request request(x, start);
    request.weights.assign(static_cast<size_t>(x.n), 1.0);
    request.weights[static_cast<size_t>(flat.n)] = 1e6;
    expect_like_lloyd(request.set("empty", "keep"), {3, 4, 5, 6});
}

// Each restart begins with another shift; rows that are left out, too long, or of no weight.
TEST(Kept, RestartsAndHardRows)
{
    Matrix x = make_flat(KMEANS_F32, 900, kColumns, 20, 1, 8);
    for (int64_t i = 0; i < x.n; i += 50)
        for (int64_t p = 0; p < x.d; p++)
            x.set(i, p, i % 100 == 0 ? x.at(i, p) * 1e4 : x.at(i, p) + 1e3);
    Request request = random_start(x, kClusters);
    request.threads = 3;
    request.set("restarts", 3);
    expect_like_lloyd(request, {4});
    for (int64_t i = 7; i < x.n; i += 90)
        x.set(i, i % x.d, static_cast<double>(NAN));
    for (int64_t i = 0; i < x.n; i++)
        request.weights.push_back(static_cast<double>(i % 3) / 3);
    expect_like_lloyd(request.set("nan", "skip"), {4});
}

// Once few rows change, gaps take over from the axes, and rows stay unseen.
TEST(Kept, GapsTakeOver)
{
    const Matrix x = make_flat(KMEANS_F32, 8000, kColumns, 3, 0.5, 5);
    Request request = random_start(x, 150);
    request.set("iterations", 40);
    for (const std::string &isa : isas_without_tiles()) {
        request.isa = isa;
        const Outcome plain = run(request.set("algorithm", "lloyd"));
        const Outcome out = run(request.set("algorithm", "hamerly"));
        expect_same_result(plain, out);
        EXPECT_GT(avoided(out), avoided(plain) + 1000000) << isa;
    }
}

} // namespace
