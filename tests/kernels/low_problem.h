// What assign_low and assign_few decide, against the contract's inequality.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/guarded.h"
#include "kernels/reals.h"
#include "kernels/tables.h"

// Rows of type X, lanes of type R; above the low dimensions the centroids lie as assign_few wants
// them.
template <class R, class X = R> struct LowProblem {
    std::int64_t m, d, ldx;
    std::int32_t k;
    Guarded<X> x;
    Guarded<R> centroids;
    Guarded<double> shift;
    std::int64_t base = 0; // where row 0 lies in x
    X scale = 2;
    R a0 = std::numeric_limits<R>::epsilon() * 16, tiny = R(1e-30);

    LowProblem(std::int64_t m_, std::int32_t k_, std::int64_t d_, Kind kind)
        : m(m_), d(d_), ldx(d_ + m_ % 2), k(k_), x(m_ > 0 ? size((m_ - 1) * ldx + d_) : 0),
          centroids(size(k_ * (few() ? KM_PACKED_LD(d_) + 1 : KM_LOW_LD(d_))), 64), shift(size(d_))
    {
        Values values(static_cast<std::uint64_t>(m * 7919 + k * 31 + d));
        std::generate(x.begin(), x.end(), [&] { return values.next<X>(kind); });
        std::generate(shift.begin(), shift.end(), [&] { return values.next<R>(Kind::Ties); });
        for (std::int32_t j = 0; j < k; j++) {
            R *const c = centroids.get() + j * ld();
            double sum = 0;
            std::fill(c, c + ld(), R(0));
            for (std::int64_t p = 0; p < d; p++) {
                c[p] = 2 * values.next<R>(kind);
                sum += static_cast<double>(c[p]) * static_cast<double>(c[p]);
            }
            *half_norm(j) = static_cast<R>(0.5 * sum);
            if (j % 4 == 3) { // as if it repeated an earlier one
                std::fill(c, c + d, R(0));
                *half_norm(j) = std::numeric_limits<R>::infinity();
            }
        }
    }
    // The bound and the half norms that a fit gives to the kernels.
    void bound_as_it_is()
    {
        a0 = static_cast<R>(1.052 * static_cast<double>(d + 4) *
                            static_cast<double>(std::numeric_limits<R>::epsilon()) / 2);
        for (std::int32_t j = 0; j < k; j++) {
            *half_norm(j) *= 1 - static_cast<R>(2.7) * a0;
        }
    }
    bool few() const { return d > KM_LOW_D; }
    std::int64_t ld() const { return few() ? KM_PACKED_LD(d) : KM_LOW_LD(d); }
    R *half_norm(std::int32_t j) { return centroids.get() + (few() ? k * ld() + j : j * ld() + d); }
    R z(std::int64_t i, std::int64_t p) const
    {
        const X difference = x[size(i * ldx + p)] - static_cast<X>(shift[size(p)]);
        return static_cast<R>(difference * scale);
    }
    Wide score(std::int64_t i, std::int32_t j)
    {
        const R *const c = centroids.get() + j * ld();
        Wide v = *half_norm(j);
        for (std::int64_t p = 0; p < d; p++) {
            v -= static_cast<Wide>(z(i, p)) * c[p];
        }
        return v;
    }
    // A quarter of the squared distances to the nearest other centroids, and what a fit takes off.
    std::vector<R> inner()
    {
        std::vector<R> quarter(size(k), std::numeric_limits<R>::infinity());
        for (std::int32_t j = 0; j < k; j++) {
            for (std::int32_t l = 0; l < k; l++) {
                double d2 = 0;
                for (std::int64_t p = 0; p < d; p++) {
                    const double way = static_cast<double>(centroids[size(j * ld() + p)]) -
                                       static_cast<double>(centroids[size(l * ld() + p)]);
                    d2 += way * way;
                }
                const R less = static_cast<R>(d2 * 0.25 * (1 - 0x1p-11));
                if (l != j && std::isfinite(*half_norm(l)))
                    quarter[size(j)] = std::min(quarter[size(j)], less);
            }
            if (!std::isfinite(*half_norm(j)))
                quarter[size(j)] = 0;
        }
        return quarter;
    }
    std::vector<std::int32_t> run(const typename Types<R>::Kernels &t,
                                  const std::int32_t *hint = nullptr, R *gap = nullptr)
    {
        return run_rows(t, m, nullptr, hint, gap);
    }
    // The same for `count` rows, those of a list if there is one.
    std::vector<std::int32_t> run_rows(const typename Types<R>::Kernels &t, std::int64_t count,
                                       const std::int32_t *row, const std::int32_t *hint, R *gap)
    {
        Guarded<std::int32_t> label(size(count));
        auto low = Types<R>::low(centroids.get(), k, shift.get(), scale, a0, tiny);
        const std::vector<R> quarter = hint != nullptr && !few() ? inner() : std::vector<R>();
        low.hint = hint;
        low.inner = quarter.empty() ? nullptr : quarter.data();
        low.gap = gap;
        low.row = row;
        std::int64_t open = 0;
        if constexpr (std::is_same_v<R, X>) {
            open = (few() ? t.assign_few : t.assign_low)(x.get() + base, ldx, count, d, &low,
                                                         label.get());
        } else {
            open = (few() ? t.assign_few_other : t.assign_low_other)(x.get() + base, ldx, count, d,
                                                                     &low, label.get());
        }
        EXPECT_TRUE(label.intact());
        EXPECT_EQ(open, std::count(label.begin(), label.end(), -1));
        return {label.begin(), label.end()};
    }
};

