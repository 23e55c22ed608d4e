// Short numbers give gaps: algorithm = hamerly where tiles are the first screen.
#include "tiles/tiles.h"

namespace {

using namespace oracle;

// Gaps are known from the third pass on, when few rows changed. In the second the mover, at -1,
// loses the row at -4 to a heavy cluster beside that and comes to 0.5, in the third it takes the
// row at 2 from another one, and goes on by 0.5 to be as near to the row at 3 as the owner at 5.
// All of that row's gap is used up then, `beyond` more or less.
void check_late_gap(int dtype, double beyond)
{
    constexpr int64_t d = 64, k = 100, heavy = 100, mover = 0, owner = 1, beside = 2, behind = 3;
    Matrix x(dtype, k + 2 + 2 * heavy, d);
    std::vector<double> start(static_cast<size_t>(k * d));
    const auto at = [&](int64_t j, int64_t p) -> double & {
        return start[static_cast<size_t>(j * d + p)];
    };
    int64_t i = 0;
    at(mover, 0) = -2;
    at(owner, 0) = 5;
    at(beside, 0) = 2;
    at(behind, 0) = -4;
    at(beside, 2) = at(behind, 3) = 2.5;
    for (int64_t j = behind + 1; j < k; j++, i++) {
        const int64_t column = 2 + j % (d - 2);
        at(j, column) = j < d ? 8 : -8;
        x.set(i, column, at(j, column));
    }
    const auto row = static_cast<size_t>(i);
    for (const double first : {3.0, 7.0, 2.0, -4.0})
        x.set(i++, 0, first);
    for (const double side : {1.0, -1.0}) {
        x.set(i, 0, 0.5 + 1.5 * beyond);
        x.set(i++, 1, side);
    }
    for (const int64_t j : {beside, behind})
        for (int64_t copy = 0; copy < heavy; copy++, i++)
            for (int64_t p = 0; p < d; p++)
                x.set(i, p, at(j, p));
    Request request(x, start);
    request.set("algorithm", "hamerly").set("iterations", 3);
    for (const std::string &isa : isas_with_emulation()) {
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.labels[row], beyond < 0 ? owner : mover) << isa << " beyond " << beyond;
        EXPECT_EQ(out.labels[row + 2], mover) << isa;
        EXPECT_EQ(out.labels[row + 3], behind) << isa;
        EXPECT_EQ(out.trace[2].changed, 1) << isa;
        EXPECT_GT(avoided(out), 0) << isa;
    }
}

TEST(Gaps, GapsFromTheThirdPassOn)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64})
        for (const double beyond : {0.0, 0x1p-12, -0x1p-12, 0x1p-6, -0x1p-6})
            check_late_gap(dtype, beyond);
}

// Rows stay unseen where bytes and bfloat16 are the first screen, too, not only pairs of rows and
// centroids at rest.
TEST(Gaps, TilesGiveGaps)
{
    const Matrix x = make_blobs(KMEANS_F32, 12000, 64, 100, 4, 0, 5);
    for (const std::string &isa : isas_with_emulation()) {
        Request request(x, 100);
        request.isa = isa;
        request.set("init", "random").set("iterations", 20);
        const Outcome plain = run(request.set("algorithm", "lloyd"));
        const Outcome out = run(request.set("algorithm", "hamerly"));
        expect_same_result(plain, out);
        EXPECT_GT(avoided(out), avoided(plain) + x.n * 50) << isa;
    }
}

// Pairs of clusters too near each other for short numbers: rows met in vain pass by pass go
// to float32, which tells them apart for good.
TEST(Gaps, RowsThatTilesCannotTellApart)
{
    constexpr int64_t d = 64, k = 100;
    const Matrix centres = make_blobs(KMEANS_F32, k, d, k, 10, 0, 5);
    Matrix x(KMEANS_F32, 8000, d);
    Random random(6);
    for (int64_t i = 0; i < x.n; i++) {
        const int64_t pair = i % (k / 2);
        for (int64_t p = 0; p < d; p++)
            x.set(i, p, centres.at(pair, p) + 0.01 * static_cast<double>(random.below(60)));
        x.set(i, 0, x.at(i, 0) + static_cast<double>(random.below(2)));
    }
    for (const std::string &isa : isas_with_emulation()) {
        Request request(x, k);
        request.isa = isa;
        request.set("init", "random").set("iterations", 30);
        const Outcome plain = run(request.set("algorithm", "lloyd"));
        const Outcome out = run(request.set("algorithm", "hamerly"));
        expect_same_result(plain, out);
        ASSERT_GT(out.trace.size(), 8U);
        EXPECT_LT(out.trace[out.trace.size() - 2].rows_rechecked, x.n / 50) << isa;
        EXPECT_LT(out.trace[out.trace.size() - 2].distances_done, x.n * k / 4) << isa;
    }
}

// Rows alike in all directions: float32 knows no gap that lasts, either, and after one pass of it
// vectors of short numbers go on.
TEST(Gaps, Float32InVain)
{
    constexpr int64_t d = 784, k = 64;
    Matrix x(KMEANS_F32, 3000, d);
    Random random(6);
    for (int64_t i = 0; i < x.n * d; i++)
        x.set(i / d, i % d, static_cast<double>(random.below(256)));
    Request request(x, k);
    request.set("init", "random").set("iterations", 8);
    const Outcome plain = run(request.set("algorithm", "lloyd"));
    request.set("algorithm", "hamerly");
    for (const std::string &isa : usable_isas()) {
        request.isa = isa;
        const Outcome out = run(request);
        expect_same_result(plain, out);
        ASSERT_GE(out.trace.size(), 8U);
        for (size_t pass = 3; pass < 8 && isa.rfind("avx512", 0) == 0; pass++)
            EXPECT_GT(out.trace[pass].rows_rechecked, x.n / 20) << isa << " pass " << pass;
    }
}

} // namespace
