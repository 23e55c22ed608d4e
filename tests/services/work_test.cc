// Work items and locks.
#include "threads_api.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

TEST(Work, EveryItemOnceAlone)
{
    for (const int threads : {1, 2, 3, 7}) {
        std::vector<km_work_range> ranges(threads);
        km_work work = {ranges.data(), threads};
        for (const int64_t count : {0, 1, 2, 6, 7, 100}) {
            km_work_deal(&work, count);
            std::vector<int> seen(count, 0);
            int64_t item;
            int64_t taken = 0;
            while ((item = km_work_next(&work, threads / 2)) >= 0) {
                ASSERT_LT(item, count);
                seen[item]++;
                taken++;
            }
            EXPECT_EQ(taken, count);
            EXPECT_EQ(seen, std::vector<int>(count, 1));
            EXPECT_EQ(km_work_next(&work, 0), -1);
        }
    }
}

TEST(Work, OwnItemsComeFirstAndInOrderOthersFromTheEnd)
{
    std::vector<km_work_range> ranges(2);
    km_work work = {ranges.data(), 2};
    km_work_deal(&work, 7); // 0..3 and 4..6
    EXPECT_EQ(km_work_next(&work, 1), 4);
    EXPECT_EQ(km_work_next(&work, 1), 5);
    EXPECT_EQ(km_work_next(&work, 1), 6);
    EXPECT_EQ(km_work_next(&work, 1), 3);
    EXPECT_EQ(km_work_next(&work, 0), 0);
    EXPECT_EQ(km_work_next(&work, 1), 2);
    EXPECT_EQ(km_work_next(&work, 0), 1);
    EXPECT_EQ(km_work_next(&work, 0), -1);
}

struct Counting {
    km_work *work;
    std::vector<std::atomic<int>> seen;
    km_lock lock{};
    int64_t sum = 0; // under the lock
    Counting(km_work *w, int64_t count) : work(w), seen(count) {}
};

TEST(Work, EveryItemOnceTogetherAndTheLockHolds)
{
    constexpr int threads = 8;
    constexpr int64_t count = 20000;
    std::vector<km_work_range> ranges(threads);
    km_work work = {ranges.data(), threads};
    for (int round = 0; round < 5; round++) {
        Counting counting(&work, count);
        km_work_deal(&work, count);
        std::vector<std::thread> team;
        for (int t = 0; t < threads; t++) {
            team.emplace_back([&counting, t] {
                int64_t item;
                while ((item = km_work_next(counting.work, t)) >= 0) {
                    counting.seen[item]++;
                    km_lock_acquire(&counting.lock);
                    counting.sum += item;
                    km_lock_release(&counting.lock);
                }
            });
        }
        for (std::thread &thread : team) {
            thread.join();
        }
        for (const auto &times : counting.seen) {
            ASSERT_EQ(times, 1);
        }
        EXPECT_EQ(counting.sum, count * (count - 1) / 2);
    }
}

} // namespace
