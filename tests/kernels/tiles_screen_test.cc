// start and screen: thresholds under their formula, scores within their bound, and the matrix unit
// bit for bit as its emulation.
#include "kernels/tiles_screen.h"

namespace {

// Facts of one row, and what `start` may make of them.
struct StartProblem {
    std::int64_t m, whole;
    Guarded<float> norm2, residual2, dot, lead;
    Scan scan;
    km_tile_terms terms = {};

    explicit StartProblem(std::int64_t m_)
        : m(m_), whole(km_tile_groups(m_) * KM_TILE_GROUP), norm2(size(whole), 64),
          residual2(size(whole), 64), dot(size(whole), 64), lead(40), scan(whole, 40)
    {
        Values values(static_cast<std::uint64_t>(m));
        const auto length = [&] { return static_cast<float>(std::fabs(values.uniform())); };
        std::generate(lead.begin(), lead.end(), length);
        for (std::int64_t i = 0; i < whole; i++) {
            const float unit = std::ldexp(1.0F, static_cast<int>(values.below(60)) - 30);
            norm2[size(i)] = length() * unit;
            residual2[size(i)] = length() * unit * 0x1p-16F;
            dot[size(i)] = static_cast<float>(values.uniform()) * unit;
            scan.near[size(i)] =
                i < m ? static_cast<std::int32_t>(values.below(50)) - 10 : -1; // a fifth has none
            scan.near[size(i)] = std::max(scan.near[size(i)], -1);
        }
        terms = {1e-4F, 300.0F, 1e-30F, 3e-6F, lead.get()};
    }
    void run(const km_tiles *t)
    {
        const km_tile_rows rows = {nullptr, norm2.get(), residual2.get(), dot.get()};
        const km_tile_scan out = scan.get();
        t->start(m, &rows, &terms, &out);
        EXPECT_TRUE(scan.intact());
    }
};

void check_start(const StartProblem &problem, std::int64_t i)
{
    SCOPED_TRACE(::testing::Message() << "row " << i);
    const float threshold = problem.scan.threshold[size(i)];
    const Wide norm2 = problem.norm2[size(i)], dot = problem.dot[size(i)];
    const Wide e = problem.terms.norm * norm2 +
                   problem.terms.residual * static_cast<Wide>(problem.residual2[size(i)]) +
                   problem.terms.least;
    const std::int32_t near = problem.scan.near[size(i)];
    ASSERT_EQ(problem.scan.count[size(i)], 0);
    ASSERT_LE(wide_abs(problem.scan.slack[size(i)] - 2 * e), 2 * e * 0x1p-19);
    if (near < 0) {
        ASSERT_EQ(threshold, -FLT_MAX);
        return;
    }
    const Wide lead = problem.lead[size(near)], part = problem.terms.dot * norm2;
    const Wide h = dot - lead - part - e;
    ASSERT_LE(threshold, h);
    ASSERT_GE(threshold, h - (wide_abs(dot) + lead + part + e) * 0x1p-18);
    ASSERT_LE(static_cast<Wide>(threshold) + static_cast<Wide>(problem.scan.slack[size(i)]) / 2,
              dot - lead - part); // what is known of the near centroid
}

std::vector<TileKernels> every_tile_kernels()
{
    std::vector<TileKernels> all = tile_kernels();
    for (const TileKernels &kernels : byte_kernels())
        all.push_back(kernels);
    return all;
}

TEST(TileStart, ThresholdsAreBelowTheFormulaAndClose)
{
    for (const TileKernels &kernels : every_tile_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const std::int64_t m : {1, 15, 16, 17, 31, 32, 33, 70}) {
            StartProblem problem(m);
            problem.run(kernels.t);
            for (std::int64_t i = 0; i < m; i++)
                check_start(problem, i);
            for (std::int64_t i = m; i < problem.whole; i++) {
                EXPECT_EQ(problem.scan.threshold[size(i)], kInfinity) << i;
                EXPECT_EQ(problem.scan.count[size(i)], 0) << i;
            }
        }
    }
}

