#include "services.h"

#include <array>

#include <gtest/gtest.h>

namespace {

struct Known {
    std::array<uint32_t, 4> counter;
    std::array<uint32_t, 2> key;
    std::array<uint32_t, 4> out;
};

// The three vectors for philox4x32, 10 rounds, published with the authors' Random123 (kat_vectors).
TEST(Random, PhiloxKnownAnswers)
{
    const Known known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (const Known &k : known) {
        std::array<uint32_t, 4> out{};
        km_philox(k.counter.data(), k.key.data(), out.data());
        EXPECT_EQ(out, k.out);
    }
}

std::array<uint32_t, 4> block(uint64_t seed, uint32_t purpose, uint32_t restart, uint32_t step,
                              uint64_t index)
{
    const uint32_t counter[4] = {purpose << 24 | restart, step, static_cast<uint32_t>(index),
                                 static_cast<uint32_t>(index >> 32)};
    const uint32_t key[2] = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
    std::array<uint32_t, 4> out{};
    km_philox(counter, key, out.data());
    return out;
}

TEST(Random, BitsAreTheFirstTwoWordsOfTheDocumentedBlock)
{
    const km_random stream = {0x0123456789abcdefULL, KM_RANDOM_DRAW, 5, 77};
    for (const uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40, ~uint64_t{0}}) {
        const auto out = block(stream.seed, stream.purpose, stream.restart, stream.step, index);
        EXPECT_EQ(km_random_bits(&stream, index), out[0] | static_cast<uint64_t>(out[1]) << 32);
    }
}

// Lemire by long multiplication in 32-bit halves, and the documented order of retries.
uint64_t below(const km_random &stream, uint64_t index, uint64_t bound)
{
    const uint64_t reject = (0 - bound) % bound;
    uint32_t step = stream.step;
    for (uint32_t attempt = 0;; attempt++) {
        const auto out = block(stream.seed, stream.purpose, stream.restart, step, index);
        for (int half = 0; half < 2; half++) {
            const uint64_t bits = out[2 * half] | static_cast<uint64_t>(out[2 * half + 1]) << 32;
            const uint64_t a1 = bits >> 32, a0 = bits & 0xffffffff;
            const uint64_t b1 = bound >> 32, b0 = bound & 0xffffffff;
            const uint64_t low = a0 * b0;
            const uint64_t mid1 = a1 * b0 + (low >> 32);
            const uint64_t mid2 = a0 * b1 + (mid1 & 0xffffffff);
            const uint64_t high = a1 * b1 + (mid1 >> 32) + (mid2 >> 32);
            if (bits * bound >= reject) {
                return high;
            }
        }
        step = 0xffffffffU - attempt;
    }
}

TEST(Random, BelowMatchesTheDefinitionAndItsBound)
{
    const km_random stream = {42, KM_RANDOM_FIRST, 0, 3};
    // 3 * 2^62 rejects one draw in four, 2^63 + 1 nearly one in two: the retries are walked.
    const uint64_t bounds[] = {1,
                               2,
                               3,
                               10,
                               1000003,
                               uint64_t{1} << 32,
                               3 * (uint64_t{1} << 62),
                               (uint64_t{1} << 63) + 1,
                               ~uint64_t{0}};
    for (const uint64_t bound : bounds) {
        for (uint64_t index = 0; index < 2000; index++) {
            const uint64_t value = km_random_below(&stream, index, bound);
            ASSERT_LT(value, bound);
            ASSERT_EQ(value, below(stream, index, bound)) << bound << " " << index;
        }
    }
}

TEST(Random, BelowIsUniform)
{
    const km_random stream = {7, KM_RANDOM_ROWS, 0, 0};
    const int bins = 10;
    const int draws = 200000;
    std::array<int, bins> count{};
    for (int i = 0; i < draws; i++) {
        count[km_random_below(&stream, static_cast<uint64_t>(i), bins)]++;
    }
    double chi2 = 0;
    for (const int c : count) {
        const double expected = draws / static_cast<double>(bins);
        chi2 += (c - expected) * (c - expected) / expected;
    }
    EXPECT_LT(chi2, 33.7); // 99.99 % point of chi-squared with 9 degrees of freedom
}

TEST(Random, EveryPartOfTheCounterCounts)
{
    const km_random base = {1, KM_RANDOM_ROWS, 0, 0};
    km_random other = base;
    const uint64_t bits = km_random_bits(&base, 0);
    other.seed = 1 | uint64_t{1} << 32;
    EXPECT_NE(km_random_bits(&other, 0), bits);
    other = base;
    other.purpose = KM_RANDOM_SAMPLE;
    EXPECT_NE(km_random_bits(&other, 0), bits);
    other = base;
    other.restart = 1;
    EXPECT_NE(km_random_bits(&other, 0), bits);
    other = base;
    other.step = 1;
    EXPECT_NE(km_random_bits(&other, 0), bits);
    EXPECT_NE(km_random_bits(&base, 1), bits);
    EXPECT_NE(km_random_bits(&base, uint64_t{1} << 32), bits);
}

} // namespace
