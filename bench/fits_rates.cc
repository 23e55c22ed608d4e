#include "fits_rates.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "kernels/peak/peak.h"

namespace {

double now()
{
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(time).count();
}

// Best of five: work(t) on `threads` threads at once, in units of work per second.
template <typename Work> double best_rate(int threads, double units, Work work)
{
    double best = 0;
    for (int trial = 0; trial < 5; trial++) {
        std::vector<std::thread> team;
        const double start = now();
        for (int t = 0; t < threads; t++)
            team.emplace_back([&work, t] { work(t); });
        for (std::thread &thread : team)
            thread.join();
        best = std::max(best, units * threads / (now() - start));
    }
    return best;
}

} // namespace

double fma_rate(const char *isa, bool is_double, int threads)
{
    const km_peak_fn run = km_peak_of(isa, is_double);
    if (run == nullptr)
        return 0;
    const int64_t steps = 3000000;
    double flops = 0;
    run(1, &flops);
    std::atomic<int> sink{0};
    return best_rate(threads, flops * static_cast<double>(steps), [&](int) {
        double done = 0;
        sink += run(steps, &done) > 0;
    });
}

double read_rate(int threads)
{
    static std::map<int, double> known;
    if (known.count(threads))
        return known[threads];
    const size_t words = 256u << 17;
    std::vector<std::vector<uint64_t>> blocks;
    for (int t = 0; t < threads; t++)
        blocks.emplace_back(words, static_cast<uint64_t>(t));
    std::atomic<uint64_t> sink{0};
    const double rate = best_rate(threads, 8.0 * static_cast<double>(words), [&](int t) {
        uint64_t sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
        const uint64_t *const block = blocks[static_cast<size_t>(t)].data();
        for (size_t i = 0; i < words; i += 8)
            for (size_t lane = 0; lane < 8; lane++)
                sum[lane] += block[i + lane];
        for (const uint64_t part : sum)
            sink += part;
    });
    return known[threads] = rate;
}

double clock_rate()
{
    const int64_t rounds = 1000000, chain = 16;
    return best_rate(1, static_cast<double>(rounds * chain), [&](int) {
        uint64_t x = 0, step_size = 3;
        __asm__ volatile("" : "+r"(step_size)); // additions of constants may take no time at all
        for (int64_t r = 0; r < rounds; r++) {
            for (int step = 0; step < chain; step++) {
                x += step_size;
                __asm__ volatile("" : "+r"(x)); // one addition each, after the one before
            }
        }
    });
}
