// assign_few: a label exactly where the contract's inequality holds, and the right one.
#include "kernels/low_problem.h"

namespace {

template <class P> class Few : public ::testing::Test {
};
TYPED_TEST_SUITE(Few, Pairs, PairNames);

TYPED_TEST(Few, EveryShape)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        EXPECT_LE(t->few_k, KM_FEW_K);
        for (std::int64_t d = KM_LOW_D + 1; d <= KM_LOW_D + 33; d++) {
            for (const std::int64_t m : {0, 1, 2, 3, 4, 5, 63, 65}) {
                const int labelled = check_shape<R, X>(*t, m, 5, d, Kind::Uniform);
                EXPECT_GE(labelled, m - m / 8 - 1) << t->isa << " d " << d; // proofs do succeed
            }
        }
        for (std::int32_t k = 1; k <= KM_FEW_K; k++) {
            check_shape<R, X>(*t, 9, k, 128, Kind::Uniform);
            check_shape<R, X>(*t, 130, k, 17, Kind::Uniform);
        }
        for (const std::int64_t d : {100, KM_FEW_D - 1, KM_FEW_D}) {
            check_shape<R, X>(*t, 21, KM_FEW_K, d, Kind::Uniform);
        }
    }
}

// Rows that lie apart have the labels and gaps that they have among all, and no others are read.
TYPED_TEST(Few, RowsOfAList)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        for (const std::int64_t d : {17, 32, 129, KM_FEW_D}) {
            LowProblem<R, X> problem(200, 7, d, Kind::Uniform);
            Guarded<R> gap(size(problem.m));
            const auto labels = problem.run(*t, nullptr, gap.get());
            for (const std::int64_t step : {1, 2, 3, 7, 66, 199}) {
                const std::int64_t count = (problem.m + step - 1) / step;
                Guarded<std::int32_t> row(size(count));
                Guarded<R> own(size(count));
                for (std::int64_t i = 0; i < count; i++)
                    row[size(i)] =
                        static_cast<std::int32_t>(problem.m - 1 - (count - 1 - i) * step);
                const std::vector<X> all(problem.x.begin(), problem.x.end());
                std::fill(problem.x.begin(), problem.x.end(), std::numeric_limits<X>::quiet_NaN());
                for (const std::int32_t i : row)
                    std::copy_n(all.begin() + i * problem.ldx, d,
                                problem.x.begin() + i * problem.ldx);
                const auto found = problem.run_rows(*t, count, row.get(), nullptr, own.get());
                EXPECT_TRUE(own.intact());
                std::copy(all.begin(), all.end(), problem.x.begin());
                for (std::int64_t i = 0; i < count; i++) {
                    EXPECT_EQ(found[size(i)], labels[size(row[size(i)])]) << t->isa << d;
                    EXPECT_EQ(own[size(i)], gap[size(row[size(i)])]) << t->isa << d;
                }
            }
        }
    }
}

// A view may run backwards.
TYPED_TEST(Few, RowsInReverse)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        for (const std::int64_t d : {17, 20, 129, 600}) {
            LowProblem<R, X> problem(200, 7, d, Kind::Uniform);
            const auto labels = problem.run(*t);
            Guarded<std::int32_t> row(20, alignof(std::int32_t), Guard::Begin);
            problem.base = (problem.m - 1) * problem.ldx;
            problem.ldx = -problem.ldx;
            for (std::int64_t i = 0; i < 20; i++)
                row[size(i)] = static_cast<std::int32_t>(10 * i + 3);
            const auto found = problem.run_rows(*t, 20, row.get(), nullptr, nullptr);
            const auto all = problem.run(*t);
            for (std::int64_t i = 0; i < problem.m; i++)
                EXPECT_EQ(all[size(i)], labels[size(problem.m - 1 - i)]) << t->isa << d;
            for (std::int64_t i = 0; i < 20; i++)
                EXPECT_EQ(found[size(i)], all[size(row[size(i)])]) << t->isa << d;
        }
    }
}

TYPED_TEST(Few, TiesAndNearTiesStayOpen)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        check_shape<R, X>(*t, 64, 12, 17, Kind::Ties);
        check_shape<R, X>(*t, 64, 12, 33, Kind::Offset);
    }
}

TYPED_TEST(Few, WhatIsNoNumberStaysOpen)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    const X inf = std::numeric_limits<X>::infinity();
    for (const auto *t : tables<R>()) {
        for (const std::int64_t d : {17, 31, 32, 100}) {
            for (const X bad : {inf, -inf, std::numeric_limits<X>::quiet_NaN()}) {
                LowProblem<R, X> problem(70, 5, d, Kind::Uniform);
                const auto clean = problem.run(*t);
                for (const std::int64_t p : {std::int64_t{0}, d / 2, d - 1}) {
                    const X kept = problem.x[size(13 * problem.ldx + p)];
                    problem.x[size(13 * problem.ldx + p)] = bad;
                    const auto dirty = problem.run(*t);
                    problem.x[size(13 * problem.ldx + p)] = kept;
                    for (std::int64_t i = 0; i < 70; i++) {
                        EXPECT_EQ(dirty[size(i)], i == 13 ? -1 : clean[size(i)]) << t->isa << d;
                    }
                }
            }
        }
    }
}

} // namespace