TEST(TileStart, RowsOutOfRangeAreGivenUp)
{
    for (const TileKernels &kernels : every_tile_kernels()) {
        SCOPED_TRACE(kernels.name);
        StartProblem problem(32);
        const float bad[] = {kInfinity, std::nanf(""), 0x1p100F, 0x1p127F};
        for (std::size_t q = 0; q < 4; q++) {
            problem.norm2[q] = bad[q];
            problem.residual2[4 + q] = bad[q];
        }
        for (std::size_t i = 8; i < 12; i++) {
            problem.scan.near[i] = 3;
            problem.dot[i] = std::vector<float>{-kInfinity, std::nanf(""), -FLT_MAX, -3e38F}[i - 8];
        }
        problem.run(kernels.t);
        for (std::size_t i = 0; i < 8; i++)
            EXPECT_EQ(problem.scan.threshold[i], kInfinity) << i;
        EXPECT_EQ(problem.scan.threshold[8], -FLT_MAX);
        EXPECT_EQ(problem.scan.threshold[9], -FLT_MAX);
        for (const std::size_t i : {10, 11}) {
            EXPECT_GE(problem.scan.threshold[i], -FLT_MAX) << i;
            EXPECT_LT(problem.scan.threshold[i], kInfinity) << i;
        }
        for (std::size_t i = 12; i < 32; i++)
            check_start(problem, static_cast<std::int64_t>(i));
    }
}

// What must hold of any answer: `near` is left out, labels ascend, lists say when they overflow.
std::int64_t check_lists(const Scan &scan, std::int64_t rows)
{
    std::int64_t overflows = 0;
    for (std::size_t i = 0; i < size(rows); i++) {
        const std::int32_t *const label = scan.label.get() + i * KM_TILE_CANDIDATES;
        if (scan.count[i] > KM_TILE_CANDIDATES) {
            overflows++;
            EXPECT_EQ(scan.threshold[i], kInfinity);
            continue;
        }
        for (std::int32_t n = 0; n < scan.count[i]; n++) {
            EXPECT_NE(label[n], scan.near[i]);
            EXPECT_TRUE(n == 0 || label[n - 1] < label[n]);
        }
    }
    return overflows;
}

std::int64_t check_same(std::int64_t row_groups, std::int64_t centroid_groups, std::int64_t slices,
                        Bits bits, std::int64_t live, float slack)
{
    SCOPED_TRACE(::testing::Message()
                 << row_groups << " groups of rows, " << centroid_groups << " of centroids, slices "
                 << slices << " bits " << static_cast<int>(bits) << " slack " << slack);
    ScreenProblem problem(row_groups, centroid_groups, slices);
    problem.fill(bits, live, slack,
                 static_cast<std::uint64_t>(slices * 31 + row_groups + 7 * centroid_groups));
    Scan other(problem.rows, problem.centroids);
    other.copy(problem.scan);
    problem.run(&km_tiles_emulated);
    const std::int64_t overflows = check_lists(problem.scan, problem.rows);
    if (amx_tiles() == nullptr)
        return overflows;
    problem.run(amx_tiles(), &other);
    check_lists(other, problem.rows);
    for (std::int64_t i = 0; i < problem.rows; i++) {
        SCOPED_TRACE(::testing::Message() << "row " << i);
        expect_same_row(problem.scan, other, size(i));
    }
    return overflows;
}

class TileScreen : public ::testing::Test {
protected:
    void TearDown() override
    {
        if (amx_tiles() == nullptr)
            GTEST_SKIP() << "no AMX here: the emulation alone";
    }
};

TEST_F(TileScreen, EqualsTheEmulationForEverySlices)
{
    std::int64_t overflows = 0;
    for (std::int64_t slices = 1; slices <= 20; slices++) {
        for (const float slack : {0.0F, 0.5F, 1e3F}) {
            overflows += check_same(1 + slices % 4, 1 + slices % 5, slices, Bits::Plain, 1, slack);
        }
        check_same(2, 2, slices, Bits::Plain, 7, 1);
    }
    EXPECT_GT(overflows, 0);
}

TEST_F(TileScreen, EqualsTheEmulationForEveryNumberOfGroups)
{
    for (const std::int64_t row_groups : {1, 2, 3, 4}) {
        for (const std::int64_t centroid_groups : {1, 2, 3, 4, 5}) {
            for (const std::int64_t slices : {1, 2, 9})
                check_same(row_groups, centroid_groups, slices, Bits::Plain, 1, 2);
        }
    }
}

TEST_F(TileScreen, EqualsTheEmulationOnUnderflowAndSubnormals)
{
    for (std::int64_t slices = 1; slices <= 20; slices += 2) {
        check_same(2, 2, slices, Bits::Mixed, 1, 1e-3F);
        check_same(2, 2, slices, Bits::Subnormal, 1, 1e-3F);
        check_same(1, 3, slices, Bits::Subnormal, 1, 1e-30F);
    }
}

// Sums that overflow have NaN among them, which may hide other scores of their group: one live
// centroid per group. (Rows whose scores could overflow have thresholds out of reach.)
TEST_F(TileScreen, EqualsTheEmulationOnOverflow)
{
    for (std::int64_t slices = 1; slices <= 20; slices += 3)
        check_same(3, 5, slices, Bits::Overflow, 32, 1);
}

