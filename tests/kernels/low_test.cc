// assign_low: a label exactly where the contract's inequality holds, and the right one.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/guarded.h"
#include "kernels/reals.h"
#include "kernels/tables.h"

namespace {

// Rows of type X, lanes of type R.
template <class R, class X = R> struct LowProblem {
    std::int64_t m, d, ldx;
    std::int32_t k;
    Guarded<X> x;
    Guarded<R> centroids;
    Guarded<double> shift;
    X scale = 2;
    R a0 = std::numeric_limits<R>::epsilon() * 16, tiny = R(1e-30);

    LowProblem(std::int64_t m_, std::int32_t k_, std::int64_t d_, Kind kind)
        : m(m_), d(d_), ldx(d_ + m_ % 2), k(k_), x(m_ > 0 ? size((m_ - 1) * ldx + d_) : 0),
          centroids(size(k_ * KM_LOW_LD(d_))), shift(size(d_))
    {
        Values values(static_cast<std::uint64_t>(m * 7919 + k * 31 + d));
        std::generate(x.begin(), x.end(), [&] { return values.next<X>(kind); });
        std::generate(shift.begin(), shift.end(), [&] { return values.next<R>(Kind::Ties); });
        for (std::int32_t j = 0; j < k; j++) {
            R *const c = centroids.get() + j * KM_LOW_LD(d);
            double sum = 0;
            for (std::int64_t p = 0; p < d; p++) {
                c[p] = 2 * values.next<R>(kind);
                sum += static_cast<double>(c[p]) * static_cast<double>(c[p]);
            }
            c[d] = static_cast<R>(0.5 * sum);
        }
    }
    R z(std::int64_t i, std::int64_t p) const
    {
        const X difference = x[size(i * ldx + p)] - static_cast<X>(shift[size(p)]);
        return static_cast<R>(difference * scale);
    }
    Wide score(std::int64_t i, std::int32_t j) const
    {
        const R *const c = centroids.get() + j * KM_LOW_LD(d);
        Wide v = c[d];
        for (std::int64_t p = 0; p < d; p++) {
            v -= static_cast<Wide>(z(i, p)) * c[p];
        }
        return v;
    }
    std::vector<std::int32_t> run(const typename Types<R>::Kernels &t,
                                  const std::int32_t *hint = nullptr)
    {
        Guarded<std::int32_t> label(size(m));
        auto low = Types<R>::low(centroids.get(), k, shift.get(), scale, a0, tiny);
        low.hint = hint;
        std::int64_t open = 0;
        if constexpr (std::is_same_v<R, X>) {
            open = t.assign_low(x.get(), ldx, m, d, &low, label.get());
        } else {
            open = t.assign_low_other(x.get(), ldx, m, d, &low, label.get());
        }
        EXPECT_TRUE(label.intact());
        EXPECT_EQ(open, std::count(label.begin(), label.end(), -1));
        return {label.begin(), label.end()};
    }
};

// Away from the limit by 2 %, far more than any rounding, the decision must be the contract's.
template <class R, class X>
void check_row(const LowProblem<R, X> &problem, std::int64_t i, std::int32_t label, int *labelled)
{
    Wide norm2 = 0, best = problem.score(i, 0), second = 0;
    std::int32_t nearest = 0;
    bool has_second = false;
    for (std::int64_t p = 0; p < problem.d; p++) {
        norm2 += static_cast<Wide>(problem.z(i, p)) * problem.z(i, p);
    }
    for (std::int32_t j = 1; j < problem.k; j++) {
        const Wide v = problem.score(i, j);
        const Wide loser = v < best ? best : v;
        nearest = v < best ? j : nearest;
        best = v < best ? v : best;
        second = !has_second || loser < second ? loser : second;
        has_second = true;
    }
    const Wide needed = static_cast<Wide>(problem.a0) * (12 * norm2 + 11 * best) + problem.tiny;
    if (label >= 0) {
        ASSERT_EQ(label, nearest);
        ASSERT_TRUE(!has_second || second - best > needed * static_cast<Wide>(0.98));
        (*labelled)++;
    } else {
        ASSERT_EQ(label, -1);
        ASSERT_TRUE(has_second && second - best < needed * static_cast<Wide>(1.02));
    }
}

// Labels from before, most of them right, change no label.
template <class R, class X>
void check_hints(LowProblem<R, X> &problem, const typename Types<R>::Kernels &t,
                 const std::vector<std::int32_t> &labels)
{
    Guarded<std::int32_t> hint(labels.size());
    for (const std::size_t wrong : {5, 2, 1000, 1}) { // every so many rows
        for (std::size_t i = 0; i < labels.size(); i++) {
            const auto other = static_cast<std::int32_t>(i * 7) % problem.k;
            hint[i] = i % wrong == 1 % wrong ? other : labels[i];
            hint[i] = std::max(hint[i], 0);
        }
        const auto hinted = problem.run(t, hint.get());
        ASSERT_EQ(hinted, labels);
    }
}

template <class R, class X>
int check_shape(const typename Types<R>::Kernels &t, std::int64_t m, std::int32_t k, std::int64_t d,
                Kind kind)
{
    SCOPED_TRACE(::testing::Message() << t.isa << " m " << m << " k " << k << " d " << d << " kind "
                                      << static_cast<int>(kind));
    LowProblem<R, X> problem(m, k, d, kind);
    const auto labels = problem.run(t);
    check_hints(problem, t, labels);
    int labelled = 0;
    for (std::int64_t i = 0; i < m; i++) {
        SCOPED_TRACE(::testing::Message() << "row " << i);
        check_row(problem, i, labels[size(i)], &labelled);
    }
    return labelled;
}

template <class R, class X> struct Pair {
    using Lanes = R;
    using Rows = X;
};
using Pairs = ::testing::Types<Pair<float, float>, Pair<double, double>, Pair<float, double>>;

struct PairNames {
    template <class P> static std::string GetName(int)
    {
        return RealNames::GetName<typename P::Rows>(0) + "_by_" +
               RealNames::GetName<typename P::Lanes>(0);
    }
};

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
