// lift: thresholds rise to what the largest score of all centroids proves, and not above it.
#include "kernels/tiles_screen.h"

namespace {

void run_lift(ScreenProblem *problem, const km_tiles *t, float raise, Scan *on)
{
    const km_tile_operands operands = {problem->x.get(),
                                       problem->rows / 32,
                                       problem->c.get(),
                                       problem->init.get(),
                                       problem->centroids / 32,
                                       problem->slices,
                                       32 * problem->slices,
                                       problem->partial.get(),
                                       nullptr,
                                       0};
    const km_tile_scan out = on->get();
    t->lift(&operands, raise, &out);
    EXPECT_TRUE(problem->partial.intact() && on->intact());
}

// The threshold against real scores, with the bound of kernels_tiles.h for the score's error.
void check_lifted(const ScreenProblem &problem, std::int64_t i, float before, float raise,
                  float after)
{
    const std::int64_t dims = 32 * problem.slices;
    Wide most = -static_cast<Wide>(FLT_MAX), size_of_most = 0;
    for (std::int64_t j = 0; j < problem.centroids; j++) {
        Wide value = problem.init[size(16 * j)], magnitude = wide_abs(value);
        for (std::int64_t p = 0; p < dims; p++) {
            const Wide term =
                static_cast<Wide>(bf16_value(problem.x[row_word(problem.slices, i, p)])) *
                static_cast<Wide>(bf16_value(problem.c[centroid_word(problem.slices, j, p)]));
            value += term;
            magnitude += wide_abs(term);
        }
        if (problem.init[size(16 * j)] > -kInfinity && value > most) {
            most = value;
            size_of_most = std::max(magnitude, size_of_most);
        }
    }
    const Wide slack = problem.scan.slack[size(i)];
    const Wide proved = most - slack - static_cast<Wide>(raise);
    const Wide room = static_cast<Wide>(2 * dims + 16) * 0x1p-24 * (size_of_most + slack + 8);
    ASSERT_GE(after, before);
    ASSERT_GE(after, proved - room) << "row " << i;
    ASSERT_TRUE(after == before || after <= proved + room) << "row " << i;
}

void check_lift(std::int64_t row_groups, std::int64_t centroid_groups, std::int64_t slices,
                Bits bits, std::int64_t live)
{
    SCOPED_TRACE(::testing::Message() << row_groups << " groups of rows, " << centroid_groups
                                      << " of centroids, slices " << slices);
    ScreenProblem problem(row_groups, centroid_groups, slices);
    problem.fill(bits, live, 0.5, static_cast<std::uint64_t>(slices));
    const float raise = 1.5F;
    Scan plain(problem.rows, problem.centroids), unit(problem.rows, problem.centroids);
    plain.copy(problem.scan);
    unit.copy(problem.scan);
    run_lift(&problem, &km_tiles_emulated, raise, &plain);
    if (amx_tiles() != nullptr)
        run_lift(&problem, amx_tiles(), raise, &unit);
    for (std::size_t i = 0; i < size(problem.rows); i++) {
        if (bits == Bits::Plain) {
            check_lifted(problem, static_cast<std::int64_t>(i), problem.scan.threshold[i], raise,
                         plain.threshold[i]);
        }
        ASSERT_EQ(plain.count[i], 0);
        if (amx_tiles() != nullptr) {
            ASSERT_TRUE(same_float(plain.threshold[i], unit.threshold[i]))
                << "row " << i << ": " << plain.threshold[i] << " " << unit.threshold[i];
        }
    }
}

TEST(TileLift, ThresholdsFollowTheLargestScore)
{
    for (const std::int64_t slices : {1, 2, 3, 8, 9, 17, 20}) {
        check_lift(1 + slices % 4, 1 + slices % 5, slices, Bits::Plain, 1);
        check_lift(2, 2, slices, Bits::Plain, 7);
        check_lift(3, 3, slices, Bits::Mixed, 1);
        check_lift(2, 3, slices, Bits::Subnormal, 1);
    }
}

// A row that is not finite stays given up.
TEST(TileLift, ThresholdsOutOfReachStay)
{
    for (const TileKernels &kernels : tile_kernels()) {
        ScreenProblem problem(1, 2, 2);
        problem.fill(Bits::Plain, 1, 0.5, 3);
        std::fill(problem.scan.threshold.begin(), problem.scan.threshold.end(), kInfinity);
        problem.x[row_word(2, 4, 9)] = 0x7f80;
        problem.x[row_word(2, 5, 9)] = 0x7fc0;
        run_lift(&problem, kernels.t, 1, &problem.scan);
        for (std::size_t i = 0; i < 32; i++)
            EXPECT_EQ(problem.scan.threshold[i], kInfinity) << kernels.name << " row " << i;
    }
}

} // namespace
