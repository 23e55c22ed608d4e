// What the kernel benches share: the tables, their peaks, and data to run on.
#pragma once

#include <benchmark/benchmark.h>
#include <time.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/kernels/tables.h"

// 64-byte aligned array.
template <class T> class Aligned {
public:
    explicit Aligned(std::int64_t n)
        : data_(static_cast<T *>(std::aligned_alloc(64, (size(n) * sizeof(T) + 64) / 64 * 64))),
          n_(size(n))
    {
        std::memset(data_, 0, n_ * sizeof(T));
    }
    Aligned(const Aligned &) = delete;
    Aligned &operator=(const Aligned &) = delete;
    ~Aligned() { std::free(data_); }
    T *get() { return data_; }
    T *begin() { return data_; }
    T *end() { return data_ + n_; }

private:
    T *data_;
    std::size_t n_;
};

// GFLOP/s that one core reaches with the table's vectors, measured when first asked for.
double peak_gflops(const std::string &isa, bool is_double);

template <class R> std::string name_of(const char *slot, const std::string &isa)
{
    return std::string(slot) + "/" + isa + (sizeof(R) == 4 ? "/f32" : "/f64");
}

// Seconds of this thread's processor time since it was made: other programs on the machine must
// not count against a kernel.
class Stopwatch {
public:
    double seconds() const { return now() - start_; }

private:
    static double now()
    {
        timespec t;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
    }
    double start_ = now();
};

// Counters of a bench that did `flops` operations per round.
template <class R>
void report_flops(benchmark::State &state, const Stopwatch &watch, const std::string &isa,
                  double flops)
{
    const double rate = flops * static_cast<double>(state.iterations()) / watch.seconds() * 1e-9;
    state.counters["GFLOP/s"] = rate;
    state.counters["%peak"] = 100 * rate / peak_gflops(isa, sizeof(R) == 8);
}

// Counters of a bench that read `rows` rows of d elements per round.
template <class R>
void report_rows(benchmark::State &state, const Stopwatch &watch, std::int64_t rows, std::int64_t d)
{
    const double total = static_cast<double>(rows) * static_cast<double>(state.iterations());
    const double per_row = watch.seconds() / total;
    state.counters["GB/s"] = static_cast<double>(d) * sizeof(R) / per_row * 1e-9;
    state.counters["ns/row"] = per_row * 1e9;
}

void register_panel_benches();
void register_row_benches();
