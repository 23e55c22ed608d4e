#include "kernels/exact/dd.h"

#include "big.h"
#include "random_doubles.h"

#include <gtest/gtest.h>

namespace {

using exact::Number;

Number value(km_dd a) { return Number(a.hi) + Number(a.lo); }

// |got - wanted| <= factor * 2^-106 * |wanted|
testing::AssertionResult is_within(const Number &got, const Number &wanted, double factor)
{
    const Number error = (got - wanted).magnitude();
    const Number limit = (wanted.magnitude() * Number(factor)).scaled(-106);
    if (exact::compare(error, limit) <= 0)
        return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << "relative error 2^-106 * " << exact::round_quotient(error.scaled(106), wanted);
}

km_dd random_dd(RandomDoubles &random)
{
    const double hi = random.next(-200, 200);
    return km_fast_two_sum(hi, hi * 0x1p-53 * (random.uniform() * 2 - 1));
}

TEST(DoubleDouble, sumsOfTwoAreExact)
{
    RandomDoubles random(21);
    for (int i = 0; i < 20000; i++) {
        const int low = i % 2 ? -1074 : -60;
        const double a = random.next(low, i % 2 ? 1000 : 60);
        const double b = random.next(low, i % 2 ? 1000 : 60);
        EXPECT_EQ(exact::compare(value(km_two_sum(a, b)), Number(a) + Number(b)), 0);
        EXPECT_EQ(exact::compare(value(km_two_diff(a, b)), Number(a) - Number(b)), 0);
        EXPECT_EQ(km_two_sum(a, b).hi, a + b);
        const double big = std::fabs(a) < std::fabs(b) ? b : a;
        const double small = std::fabs(a) < std::fabs(b) ? a : b;
        EXPECT_EQ(exact::compare(value(km_fast_two_sum(big, small)), Number(a) + Number(b)), 0);
    }
}

TEST(DoubleDouble, productsOfTwoAreExact)
{
    RandomDoubles random(22);
    for (int i = 0; i < 20000; i++) {
        const double a = random.next(-480, 509);
        const double b = random.next(-480, 510);
        EXPECT_EQ(exact::compare(value(km_two_prod(a, b)), Number(a) * Number(b)), 0);
        EXPECT_EQ(exact::compare(value(km_two_prod_even(a, b)), Number(a) * Number(b)), 0);
        EXPECT_EQ(exact::compare(value(km_two_square(a)), Number(a) * Number(a)), 0);
    }
}

// Multiples of powers of two whose product is representable: exact however small.
TEST(DoubleDouble, smallProductsOnTheGridAreExact)
{
    RandomDoubles random(23);
    for (int i = 0; i < 5000; i++) {
        const double a = static_cast<double>(random.below(1 << 30)) * 0x1p-537;
        EXPECT_EQ(exact::compare(value(km_two_square(a)), Number(a) * Number(a)), 0);
        const double b = static_cast<double>(random.below(1 << 30)) * 0x1p-74;
        EXPECT_EQ(
            exact::compare(value(km_two_prod(a * 0x1p-463, b)), Number(a * 0x1p-463) * Number(b)),
            0);
    }
}

TEST(DoubleDouble, smallProductsAreCutTheSameWayEverywhere)
{
    const double a = 0x1.123456789abcdp-481;
    EXPECT_EQ(km_two_prod_even(a, a).lo, 0.0);
    EXPECT_EQ(km_two_prod_even(-a, a).hi, -(a * a));
    EXPECT_EQ(km_two_prod_even(-a, a).lo, 0.0);
    EXPECT_NE(km_two_prod_even(a * 4, a).lo, 0.0);
}

// What the bounds of distance.c allow for underflow.
TEST(DoubleDouble, underflowIsBounded)
{
    RandomDoubles random(24);
    for (int i = 0; i < 20000; i++) {
        const double a = random.next(-1074, -470);
        const Number error = (value(km_two_square(a)) - Number(a) * Number(a)).magnitude();
        EXPECT_LE(exact::compare(error, Number(0x1p-1035)), 0) << a;
    }
}

TEST(DoubleDouble, operationsKeepTheirBounds)
{
    RandomDoubles random(25);
    for (int i = 0; i < 20000; i++) {
        const km_dd a = random_dd(random);
        km_dd b = random_dd(random);
        if (i % 4 == 0) { // cancellation
            b.hi = -a.hi * (1 + 0x1p-52 * static_cast<double>(random.below(3)));
            b = km_fast_two_sum(b.hi, b.hi * 0x1p-54 * random.uniform());
        }
        const Number x = value(a);
        const Number y = value(b);
        EXPECT_TRUE(is_within(value(km_dd_add(a, b)), x + y, 3.001));
        EXPECT_TRUE(is_within(value(km_dd_sub(a, b)), x - y, 3.001));
        EXPECT_TRUE(is_within(value(km_dd_add_d(a, b.hi)), x + Number(b.hi), 2.001));
        EXPECT_TRUE(is_within(value(km_dd_mul(a, b)), x * y, 7));
        EXPECT_TRUE(is_within(value(km_dd_mul_d(a, b.hi)), x * Number(b.hi), 3));
    }
}

} // namespace
