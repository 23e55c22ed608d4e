// Screens on bytes: packing that measures what it rounds, sums that are exact, and candidates.
#include "kernels/tiles_bytes.h"

namespace {

template <class R> class TileBytes : public ::testing::Test {
protected:
    void TearDown() override
    {
        if (byte_kernels().empty())
            GTEST_SKIP() << "no table with bytes here";
    }
};
TYPED_TEST_SUITE(TileBytes, Reals, RealNames);

constexpr std::int64_t kWidths[] = {17, 31, 32, 33, 63, 64, 65, 100, 128, 300, 769};

void expect_from_above(float got, Wide exact, std::int64_t d)
{
    const Wide dims = static_cast<Wide>(d);
    if (!(exact < static_cast<Wide>(0x1p120)))
        return;
    ASSERT_GE(static_cast<Wide>(got), exact);
    ASSERT_LE(static_cast<Wide>(got),
              exact * (1 + (dims + 64) * 0x1p-22) + (dims + 1) * static_cast<Wide>(0x1p-118));
}

// A row's bytes are its values in its own unit, to the nearest; its facts say what that took.
template <class R> void check_row(const ByteProblem<R> &problem, std::int64_t i)
{
    SCOPED_TRACE(::testing::Message() << "row " << i);
    Wide norm = 0, residual = 0;
    float largest = 0;
    for (std::int64_t p = 0; p < problem.d; p++)
        largest = std::max(largest, std::fabs(problem.z(i, p)));
    const bool usable = largest > 1e-30F && largest < 0x1p60F;
    const float unit = usable ? largest / static_cast<float>(problem.t->most) : 0;
    ASSERT_EQ(problem.factor(i), km_tile_unit(problem.bound.largest, problem.t->most) * unit);
    for (std::int64_t p = 0; p < problem.d; p++) {
        const Wide z = problem.z(i, p);
        const Wide q = problem.row_value(i, p);
        if (usable) {
            ASSERT_LE(wide_abs(z - q * unit), unit * static_cast<Wide>(0.50001)) << "column " << p;
        }
        norm += z * z;
        residual += (z - q * unit) * (z - q * unit);
    }
    if (usable)
        expect_from_above(problem.norm2[size(i)], norm, problem.d);
    if (usable)
        expect_from_above(problem.residual2[size(i)], residual, problem.d);
}

// init >= e - |z|^2/2 and raise >= init + |z|^2/2 + e with the errors that the bytes really have.
template <class R> void check_centroid(const ByteProblem<R> &problem, std::int64_t j)
{
    SCOPED_TRACE(::testing::Message() << "centroid " << j);
    if (j >= problem.k || problem.duplicate[size(j)] != 0) {
        ASSERT_EQ(problem.init_of(j), -kInfinity);
        return;
    }
    Wide whole = 0, half = 0, error = 0;
    for (std::int64_t p = 0; p < problem.d; p++) {
        const Wide z = problem.centroid(j, p);
        const Wide b = static_cast<Wide>(problem.centroid_value(j, p)) *
                       km_tile_unit(problem.bound.largest, problem.t->most);
        ASSERT_LE(wide_abs(z - b),
                  static_cast<Wide>(problem.bound.largest) / (2 * problem.t->most - 1));
        ASSERT_EQ(problem.near[size(j * problem.near_ld + p)], static_cast<float>(z));
        whole += z * z;
        half += b * b;
        error += (z - b) * (z - b);
    }
    const Wide a = problem.bound.a;
    const Wide e = (problem.bound.tau * half / 2 + error / (2 * problem.bound.sigma) +
                    a * (whole + half) / 2) /
                   (1 - a / 2);
    const Wide init = problem.init_of(j), raise = problem.scan.raise[size(j)];
    const Wide room = (e + whole) * 0x1p-20 + 3 * a * e + static_cast<Wide>(0x1p-138);
    ASSERT_GE(init, e - whole / 2);
    ASSERT_LE(init, e - whole / 2 + room);
    ASSERT_GE(raise, init + whole / 2 + e);
    ASSERT_LE(raise, init + whole / 2 + e + room);
}

TYPED_TEST(TileBytes, PackingIsMeasured)
{
    for (const TileKernels &kernels : byte_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const std::int64_t d : kWidths) {
            for (const Kind kind : {Kind::Uniform, Kind::Ties, Kind::Offset, Kind::Mixed}) {
                SCOPED_TRACE(::testing::Message()
                             << "d " << d << " kind " << static_cast<int>(kind));
                ByteProblem<TypeParam> problem(kernels, 1 + d % 40, 1 + d % 37, d);
                problem.fill(kind, static_cast<std::uint64_t>(d));
                problem.pack();
                for (std::int64_t i = 0; i < problem.m; i++)
                    check_row(problem, i);
                for (std::int64_t j = 0; j < 32 * problem.centroid_groups; j++)
                    check_centroid(problem, j);
            }
        }
    }
}

