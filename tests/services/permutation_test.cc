// The keyed order of rows: a permutation for every n, another one for every key.
#include <gtest/gtest.h>

#include <set>
#include <vector>

extern "C" {
#include "services/permutation.h"
}

namespace {

std::vector<int64_t> whole(int64_t n, uint64_t seed, uint32_t restart, uint32_t epoch)
{
    const km_permutation order = km_permutation_make(n, seed, restart, epoch);
    std::vector<int64_t> numbers;
    for (int64_t at = 0; at < n; at++)
        numbers.push_back(km_permutation_at(&order, at));
    return numbers;
}

TEST(Permutation, EveryNumberOnceForAllSmallSizes)
{
    for (int64_t n = 1; n <= 300; n++) {
        for (uint32_t epoch = 1; epoch <= 3; epoch++) {
            const std::vector<int64_t> numbers = whole(n, 7, 0, epoch);
            std::vector<bool> seen(static_cast<size_t>(n));
            for (const int64_t number : numbers) {
                ASSERT_GE(number, 0);
                ASSERT_LT(number, n);
                ASSERT_FALSE(seen[static_cast<size_t>(number)]) << n;
                seen[static_cast<size_t>(number)] = true;
            }
        }
    }
}

TEST(Permutation, LargeSizesSampled)
{
    for (const int64_t n : {int64_t{1} << 20, (int64_t{1} << 20) + 1, int64_t{3000000000},
                            (int64_t{1} << 62) - 1, (int64_t{1} << 62) + 1, INT64_MAX}) {
        const km_permutation order = km_permutation_make(n, 3, 1, 2);
        std::set<int64_t> seen;
        for (int64_t at = 0; at < 1000; at++) {
            for (const int64_t place : {at, n / 2 + at - 500, n - 1 - at}) {
                const int64_t number = km_permutation_at(&order, place);
                ASSERT_GE(number, 0);
                ASSERT_LT(number, n);
                ASSERT_TRUE(seen.insert(number).second) << n << " " << place;
            }
        }
    }
}

TEST(Permutation, KeyedBySeedRestartAndEpoch)
{
    const std::vector<int64_t> first = whole(1000, 1, 0, 1);
    EXPECT_EQ(first, whole(1000, 1, 0, 1));
    EXPECT_NE(first, whole(1000, 2, 0, 1));
    EXPECT_NE(first, whole(1000, 1, 1, 1));
    EXPECT_NE(first, whole(1000, 1, 0, 2));
}

// Rows that are neighbours in the file fall into all batches alike: of 64 numbers in a row the
// places spread over the 8 eighths of the order as 8 each, give or take.
TEST(Permutation, NeighboursAreSpread)
{
    for (const int64_t n : {4096, 5000, 60000}) {
        int worst = 0;
        for (uint64_t seed = 0; seed < 20; seed++) {
            const std::vector<int64_t> numbers = whole(n, seed, 0, 1);
            int count[8] = {};
            for (int64_t at = 0; at < n; at++)
                count[8 * at / n] += numbers[static_cast<size_t>(at)] < 64;
            for (const int c : count)
                worst = std::max(worst, std::abs(c - 8));
        }
        EXPECT_LE(worst, 14) << n; // of 160 binomial counts with deviation 2.6: 5 deviations
    }
}

// The same on every machine: the first places of one order.
TEST(Permutation, KnownOrder)
{
    EXPECT_EQ(whole(10, 0, 0, 1), (std::vector<int64_t>{8, 6, 1, 5, 0, 7, 9, 4, 3, 2}));
}

} // namespace
