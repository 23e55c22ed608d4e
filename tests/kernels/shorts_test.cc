// Kernels on shorts: a label only where the contract's inequality holds, and the right one.
#include "kernels/low_problem.h"
#include "kernels/tiles.h"

namespace {

std::vector<const km_shorts *> shorts_here()
{
    std::vector<const km_shorts *> usable;
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
// rows at a right angle to them, half of the components rounded up, half of them down. The third
// centroid is the longest: its 32,000 units make the units of the others 2^-13 and of rows 2^-12.
template <class X> void set_worst_case(LowProblem<float, X> &problem, double part)
{
    const std::int64_t d = problem.d, half = d / 2;
    const double q = std::floor(31900 / std::sqrt(static_cast<double>(d))), off = 0.499;
    const double norm2 = static_cast<double>(d) * (q * q + off * off) * 0x1p-26;
    const double bound = static_cast<double>(d) * 4 * off * q * 0x1p-25; // of the two scores
    std::fill(problem.shift.begin(), problem.shift.end(), 0);
    for (std::int32_t j = 0; j < 3; j++) {
        float *const c = problem.centroids.get() + j * KM_LOW_LD(d);
        for (std::int64_t p = 0; p < d; p++) {
            const double a = p < half ? q + off : -(q - off);
            c[p] = static_cast<float>((j == 0 ? a : -a) * 0x1p-13);
        }
        if (j == 2) {
            std::fill(c, c + d, 0.0F);
            c[0] = -32000 * 0x1p-13F;
        }
    }
    *problem.half_norm(0) = static_cast<float>(norm2 / 2);
    *problem.half_norm(1) = static_cast<float>(norm2 / 2 - part * bound);
    *problem.half_norm(2) = 32000 * 32000 * 0x1p-27F;
    for (std::int64_t i = 0; i < problem.m; i++)
        for (std::int64_t p = 0; p < d; p++) // z is twice as long
            problem.x[size(i * problem.ldx + p)] =
                static_cast<X>((p < half ? q + off : q - off) * 0x1p-13);
}

TYPED_TEST(Shorts, WorstCase)
{
    for (const auto *shorts : shorts_here())
        for (std::int64_t d = 4; d <= KM_LOW_D; d += 2)
            for (int part = 0; part <= 400; part++) {
                LowProblem<float, TypeParam> problem(2, 3, d, Kind::Uniform);
                set_worst_case(problem, part / 200.0); // wrong below 1, where rounding wins
                const int labelled = check(problem, *shorts);
                ASSERT_FALSE(this->HasFailure());
                EXPECT_EQ(labelled, part <= 195 ? 0 : labelled);
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
