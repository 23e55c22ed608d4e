#include "fixed_point.h"
#include "random_doubles.h"

#include <gtest/gtest.h>

namespace {

using exact::Number;

// Means of one column, quick and by the last rung alone, against the oracle.
void check_mean(const std::vector<double> &values, const std::vector<double> &weights = {})
{
    std::vector<Statistics> column(1), weight_column(1);
    Statistics weight;
    for (double v : values)
        column[0].see(v);
    for (double w : weights)
        weight.see(w);
    weight_column[0] = weight;
    FixedPoint sums(column, weights.empty() ? Statistics{1.0, 1.0} : weight);
    FixedPoint total(weight_column);
    for (size_t i = 0; i < values.size(); i++) {
        if (weights.empty()) {
            sums.add_row(&values[i]);
        } else {
            sums.add_row_weighted(&values[i], weights[i]);
            total.add_row(&weights[i]);
        }
        if (sums.is_due())
            sums.flush();
    }
    sums.flush();
    total.flush();
    ASSERT_EQ(sums.rounded, 0);
    ASSERT_EQ(total.rounded, 0);
    km_weight_total w = {static_cast<int64_t>(values.size()), nullptr, 0, 0};
    if (!weights.empty())
        w = {-1, total.digits.data(), total.limbs, total.exponent[0]};
    const double wanted = exact::mean(values, weights);
    double quick = NAN, wide = NAN;
    ASSERT_EQ(km_digits_mean(sums.digits.data(), sums.limbs, 1, sums.exponent.data(), &w, &quick),
              0);
    ASSERT_EQ(
        km_digits_mean_wide(sums.digits.data(), sums.limbs, 1, sums.exponent.data(), &w, &wide), 0);
    ASSERT_EQ(quick, wanted) << "n = " << values.size();
    ASSERT_EQ(wide, wanted) << "n = " << values.size();
    if (sums.total(0).sign == 0) {
        ASSERT_FALSE(std::signbit(quick) || std::signbit(wide));
    }
}

std::vector<double> column(RandomDoubles &random, int64_t n, int lowest, int highest)
{
    std::vector<double> x;
    for (int64_t i = 0; i < n; i++)
        x.push_back(random.next(lowest, highest));
    return x;
}

TEST(Mean, isTheQuotientRoundedOnce)
{
    RandomDoubles random(61);
    for (int i = 0; i < 3000; i++) {
        const int64_t n = 1 + random.below(i % 10 ? 12 : 200);
        const int low = static_cast<int>(random.below(900)) - 450;
        check_mean(column(random, n, low, low + static_cast<int>(random.below(50))));
        check_mean(column(random, n, 0, 0));
    }
}

TEST(Mean, isTheQuotientRoundedOnceAtTheEnds)
{
    RandomDoubles random(62);
    for (int i = 0; i < 500; i++) {
        const int64_t n = 1 + random.below(10);
        check_mean(column(random, n, -1074, -1010)); // subnormal means: the last rung
        check_mean(column(random, n, -1030, -1000));
        check_mean(column(random, n, 480, 499));
        check_mean(column(random, n, -1074, -1070));
    }
    check_mean({0x1p500, 0x1p500, -0x1p500});
    check_mean({0x1p-1074, 0});
    check_mean({0x1p-1074, 0x1p-1074, 0});
    check_mean({0x1p-1074, 0x1p-1073});
    check_mean({-0x1p-1074, -0x1p-1073});
    check_mean(std::vector<double>(1000, 0x1p500));
}

// A tie of rounding lies inside every error bound: only the last rung can settle it.
TEST(Mean, halvesGoToEven)
{
    const double odd = 0x1.0000000000001p0;
    const double ulp = 0x1p-52;
    check_mean({1.0, odd});
    check_mean({odd, odd + ulp});
    check_mean({-odd, -odd - ulp});
    check_mean({1.0, 1.0, 1.0, odd, odd, odd});
    check_mean({2.0, 2.0 - ulp});
    check_mean({2.0 - ulp, 2.0 - 2 * ulp});
    for (double t : {0x1p-60, 0x1p-130, 0x1p-150}) {
        check_mean({1.0, odd, 0});
        check_mean({1.0, odd + t});
        check_mean({odd - t, odd + ulp, t, -t});
        check_mean({1.0, odd, t, 2.0 + ulp / 2});
        check_mean({odd, odd + ulp, t, 2 * odd + ulp - t});
        check_mean({odd, odd + ulp, -t, 2 * odd + ulp});
    }
    const std::vector<double> half = {0.5, 0.5};
    check_mean({1.0, odd}, half);
    check_mean({odd, odd + ulp}, half);
    check_mean({odd, odd + ulp}, {3.0, 3.0});
    check_mean({odd, odd + ulp}, {0x1p-40, 0x1p-40});
}

TEST(Mean, isTheWeightedQuotientRoundedOnce)
{
    RandomDoubles random(63);
    for (int i = 0; i < 2000; i++) {
        const int64_t n = 1 + random.below(8);
        const int low = static_cast<int>(random.below(700)) - 350;
        const int spread = static_cast<int>(random.below(30));
        std::vector<double> weights;
        for (int64_t r = 0; r < n; r++)
            weights.push_back(i % 3 ? std::fabs(random.next(-10, 10))
                                    : static_cast<double>(random.below(5)));
        weights[0] += 1;
        check_mean(column(random, n, low, low + spread), weights);
    }
}

TEST(Mean, takesExtremeWeights)
{
    check_mean({0x1p500, -0x1p499}, {0x1p500, 0x1p500});
    check_mean({0x1p-500, 0x1p-499}, {0x1p500, 0x1p498});
    check_mean({1.0, 3.0}, {0x1p-1074, 0x1p-1073});
    check_mean({0x1p400 + 0x1p350, 3 * 0x1p399}, {0x1p-1074, 0x1p-1073});
    check_mean({0x1p-530, 0x1p-529}, {0x1p-540, 0x1p-541});
    check_mean({0x1p-1074, 0x1p-1073}, {1.0, 2.0});
    check_mean({0x1p-1074, 0x1p-1074}, {0x1p400, 0x1p399});
}

TEST(Mean, ofIntegerWeightsIsThatOfRepeatedRows)
{
    RandomDoubles random(64);
    for (int i = 0; i < 300; i++) {
        const std::vector<double> x = column(random, 5, -20, 20);
        std::vector<double> repeated, weights;
        for (double v : x) {
            const int64_t times = 1 + random.below(4);
            weights.push_back(static_cast<double>(times));
            repeated.insert(repeated.end(), static_cast<size_t>(times), v);
        }
        ASSERT_EQ(exact::mean(x, weights), exact::mean(repeated));
        check_mean(x, weights);
        check_mean(repeated);
    }
}

TEST(Mean, ofAZeroSumIsPlusZero)
{
    check_mean({1.5, -1.5});
    check_mean({-0.0, -0.0});
    const int64_t digits[4] = {0, 0, 0, 0};
    const int32_t exponent[2] = {0, 5};
    const km_weight_total w = {3, nullptr, 0, 0};
    double mean[2] = {-1, -1};
    EXPECT_EQ(km_digits_mean(digits, 1, 2, exponent, &w, mean), 0);
    EXPECT_EQ(mean[0], 0.0);
    EXPECT_FALSE(std::signbit(mean[0]));
    EXPECT_FALSE(std::signbit(mean[1]));
}

TEST(Mean, ofNothingIsLeftAlone)
{
    const int64_t digits[2] = {7, 0};
    const int64_t zero[2] = {0, 0};
    const int64_t negative[2] = {1, -1};
    const int32_t exponent = 0;
    const km_weight_total empty[] = {
        {0, nullptr, 0, 0}, {-2, nullptr, 0, 0}, {1, zero, 1, 0}, {1, negative, 1, 0}};
    for (const km_weight_total &w : empty) {
        double mean = 42;
        EXPECT_EQ(km_digits_mean(digits, 1, 1, &exponent, &w, &mean), -1);
        EXPECT_EQ(km_digits_mean_wide(digits, 1, 1, &exponent, &w, &mean), -1);
        EXPECT_EQ(mean, 42);
    }
}

// Digits nobody could add up row by row: any sums, counts up to 2^62, several columns.
TEST(Mean, ofHugeTotals)
{
    RandomDoubles random(65);
    for (int i = 0; i < 5000; i++) {
        const int32_t limbs = 1 + static_cast<int32_t>(random.below(4));
        const int64_t d = 1 + random.below(3);
        std::vector<int64_t> digits;
        for (int64_t t = 0; t < limbs * d; t++)
            digits.push_back(random.below(int64_t{1} << 51));
        std::vector<int32_t> exponent;
        for (int64_t p = 0; p < d; p++) {
            digits.push_back((random.below(2) ? 1 : -1) * random.below(int64_t{1} << 61) >>
                             random.below(62));
            exponent.push_back(static_cast<int32_t>(random.below(1300)) - 1074);
        }
        const km_weight_total w = {1 + (random.below(int64_t{1} << 62) >> random.below(62)),
                                   nullptr, 0, 0};
        std::vector<double> mean(static_cast<size_t>(d));
        km_digits_mean(digits.data(), limbs, d, exponent.data(), &w, mean.data());
        for (int64_t p = 0; p < d; p++) {
            Number sum;
            for (int32_t l = 0; l <= limbs; l++)
                sum =
                    sum +
                    Number::integer(digits[size_t(l * d + p)]).scaled(exponent[size_t(p)] + 51 * l);
            ASSERT_EQ(mean[size_t(p)], exact::round_quotient(sum, Number::integer(w.count)));
        }
    }
}

// One unit beside a half, of totals with 110 bits and more: closer than double-double can tell.
TEST(Mean, besideAHalfGoesToItsSide)
{
    __extension__ typedef unsigned __int128 Wide;
    RandomDoubles random(67);
    for (int i = 0; i < 5000; i++) {
        const int64_t half = (int64_t{1} << 53) + 2 * random.below(int64_t{1} << 52) + 1;
        const int64_t n = (int64_t{1} << 58) + random.below(int64_t{1} << 58);
        for (int side = -1; side <= 1; side++) {
            const Wide sum =
                static_cast<Wide>(half) * static_cast<Wide>(n) + static_cast<Wide>(side);
            const int64_t mask = (int64_t{1} << 51) - 1;
            const int64_t digits[3] = {static_cast<int64_t>(sum) & mask,
                                       static_cast<int64_t>(sum >> 51) & mask,
                                       static_cast<int64_t>(sum >> 102)};
            const int32_t exponent = 0;
            const km_weight_total w = {n, nullptr, 0, 0};
            double mean = 0;
            ASSERT_EQ(km_digits_mean(digits, 2, 1, &exponent, &w, &mean), 0);
            const int64_t even = (half - 1) / 2 % 2 == 0 ? half - 1 : half + 1;
            ASSERT_EQ(mean, static_cast<double>(side == 0 ? even : half + side));
        }
    }
}

// Rounded means never move a centroid to a worse place: the reason why Lloyd cannot cycle.
TEST(Mean, isNeverWorseThanItsNeighbours)
{
    RandomDoubles random(66);
    for (int i = 0; i < 200; i++) {
        const std::vector<double> x = column(random, 2 + random.below(5), -2, 2);
        const double m = exact::mean(x);
        const auto cost = [&x](double c) {
            Number sum;
            for (double v : x)
                sum = sum + (Number(v) - Number(c)) * (Number(v) - Number(c));
            return sum;
        };
        check_mean(x);
        EXPECT_LE(exact::compare(cost(m), cost(std::nextafter(m, 9.0))), 0);
        EXPECT_LE(exact::compare(cost(m), cost(std::nextafter(m, -9.0))), 0);
    }
}

} // namespace
