// The number parser against strtod and strtof of the C library, and against exact halfway points.
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

extern "C" {
#include "formats/number.h"
}

namespace {

uint64_t bits(double x)
{
    uint64_t b;
    std::memcpy(&b, &x, sizeof b);
    return b;
}

uint32_t bits(float x)
{
    uint32_t b;
    std::memcpy(&b, &x, sizeof b);
    return b;
}

// Without a terminator in reach: the parser must stop at `end`.
::testing::AssertionResult agrees(const std::string &text)
{
    const std::string padded = text + "9e9";
    const char *const end = padded.data() + text.size();
    double wide = -7;
    float narrow = -7;
    if (km_parse_f64(padded.data(), end, &wide) != end ||
        km_parse_f32(padded.data(), end, &narrow) != end) {
        return ::testing::AssertionFailure() << "not read to its end: " << text;
    }
    const double expected = std::strtod(text.c_str(), nullptr);
    const float expected_narrow = std::strtof(text.c_str(), nullptr);
    if (bits(wide) != bits(expected)) {
        return ::testing::AssertionFailure()
               << text << ": " << std::hexfloat << wide << " instead of " << expected;
    }
    if (bits(narrow) != bits(expected_narrow)) {
        return ::testing::AssertionFailure() << text << ": float " << std::hexfloat << narrow
                                             << " instead of " << expected_narrow;
    }
    return ::testing::AssertionSuccess();
}

std::string format(const char *how, double x)
{
    char text[400];
    std::snprintf(text, sizeof text, how, x);
    return text;
}

class Random {
public:
    uint64_t operator()() { return engine_(); }
    int below(int n) { return static_cast<int>(engine_() % static_cast<uint64_t>(n)); }
    std::string digits(int count)
    {
        std::string text;
        for (int i = 0; i < count; i++) {
            text += static_cast<char>('0' + below(10));
        }
        return text;
    }

private:
    std::mt19937_64 engine_{20240601};
};

void check_decimals(int count)
{
    Random random;
    for (int i = 0; i < count; i++) {
        std::string text = random.below(2) != 0 ? "-" : "";
        text += random.digits(random.below(12));
        text += '.';
        text += random.digits(1 + random.below(random.below(8) == 0 ? 40 : 14));
        if (random.below(2) != 0) {
            text += 'e' + std::to_string(random.below(90) - 45);
        }
        ASSERT_TRUE(agrees(text));
    }
}

TEST(Number, RandomDecimals) { check_decimals(40000); }
TEST(LongNumber, RandomDecimals) { check_decimals(800000); }

void check_integers(int count)
{
    Random random;
    for (int i = 0; i < count; i++) {
        ASSERT_TRUE(agrees(random.digits(1 + random.below(30))));
    }
}

TEST(Number, IntegersOfAllLengths) { check_integers(15000); }
TEST(LongNumber, IntegersOfAllLengths) { check_integers(300000); }

void check_printed(int count)
{
    Random random;
    const char *const hows[] = {"%.17g", "%.16g", "%.15e", "%.18e", "%.6g", "%.25g", "%.9g"};
    for (int i = 0; i < count; i++) {
        double x;
        const uint64_t pattern = random();
        std::memcpy(&x, &pattern, sizeof x);
        if (std::isfinite(x)) {
            ASSERT_TRUE(agrees(format(hows[i % 7], x)));
        }
    }
}

TEST(Number, PrintedDoublesInEveryPrecision) { check_printed(25000); }
TEST(LongNumber, PrintedDoublesInEveryPrecision) { check_printed(500000); }

// 10^16 .. 10^19 and small exponents: the range of the 128-bit way.
void check_nineteen(int count)
{
    Random random;
    for (int i = 0; i < count; i++) {
        std::string text =
            std::to_string(1 + random.below(9)) + random.digits(15 + random.below(4));
        text.insert(static_cast<size_t>(1 + random.below(14)), ".");
        text += "e" + std::to_string(random.below(60) - 30);
        ASSERT_TRUE(agrees(text));
    }
}

TEST(Number, NineteenDigitsAndSmallExponents) { check_nineteen(20000); }
TEST(LongNumber, NineteenDigitsAndSmallExponents) { check_nineteen(400000); }

// The exact decimal of the middle between two neighbours, and one unit of its last digit beside it.
template <typename Real> std::string middle(Real x)
{
    // Both neighbours and their mean are exact in long double's 64 bits for double and float.
    const long double half =
        (static_cast<long double>(x) +
         static_cast<long double>(std::nextafter(x, std::numeric_limits<Real>::infinity()))) /
        2;
    char text[1600];
    std::snprintf(text, sizeof text, "%.1100Lf", half);
    std::string decimal = text;
    while (decimal.back() == '0') {
        decimal.pop_back();
    }
    return decimal;
}

TEST(Number, HalfwayCasesAndTheirNeighbours)
{
#if LDBL_MANT_DIG < 64
    GTEST_SKIP() << "long double is no wider than double";
#endif
    Random random;
    for (int i = 0; i < 20000; i++) {
        const int exponent = random.below(i % 4 == 0 ? 400 : 120) - (i % 4 == 0 ? 200 : 60);
        const double x =
            std::ldexp(1.0 + std::ldexp(static_cast<double>(random() >> 12), -52), exponent);
        const std::string exact = middle(x);
        ASSERT_TRUE(agrees(exact));
        ASSERT_TRUE(agrees(exact + (exact.find('.') == std::string::npos ? ".0" : "") + "0001"));
        std::string below = exact;
        if (below.back() > '0' && below.back() <= '9') {
            below.back()--;
            ASSERT_TRUE(agrees(below + "9999"));
        }
        const float y = static_cast<float>(
            std::ldexp(1.0 + std::ldexp(static_cast<double>(random() >> 41), -23), exponent % 60));
        ASSERT_TRUE(agrees(middle(y)));
    }
}

const char *const edges[] = {"2.4703282292062327e-324",
                             "2.4703282292062328e-324",
                             "2.5e-324",
                             "2.4e-324",
                             "4.9e-324",
                             "2.2250738585072011e-308",
                             "2.2250738585072012e-308",
                             "2.2250738585072014e-308",
                             "1.7976931348623157e308",
                             "1.7976931348623158e308",
                             "1.7976931348623159e308",
                             "1.8e308",
                             "1e309",
                             "1e400",
                             "-1e99999",
                             "1e-99999",
                             "1e-400",
                             "0e400",
                             "0.0e-9999",
                             "3.4028234663852886e38",
                             "3.4028235677973366e38",
                             "3.4028235677973362e38",
                             "3.5e38",
                             "1e39",
                             "1.401298464324817e-45",
                             "7.006492321624085e-46",
                             "7.006492321624086e-46",
                             "1.1754943e-38",
                             "1.1754942e-38",
                             "9007199254740993",
                             "9007199254740992.5",
                             "9007199254740993.0000001",
                             "18446744073709551615",
                             "18446744073709551616",
                             "9999999999999999999",
                             "99999999999999999999",
                             "0.1",
                             "0.3",
                             "1e22",
                             "1e23",
                             "-1e22",
                             "8.5e22",
                             "16777217",
                             "16777216.5",
                             "33554435"};

TEST(Number, HalfwayAtTheEndsOfTheRange)
{
    // Half the smallest subnormal rounds to 0, a trifle more does not.
    std::string half =
        "4.940656458412465441765687928682213723650598026143247644255856825006755072702087"
        "5186529983636163599237979656469544571773092665671035593979639877479601078187812"
        "6300713190311404527845817167848982103688718636056998730723050006387409153564984"
        "3873124733972731696151400317153853980741262385655911710266585566867681870395603"
        "1062493194527159149245532930545654440112748012970999954193198940908041656332452"
        "4757147869014726780159355238611550134803526493472019379026810710749170333222684"
        "4753335720832431936092382893458368060106011506169809753078342277318329247904982"
        "5247307763759272478746560847782037344696995336470179726777175851256605511991315"
        "0489110145103786273816725095583738973359899366480994116420570263709027924276754"
        "4565229087538682506419718265533447265625e-324";
    ASSERT_TRUE(agrees(half)); // the smallest subnormal itself, in full
    for (const char *text : edges) {
        EXPECT_TRUE(agrees(text));
    }
    EXPECT_TRUE(agrees("1" + std::string(5000, '0') + "e-5000"));
    EXPECT_TRUE(agrees("0." + std::string(5000, '0') + "123e5000"));
    EXPECT_TRUE(agrees("9007199254740993" + std::string(900, '0') + "1e-901"));
    EXPECT_TRUE(agrees("9007199254740992.5" + std::string(2000, '0') + "1"));
    EXPECT_TRUE(agrees(std::string(3000, '9') + "e-2990"));
}

struct Form {
    const char *text;
    double value;
    int read; // characters
};

TEST(Number, Forms)
{
    const Form forms[] = {
        {"1", 1, 1},
        {"+1", 1, 2},
        {"-1", -1, 2},
        {"1.", 1, 2},
        {".5", 0.5, 2},
        {"-.5", -0.5, 3},
        {"007", 7, 3},
        {"1e3", 1e3, 3},
        {"1E+3", 1e3, 4},
        {"1.0D+03", 1e3, 7},
        {"1.0d-03", 1e-3, 7},
        {"1q2", 100, 3},
        {"1.5-103", 1.5e-103, 7},
        {"0.25+100", 0.25e100, 8},
        {"1.5-10", 1.5, 3},
        {"2024-01-05", 2024, 4},
        {"2024-123", 2024, 4},
        {"1.5+1034", 1.5, 3},
        {"1e", 1, 1},
        {"1e+", 1, 1},
        {"1ee3", 1, 1},
        {"1.2.3", 1.2, 3},
        {"1,5", 1, 1},
        {"0x10", 0, 1},
        {"12345678901234567890", 12345678901234567890.0, 20},
        {"1 ", 1, 1},
        {"00000000000000000000001.5", 1.5, 25},
    };
    for (const Form &form : forms) {
        const char *const end = form.text + std::strlen(form.text);
        double value = -7;
        EXPECT_EQ(km_parse_f64(form.text, end, &value) - form.text, form.read) << form.text;
        EXPECT_EQ(value, form.value) << form.text;
    }
    for (const char *none :
         {"", "-", "+", ".", "-.", "e5", "nan", "inf", "--1", "+-1", " 1", "x"}) {
        double value = -7;
        float narrow = -7;
        EXPECT_EQ(km_parse_f64(none, none + std::strlen(none), &value), nullptr) << none;
        EXPECT_EQ(km_parse_f32(none, none + std::strlen(none), &narrow), nullptr) << none;
    }
}

TEST(Number, MinusZero)
{
    const std::string text = "-0.0";
    double value = 1;
    km_parse_f64(text.data(), text.data() + text.size(), &value);
    EXPECT_EQ(bits(value), uint64_t{1} << 63);
}

} // namespace
