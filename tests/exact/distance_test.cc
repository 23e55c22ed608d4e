#include "kernels/exact/distance.h"
#include "kernels/exact/rounding.h"

#include "big.h"
#include "random_doubles.h"

#include <gtest/gtest.h>

namespace {

using exact::Number;
using Row = std::vector<double>;

int64_t size(const Row &x) { return static_cast<int64_t>(x.size()); }

void check_pair(const Row &x, const Row &c)
{
    const int64_t d = size(x);
    const Number d2 = exact::squared_distance(x.data(), c.data(), d);
    const double square = exact::round(d2);
    const double root = exact::round_root(d2);
    ASSERT_EQ(km_d2_nearest(x.data(), c.data(), d), square);
    ASSERT_EQ(km_d2_nearest_wide(x.data(), c.data(), d), square);
    ASSERT_EQ(km_d2_nearest(c.data(), x.data(), d), square);
    ASSERT_EQ(km_distance_nearest(x.data(), c.data(), d), root);
    ASSERT_EQ(km_distance_nearest_wide(x.data(), c.data(), d), root);
}

void check_order(const Row &x, const Row &a, const Row &b)
{
    const int64_t d = size(x);
    const int sign = exact::compare(exact::squared_distance(x.data(), a.data(), d),
                                    exact::squared_distance(x.data(), b.data(), d));
    ASSERT_EQ(km_compare_d2(x.data(), a.data(), b.data(), d), sign);
    ASSERT_EQ(km_compare_d2_wide(x.data(), a.data(), b.data(), d), sign);
    ASSERT_EQ(km_compare_d2(x.data(), b.data(), a.data(), d), -sign);
}

Row near(RandomDoubles &random, const Row &x)
{
    Row c = x;
    for (double &v : c)
        for (int64_t steps = random.below(4); steps > 0; steps--)
            v = std::nextafter(v, random.below(2) ? 1.0 : -1.0);
    return c;
}

const int64_t kSizes[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,  12,  13,
                          14, 15, 16, 17, 23, 24, 25, 31, 32, 33, 40, 127, 128, 129};

TEST(Distance, isRoundedOnceForAnyDoubles)
{
    RandomDoubles random(31);
    const int ranges[][2] = {{-20, 20},    {-1074, 500}, {490, 500},    {-1074, -1000},
                             {-545, -530}, {-3, 0},      {-1074, -500}, {-470, -430}};
    for (const auto &r : ranges)
        for (int64_t d : kSizes)
            for (int i = 0; i < (d < 20 ? 6 : 1); i++) {
                const Row x = random.row(d, r[0], r[1]);
                check_pair(x, random.row(d, r[0], r[1]));
                check_pair(x, near(random, x));
            }
}

TEST(Distance, isRoundedOnceForOrdinaryData)
{
    RandomDoubles random(32);
    for (int64_t d : kSizes)
        for (int i = 0; i < 10; i++) {
            Row uniform, other, bytes, more, floats;
            for (int64_t p = 0; p < d; p++) {
                uniform.push_back(random.uniform());
                other.push_back(random.uniform());
                floats.push_back(static_cast<double>(static_cast<float>(random.uniform())));
                bytes.push_back(static_cast<double>(random.below(256)));
                more.push_back(static_cast<double>(random.below(256)));
            }
            check_pair(uniform, other);
            check_pair(uniform, floats);
            check_pair(bytes, more);
            check_pair(bytes, floats);
        }
}

TEST(Distance, ofIdenticalRowsIsZero)
{
    RandomDoubles random(33);
    for (int64_t d : kSizes) {
        const Row x = random.row(d, -1074, 500);
        EXPECT_EQ(km_d2_nearest(x.data(), x.data(), d), 0.0);
        EXPECT_FALSE(std::signbit(km_d2_nearest(x.data(), x.data(), d)));
        EXPECT_EQ(km_distance_nearest(x.data(), x.data(), d), 0.0);
        EXPECT_FALSE(std::signbit(km_distance_nearest(x.data(), x.data(), d)));
        EXPECT_EQ(km_compare_d2(x.data(), x.data(), x.data(), d), 0);
    }
    check_pair({0.0, -0.0}, {-0.0, 0.0});
}

// Ties of rounding lie inside every error bound, so Ziv's test cannot settle them: the right
// answers come from the last rung.
TEST(Distance, halvesGoToEven)
{
    const double q = 0x1p27; // q^2 = 2^54, where the spacing is 4
    EXPECT_EQ(km_d2_nearest(Row{q, 1, 1}.data(), Row{0, 0, 0}.data(), 3), 0x1p54);
    EXPECT_EQ(km_d2_nearest(Row{q, 2, 1, 1}.data(), Row(4).data(), 4), 0x1p54 + 8);
    for (double t : {0.0, 0x1p-24, 0x1p-30, 0x1p-300, 0x1p-537, 0x1p-538, 0x1p-1074}) {
        check_pair({q, 1, 1, t}, Row(4));
        check_pair({q, 2, 1, 1, t}, Row(5));
        check_pair({q, 1, 1}, {t, 0, 0});
        check_pair({q, 1, 1}, {-t, 0, 0});
        check_pair({q, 2, 1, 1}, {0, t, 0, 0});
        check_pair({q, 2, 1, 1}, {0, -t, 0, 0});
    }
}

// Numbers of few bits: sums of many squares lie between two float64 every now and then, at every
// scale up to the ends of what fits in integers.
TEST(Distance, halvesOfSumsOfShortNumbersGoToEven)
{
    RandomDoubles random(35);
    const auto of_bits = [&random](int bits, int exponent) {
        return std::ldexp(static_cast<double>(random.below(INT64_C(1) << bits)), exponent);
    };
    for (int exponent : {-460, -423, -422, -24, 0, 24, 25, 26, 27, 28, 400})
        for (int64_t d : {1, 3, 128, 129})
            for (int i = 0; i < 40; i++) {
                Row x, c;
                for (int64_t p = 0; p < d; p++) {
                    x.push_back(of_bits(24, exponent));
                    c.push_back(of_bits(24 + i % 4, exponent));
                }
                check_pair(x, c);
                x[0] += std::ldexp(1.0, exponent - 20 - i);
                check_pair(x, c);
            }
}

TEST(Distance, halvesOfRootsGoToEven)
{
    EXPECT_EQ(km_distance_nearest(Row{0x1p53}.data(), Row{-1}.data(), 1), 0x1p53);
    EXPECT_EQ(km_distance_nearest(Row{0x1p53 + 2}.data(), Row{-1}.data(), 1), 0x1p53 + 4);
    for (double t : {0.0, 0x1p-30, 0x1p-300, 0x1p-1074}) {
        check_pair({0x1p53, t}, {-1, 0});
        check_pair({0x1p53 + 2, t}, {-1, 0});
        check_pair({0x1p53, 0}, {-1 + t, 0});
        check_pair({0x1p53 + 2, 0}, {-1 - t, t});
        // 3-4-5 triangles with a hypotenuse of 54 bits
        check_pair({3 * (0x1p52 + 1), 4 * (0x1p52 + 1), t}, Row(3));
        check_pair({3 * (0x1p50 + 1) * 0x1p-500, 4 * (0x1p50 + 1) * 0x1p-500, t}, Row(3));
    }
}

TEST(Distance, reachesTheEndsOfTheRange)
{
    check_pair(Row(128, 0x1p500), Row(128, -0x1p500));
    check_pair(Row(8, 0x1p501), Row(8, -0x1p501));
    check_pair({0x1p501, 0x1p-1074}, {-0x1p501, 0});
    check_pair({0x1p-1074}, {0});
    check_pair({0x1p-537}, {0});
    check_pair({0x1p-538, 0x1p-538}, {0, 0});
    check_pair(Row(100, 0x1p-540), Row(100, 0));
    check_pair(Row(100, 0x1p-1074), Row(100, 0));
    check_pair({0x1p-1074, 0x1p-1074}, {0, 0});
}

// The quick test refuses ties and accepts what is clear, at its own limits.
TEST(Rounding, testsItsInterval)
{
    double r;
    EXPECT_FALSE(km_rounds_to({1.0, 0x1p-53}, 0x1p-100, &r));
    EXPECT_FALSE(km_rounds_to({1.0, 0x1p-53 - 0x1p-101}, 0x1p-100, &r));
    EXPECT_FALSE(km_rounds_to({1.0, 0x1p-53 + 0x1p-101}, 0x1p-100, &r));
    EXPECT_TRUE(km_rounds_to({1.0, 0x1p-53 - 0x1p-99}, 0x1p-100, &r));
    EXPECT_EQ(r, 1.0);
    EXPECT_TRUE(km_rounds_to({1.0, 0x1p-53 + 0x1p-99}, 0x1p-100, &r));
    EXPECT_EQ(r, 1 + 0x1p-52);
    EXPECT_TRUE(km_rounds_to({1.0, -0x1p-54 + 0x1p-99}, 0x1p-100, &r));
    EXPECT_EQ(r, 1.0);
    EXPECT_FALSE(km_rounds_to({1.0, -0x1p-54}, 0x1p-100, &r));
    EXPECT_TRUE(km_rounds_to({3.0, 0.0}, 0x1p-100, &r));
    EXPECT_EQ(r, 3.0);
}

int compare_number(const void *context, int64_t mantissa, int32_t exponent)
{
    const auto *value = static_cast<const Number *>(context);
    return exact::compare(*value, Number::integer(mantissa).scaled(exponent));
}

TEST(Rounding, settlesFromAnyGuessNearby)
{
    RandomDoubles random(34);
    for (int i = 0; i < 2000; i++) {
        const double v = std::fabs(random.next(-1074, 1023));
        const Number halves[] = {Number(v), Number(v) + Number(v).scaled(-53),
                                 Number(v) + Number(0x1p-1074).scaled(-1)};
        for (const Number &value : halves) {
            const double wanted = exact::round(value);
            double guess = wanted;
            for (int64_t steps = random.below(4); steps > 0; steps--)
                guess = std::nextafter(guess, i % 2 ? HUGE_VAL : 0.0);
            ASSERT_EQ(km_settle(guess, compare_number, &value), wanted);
        }
    }
}

TEST(Compare, ordersAnyDoubles)
{
    RandomDoubles random(35);
    const int ranges[][2] = {{-20, 20}, {-1074, 500}, {490, 500}, {-1074, -1000}, {-545, -530}};
    for (const auto &r : ranges)
        for (int64_t d : kSizes)
            for (int i = 0; i < (d < 20 ? 20 : 3); i++) {
                const Row x = random.row(d, r[0], r[1]);
                const Row a = random.row(d, r[0], r[1]);
                check_order(x, a, random.row(d, r[0], r[1]));
                check_order(x, a, near(random, a));
                check_order(x, near(random, x), near(random, x));
            }
}

// Mirror images and permutations around x are exact ties; the smallest step breaks them.
TEST(Compare, seesTiesAndTheSmallestStepsFromThem)
{
    RandomDoubles random(36);
    for (int64_t d : kSizes)
        for (int i = 0; i < 20; i++) {
            Row x, a, b;
            for (int64_t p = 0; p < d; p++) {
                const double m = static_cast<double>(random.below(1 << 20));
                const double t = static_cast<double>(random.below(1 << 20));
                x.push_back(m);
                a.push_back(m + t);
                b.push_back(m - t);
            }
            ASSERT_EQ(km_compare_d2(x.data(), a.data(), b.data(), d), 0);
            if (d == 0)
                continue;
            const auto p = static_cast<size_t>(random.below(d));
            for (double towards : {-HUGE_VAL, HUGE_VAL}) {
                Row c = b;
                c[p] = std::nextafter(c[p], towards);
                check_order(x, a, c);
            }
            Row origin(x.size()), e = a;
            std::shuffle(e.begin(), e.end(), std::mt19937(7));
            ASSERT_EQ(km_compare_d2(origin.data(), a.data(), e.data(), d), 0);
            origin[p] = 0x1p-1074;
            check_order(origin, a, e);
        }
}

// The same squares in another order: the double-double sums of the two differ by their errors.
TEST(Compare, seesTiesThatRoundingHides)
{
    RandomDoubles random(38);
    for (int i = 0; i < 1000; i++) {
        const int64_t d = 3 + random.below(60);
        const Row origin(static_cast<size_t>(d));
        const Row a = random.row(d, -40, 0);
        Row b = a;
        std::reverse(b.begin(), b.end());
        ASSERT_EQ(km_compare_d2(origin.data(), a.data(), b.data(), d), 0);
        b[static_cast<size_t>(random.below(d))] *= 1 + 0x1p-52;
        check_order(origin, a, b);
    }
}

TEST(Compare, seesTiesWhereSquaresUnderflow)
{
    check_order({0, 0}, {0x1p-1074, 0}, {0, -0x1p-1074});
    check_order({0, 0}, {0x1p-1074, 0}, {0x1p-1074, 0x1p-1074});
    check_order({0x1p500, 0}, {-0x1p500, 0x1p-1074}, {-0x1p500, 0});
    check_order({0x1p500, 0}, {-0x1p500, 0x1p-1074}, {-0x1p500, -0x1p-1074});
    check_order({1, 0, 0}, {0, 0x1p-600, 0}, {0, 0, 0x1p-599});
}

TEST(Compare, findsTheOraclesNearestCentroid)
{
    RandomDoubles random(37);
    for (int i = 0; i < 300; i++) {
        const int64_t d = 1 + random.below(4);
        const int64_t k = 1 + random.below(8);
        Row x, c;
        for (int64_t p = 0; p < d; p++)
            x.push_back(static_cast<double>(random.below(4)) / 3);
        for (int64_t p = 0; p < d * k; p++)
            c.push_back(static_cast<double>(random.below(4)) / 3);
        int64_t best = 0;
        for (int64_t j = 1; j < k; j++)
            if (km_compare_d2(x.data(), &c[size_t(j * d)], &c[size_t(best * d)], d) < 0)
                best = j;
        ASSERT_EQ(best, exact::nearest_centroid(x.data(), c.data(), k, d));
    }
}

} // namespace
