// The oracle itself, on problems small enough for machine integers.
#include "oracle/check.h"

namespace {

using namespace oracle;

__extension__ typedef __int128 i128;

TEST(Oracle, SumsAreExact)
{
    ExactSum sum;
    EXPECT_EQ(sum.sign(), 0);
    sum.add(1);
    sum.add(0x1p-1074);
    sum.add(-1);
    EXPECT_EQ(sum.sign(), 1);
    EXPECT_EQ(sum.parts(), std::vector<double>{0x1p-1074});
    sum.add(-0x1p-1074);
    EXPECT_EQ(sum.sign(), 0);
    sum.add_product(0x1p-1074, -0x1p-1074);
    EXPECT_EQ(sum.sign(), -1);
    sum.add_product(0x1p1000, 0x1p1000);
    EXPECT_EQ(sum.sign(), 1);
    sum.add_product(-0x1p1000, 0x1p1000);
    EXPECT_EQ(sum.sign(), -1);
}

TEST(Oracle, QuotientsAreRoundedToNearestEven)
{
    Random random(1);
    for (int t = 0; t < 20000; t++) {
        const int64_t s = static_cast<int64_t>(random.next() >> (2 + random.below(60))) *
                          (random.below(2) * 2 - 1);
        const int64_t w = 1 + random.below(int64_t{1} << (1 + random.below(40)));
        ExactSum a;
        a.add(static_cast<double>(s >> 32) * 0x1p32);
        a.add(static_cast<double>(s & 0xffffffff));
        ExactSum b;
        b.add(static_cast<double>(w));
        const double m = exact_quotient(a, b);
        // m is a double near s/w; compare 2^q*s with w*(2^q*m) on a grid fine enough for m.
        int e = 0;
        const double fraction = std::frexp(m, &e);
        if (s == 0) {
            EXPECT_EQ(m, 0);
            continue;
        }
        // |s - w*m| <= w*ulp/2, equality only for an even mantissa; ulp = 2^(e-53).
        const i128 mantissa = static_cast<i128>(fraction * 0x1p53);
        if (e > 53 || e < 10)
            continue; // keeps s * 2^(53-e) within 128 bits
        const i128 left = static_cast<i128>(s) * (static_cast<i128>(1) << (53 - e)) - mantissa * w;
        const i128 size = 2 * (left < 0 ? -left : left);
        EXPECT_LE(size, static_cast<i128>(w));
        EXPECT_TRUE(size != w || mantissa % 2 == 0);
    }
}

TEST(Oracle, ComparisonAgreesWithIntegers)
{
    Random random(2);
    for (int t = 0; t < 20000; t++) {
        double x[3];
        double a[3];
        double b[3];
        int64_t difference = 0;
        for (int p = 0; p < 3; p++) {
            x[p] = static_cast<double>(random.below(9));
            a[p] = static_cast<double>(random.below(9));
            b[p] = static_cast<double>(random.below(9));
            difference +=
                static_cast<int64_t>((x[p] - a[p]) * (x[p] - a[p]) - (x[p] - b[p]) * (x[p] - b[p]));
        }
        EXPECT_EQ(compare_d2(x, a, b, 3), (difference > 0) - (difference < 0));
    }
    const double x[1] = {1};
    const double a[1] = {0x1p-1074};
    const double b[1] = {0};
    EXPECT_EQ(compare_d2(x, a, b, 1), -1);
    EXPECT_EQ(compare_d2(x, b, a, 1), 1);
}

TEST(Oracle, ArgminSeesTiesAndNearTies)
{
    const Matrix x = from_values(KMEANS_F64, 3, 1, {0.5, 0.5 + 0x1p-53, 0.5 - 0x1p-54});
    const Argmin forward = exact_argmin(x, {0, 1}, 2);
    EXPECT_EQ(forward.labels, (std::vector<int32_t>{0, 1, 0}));
    EXPECT_EQ(forward.near_ties, 3);
    EXPECT_EQ(exact_argmin(x, {1, 0}, 2).labels, (std::vector<int32_t>{0, 0, 1}));
}

TEST(Oracle, LloydOnFourPoints)
{
    const Matrix x = from_values(KMEANS_F64, 4, 1, {0, 1, 10, 11});
    const Lloyd run = lloyd(x, {}, {0, 1}, 2, 0);
    EXPECT_EQ(run.centroids, (std::vector<double>{0.5, 10.5}));
    EXPECT_EQ(run.labels, (std::vector<int32_t>{0, 0, 1, 1}));
    EXPECT_EQ(run.iterations, 3); // {0}{1,10,11}, {0,1}{10,11}, and once more to see no change
    EXPECT_EQ(static_cast<double>(wide_inertia(x, {}, run.labels, run.centroids)), 1.0);
}

} // namespace