// Row by row and centroid by centroid, what the contract says.
template <class R> void scan_plainly(const ByteProblem<R> &problem, const km_tile_scan &scan)
{
    for (std::int64_t i = 0; i < 32 * problem.row_groups; i++) {
        for (std::int64_t j = 0; j < 32 * problem.centroid_groups; j++) {
            const float w = problem.score(i, j);
            if (!(w >= scan.threshold[i]) || j == scan.near[i])
                continue;
            const float raised = w - scan.slack[i] - scan.raise[j];
            if (scan.count[i] == KM_TILE_CANDIDATES) {
                std::int32_t kept = 0;
                for (std::int32_t n = 0; n < KM_TILE_CANDIDATES; n++) {
                    const std::int64_t from = i * KM_TILE_CANDIDATES + n;
                    const std::int64_t to = i * KM_TILE_CANDIDATES + kept;
                    if (!(scan.score[from] >= scan.threshold[i]))
                        continue;
                    scan.label[to] = scan.label[from];
                    scan.score[to] = scan.score[from];
                    kept++;
                }
                scan.count[i] = kept < KM_TILE_CANDIDATES ? kept : KM_TILE_CANDIDATES + 1;
            }
            if (scan.count[i] > KM_TILE_CANDIDATES) {
                scan.threshold[i] = kInfinity;
                break;
            }
            scan.threshold[i] = std::max(scan.threshold[i], raised);
            const std::int64_t at = i * KM_TILE_CANDIDATES + scan.count[i]++;
            scan.label[at] = static_cast<std::int32_t>(j);
            scan.score[at] = w;
        }
    }
}

// The largest score of a row but for that of its near centroid.
template <class R> float most_of_others(const ByteProblem<R> &problem, std::size_t i)
{
    float most = -kInfinity;
    for (std::int64_t j = 0; j < 32 * problem.centroid_groups; j++)
        if (j != problem.scan.near[i])
            most = std::max(most, problem.score(static_cast<std::int64_t>(i), j));
    return most;
}

template <class R> void start_anywhere(ByteProblem<R> *problem, float slack, std::uint64_t seed)
{
    Values values(seed);
    for (std::size_t i = 0; i < problem->scan.threshold.size(); i++) {
        const bool there = i < size(problem->m);
        problem->scan.threshold[i] = !there || values.below(9) == 0 ? kInfinity
                                     : values.below(3) == 0
                                         ? -FLT_MAX
                                         : static_cast<float>(values.uniform() * problem->d / 20);
        problem->scan.slack[i] = slack * static_cast<float>(std::fabs(values.uniform()));
        problem->scan.count[i] = 0;
    }
}

TYPED_TEST(TileBytes, CandidatesAreThoseOfThePlainLoop)
{
    std::int64_t listed = 0, overflows = 0;
    for (const TileKernels &kernels : byte_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const std::int64_t d : kWidths) {
            for (const float slack : {0.0F, 1.0F, 1e3F}) {
                SCOPED_TRACE(::testing::Message() << "d " << d << " slack " << slack);
                ByteProblem<TypeParam> problem(kernels, 1 + d % 70, 1 + d % 97, d);
                problem.fill(Kind::Uniform, static_cast<std::uint64_t>(d));
                problem.pack();
                start_anywhere(&problem, slack, static_cast<std::uint64_t>(d + 1));
                problem.scan.with_most = kernels.t->gaps && slack > 0;
                Scan plain(32 * problem.row_groups, 32 * problem.centroid_groups);
                plain.copy(problem.scan);
                scan_plainly(problem, plain.get());
                const km_tile_operands operands = problem.operands();
                const km_tile_scan out = problem.scan.get();
                kernels.t->screen(&operands, &out);
                ASSERT_TRUE(problem.scan.intact() && problem.partial.intact());
                for (std::size_t i = 0; i < size(32 * problem.row_groups); i++) {
                    SCOPED_TRACE(::testing::Message() << "row " << i);
                    expect_same_row(plain, problem.scan, i);
                    const float most = most_of_others(problem, i);
                    ASSERT_EQ(problem.scan.with_most ? problem.scan.most[i] : most, most);
                    listed += plain.count[i] <= KM_TILE_CANDIDATES ? plain.count[i] : 0;
                    overflows += plain.count[i] > KM_TILE_CANDIDATES;
                }
            }
        }
        EXPECT_GT(listed, 0);
        EXPECT_GT(overflows, 0);
    }
}

