// assign and scores: every score against the contract's error bound, every nearest against the
// scores.
#include <gtest/gtest.h>

#include "kernels/problem.h"
#include "kernels/reals.h"

namespace {

template <class R> class Panel : public ::testing::Test {
};
TYPED_TEST_SUITE(Panel, Reals, RealNames);

TYPED_TEST(Panel, EveryNumberOfRows)
{
    for (const auto *t : tables<TypeParam>()) {
        for (std::int64_t m = 0; m <= 2 * t->mr + 1; m++) {
            check_shape<TypeParam>(*t, m, t->nr + 1, 5, Kind::Uniform);
            check_shape<TypeParam>(*t, m, 3, 2, Kind::Ties);
        }
    }
}

TYPED_TEST(Panel, EveryNumberOfCentroids)
{
    for (const auto *t : tables<TypeParam>()) {
        for (std::int64_t k = 1; k <= 2 * t->nr + 1; k++) {
            check_shape<TypeParam>(*t, t->mr + 1, k, 3, Kind::Uniform);
            check_shape<TypeParam>(*t, 2, k, 1, Kind::Ties);
        }
    }
}

TYPED_TEST(Panel, EveryDimension)
{
    for (const auto *t : tables<TypeParam>()) {
        for (std::int64_t d = 0; d <= 40; d++) {
            check_shape<TypeParam>(*t, t->mr + 1, t->nr / 2 + 1, d, Kind::Uniform);
        }
        for (const std::int64_t d : {127, 128, 129, 255, 256, 257, 513, 784}) {
            check_shape<TypeParam>(*t, 3, 5, d, Kind::Mixed);
        }
    }
}

TYPED_TEST(Panel, EveryKindOfValue)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const Kind kind : all_kinds) {
            // 1e19^2 is near the end of float's range: two terms fit
            const bool huge = kind == Kind::Huge;
            check_shape<TypeParam>(*t, 2 * t->mr, 2 * t->nr, huge ? 1 : 8, kind);
            check_shape<TypeParam>(*t, 2 * t->mr, t->nr - 1, huge ? 2 : 19, kind);
        }
    }
}

// As rows of centroids that stayed leave the others out.
TYPED_TEST(Panel, CentroidsWithoutAHalfNormAreLeftOut)
{
    const TypeParam infinity = std::numeric_limits<TypeParam>::infinity();
    for (const auto *t : tables<TypeParam>()) {
        for (const std::int64_t front : {1, 2, t->vl - 1, t->vl, t->vl + 1, t->nr - 1, t->nr}) {
            Problem<TypeParam> problem(*t, 2 * t->mr + 1, t->nr, 7);
            problem.fill(Kind::Uniform, 11);
            for (std::int64_t j = std::max<std::int64_t>(front, 1); j < problem.k; j++)
                problem.half_norm[size(j)] = infinity;
            check_against_scores(problem, problem.scores());
        }
    }
}

TYPED_TEST(Panel, ManyPanelsKeepTheRightLabel)
{
    for (const auto *t : tables<TypeParam>()) {
        SCOPED_TRACE(t->isa);
        Problem<TypeParam> problem(*t, 2 * t->mr + 1, 40 * t->nr - 3, 2);
        problem.fill(Kind::Uniform, 7);
        check_against_scores(problem, problem.scores());
    }
}

TYPED_TEST(Panel, EqualCentroidsAreReportedAsTies)
{
    for (const auto *t : tables<TypeParam>()) {
        SCOPED_TRACE(t->isa);
        const std::int64_t k = 3 * t->nr;
        // the same centroid in lanes of one vector, of one panel and of different panels
        for (const std::int64_t twin :
             {std::int64_t(1), std::int64_t(t->nr) - 1, std::int64_t(t->nr), k - 2}) {
            Problem<TypeParam> problem(*t, 4, k, 3);
            problem.fill(Kind::Uniform, static_cast<std::uint64_t>(twin));
            for (std::int64_t p = 0; p < 3; p++) {
                problem.c(twin, p) = problem.c(0, p);
                for (std::int64_t i = 0; i < 4; i++) {
                    problem.x(i, p) = problem.c(0, p);
                }
            }
            problem.set_half_norm(twin);
            check_against_scores(problem, problem.scores());
            Answer<TypeParam> answer(4);
            run_assign(problem, answer);
            for (std::size_t i = 0; i < 4; i++) {
                EXPECT_EQ(answer.best[i], answer.second[i]) << "twin " << twin;
            }
        }
    }
}

TYPED_TEST(Panel, InfiniteHalfNormsAreNeverNearest)
{
    for (const auto *t : tables<TypeParam>()) {
        SCOPED_TRACE(t->isa);
        const std::int64_t k = 2 * t->nr, only = t->nr + 3;
        Problem<TypeParam> problem(*t, 3, k, 4);
        problem.fill(Kind::Uniform, 3);
        for (std::int64_t j = 0; j < k; j++) {
            if (j != only) {
                problem.half_norm[static_cast<std::size_t>(j)] =
                    std::numeric_limits<TypeParam>::infinity();
            }
        }
        Answer<TypeParam> answer(3);
        run_assign(problem, answer);
        for (std::size_t i = 0; i < 3; i++) {
            EXPECT_EQ(answer.label[i], only);
            EXPECT_EQ(answer.second[i], std::numeric_limits<TypeParam>::infinity());
            EXPECT_EQ(answer.label2[i], -1);
        }
        check_against_scores(problem, problem.scores());
    }
}

// What the values mean is the caller's business (norm2 is not finite), but labels stay labels and
// the other rows are untouched.
TYPED_TEST(Panel, RowsOfNanAndInfinityHaveValidLabels)
{
    const TypeParam inf = std::numeric_limits<TypeParam>::infinity();
    for (const auto *t : tables<TypeParam>()) {
        SCOPED_TRACE(t->isa);
        const std::int64_t m = 2 * t->mr;
        Problem<TypeParam> problem(*t, m, t->nr + 2, 5);
        problem.fill(Kind::Uniform, 11);
        Answer<TypeParam> clean(m), dirty(m);
        run_assign(problem, clean);
        problem.x(0, 1) = std::numeric_limits<TypeParam>::quiet_NaN();
        problem.x(2, 0) = inf;
        problem.x(t->mr, 4) = -inf;
        run_assign(problem, dirty);
        for (std::int64_t row = 0; row < m; row++) {
            const auto i = static_cast<std::size_t>(row);
            EXPECT_GE(dirty.label[i], 0);
            EXPECT_LT(dirty.label[i], problem.lanes);
            EXPECT_GE(dirty.label2[i], -1);
            EXPECT_LT(dirty.label2[i], problem.lanes);
            if (row != 0 && row != 2 && row != t->mr) {
                EXPECT_EQ(dirty.label[i], clean.label[i]);
                EXPECT_EQ(dirty.best[i], clean.best[i]);
            }
        }
    }
}

TYPED_TEST(Panel, TheTableIsConsistent)
{
    for (const auto *t : tables<TypeParam>()) {
        SCOPED_TRACE(t->isa);
        EXPECT_GT(t->mr, 0);
        EXPECT_EQ(t->nr * sizeof(TypeParam) % 16, 0U);
        EXPECT_EQ(t->block_rows % t->mr, 0);
        EXPECT_GT(t->state_size, 0);
    }
}

} // namespace
