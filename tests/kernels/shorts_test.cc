// Kernels on shorts: a label only where the contract's inequality holds, and the right one.
#include "kernels/low_problem.h"
#include "kernels/tiles.h"

namespace {

std::vector<const km_shorts *> shorts_here()
{
    std::vector<const km_shorts *> usable = {&km_shorts_emulated};
    for (const char *name : {"avx512vnni", "amx"})
        if (tiles_of(name) != nullptr && tiles_of(name)->shorts != nullptr)
            usable.push_back(tiles_of(name)->shorts);
    return usable;
}

template <class X>
std::vector<std::int32_t> run(LowProblem<float, X> &problem, const km_shorts &shorts)
{
    const auto low = Types<float>::low(problem.centroids.get(), problem.k, problem.shift.get(),
                                       problem.scale, problem.a0, problem.tiny);
    Guarded<char> packed(size(km_shorts_bytes(problem.k)), 64);
    Guarded<std::int32_t> label(size(problem.m));
    shorts.pack(&low, problem.d, packed.get());
    EXPECT_TRUE(packed.intact());
    std::int64_t open = 0;
    if constexpr (std::is_same_v<X, float>)
        open = shorts.assign_f32(problem.x.get(), problem.ldx, problem.m, problem.d, &low,
                                 packed.get(), label.get());
    else
        open = shorts.assign_f64(problem.x.get(), problem.ldx, problem.m, problem.d, &low,
                                 packed.get(), label.get());
    EXPECT_TRUE(label.intact());
    EXPECT_EQ(open, std::count(label.begin(), label.end(), -1));
    return {label.begin(), label.end()};
}

// How many rows were labelled.
template <class X> int check(LowProblem<float, X> &problem, const km_shorts &shorts)
{
    SCOPED_TRACE(::testing::Message()
                 << "m " << problem.m << " k " << problem.k << " d " << problem.d);
    const auto labels = run(problem, shorts);
    int labelled = 0;
    for (std::int64_t i = 0; i < problem.m; i++)
        if (labels[size(i)] != -1)
            check_row(problem, i, labels[size(i)], &labelled);
    return labelled;
}

template <class X> class Shorts : public ::testing::Test {
};
TYPED_TEST_SUITE(Shorts, Reals, RealNames);

TYPED_TEST(Shorts, EveryShape)
{
    for (const auto *shorts : shorts_here()) {
        for (std::int64_t d = 4; d <= KM_LOW_D; d++) {
            for (const std::int64_t m : {0, 1, 2, 15, 16, 17, 31, 32, 33, 65}) {
                LowProblem<float, TypeParam> problem(m, 9, d, Kind::Uniform);
                EXPECT_GE(check(problem, *shorts), m - m / 4 - 1) << d; // proofs do succeed
            }
        }
        for (const std::int32_t k : {1, 2, 3}) {
            LowProblem<float, TypeParam> problem(100, k, 5, Kind::Uniform);
            check(problem, *shorts); // many rows are far from so few
        }
        for (const std::int32_t k : {20, 255, 256, 257, 513, 1000}) {
            LowProblem<float, TypeParam> problem(100, k, 5, Kind::Uniform);
            EXPECT_GE(check(problem, *shorts), 70) << k;
        }
    }
}

// Where the factor A is large it decides, not the rounding to shorts.
TYPED_TEST(Shorts, LargeFactor)
{
    for (const auto *shorts : shorts_here())
        for (const std::int64_t d : {4, 9, 16}) {
            LowProblem<float, TypeParam> problem(1000, 24, d, Kind::Uniform);
            problem.a0 = 1e-4F;
            EXPECT_GE(check(problem, *shorts), 900);
        }
}

// Around the end of a group of numbers (255 counts as a repetition): rows beside a centroid, and
// rows in the middle of two of different groups.
TYPED_TEST(Shorts, BestAndSecondInDifferentGroups)
{
    const std::int64_t d = 6, ld = KM_LOW_LD(d);
    for (const auto *shorts : shorts_here()) {
        LowProblem<float, TypeParam> problem(300, 700, d, Kind::Uniform);
        std::fill(problem.shift.begin(), problem.shift.end(), 0);
        double sum = 0;
        for (std::int64_t p = 0; p < d; p++) {
            const float c = problem.centroids[size(p)] + 0.01F;
            problem.centroids[size(257 * ld + p)] = c;
            sum += static_cast<double>(c) * static_cast<double>(c);
        }
        *problem.half_norm(257) = static_cast<float>(sum / 2);
        for (std::int64_t i = 0; i < problem.m; i++) {
            const std::int64_t number[] = {254, 256, i * 2, 0};
            for (std::int64_t p = 0; p < d; p++) {
                const float c = problem.centroids[size(number[i % 4] * ld + p)];
                const double beside = i % 4 == 3 ? 0.005 + 1e-6 * static_cast<double>(i) : 2e-3;
                problem.x[size(i * problem.ldx + p)] =
                    static_cast<TypeParam>((static_cast<double>(c) + beside) / 2);
            }
        }
        EXPECT_GE(check(problem, *shorts), 200);
    }
}

TYPED_TEST(Shorts, TiesStayOpen)
{
    for (const auto *shorts : shorts_here())
        for (const Kind kind : {Kind::Ties, Kind::Offset, Kind::Denormal, Kind::Huge, Kind::Mixed})
            for (const std::int64_t d : {4, 7, 16}) {
                LowProblem<float, TypeParam> problem(64, 12, d, kind);
                check(problem, *shorts);
            }
}

// Every rounding of every component works against the row, and to the full: centroids a and -a, and
// rows at a right angle to them, half of the components rounded up, half of them down. The last
// centroid is the longest: its 32,000 units make the units of the others 2^-13 and of rows 2^-12.
// -a has the largest number, which works against the row as well.
template <class X> void set_worst_case(LowProblem<float, X> &problem, double part)
{
    const std::int64_t d = problem.d, ld = KM_LOW_LD(d), half = d / 2;
    const double q = std::floor(31900 / std::sqrt(static_cast<double>(d))), off = 0.499;
    const double norm2 = static_cast<double>(d) * (q * q + off * off) * 0x1p-26;
    const double bound = static_cast<double>(d) * 4 * off * q * 0x1p-25; // of the two scores
    std::fill(problem.shift.begin(), problem.shift.end(), 0);
    std::fill(problem.centroids.begin(), problem.centroids.end(), 0.0F);
    for (std::int32_t j = 0; j < problem.k; j++)
        *problem.half_norm(j) = std::numeric_limits<float>::infinity();
    for (std::int64_t p = 0; p < d; p++) {
        const double a = p < half ? q + off : -(q - off);
        problem.centroids[size(p)] = static_cast<float>(a * 0x1p-13);
        problem.centroids[size(255 * ld + p)] = static_cast<float>(-a * 0x1p-13);
    }
    problem.centroids[size(256 * ld)] = -32000 * 0x1p-13F;
    *problem.half_norm(0) = static_cast<float>(norm2 / 2);
    *problem.half_norm(255) = static_cast<float>(norm2 / 2 - part * bound);
    *problem.half_norm(256) = 32000 * 32000 * 0x1p-27F;
    for (std::int64_t i = 0; i < problem.m; i++)
        for (std::int64_t p = 0; p < d; p++) // z is twice as long
            problem.x[size(i * problem.ldx + p)] =
                static_cast<X>((p < half ? q + off : q - off) * 0x1p-13);
}

// Below part = 1 rounding wins, and the row must stay open.
TYPED_TEST(Shorts, WorstCase)
{
    for (const auto *shorts : shorts_here())
        for (std::int64_t d = 4; d <= KM_LOW_D; d += 2) {
            LowProblem<float, TypeParam> problem(2, 257, d, Kind::Uniform);
            for (int step = 0; step <= 400; step++) {
                set_worst_case(problem, step < 200 ? step / 200.0 : 1 - (step - 200) * 0x1p-14);
                EXPECT_EQ(check(problem, *shorts), 0) << d << " " << step;
            }
            set_worst_case(problem, 3);
            EXPECT_EQ(check(problem, *shorts), 2) << d;
        }
}

// One component beyond what a short holds: further out than twice the longest centroid.
TYPED_TEST(Shorts, RowsAlongAnAxis)
{
    for (const auto *shorts : shorts_here())
        for (const std::int64_t d : {4, 5, 16}) {
            LowProblem<float, TypeParam> problem(100, 12, d, Kind::Uniform);
            double longest2 = 0;
            for (std::int32_t j = 0; j < problem.k; j++)
                if (std::isfinite(*problem.half_norm(j)))
                    longest2 = std::max(longest2, 2 * static_cast<double>(*problem.half_norm(j)));
            std::fill(problem.shift.begin(), problem.shift.end(), 0);
            std::fill(problem.x.begin(), problem.x.end(), TypeParam(0));
            for (std::int64_t i = 0; i < problem.m; i++) {
                const double z = std::sqrt(longest2) * (1.9 + 0.002 * static_cast<double>(i));
                problem.x[size(i * problem.ldx + i % d)] =
                    static_cast<TypeParam>((i % 3 == 0 ? -z : z) / 2);
            }
            EXPECT_GE(check(problem, *shorts), 30);
        }
}

// Nothing to compare with: the gap is more than 2^31.
TYPED_TEST(Shorts, OneCentroid)
{
    for (const auto *shorts : shorts_here()) {
        LowProblem<float, TypeParam> problem(50, 1, 8, Kind::Uniform);
        for (std::int64_t p = 0; p < 8; p++) { // behind it, as far as can be screened
            problem.shift[size(p)] = 0;
            for (std::int64_t i = 0; i < problem.m; i++)
                problem.x[size(i * problem.ldx + p)] =
                    problem.centroids[size(p)] / 2 * (1 + TypeParam(0.019) * TypeParam(i));
        }
        EXPECT_EQ(check(problem, *shorts), 50);
    }
}

TYPED_TEST(Shorts, WhatIsNoNumberOrFarAwayStaysOpen)
{
    const auto inf = std::numeric_limits<TypeParam>::infinity();
    for (const auto *shorts : shorts_here())
        for (const std::int64_t d : {4, 5, 16})
            for (const TypeParam bad :
                 {inf, -inf, std::numeric_limits<TypeParam>::quiet_NaN(), TypeParam(1e6),
                  TypeParam(50), TypeParam(20), TypeParam(-20), TypeParam(8)}) {
                LowProblem<float, TypeParam> problem(40, 20, d, Kind::Uniform);
                const auto clean = run(problem, *shorts);
                problem.x[size(33 * problem.ldx + d / 2)] = bad;
                auto expected = clean;
                expected[33] = -1;
                EXPECT_EQ(run(problem, *shorts), expected) << d << " " << bad;
            }
}

} // namespace
