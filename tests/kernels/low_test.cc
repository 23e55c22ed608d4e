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

// Rows around their centroids, most of them nearer than half its way to others and some at just
// that way, or between two: with hints, such are spared the others, and labels are the same.
TYPED_TEST(Low, RowsNearTheirCentroids)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        for (const std::int64_t d : {1, 2, 3, 4, 16}) {
            for (const std::int32_t k : {17, 32, 33, 64, 65}) {
                SCOPED_TRACE(::testing::Message() << t->isa << " d " << d << " k " << k);
                LowProblem<R, X> problem(700 + k, k, d, Kind::Uniform);
                problem.bound_as_it_is();
                for (std::int64_t i = 0; i < problem.m; i++) {
                    const std::int64_t j = i % k / 4 * 4, l = i * 3 % k / 4 * 4;
                    const double part = i % 5 == 0 ? 0.5 : static_cast<double>(i % 11) / 28;
                    for (std::int64_t p = 0; p < d; p++) {
                        const auto a =
                            static_cast<double>(problem.centroids[size(j * problem.ld() + p)]);
                        const auto b =
                            static_cast<double>(problem.centroids[size(l * problem.ld() + p)]);
                        const double z = a + part * (b - a);
                        problem.x[size(i * problem.ldx + p)] =
                            static_cast<X>(z / 2 + problem.shift[size(p)]);
                    }
                }
                check_hints(problem, *t, problem.run(*t));
            }
        }
    }
}

// A row at the origin, where the score of a centroid is half its squared norm; the one it had, to
// one side, is a little farther than another on the other side, all others being far away.
TYPED_TEST(Low, ARowThatLeavesItsCentroid)
{
    using R = typename TypeParam::Lanes;
    using X = typename TypeParam::Rows;
    for (const auto *t : tables<R>()) {
        for (const std::int64_t d : {1, 3}) {
            LowProblem<R, X> problem(400, 20, d, Kind::Uniform);
            for (std::int32_t j = 0; j < problem.k; j++) {
                R *const c = problem.centroids.get() + j * problem.ld();
                std::fill(c, c + d, R(0));
                c[0] = j == 0 ? R(1) : j == 1 ? R(-0.9375) : static_cast<R>(j * 50);
                *problem.half_norm(j) = c[0] * c[0] / 2;
            }
            for (std::int64_t i = 0; i < problem.m; i++)
                for (std::int64_t p = 0; p < d; p++)
                    problem.x[size(i * problem.ldx + p)] = static_cast<X>(problem.shift[size(p)]);
            const std::vector<std::int32_t> hint(size(problem.m), 0);
            EXPECT_EQ(problem.run(*t, hint.data()), std::vector<std::int32_t>(size(problem.m), 1))
                << t->isa;
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
