// list_below and row_scores: lists against scores within the contract's bound, at all edge sizes.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/problem.h"
#include "kernels/reals.h"

namespace {

template <class R> class Below : public ::testing::Test {
};
TYPED_TEST_SUITE(Below, Reals, RealNames);

template <class R> struct Lists {
    Guarded<R> limit;
    Guarded<std::int32_t> count, list;
    std::int32_t room;
    Lists(std::int64_t m, std::int32_t room_)
        : limit(size(m)), count(size(m)), list(size(m * room_)), room(room_)
    {
    }
    void fill(Problem<R> &problem)
    {
        const typename Types<R>::Below below = {limit.get(), room, count.get(), list.get()};
        problem.t.list_below(problem.xp.get(), problem.m, problem.d, problem.panels.get(),
                             problem.half_norm.get(), problem.npanels, &below);
        EXPECT_TRUE(count.intact());
        EXPECT_TRUE(list.intact());
        EXPECT_TRUE(limit.intact());
    }
};

// Row i's limit lies between two of its scores, some i^2 of them below it.
template <class R>
void set_limits(Lists<R> &lists, const std::vector<R> &scores, std::int64_t lanes)
{
    for (std::size_t i = 0; i < lists.limit.size(); i++) {
        const auto from = scores.begin() + static_cast<std::int64_t>(i) * lanes;
        std::vector<R> sorted(from, from + lanes);
        std::sort(sorted.begin(), sorted.end());
        sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
        while (sorted.size() > 1 && !(sorted.back() < std::numeric_limits<R>::infinity()))
            sorted.pop_back();
        const std::size_t at = i * i % sorted.size();
        lists.limit[i] = at + 1 < sorted.size() ? (sorted[at] + sorted[at + 1]) / 2 : sorted[0];
    }
}

template <class R> void check_lists(Problem<R> &problem, std::int32_t room)
{
    const std::vector<R> scores = problem.scores();
    Lists<R> lists(problem.m, room);
    set_limits(lists, scores, problem.lanes);
    lists.fill(problem);
    for (std::int64_t i = 0; i < problem.m; i++) {
        std::vector<std::int32_t> expected;
        for (std::int64_t j = 0; j < problem.lanes; j++)
            if (scores[size(i * problem.lanes + j)] < lists.limit[size(i)])
                expected.push_back(static_cast<std::int32_t>(j));
        ASSERT_EQ(lists.count[size(i)], static_cast<std::int64_t>(expected.size())) << "row " << i;
        if (lists.count[size(i)] > room - KM_BELOW_MORE)
            continue;
        for (std::size_t c = 0; c < expected.size(); c++)
            ASSERT_EQ(lists.list[size(i * room) + c], expected[c]) << "row " << i;
    }
}

template <class R> void check_row_scores(Problem<R> &problem)
{
    Guarded<R> rows(size(problem.k * problem.ld), 64);
    fill_rows(problem, rows);
    for (std::int64_t n : {std::int64_t(0), std::int64_t(1), problem.t.vl - std::int64_t(1),
                           std::int64_t(problem.t.vl), problem.t.vl + std::int64_t(1), problem.k}) {
        Guarded<std::int32_t> number(size(n));
        Guarded<R> out(size(n));
        std::vector<R> scores = problem.scores(); // of those that are not asked for
        for (std::int64_t i = 0; i < problem.m; i++) {
            for (std::int64_t q = 0; q < n; q++)
                number[size(q)] = static_cast<std::int32_t>((q * 7 + i) % problem.k);
            problem.t.row_scores(problem.xp.get() + i * problem.ld, problem.d, rows.get(),
                                 problem.half_norm.get(), number.get(), n, out.get());
            EXPECT_TRUE(out.intact());
            for (std::int64_t q = 0; q < n; q++)
                scores[size(i * problem.lanes + number[size(q)])] = out[size(q)];
        }
        check_bound(problem, scores);
    }
}

TYPED_TEST(Below, ListsWhatIsBelow)
{
    for (const auto *t : tables<TypeParam>()) {
        for (std::int64_t m = 0; m <= 2 * t->mr + 1; m++) {
            SCOPED_TRACE(::testing::Message() << t->isa << " m " << m);
            Problem<TypeParam> problem(*t, m, 3 * t->nr - 1, 16);
            problem.fill(Kind::Uniform, static_cast<std::uint64_t>(m));
            check_lists(problem, static_cast<std::int32_t>(problem.lanes + 2 * KM_BELOW_MORE));
            check_lists(problem, KM_BELOW_MORE);
            check_lists(problem, KM_BELOW_MORE + 9);
        }
    }
}

TYPED_TEST(Below, EveryNumberOfCentroids)
{
    for (const auto *t : tables<TypeParam>()) {
        for (std::int64_t k = 1; k <= 2 * t->nr + 1; k++) {
            SCOPED_TRACE(::testing::Message() << t->isa << " k " << k);
            Problem<TypeParam> problem(*t, t->mr + 1, k, 5);
            problem.fill(Kind::Ties, static_cast<std::uint64_t>(k));
            check_lists(problem, KM_BELOW_MORE + 40);
            check_row_scores(problem);
        }
    }
}

TYPED_TEST(Below, RowScoresKeepTheBound)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const std::int64_t d : {1, 15, 16, 17, 48, 129, 784}) {
            SCOPED_TRACE(::testing::Message() << t->isa << " d " << d);
            Problem<TypeParam> problem(*t, 3, 2 * t->nr - 1, d);
            problem.fill(Kind::Mixed, static_cast<std::uint64_t>(d));
            check_row_scores(problem);
        }
    }
}

TYPED_TEST(Below, NothingIsBelowALimitThatIsNotANumber)
{
    for (const auto *t : tables<TypeParam>()) {
        SCOPED_TRACE(t->isa);
        Problem<TypeParam> problem(*t, t->mr + 1, t->nr, 3);
        problem.fill(Kind::Uniform, 3);
        Lists<TypeParam> lists(problem.m, KM_BELOW_MORE + 200);
        std::fill(lists.limit.begin(), lists.limit.end(),
                  std::numeric_limits<TypeParam>::infinity());
        lists.limit[1] = std::numeric_limits<TypeParam>::quiet_NaN();
        problem.half_norm[2] = std::numeric_limits<TypeParam>::infinity();
        lists.fill(problem);
        for (std::int64_t i = 0; i < problem.m; i++)
            EXPECT_EQ(lists.count[size(i)], i == 1 ? 0 : t->nr - 1);
    }
}

} // namespace
