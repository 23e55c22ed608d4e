#include "kernels/exact/ieee.h"
#include "kernels/exact/wide.h"

#include "big.h"
#include "random_doubles.h"

#include <gtest/gtest.h>

#include <cfloat>

namespace {

using exact::Number;

class Wide : public testing::Test {
protected:
    Wide() { km_wide_clear(&w); }
    km_wide w;
};

TEST_F(Wide, isZeroAtFirst)
{
    EXPECT_EQ(km_wide_sign(&w), 0);
    EXPECT_EQ(km_wide_round(&w), 0.0);
    EXPECT_FALSE(std::signbit(km_wide_round(&w)));
    int32_t exponent;
    EXPECT_EQ(km_wide_leading(&w, &exponent), 0u);
}

void expect_value(km_wide *w, const Number &value)
{
    ASSERT_EQ(km_wide_sign(w), value.sign);
    ASSERT_EQ(km_wide_round(w), exact::round(value));
}

void sum_products(RandomDoubles &random, int lowest, int highest, int terms)
{
    km_wide w;
    km_wide_clear(&w);
    Number sum;
    for (int t = 0; t < terms; t++) {
        const double a = random.next(lowest, highest);
        const double b = random.next(lowest, highest);
        if (random.below(3) == 0) {
            km_wide_add(&w, a);
            sum = sum + Number(a);
        } else {
            km_wide_add_product(&w, a, b);
            sum = sum + Number(a) * Number(b);
        }
        if (random.below(8) == 0)
            expect_value(&w, sum); // a reading in between changes nothing
    }
    expect_value(&w, sum);
}

TEST_F(Wide, sumsAnyProducts)
{
    RandomDoubles random(11);
    for (int i = 0; i < 300; i++) {
        sum_products(random, -1074, 1023, 12);
        sum_products(random, -30, 30, 40);
        sum_products(random, -1074, -1000, 10);
        sum_products(random, -545, -530, 20); // squares around the smallest double
        sum_products(random, 480, 510, 20);
    }
}

TEST_F(Wide, cancelsToTheLastBit)
{
    RandomDoubles random(12);
    for (int i = 0; i < 500; i++) {
        km_wide_clear(&w);
        std::vector<double> terms = random.row(20, -1074, 1023);
        for (size_t t = 1; t < terms.size(); t++)
            km_wide_add_product(&w, terms[t - 1], terms[t]);
        km_wide_add_product(&w, 0x1p-1074, i % 2 ? 0x1p-1074 : -0x1p-1074);
        for (size_t t = terms.size() - 1; t > 0; t--)
            km_wide_add_product(&w, -terms[t], terms[t - 1]);
        EXPECT_EQ(km_wide_sign(&w), i % 2 ? 1 : -1);
        EXPECT_EQ(km_wide_round(&w), 0.0);
        km_wide_add_product(&w, 0x1p-1074, i % 2 ? -0x1p-1074 : 0x1p-1074);
        EXPECT_EQ(km_wide_sign(&w), 0);
    }
}

TEST_F(Wide, roundsHalvesToEven)
{
    const double odd = 0x1.0000000000001p0;
    const struct {
        double a;
        int half;
        int32_t exponent;
        double rounded;
    } cases[] = {
        {1.0, 1, -53, 1.0},
        {odd, 1, -53, odd + 0x1p-52},
        {2.0 - 0x1p-52, 1, -53, 2.0},
        {DBL_MAX, 1, 970, HUGE_VAL},
        {0x1p-1022, -1, -1075, 0x1p-1022}, // halves of the smallest subnormal
        {0x1p-1022, 1, -1075, 0x1p-1022},
        {0x1p-1074, 1, -1075, 0x1p-1073},
        {0.0, 1, -1075, 0.0},
        {0x1p-1022 - 0x1p-1074, 1, -1075, 0x1p-1022}, // up into the normal range
    };
    for (const auto &c : cases) {
        for (int sign = -1; sign <= 1; sign += 2) {
            km_wide_clear(&w);
            km_wide_add(&w, sign * c.a);
            km_wide_add_integers(&w, sign * c.half, 1, c.exponent);
            EXPECT_EQ(km_wide_round(&w), sign * c.rounded) << c.a;
            // The smallest number that there is moves it off the tie.
            const double towards = c.half > 0 ? c.a : std::nextafter(c.a, 0.0);
            km_wide_add_product(&w, -sign * 0x1p-1074, 0x1p-1074);
            EXPECT_EQ(km_wide_round(&w), sign * towards) << c.a;
            km_wide_add_product(&w, sign * 0x1p-1073, 0x1p-1074);
            EXPECT_EQ(km_wide_round(&w), sign * std::nextafter(towards, HUGE_VAL)) << c.a;
        }
    }
}

TEST_F(Wide, givesTheLeadingBits)
{
    RandomDoubles random(13);
    for (int i = 0; i < 2000; i++) {
        km_wide_clear(&w);
        const double a = random.next(-1074, 1000);
        const double b = random.next(-1074, 1000);
        km_wide_add_product(&w, a, b);
        km_wide_add(&w, b);
        const Number value = (Number(a) * Number(b) + Number(b)).magnitude();
        int32_t exponent;
        const uint64_t leading = km_wide_leading(&w, &exponent);
        if (value.sign == 0) {
            EXPECT_EQ(leading, 0u);
            continue;
        }
        ASSERT_EQ(leading >> 63, 1u);
        const Number top = Number(0x1p32) * Number(static_cast<double>(leading >> 32)) +
                           Number(static_cast<double>(leading & 0xffffffff));
        const Number off = value - top.scaled(exponent);
        // Sticky: an odd mantissa may be up to a unit too high or too low, an even one is exact.
        EXPECT_LT(exact::compare(off.magnitude(), Number(1.0).scaled(exponent)), 1);
        if (leading % 2 == 0) {
            EXPECT_EQ(off.sign, 0);
        }
    }
}

// Carries wait for 2^30 additions; here they are due at once, in the middle of a sum.
TEST_F(Wide, resolvesCarriesWhenTheyAreDue)
{
    for (int32_t left = 1; left <= 5; left++) {
        km_wide_clear(&w);
        w.count = (1 << 30) - left;
        Number sum;
        for (int t = 0; t < 20; t++) {
            const double a = std::ldexp(t % 3 ? -1.75 : 1.25, 13 * t);
            km_wide_add_product(&w, a, 0x1.fffffffffffffp52);
            sum = sum + Number(a) * Number(0x1.fffffffffffffp52);
        }
        EXPECT_LT(w.count, 21);
        expect_value(&w, sum);
    }
}

TEST_F(Wide, holdsManyOfTheLargestAndSmallest)
{
    for (int t = 0; t < 100000; t++)
        km_wide_add_product(&w, DBL_MAX, -DBL_MAX);
    EXPECT_EQ(km_wide_round(&w), -HUGE_VAL);
    km_wide_add_product(&w, 0x1p-1074, 0x1p-1074);
    for (int t = 0; t < 100000; t++)
        km_wide_add_product(&w, DBL_MAX, DBL_MAX);
    EXPECT_EQ(km_wide_sign(&w), 1);
    for (int t = 0; t < (1 << 20); t++)
        km_wide_add_product(&w, 0x1p-540, 0x1p-544);
    EXPECT_EQ(km_wide_round(&w), 0x1p-1064);
}

TEST_F(Wide, addsScaledIntegers)
{
    const int64_t most = INT64_MAX;
    km_wide_add_integers(&w, most, -most, 5);
    const Number value = Number::integer(most) * Number::integer(-most);
    expect_value(&w, value.scaled(5));
    km_wide_add_integers(&w, most, most, 5);
    EXPECT_EQ(km_wide_sign(&w), 0);
    for (int32_t e = -2176; e < -2100; e++) {
        km_wide_add_integers(&w, 3, 1, e);
        km_wide_add_integers(&w, 0, most, e);
        EXPECT_EQ(km_wide_sign(&w), 1);
        km_wide_add_integers(&w, -1, 3, e);
        EXPECT_EQ(km_wide_sign(&w), 0);
    }
}

TEST(RoundParts, agreesWithTheOracle)
{
    RandomDoubles random(14);
    for (int i = 0; i < 50000; i++) {
        const auto m = static_cast<uint64_t>(random.below(INT64_MAX)) >> random.below(63);
        const auto e = static_cast<int32_t>(random.below(2300)) - 1200;
        const Number value = Number::integer(static_cast<int64_t>(m)).scaled(e);
        EXPECT_EQ(km_round_parts(m, e), exact::round(value)) << m << " " << e;
    }
}

} // namespace
