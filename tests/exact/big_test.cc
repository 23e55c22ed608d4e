// The oracle itself against what hardware and 128-bit integers say.
#include "big.h"
#include "random_doubles.h"

#include <gtest/gtest.h>

#include <cfloat>

namespace {

TEST(Big, roundTripsDoubles)
{
    RandomDoubles random(1);
    for (int i = 0; i < 6000; i++) {
        const double x = random.next(-1074, 1023);
        EXPECT_EQ(exact::round(exact::Number(x)), x);
    }
    EXPECT_EQ(exact::round(exact::Number(DBL_MAX)), DBL_MAX);
    EXPECT_EQ(exact::round(exact::Number(0x1p-1074)), 0x1p-1074);
}

// One operation of IEEE arithmetic is the exact result rounded once.
TEST(Big, agreesWithTheHardwareOnSingleOperations)
{
    RandomDoubles random(2);
    for (int i = 0; i < 6000; i++) {
        const double a = random.next(-600, 600);
        const double b = random.next(-500, 400);
        const exact::Number x(a);
        const exact::Number y(b);
        EXPECT_EQ(exact::round(x + y), a + b);
        EXPECT_EQ(exact::round(x - y), a - b);
        EXPECT_EQ(exact::round(x * y), a * b);
        EXPECT_EQ(exact::compare(x, y), (a > b) - (a < b));
        if (b != 0) {
            EXPECT_EQ(exact::round_quotient(x, y), a / b) << a << " / " << b;
        }
        EXPECT_EQ(exact::round_root(x.magnitude()), std::sqrt(std::fabs(a)));
    }
}

TEST(Big, agreesWithTheHardwareNearTheEnds)
{
    RandomDoubles random(3);
    for (int i = 0; i < 6000; i++) {
        const double a = random.next(-1074, -900);
        const double b = random.next(-160, 60);
        EXPECT_EQ(exact::round(exact::Number(a) * exact::Number(b)), a * b);
        const double big = random.next(950, 1023);
        EXPECT_EQ(exact::round(exact::Number(big) * exact::Number(b)), big * b);
        if (b != 0) {
            EXPECT_EQ(exact::round_quotient(a, b), a / b);
        }
    }
}

TEST(Big, knowsTheClassicCases)
{
    const double x[2] = {0, 0};
    const double c[6] = {3, 4, 5, 0, 4, -3};
    EXPECT_EQ(exact::nearest_centroid(x, c, 3, 2), 0);
    EXPECT_EQ(exact::mean({1, 2, 4}), 7.0 / 3.0);
    EXPECT_EQ(exact::mean({0x1p53, 1, 1}, {1, 1, 1}), (0x1p53 + 2) / 3);
    EXPECT_EQ(exact::mean({1, 5}, {3, 1}), 2.0);
    EXPECT_EQ(exact::mean({1e300, 1, -1e300}), 1.0 / 3.0);
}

} // namespace
