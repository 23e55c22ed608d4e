// Operands of a scan of tiles, and what it knows and finds.
#pragma once

#include "kernels/tiles.h"

#include <algorithm>
#include <cfloat>

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// What a scan of `rows` rows (whole groups) knows and finds.
struct Scan {
    Guarded<std::int32_t> near, count, label;
    Guarded<float> threshold, slack, raise, score, most;
    bool with_most = false;

    Scan(std::int64_t rows, std::int64_t centroids)
        : near(size(rows), 64), count(size(rows), 64), label(size(rows * KM_TILE_CANDIDATES), 64),
          threshold(size(rows), 64), slack(size(rows), 64), raise(size(centroids), 64),
          score(size(rows * KM_TILE_CANDIDATES), 64), most(size(rows), 64)
    {
    }
    km_tile_scan get()
    {
        return {near.get(),  threshold.get(), slack.get(), raise.get(),
                count.get(), label.get(),     score.get(), with_most ? most.get() : nullptr};
    }
    void copy(const Scan &from)
    {
        std::copy_n(from.near.get(), near.size(), near.get());
        std::copy_n(from.count.get(), count.size(), count.get());
        std::copy_n(from.threshold.get(), threshold.size(), threshold.get());
        std::copy_n(from.slack.get(), slack.size(), slack.get());
        std::copy_n(from.raise.get(), raise.size(), raise.get());
    }
    bool intact() const
    {
        return near.intact() && count.intact() && label.intact() && threshold.intact() &&
               slack.intact() && raise.intact() && score.intact() && most.intact();
    }
};

enum class Bits { Plain, Mixed, Subnormal, Overflow };

inline float next_value(Values *values, Bits bits)
{
    if (bits == Bits::Plain)
        return static_cast<float>(values->uniform());
    const int range = bits == Bits::Mixed ? 60 : 126;
    int exponent = static_cast<int>(values->below(2 * range)) - range;
    if (bits == Bits::Subnormal)
        exponent = static_cast<int>(values->below(12)) - (values->below(2) != 0 ? 132 : 66);
    return static_cast<float>(std::ldexp(values->uniform(), exponent));
}

// Operands of a screen, bfloat16 of any kind. `live`: every how manieth centroid takes part.
struct ScreenProblem {
    std::int64_t rows, centroids, slices;
    Guarded<std::uint16_t> x, c;
    Guarded<float> init, partial;
    Scan scan;

    ScreenProblem(std::int64_t row_groups, std::int64_t centroid_groups, std::int64_t slices_)
        : rows(32 * row_groups), centroids(32 * centroid_groups), slices(slices_),
          x(size(row_groups * slices_ * KM_TILE_WORDS), 64),
          c(size(centroid_groups * slices_ * KM_TILE_WORDS), 64), init(size(16 * centroids), 64),
          partial(size(1024 * row_groups), 64), scan(rows, centroids)
    {
    }
    void fill(Bits bits, std::int64_t live, float slack, std::uint64_t seed)
    {
        Values values(seed);
        const auto next = [&] { return bf16_upper(next_value(&values, bits)); };
        std::generate(x.begin(), x.end(), next);
        std::generate(c.begin(), c.end(), next);
        for (std::int64_t j = 0; j < centroids; j++) {
            const bool there = (j + 5) % live == 0;
            const float value = there ? static_cast<float>(values.uniform() * 4) : -kInfinity;
            std::fill_n(init.get() + 16 * j, 16, value);
            scan.raise[size(j)] = there ? static_cast<float>(std::fabs(values.uniform())) : 0;
            for (std::int64_t p = 0; !there && p < 32 * slices; p++)
                c[centroid_word(slices, j, p)] = 0;
        }
        for (std::int64_t i = 0; i < rows; i++) {
            scan.near[size(i)] = static_cast<std::int32_t>(values.below(centroids + 30)) - 30;
            scan.near[size(i)] = std::max(scan.near[size(i)], -1);
            scan.threshold[size(i)] = values.below(9) == 0   ? kInfinity
                                      : values.below(2) == 0 ? -FLT_MAX
                                                             : static_cast<float>(values.uniform());
            scan.slack[size(i)] = slack * static_cast<float>(std::fabs(values.uniform()));
            scan.count[size(i)] = 0;
        }
    }
    void run(const km_tiles *t, Scan *on)
    {
        const km_tile_operands operands = {x.get(),        rows / 32, c.get(),     init.get(),
                                           centroids / 32, slices,    32 * slices, partial.get(),
                                           nullptr,        0};
        const km_tile_scan out = on->get();
        t->screen(&operands, &out);
        EXPECT_TRUE(partial.intact() && on->intact());
    }
    void run(const km_tiles *t) { run(t, &scan); }
};

inline void expect_same_row(const Scan &a, const Scan &b, std::size_t i)
{
    ASSERT_EQ(a.count[i], b.count[i]);
    ASSERT_TRUE(same_float(a.threshold[i], b.threshold[i]))
        << a.threshold[i] << " " << b.threshold[i];
    for (std::int32_t n = 0; n < std::min<std::int32_t>(a.count[i], KM_TILE_CANDIDATES); n++) {
        const std::size_t at = i * KM_TILE_CANDIDATES + size(n);
        ASSERT_EQ(a.label[at], b.label[at]);
        ASSERT_TRUE(same_float(a.score[at], b.score[at])) << a.score[at] << " " << b.score[at];
    }
}
