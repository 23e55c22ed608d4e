// assign_low: a label exactly where the contract's inequality holds, and the right one.
#include "kernels/low_problem.h"

namespace {

template <class P> class Low : public ::testing::Test {
};
TYPED_TEST_SUITE(Low, Pairs, PairNames);

TYPED_TEST(Low, EveryShape)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        for (std::int64_t d = 1; d <= KM_LOW_D; d++) {
            for (const std::int64_t m : {0, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 65}) {
                const int labelled = check_shape<R, X>(*t, m, 9, d, Kind::Uniform);
                EXPECT_GE(labelled, m - m / 8 - 1) << t->isa << " d " << d; // proofs do succeed
            }
        }
        for (std::int32_t k = 1; k <= 70; k++) {
            check_shape<R, X>(*t, 9, k, 3, Kind::Uniform);
        }
    }
}

TYPED_TEST(Low, TiesAndNearTiesStayOpen)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        check_shape<R, X>(*t, 64, 12, 2, Kind::Ties);
        check_shape<R, X>(*t, 64, 12, 5, Kind::Offset);
    }
}

// Rows are turned some hundred at a time, and those whose hint fails listed some more at a time:
// with every hint wrong the lists are full.
TYPED_TEST(Low, MoreRowsThanAList)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        for (const std::int64_t d : {5, 16}) {
            for (const std::int64_t m : {1000, 1001}) {
                const int labelled = check_shape<R, X>(*t, m, 70, d, Kind::Uniform);
                EXPECT_GE(labelled, m - m / 8) << t->isa << " d " << d;
            }
            check_shape<R, X>(*t, 1000, 70, d, Kind::Offset);
        }
    }
}

// A hint gives no label to a row that has no nearest centroid.
TYPED_TEST(Low, WhatIsNoNumberStaysOpenWithAHint)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    const X inf = std::numeric_limits<X>::infinity();
    const X bad[] = {std::numeric_limits<X>::quiet_NaN(), inf, -inf};
    for (const auto *t : tables<R>()) {
        for (const std::int64_t d : {1, 2, 3, 4, 5, 16}) {
            SCOPED_TRACE(::testing::Message() << t->isa << " d " << d);
            LowProblem<R, X> problem(1000, 70, d, Kind::Uniform);
            const auto clean = problem.run(*t);
            auto expected = clean;
            for (std::int64_t i = 4; i < problem.m; i += i % 190 == 4 ? 1 : 17) {
                problem.x[size(i * problem.ldx + i % d)] = bad[i % 5 < 3 ? 0 : i % 5 - 2];
                expected[size(i)] = -1;
            }
            Guarded<std::int32_t> hint(clean.size());
            std::transform(clean.begin(), clean.end(), hint.begin(),
                           [](std::int32_t label) { return std::max(label, 0); });
            EXPECT_EQ(problem.run(*t, hint.get()), expected);
            check_hints(problem, *t, expected);
        }
    }
}

TYPED_TEST(Low, WhatIsNoNumberStaysOpen)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    const X inf = std::numeric_limits<X>::infinity();
    for (const auto *t : tables<R>()) {
        for (std::int64_t d = 1; d <= 9; d++) {
            for (const X bad : {inf, -inf, std::numeric_limits<X>::quiet_NaN()}) {
                LowProblem<R, X> problem(20, 5, d, Kind::Uniform);
                const auto clean = problem.run(*t);
                problem.x[size(13 * problem.ldx + d / 2)] = bad;
                const auto dirty = problem.run(*t);
                for (std::int64_t i = 0; i < 20; i++) {
                    EXPECT_EQ(dirty[size(i)], i == 13 ? -1 : clean[size(i)]) << t->isa << d;
                }
            }
        }
    }
}

} // namespace
