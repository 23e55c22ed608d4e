#include "fixed_point.h"
#include "random_doubles.h"

#include <gtest/gtest.h>

namespace {

using exact::Number;

// Rows of columns that span `bits` bits each, at various places.
std::vector<std::vector<double>> make_rows(RandomDoubles &random, int64_t n, int64_t d, int bits)
{
    std::vector<std::vector<double>> rows;
    const int place = static_cast<int>(random.below(900)) - 400 - bits;
    for (int64_t i = 0; i < n; i++) {
        std::vector<double> x;
        for (int64_t p = 0; p < d; p++) {
            const double v =
                random.next(bits < 53 ? 0 : place, bits < 53 ? bits - 1 : place + bits);
            x.push_back(bits < 53 ? std::ldexp(std::trunc(v), place) : v);
        }
        rows.push_back(x);
    }
    return rows;
}

std::vector<Statistics> see_columns(const std::vector<std::vector<double>> &rows, int64_t d)
{
    std::vector<Statistics> columns(static_cast<size_t>(d));
    for (const auto &x : rows)
        for (size_t p = 0; p < x.size(); p++)
            columns[p].see(x[p]);
    return columns;
}

TEST(Digits, holdExactSumsOfAnyColumns)
{
    RandomDoubles random(51);
    for (int i = 0; i < 400; i++) {
        const int64_t d = 1 + random.below(9);
        const auto rows = make_rows(random, random.below(40), d, 1 + i % 145);
        FixedPoint f(see_columns(rows, d));
        EXPECT_EQ(f.rounded, 0);
        std::vector<Number> sums(static_cast<size_t>(d));
        for (const auto &x : rows) {
            const bool subtract = random.below(3) == 0;
            f.add_row(x.data(), subtract);
            for (size_t p = 0; p < x.size(); p++)
                sums[p] = subtract ? sums[p] - Number(x[p]) : sums[p] + Number(x[p]);
            if (random.below(4) == 0)
                f.flush();
        }
        f.flush();
        ASSERT_TRUE(f.is_normal());
        for (int64_t p = 0; p < d; p++) {
            const Number &sum = sums[static_cast<size_t>(p)];
            ASSERT_EQ(exact::compare(f.total(p), sum), 0) << "limbs " << f.limbs;
            ASSERT_EQ(km_digits_sign(f.digits.data() + p, f.limbs, d), sum.sign);
        }
    }
}

TEST(Digits, holdExactSumsOfWeightedRows)
{
    RandomDoubles random(52);
    for (int i = 0; i < 200; i++) {
        const int64_t d = 1 + random.below(5);
        const auto rows = make_rows(random, 20, d, 1 + i % 90);
        std::vector<double> weights;
        Statistics weight;
        for (size_t r = 0; r < rows.size(); r++) {
            weights.push_back(std::fabs(random.next(-3, i % 3 ? 4 : -3)));
            weight.see(weights.back());
        }
        FixedPoint f(see_columns(rows, d), weight);
        std::vector<Number> sums(static_cast<size_t>(d));
        for (size_t r = 0; r < rows.size(); r++) {
            const bool subtract = r % 3 == 2;
            f.add_row_weighted(rows[r].data(), weights[r], subtract);
            for (size_t p = 0; p < sums.size(); p++) {
                const Number v = Number(rows[r][p]) * Number(weights[r]);
                sums[p] = subtract ? sums[p] - v : sums[p] + v;
            }
        }
        f.flush();
        EXPECT_EQ(f.rounded, 0);
        for (int64_t p = 0; p < d; p++)
            ASSERT_EQ(exact::compare(f.total(p), sums[static_cast<size_t>(p)]), 0);
    }
}

// Every limb at its extreme in every one of KM_FLUSH_PATTERNS rows, many flushes, both signs.
TEST(Digits, surviveTheLargestFlushes)
{
    for (double sign : {1.0, -1.0}) {
        std::vector<Statistics> column(1);
        column[0].see(0x1p152);
        column[0].see(0x1p0);
        FixedPoint f(column);
        ASSERT_EQ(f.limbs, 3);
        // top grid 2^102: 2^50 units; what is left is half a unit of it: 2^50 units of the next
        const double parts[] = {0x1p152, 0x1p101, 0x1p50};
        Number sum;
        for (int flushes = 0; flushes < 30; flushes++) {
            for (int64_t i = 0; i < KM_FLUSH_PATTERNS; i++) {
                for (int l = 0; l < 3; l++) { // as if a double had 153 bits
                    const size_t at = static_cast<size_t>(2 - l);
                    f.acc[at] += km_bits(sign * parts[l] + f.magic[at]);
                }
                f.count(1, false);
            }
            f.flush();
            for (double part : parts)
                sum = sum + Number(sign * part) * Number(double(KM_FLUSH_PATTERNS));
            ASSERT_TRUE(f.is_normal());
            ASSERT_EQ(exact::compare(f.total(0), sum), 0);
        }
    }
}

TEST(Digits, takeManyFlushesOfOneRow)
{
    std::vector<Statistics> columns(3);
    const double x[3] = {-1.0 / 3, 0x1p60 + 0x1p8, 0x1p-1074};
    for (size_t p = 0; p < 3; p++)
        columns[p].see(x[p]);
    FixedPoint f(columns);
    const int64_t n = 100000;
    for (int64_t i = 0; i < n; i++) {
        f.add_row(x);
        f.flush();
    }
    for (int64_t p = 0; p < 3; p++)
        EXPECT_EQ(exact::compare(f.total(p), Number(x[p]) * Number::integer(n)), 0);
    for (int64_t i = 0; i < n; i++) {
        f.add_row(x, true);
        if (i % 7 == 0)
            f.flush();
    }
    f.flush();
    EXPECT_EQ(f.digits, std::vector<int64_t>(f.digits.size(), 0));
}

TEST(Digits, doNotDependOnTheOrderOrTheSplit)
{
    RandomDoubles random(53);
    for (int i = 0; i < 100; i++) {
        const int64_t d = 1 + random.below(6);
        const auto rows = make_rows(random, 30, d, 20 + i);
        const auto columns = see_columns(rows, d);
        FixedPoint all(columns), left(columns), right(columns);
        for (size_t r = 0; r < rows.size(); r++) {
            all.add_row(rows[rows.size() - 1 - r].data());
            (random.below(2) ? left : right).add_row(rows[r].data());
        }
        all.flush();
        left.flush();
        right.flush();
        std::vector<int64_t> sum = left.digits;
        km_digits_add(sum.data(), right.digits.data(), all.limbs, d);
        EXPECT_EQ(sum, all.digits);
        km_digits_sub(sum.data(), left.digits.data(), all.limbs, d);
        EXPECT_EQ(sum, right.digits);
        // Plain sums first, carries once: 2^11 addends at most.
        std::vector<int64_t> plain(sum.size(), 0), twice(sum.size(), 0);
        for (int t = 0; t < 1024; t++) {
            for (size_t at = 0; at < plain.size(); at++)
                plain[at] += left.digits[at] + right.digits[at];
            km_digits_add(twice.data(), all.digits.data(), all.limbs, d);
        }
        km_digits_normalise(plain.data(), all.limbs, d);
        EXPECT_EQ(plain, twice);
    }
}

// 1 and 2^-1074 in one column: more bits than four limbs hold. Reported, and every row is off by
// half a unit of the lowest grid at most.
TEST(Digits, cutWhatFourLimbsDoNotHold)
{
    std::vector<Statistics> column(1);
    column[0].see(1.0);
    column[0].see(0x1p-1074);
    FixedPoint f(column);
    EXPECT_EQ(f.limbs, 4);
    EXPECT_EQ(f.rounded, 1);
    EXPECT_EQ(f.exponent[0], 1 - 204);
    RandomDoubles random(54);
    Number sum;
    for (int i = 0; i < 100; i++) {
        const double v = i == 0 ? 1.0 : random.next(-1074, -1);
        f.add_row(&v);
        sum = sum + Number(v);
    }
    f.flush();
    const Number off = (f.total(0) - sum).magnitude();
    EXPECT_GT(off.sign, 0);
    EXPECT_LE(exact::compare(off, Number(50.0).scaled(f.exponent[0])), 0);
}

std::vector<int64_t> random_digits(RandomDoubles &random, int32_t limbs)
{
    std::vector<int64_t> digits;
    for (int32_t l = 0; l < limbs; l++) {
        const int64_t v = random.below(int64_t{1} << 51);
        const int64_t kinds[] = {v, 0, (int64_t{1} << 51) - 1, int64_t{1} << 50, v >> 40 << 40};
        digits.push_back(kinds[random.below(5)]);
    }
    const int64_t top = random.below(int64_t{1} << 61) >> random.below(61);
    const int64_t tops[] = {top, -top, 0, -1, 1};
    digits.push_back(tops[random.below(5)]);
    return digits;
}

TEST(Digits, readAsTheNearestDoubleDouble)
{
    RandomDoubles random(55);
    for (int i = 0; i < 40000; i++) {
        const int32_t limbs = 1 + static_cast<int32_t>(random.below(4));
        const std::vector<int64_t> digits = random_digits(random, limbs);
        const int32_t kinds[] = {0, -1074, -30, 500};
        const int32_t e = kinds[random.below(4)];
        Number value;
        for (int32_t l = 0; l <= limbs; l++)
            value = value + Number::integer(digits[size_t(l)]).scaled(e + 51 * l);
        const km_dd got = km_digits_dd(digits.data(), limbs, 1, e);
        const double hi = exact::round(value);
        ASSERT_EQ(got.hi, hi);
        ASSERT_EQ(got.lo, exact::round(value - Number(hi)));
        ASSERT_EQ(km_digits_nearest(digits.data(), limbs, 1, e), hi);
        ASSERT_EQ(km_digits_sign(digits.data(), limbs, 1), value.sign);
        int is_exact;
        const km_dd units = km_digits_units(digits.data(), limbs, 1, &is_exact);
        const Number off = value.scaled(-e) - Number(units.hi) - Number(units.lo);
        ASSERT_LE(exact::compare(off.magnitude(), value.magnitude().scaled(-e - 103)), 0);
        ASSERT_EQ(is_exact, off.sign == 0);
        ASSERT_FALSE(hi == 0 && (std::signbit(got.hi) || std::signbit(got.lo)));
    }
}

TEST(Digits, readTheSameOnEveryGrid)
{
    // 2^53 + 1 as one limb at 2^0, and as three limbs at 2^-80
    const int64_t one[] = {1, 4};
    const int64_t three[] = {0, int64_t{1} << 29, int64_t{1} << 31, 0};
    const km_dd a = km_digits_dd(one, 1, 1, 0);
    const km_dd b = km_digits_dd(three, 3, 1, -80);
    EXPECT_EQ(a.hi, 0x1p53);
    EXPECT_EQ(a.lo, 1.0);
    EXPECT_EQ(b.hi, a.hi);
    EXPECT_EQ(b.lo, a.lo);
}

TEST(Digits, beyondTheRangeAreInfinite)
{
    int64_t digits[] = {5, int64_t{1} << 50};
    const km_dd a = km_digits_dd(digits, 1, 1, 923);
    EXPECT_EQ(a.hi, HUGE_VAL);
    EXPECT_EQ(a.lo, 0.0);
    digits[1] = -digits[1];
    EXPECT_EQ(km_digits_dd(digits, 1, 1, 923).hi, -HUGE_VAL);
    EXPECT_EQ(km_digits_dd(digits, 1, 1, 922).hi, -0x1p1023);
}

TEST(Digits, ofWeights)
{
    km_weight_total weight = {(int64_t{1} << 62) - 1, nullptr, 0, 0};
    EXPECT_EQ(km_weight_dd(&weight).hi, 0x1p62);
    EXPECT_EQ(km_weight_dd(&weight).lo, -1.0);
    const int64_t digits[] = {3, 1};
    weight = {0, digits, 1, -3};
    EXPECT_EQ(km_weight_dd(&weight).hi, 0x1p48 + 0.375);
}

} // namespace
