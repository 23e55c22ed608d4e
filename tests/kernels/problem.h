// A block of packed rows with its centroids, and what the contract says about its answers.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/guarded.h"
#include "kernels/tables.h"

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
        std::fill(out.begin(), out.end(), std::numeric_limits<R>::infinity()); // dead vectors stay
        t.scores(xp.get(), m, d, panels.get(), half_norm.get(), npanels, out.get(), ldo);
        EXPECT_TRUE(out.intact());
        std::vector<R> result;
        for (std::int64_t i = 0; i < m; i++) {
            result.insert(result.end(), out.get() + i * ldo, out.get() + i * ldo + lanes);
        }
        return result;
    }
};

// The centroids row by row, as own_scores and row_scores want them.
template <class R> void fill_rows(Problem<R> &problem, Guarded<R> &rows)
{
    std::fill(rows.begin(), rows.end(), R(0));
    for (std::int64_t j = 0; j < problem.k; j++)
        for (std::int64_t p = 0; p < problem.d; p++)
            rows[size(j * problem.ld + p)] = problem.c(j, p);
}

// The same from own_scores, j by j.
template <class R> std::vector<R> own_scores(Problem<R> &problem)
{
    const std::int64_t m = problem.m;
    Guarded<R> rows(size(problem.k * problem.ld), 64), out(size(m));
    Guarded<std::int32_t> own(size(m));
    fill_rows(problem, rows);
    std::vector<R> result(size(m * problem.lanes));
    for (std::int64_t step = 0; step < problem.k; step++) {
        for (std::int64_t i = 0; i < m; i++)
            own[size(i)] = static_cast<std::int32_t>((i + step) % problem.k);
        problem.t.own_scores(problem.xp.get(), m, problem.d, rows.get(), problem.half_norm.get(),
                             own.get(), out.get());
        EXPECT_TRUE(out.intact());
        for (std::int64_t i = 0; i < m; i++)
            result[size(i * problem.lanes + own[size(i)])] = out[size(i)];
    }
    return result;
}

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
    check_bound(problem, own_scores(problem));
    check_against_scores(problem, scores);
}