// A label is proved, by the limit less 2 %, far more than any rounding; above the limit by 10 %
// (13/12 and roundings) there is one.
template <class R, class X>
void check_row(LowProblem<R, X> &problem, std::int64_t i, std::int32_t label, int *labelled)
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
        ASSERT_TRUE(has_second && second - best < needed * static_cast<Wide>(1.1));
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

// Squared distances to the nearest centroid and to the next one, duplicates left out; -1: none.
template <class R, class X>
std::pair<Wide, Wide> two_least(LowProblem<R, X> &problem, std::int64_t i)
{
    Wide least = -1, next = -1;
    for (std::int32_t j = 0; j < problem.k; j++) {
        Wide d2 = 0;
        for (std::int64_t p = 0; p < problem.d; p++) {
            const Wide way =
                static_cast<Wide>(problem.z(i, p)) - problem.centroids[size(j * problem.ld() + p)];
            d2 += way * way;
        }
        if (std::isinf(*problem.half_norm(j))) {
            continue;
        }
        if (least < 0 || d2 < least) {
            next = least;
            least = d2;
        } else if (next < 0 || d2 < next) {
            next = d2;
        }
    }
    return {least, next};
}

inline Wide root(Wide d2) { return std::sqrt(static_cast<long double>(d2 > 0 ? d2 : 0)); }

// Gaps never exceed the real ones, are near them where the bound is small, and change no label.
template <class R, class X>
void check_gaps(LowProblem<R, X> &problem, const typename Types<R>::Kernels &t,
                const std::vector<std::int32_t> &labels)
{
    Guarded<R> gap(labels.size());
    Guarded<std::int32_t> hint(labels.size()); // not looked at
    std::fill(hint.begin(), hint.end(), 0);
    const auto found = problem.run(t, hint.get(), gap.get());
    EXPECT_TRUE(gap.intact());
    for (std::int64_t i = 0; i < problem.m; i++) {
        const auto [least, next] = two_least(problem, i);
        const Wide sum = root(next) + root(least), real = next > least ? (next - least) / sum : 0;
        if (found[size(i)] >= 0 && labels[size(i)] >= 0) { // near the bound either may be open
            ASSERT_EQ(found[size(i)], labels[size(i)]) << "row " << i;
        }
        if (found[size(i)] < 0 || next < 0) {
            ASSERT_FALSE(gap[size(i)] > 0) << "row " << i;
            continue;
        }
        Wide norm2 = 0;
        for (std::int64_t p = 0; p < problem.d; p++) {
            norm2 += static_cast<Wide>(problem.z(i, p)) * problem.z(i, p);
        }
        ASSERT_LE(static_cast<Wide>(gap[size(i)]), real) << "row " << i;
        const Wide doubt = problem.a0 * (40 * norm2 + 40 * next) + problem.tiny;
        ASSERT_GE(static_cast<Wide>(gap[size(i)]) + root(doubt),
                  real * static_cast<Wide>(1 - 0x1p-12))
            << "row " << i;
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
    check_gaps(problem, t, labels);
    LowProblem<R, X> tight(m, k, d, kind);
    tight.bound_as_it_is();
    check_gaps(tight, t, tight.run(t));
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
