#include "fixed_point.h"
#include "random_doubles.h"

#include <gtest/gtest.h>

namespace {

int exponent_above(double x) // smallest q with x <= 2^q
{
    int e;
    return std::frexp(x, &e) == 0.5 ? e - 1 : e;
}

TEST(Grid, ofSimpleColumns)
{
    const double max_abs[] = {255, 1, 0, 0x1p50, 0.1};
    const double low_bit[] = {1, 1, HUGE_VAL, 1, 0x1p-55};
    int32_t exponent[5];
    int64_t rounded = -1;
    EXPECT_EQ(km_choose_grids(max_abs, low_bit, 5, 1, 1, exponent, &rounded), 2);
    EXPECT_EQ(rounded, 0);
    EXPECT_EQ(km_choose_grids(max_abs, low_bit, 4, 1, 1, exponent, nullptr), 1);
    EXPECT_EQ(exponent[0], 8 + 1 - 51);
    EXPECT_EQ(exponent[3], 0);
    const double more = 0x1p50 + 1;
    EXPECT_EQ(km_choose_grids(&more, low_bit, 1, 1, 1, exponent, nullptr), 2);
    EXPECT_EQ(km_choose_grids(nullptr, nullptr, 0, 1, 1, exponent, &rounded), 1);
    EXPECT_EQ(km_choose_grids(max_abs, low_bit, 5, 0, HUGE_VAL, exponent, &rounded), 1);
    EXPECT_EQ(rounded, 0);
}

// The two conditions of grid.h, and that no fewer limbs would do.
TEST(Grid, coversTheRangeWithTheFewestLimbs)
{
    RandomDoubles random(41);
    for (int i = 0; i < 20000; i++) {
        const int bottom = -1074 + static_cast<int>(random.below(1500));
        const int wbottom = i % 2 ? 0 : -60 + static_cast<int>(random.below(120));
        const int bits = static_cast<int>(random.below(200));
        const double low = std::ldexp(1.0, bottom);
        const double low_weight = std::ldexp(1.0, wbottom);
        const double max_abs = std::ldexp(1.0 + random.uniform(), std::min(bottom + bits, 500));
        const double weight = i % 2 ? 1.0 : low_weight * static_cast<double>(1 + random.below(99));
        int32_t e;
        int64_t rounded;
        const int32_t limbs = km_choose_grids(&max_abs, &low, 1, weight, low_weight, &e, &rounded);
        const int top = exponent_above(max_abs) + exponent_above(weight);
        const int need = top - (bottom + wbottom) + 1;
        ASSERT_LE(limbs, KM_MAX_LIMBS);
        ASSERT_GE(e, -1074);
        ASSERT_LE(top, e + 51 * limbs - 1);
        ASSERT_EQ(rounded, e > bottom + wbottom ? 1 : 0);
        if (limbs > 1) {
            ASSERT_GT(need, 51 * (limbs - 1)); // limbs - 1 would not reach
        }
        if (need <= 51 * KM_MAX_LIMBS && bottom + wbottom >= -1074) {
            ASSERT_EQ(rounded, 0);
        }
    }
}

TEST(Grid, magicIsNormalAtBothEnds)
{
    const struct {
        double max_abs, low_bit, weight, low_weight;
    } cases[] = {
        {0x1p500, 0x1p500, 0x1p500, 0x1p500},
        {0x1p501, 0x1p-1074, 0x1p501, 0x1p-1074},
        {0x1p-1074, 0x1p-1074, 1, 1},
        {0x1p-1074, 0x1p-1074, 0x1p-1074, 0x1p-1074},
        {0x1p-1000, 0x1p-1074, 0x1p500, 0x1p500},
        {0x1p500, 0x1p-1074, 1, 1},
    };
    for (const auto &c : cases) {
        int32_t e;
        const int32_t limbs =
            km_choose_grids(&c.max_abs, &c.low_bit, 1, c.weight, c.low_weight, &e, nullptr);
        double magic[KM_MAX_LIMBS];
        km_fill_magic(&e, 1, limbs, magic);
        for (int32_t l = 0; l < limbs; l++) {
            EXPECT_EQ(magic[l], std::ldexp(1.5, 52 + e + 51 * l));
            EXPECT_TRUE(std::isnormal(magic[l]));
        }
    }
}

TEST(Grid, ofWeightsAllOneIsThatOfNoWeights)
{
    RandomDoubles random(42);
    for (int i = 0; i < 100; i++) {
        std::vector<Statistics> columns(5);
        for (Statistics &s : columns)
            for (int n = 0; n < 3; n++)
                s.see(random.next(-100, 0));
        Statistics one;
        one.see(1.0);
        one.see(0.0);
        const FixedPoint plain(columns);
        const FixedPoint weighted(columns, one);
        EXPECT_EQ(plain.limbs, weighted.limbs);
        EXPECT_EQ(plain.exponent, weighted.exponent);
    }
}

TEST(Grid, belowABound)
{
    EXPECT_EQ(km_grid_below(0, 3), 0);
    EXPECT_EQ(km_grid_below(1, 3), 1 - 153);
    EXPECT_EQ(km_grid_below(1.5, 3), 2 - 153);
    EXPECT_EQ(km_grid_below(0x1p-1074, 3), -1074);
    const int32_t e = km_grid_below(0x1p1019, 3);
    double magic[3];
    km_fill_magic(&e, 1, 3, magic);
    EXPECT_EQ(magic[2], 0x1.8p1021);
    EXPECT_EQ(magic[2] + 0x1p1019 - magic[2], 0x1p1019);
}

} // namespace