// Products as large as they get, all of one sign: sums of 16 bits must hold four of them.
TYPED_TEST(TileBytes, LargestProducts)
{
    for (const TileKernels &kernels : byte_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const std::int64_t d : kWidths) {
            ByteProblem<TypeParam> problem(kernels, 40, 40, d);
            problem.fill(Kind::Uniform, 1);
            std::fill(problem.shift.begin(), problem.shift.end(), TypeParam{0});
            std::fill(problem.shift64.begin(), problem.shift64.end(), 0);
            std::fill(problem.duplicate.begin(), problem.duplicate.end(), std::uint8_t{0});
            for (std::int64_t q = 0; q < 40 * d; q++) {
                problem.x[size(q)] = q / d % 2 == 0 ? TypeParam{2} : TypeParam{-2};
                problem.c[size(q)] = q / d % 3 == 0 ? 2 : -2;
            }
            problem.pack();
            std::fill(problem.scan.slack.begin(), problem.scan.slack.end(), 0.0F);
            std::fill(problem.scan.threshold.begin(), problem.scan.threshold.end(), -FLT_MAX);
            const km_tile_operands operands = problem.operands();
            const km_tile_scan out = problem.scan.get();
            kernels.t->lift(&operands, 0, &out);
            for (std::int64_t i = 0; i < problem.m; i++) {
                const std::int64_t most = kernels.t->most;
                ASSERT_EQ(std::abs(problem.sum(i, i % 5)), most * most * d);
                float largest = -kInfinity;
                for (std::int64_t j = 0; j < problem.k; j++)
                    largest = std::max(largest, problem.score(i, j));
                ASSERT_EQ(problem.scan.threshold[size(i)], largest) << "d " << d << " row " << i;
            }
        }
    }
}

TYPED_TEST(TileBytes, LiftFollowsTheLargestScore)
{
    for (const TileKernels &kernels : byte_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const std::int64_t d : kWidths) {
            ByteProblem<TypeParam> problem(kernels, 1 + d % 70, 1 + d % 97, d);
            problem.fill(Kind::Uniform, static_cast<std::uint64_t>(d));
            problem.pack();
            start_anywhere(&problem, 1, 5);
            const km_tile_operands operands = problem.operands();
            const km_tile_scan out = problem.scan.get();
            std::vector<float> expected(problem.scan.threshold.begin(),
                                        problem.scan.threshold.end());
            for (std::int64_t i = 0; i < 32 * problem.row_groups; i++) {
                float most = -kInfinity;
                for (std::int64_t j = 0; j < problem.k; j++)
                    most = std::max(most, problem.score(i, j));
                const float least = most - problem.scan.slack[size(i)] - 0.25F;
                expected[size(i)] = std::max(expected[size(i)], least);
            }
            kernels.t->lift(&operands, 0.25F, &out);
            ASSERT_TRUE(problem.scan.intact() && problem.partial.intact());
            for (std::size_t i = 0; i < expected.size(); i++)
                ASSERT_EQ(problem.scan.threshold[i], expected[i]) << "d " << d << " row " << i;
        }
    }
}

// Zero rows, rows beyond the range and rows that are not finite have factor 0 and disturb nobody.
TYPED_TEST(TileBytes, RowsThatCannotBeScreened)
{
    for (const TileKernels &kernels : byte_kernels()) {
        SCOPED_TRACE(kernels.name);
        ByteProblem<TypeParam> problem(kernels, 40, 40, 50);
        problem.fill(Kind::Uniform, 3);
        const TypeParam bad[] = {std::numeric_limits<TypeParam>::infinity(),
                                 -std::numeric_limits<TypeParam>::infinity(),
                                 static_cast<TypeParam>(0x1p100)};
        for (std::int64_t q = 0; q < 3; q++)
            problem.x[size(q * 50 + 7)] = bad[q];
        for (std::int64_t p = 0; p < 50; p++)
            problem.x[size(3 * 50 + p)] = problem.shift[size(p)];
        problem.x[size(4 * 50 + 8)] = std::numeric_limits<TypeParam>::quiet_NaN();
        problem.pack();
        for (std::int64_t i = 0; i < 40; i++) {
            const std::int32_t row = problem.order[size(i)];
            if (row < 4)
                EXPECT_EQ(problem.factor(i), 0) << row;
            else if (row > 4)
                check_row(problem, i);
            else
                EXPECT_TRUE(std::isnan(problem.norm2[size(i)]));
        }
        std::fill(problem.scan.threshold.begin(), problem.scan.threshold.end(), kInfinity);
        std::fill(problem.scan.count.begin(), problem.scan.count.end(), 0);
        const km_tile_operands operands = problem.operands();
        const km_tile_scan out = problem.scan.get();
        kernels.t->screen(&operands, &out);
        for (const std::int32_t count : problem.scan.count)
            EXPECT_EQ(count, 0);
    }
}

} // namespace
