// assign and scores: every score against the contract's error bound, every nearest against the
// scores.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/guarded.h"
#include "kernels/tables.h"

namespace {

// One block of rows and its centroids, packed for one table.
template <class R> struct Problem {
    using Kernels = typename Types<R>::Kernels;
    const Kernels &t;
    const std::int64_t m, k, d, npanels, lanes, rows, ld;
    Guarded<R> xp, panels, half_norm, state;

    Problem(const Kernels &table, std::int64_t m_, std::int64_t k_, std::int64_t d_)
        : t(table), m(m_), k(k_), d(d_), npanels((k_ + table.nr - 1) / table.nr),
          lanes(npanels * table.nr), rows(round_up(m_, table.mr)), ld(KM_PACKED_LD(d_)),
          xp(size(rows * ld), 64), panels(size(lanes * d), 64), half_norm(size(lanes), 64),
          state(size(rows * table.state_size), 64)
    {
        std::fill(xp.begin(), xp.end(), R(0));
        std::fill(panels.begin(), panels.end(), R(0));
        std::fill(half_norm.begin(), half_norm.end(), std::numeric_limits<R>::infinity());
    }
    R &x(std::int64_t i, std::int64_t p) { return xp[size(i * ld + p)]; }
    R &c(std::int64_t j, std::int64_t p)
    {
        return panels[size(j / t.nr * t.nr * d + p * t.nr + j % t.nr)];
    }
    void set_half_norm(std::int64_t j)
    {
        double sum = 0;
        for (std::int64_t p = 0; p < d; p++) {
            sum += static_cast<double>(c(j, p)) * static_cast<double>(c(j, p));
        }
        half_norm[size(j)] = static_cast<R>(0.5 * sum);
    }
    void fill(Kind kind, std::uint64_t seed)
    {
        Values values(seed);
        for (std::int64_t i = 0; i < m; i++) {
            for (std::int64_t p = 0; p < d; p++) {
                x(i, p) = values.next<R>(kind);
            }
        }
        for (std::int64_t j = 0; j < k; j++) {
            for (std::int64_t p = 0; p < d; p++) {
                c(j, p) = values.next<R>(kind);
            }
            set_half_norm(j);
        }
    }
    std::vector<R> scores()
    {
        const std::int64_t ldo = lanes + t.nr;
        Guarded<R> out(size(m * ldo), 64);
        t.scores(xp.get(), m, d, panels.get(), half_norm.get(), npanels, out.get(), ldo);
        EXPECT_TRUE(out.intact());
        std::vector<R> result;
        for (std::int64_t i = 0; i < m; i++) {
            result.insert(result.end(), out.get() + i * ldo, out.get() + i * ldo + lanes);
        }
        return result;
    }
};

template <class R> struct Answer {
    Guarded<R> best, second, third;
    Guarded<std::int32_t> label, label2;
    explicit Answer(std::int64_t m)
        : best(static_cast<std::size_t>(m)), second(static_cast<std::size_t>(m)),
          third(static_cast<std::size_t>(m)), label(static_cast<std::size_t>(m)),
          label2(static_cast<std::size_t>(m))
    {
    }
    bool intact() const
    {
        return best.intact() && second.intact() && third.intact() && label.intact() &&
               label2.intact();
    }
};

template <class R> void run_assign(Problem<R> &problem, Answer<R> &a)
{
    const typename Types<R>::Nearest out = {a.best.get(), a.second.get(), a.third.get(),
                                            a.label.get(), a.label2.get()};
    problem.t.assign(problem.xp.get(), problem.m, problem.d, problem.panels.get(),
                     problem.half_norm.get(), problem.npanels, problem.state.get(), &out);
    EXPECT_TRUE(a.intact());
    EXPECT_TRUE(problem.state.intact());
}

// What the contract says about row i, given all its scores.
template <class R>
void check_nearest(const R *score, std::int64_t lanes, std::int64_t k, const Answer<R> &a,
                   std::size_t i)
{
    const std::int32_t label = a.label[i], label2 = a.label2[i];
    ASSERT_GE(label, 0);
    ASSERT_LT(label, k);
    ASSERT_EQ(a.best[i], score[label]);
    ASSERT_EQ(a.best[i], *std::min_element(score, score + lanes));
    R second = std::numeric_limits<R>::infinity(), third = second;
    for (std::int64_t j = 0; j < lanes; j++) {
        second = j != label ? std::min(second, score[j]) : second;
        third = j != label && j != label2 ? std::min(third, score[j]) : third;
    }
    ASSERT_EQ(a.second[i], second);
    ASSERT_LE(a.third[i], third);
    ASSERT_GE(a.third[i], a.second[i]);
    if (label2 >= 0) {
        ASSERT_NE(label2, label);
        ASSERT_LT(label2, k);
        ASSERT_EQ(score[label2], second);
    } else {
        ASSERT_EQ(label2, -1);
        ASSERT_LE(a.third[i], a.second[i]);
    }
}

template <class R> void check_against_scores(Problem<R> &problem, const std::vector<R> &scores)
{
    Answer<R> answer(problem.m);
    run_assign(problem, answer);
    for (std::int64_t i = 0; i < problem.m; i++) {
        SCOPED_TRACE(::testing::Message() << "row " << i);
        check_nearest(scores.data() + i * problem.lanes, problem.lanes, problem.k, answer,
                      static_cast<std::size_t>(i));
    }
}

// |score - real value| <= (d+1)u/(1-(d+1)u) * (half_norm + sum|x c|) + (d+1)*tiny
template <class R> void check_bound(Problem<R> &problem, const std::vector<R> &scores)
{
    const Wide u = std::numeric_limits<R>::epsilon() / 2;
    const Wide du = static_cast<Wide>(problem.d + 1) * u, gamma = du / (1 - du);
    const Wide tiny = std::numeric_limits<R>::denorm_min();
    for (std::int64_t i = 0; i < problem.m; i++) {
        for (std::int64_t j = 0; j < problem.k; j++) {
            Wide value = problem.half_norm[static_cast<std::size_t>(j)], magnitude = value;
            for (std::int64_t p = 0; p < problem.d; p++) {
                const Wide term = static_cast<Wide>(problem.x(i, p)) * problem.c(j, p);
                value -= term;
                magnitude += term < 0 ? -term : term;
            }
            const R score = scores[static_cast<std::size_t>(i * problem.lanes + j)];
            const Wide error = score < value ? value - score : score - value;
            ASSERT_LE(error, gamma * magnitude + static_cast<Wide>(problem.d + 1) * tiny)
                << "row " << i << " centroid " << j;
        }
    }
}

template <class R>
void check_shape(const typename Types<R>::Kernels &t, std::int64_t m, std::int64_t k,
                 std::int64_t d, Kind kind)
{
    SCOPED_TRACE(::testing::Message() << t.isa << " m " << m << " k " << k << " d " << d << " kind "
                                      << static_cast<int>(kind));
    Problem<R> problem(t, m, k, d);
    problem.fill(kind, static_cast<std::uint64_t>(m * 1000003 + k * 1009 + d));
    const std::vector<R> scores = problem.scores();
    check_bound(problem, scores);
    check_against_scores(problem, scores);
}

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