// Rows with NaN have no candidates, rows with infinities are given up by `start`; their neighbours
// do not notice.
TEST_F(TileScreen, RowsThatAreNotFinite)
{
    for (const TileKernels &kernels : tile_kernels()) {
        SCOPED_TRACE(kernels.name);
        ScreenProblem problem(2, 3, 3), plain(2, 3, 3);
        problem.fill(Bits::Plain, 1, 0.5, 9);
        plain.fill(Bits::Plain, 1, 0.5, 9);
        for (const std::size_t i : {0, 17, 40}) {
            problem.x[row_word(3, static_cast<std::int64_t>(i), 50)] = 0x7fc0;
            problem.scan.threshold[i] = -FLT_MAX;
        }
        for (const std::int64_t i : {5, 33}) {
            problem.x[row_word(3, i, 11)] = i == 5 ? 0x7f80 : 0xff80;
            problem.scan.threshold[size(i)] = kInfinity;
        }
        problem.run(kernels.t);
        plain.run(kernels.t);
        for (std::size_t i = 0; i < 64; i++) {
            SCOPED_TRACE(::testing::Message() << "row " << i);
            if (i == 0 || i == 17 || i == 40)
                EXPECT_EQ(problem.scan.count[i], 0);
            else if (i == 5 || i == 33)
                EXPECT_EQ(problem.scan.threshold[i], kInfinity);
            else
                expect_same_row(problem.scan, plain.scan, i);
        }
    }
}

// |score - real value| <= (K+4)u (|init| + sum |row centroid|) + 3K 2^-126.
void check_score(const ScreenProblem &problem, std::int64_t i, std::int32_t j, float score)
{
    const std::int64_t dims = 32 * problem.slices;
    Wide value = problem.init[size(16 * j)], magnitude = wide_abs(value);
    for (std::int64_t p = 0; p < dims; p++) {
        const Wide term =
            static_cast<Wide>(bf16_value(problem.x[row_word(problem.slices, i, p)])) *
            static_cast<Wide>(bf16_value(problem.c[centroid_word(problem.slices, j, p)]));
        value += term;
        magnitude += wide_abs(term);
    }
    const Wide bound = static_cast<Wide>(dims + 4) * 0x1p-24 * magnitude +
                       3 * static_cast<Wide>(dims) * static_cast<Wide>(0x1p-126);
    ASSERT_LE(wide_abs(score - value), bound) << "row " << i << " centroid " << j;
}

// With five live centroids and a slack without end every score is listed.
TEST_F(TileScreen, ScoresAreWithinTheirBound)
{
    for (const TileKernels &kernels : tile_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const std::int64_t slices : {1, 2, 3, 8, 9, 20}) {
            for (const Bits bits : {Bits::Plain, Bits::Mixed}) {
                ScreenProblem problem(2, 5, slices);
                problem.fill(bits, 32, 1, static_cast<std::uint64_t>(slices));
                std::fill(problem.scan.threshold.begin(), problem.scan.threshold.end(), -FLT_MAX);
                std::fill(problem.scan.slack.begin(), problem.scan.slack.end(), kInfinity);
                std::fill(problem.scan.near.begin(), problem.scan.near.end(), -1);
                problem.scan.with_most = kernels.t->gaps;
                problem.run(kernels.t);
                for (std::size_t q = 0; q < size(5 * problem.rows); q++) {
                    const std::size_t i = q / 5, at = i * KM_TILE_CANDIDATES + q % 5;
                    ASSERT_EQ(problem.scan.count[i], 5);
                    check_score(problem, static_cast<std::int64_t>(i), problem.scan.label[at],
                                problem.scan.score[at]);
                    const float *const scores = problem.scan.score.get() + i * KM_TILE_CANDIDATES;
                    const float most = *std::max_element(scores, scores + 5);
                    ASSERT_EQ(problem.scan.with_most ? problem.scan.most[i] : most, most);
                }
            }
        }
    }
}

TEST_F(TileScreen, MemoryAheadNeedNotExist)
{
    for (const TileKernels &kernels : tile_kernels()) {
        ScreenProblem problem(2, 2, 2);
        problem.fill(Bits::Plain, 1, 0.5, 3);
        const void *const nowhere = reinterpret_cast<const void *>(64);
        const km_tile_operands operands = {
            problem.x.get(),       2,       problem.c.get(), problem.init.get(), 2, 2, 64,
            problem.partial.get(), nowhere, 1 << 20};
        const km_tile_scan out = problem.scan.get();
        kernels.t->screen(&operands, &out);
        EXPECT_TRUE(problem.scan.intact());
    }
}

} // namespace
