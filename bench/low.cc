// Low dimensions through the public interface, in processor cycles: wall time of a pass times the
// clock of a chain of dependent additions (one a cycle) measured beside it, one thread.
//
// The time of a benchmark is that of one pass, mean over the passes. Counters:
//   first, later  cycles per row of the first pass and of the quickest one (assignment with exact
//                 sums, update, inertia)
//   mean          cycles per row, mean over the passes
//   %first, %FMA  2kd operations per row over the first pass and over the mean, as shares of what
//                 fused multiply-adds reach in registers, with the table's vectors
//   changed       share of the rows whose label changed in the last pass
//   recheck       share of the rows that the screen left open, over all passes
//   GHz           the clock
#include "fits_rates.h"

#include <benchmark/benchmark.h>
#include <kmeans/kmeans.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Problem {
    const char *name;
    int64_t n, d, k;
    int dtype;
    int passes;
};

const Problem problems[] = {
    {"d2_k10", 1000000, 2, 10, KMEANS_F32, 20},
    {"d2_k40", 1000000, 2, 40, KMEANS_F32, 20},
    {"d3_k16_u8", 1000000, 3, 16, KMEANS_U8, 20},
    {"d3_k16", 1000000, 3, 16, KMEANS_F32, 20},
    {"d8_k32", 1000000, 8, 32, KMEANS_F32, 20},
    {"d14_k127", 1000000, 14, 127, KMEANS_F32, 20},
    {"d2_k10_f64", 1000000, 2, 10, KMEANS_F64, 20},
    {"d14_k127_f64", 1000000, 14, 127, KMEANS_F64, 20},
    {"d3_k4_small", 4000, 3, 4, KMEANS_F32, 50},
    {"d3_k4_small_f64", 4000, 3, 4, KMEANS_F64, 50},
};

// Cycles per second by a chain of additions, each waiting for the one before: best of five.
double clock_rate()
{
    double best = 0;
    for (int trial = 0; trial < 5; trial++) {
        const int64_t additions = 8000000;
        uint64_t chain = 1;
        const auto start = std::chrono::steady_clock::now();
        for (int64_t i = 0; i < additions / 8; i++) {
            for (int step = 0; step < 8; step++) {
                chain += static_cast<uint64_t>(i);
                benchmark::DoNotOptimize(chain);
            }
        }
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        best = std::max(best, static_cast<double>(additions) / seconds.count());
    }
    return best;
}

// splitmix64, as in fits.cc.
struct Generator {
    uint64_t state = 1;
    double operator()()
    {
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return static_cast<float>((z ^ z >> 31) >> 40) / 16777216.0f;
    }
};

// Pixels of the photographs where they are, again and again; empty where they are missing.
std::vector<double> read_pixels(const Problem &problem)
{
    const char *const folder = std::getenv("KMEANS_DATA_DIR");
    const std::string path = (folder != nullptr ? std::string(folder) : "../shared/data");
    kmeans_context *context = nullptr;
    kmeans_source *source = nullptr;
    std::vector<double> x;
    if (kmeans_context_create(nullptr, &context) != KMEANS_OK)
        return x;
    if (kmeans_source_open(context, (path + "/kodim23.npy").c_str(), nullptr, &source) ==
        KMEANS_OK) {
        int64_t n = 0, d = 0;
        kmeans_source_shape(source, &n, &d, nullptr);
        x.resize(static_cast<size_t>(problem.n * problem.d));
        for (int64_t i = 0; d == problem.d && i < problem.n; i++)
            kmeans_source_read(source, i % n, 1, x.data() + i * d);
        if (d != problem.d)
            x.clear();
    }
    kmeans_source_close(source);
    kmeans_context_free(context);
    return x;
}

// Rows about k centres; bytes: pixels of a photograph.
std::vector<double> make_rows(const Problem &problem)
{
    std::vector<double> x;
    if (problem.dtype == KMEANS_U8)
        x = read_pixels(problem);
    if (!x.empty())
        return x;
    Generator uniform;
    std::vector<double> centres(static_cast<size_t>(problem.k * problem.d));
    x.resize(static_cast<size_t>(problem.n * problem.d));
    for (double &value : centres)
        value = 4 * uniform();
    for (size_t i = 0; i < static_cast<size_t>(problem.n); i++) {
        const auto j = static_cast<size_t>(uniform() * static_cast<double>(problem.k - 1));
        for (size_t p = 0; p < static_cast<size_t>(problem.d); p++)
            x[i * static_cast<size_t>(problem.d) + p] =
                static_cast<float>(centres[j * static_cast<size_t>(problem.d) + p] + uniform() +
                                   uniform() + uniform() + uniform() - 2);
        if (problem.dtype == KMEANS_U8)
            for (size_t p = 0; p < static_cast<size_t>(problem.d); p++) {
                double &value = x[i * static_cast<size_t>(problem.d) + p];
                value = std::min(255.0, std::max(0.0, 40 * value));
            }
    }
    return x;
}

// The rows as they are passed to the library.
struct Rows {
    std::vector<uint8_t> u8;
    std::vector<float> f32;
    std::vector<double> f64;
    explicit Rows(const Problem &problem) : f64(make_rows(problem))
    {
        if (problem.dtype == KMEANS_U8)
            u8.assign(f64.begin(), f64.end());
        if (problem.dtype == KMEANS_F32)
            f32.assign(f64.begin(), f64.end());
    }
    const void *data(int dtype) const
    {
        return dtype == KMEANS_U8    ? static_cast<const void *>(u8.data())
               : dtype == KMEANS_F32 ? static_cast<const void *>(f32.data())
                                     : static_cast<const void *>(f64.data());
    }
};

struct Measured {
    double first = 0, later = 0, mean = 0; // seconds
    double changed = 0, recheck = 0;       // shares of the rows
    std::string error;
};

void read_trace(const Problem &problem, const kmeans_result *result, Measured &measured)
{
    int64_t rows = 0;
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &rows);
    rows--; // the last row is no pass
    const double n = static_cast<double>(problem.n), passes = static_cast<double>(rows);
    for (int64_t r = 0; r < rows; r++) {
        const double seconds = trace[r].assign_seconds + trace[r].update_seconds;
        measured.mean += seconds / passes;
        if (r == 0)
            measured.first = measured.later = seconds;
        measured.later = std::min(measured.later, seconds);
        measured.recheck += static_cast<double>(trace[r].rows_rechecked) / n / passes;
        measured.changed = static_cast<double>(trace[r].changed) / n;
    }
}

Measured fit(const Problem &problem, const Rows &rows, const char *isa)
{
    Measured measured;
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    const kmeans_dense view =
        kmeans_dense_rows(rows.data(problem.dtype), problem.dtype, problem.n, problem.d);
    int status = kmeans_context_create(nullptr, &context);
    status = status < 0 ? status : kmeans_options_create(context, &options);
    const std::pair<const char *, std::string> texts[] = {
        {"k", std::to_string(problem.k)},
        {"init", "random"},
        {"iterations", std::to_string(problem.passes)},
        {"threads", "1"},
        {"isa", isa},
    };
    for (const auto &text : texts)
        status = status < 0 ? status : kmeans_options_set(options, text.first, text.second.c_str());
    status = status < 0 ? status : kmeans_source_dense(context, &view, &source);
    status = status < 0 ? status : kmeans_fit(context, options, source, &result);
    if (status >= 0)
        read_trace(problem, result, measured);
    else
        measured.error = context != nullptr ? kmeans_detail(context) : "no context";
    kmeans_result_free(result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return measured;
}

void run(benchmark::State &state, const Problem &problem, const char *isa)
{
    const Rows rows(problem);
    Measured best;
    double clock = 0;
    for (auto _ : state) {
        const Measured measured = fit(problem, rows, isa);
        if (!measured.error.empty()) {
            state.SkipWithError(measured.error.c_str());
            return;
        }
        clock = std::max(clock, clock_rate());
        if (best.mean == 0)
            best = measured;
        best.first = std::min(best.first, measured.first);
        best.later = std::min(best.later, measured.later);
        best.mean = std::min(best.mean, measured.mean);
        state.SetIterationTime(measured.mean);
    }
    const double n = static_cast<double>(problem.n);
    const double flops = 2.0 * static_cast<double>(problem.k * problem.d) * n;
    const double peak = fma_rate(isa, problem.dtype == KMEANS_F64, 1);
    state.counters["first"] = best.first * clock / n;
    state.counters["later"] = best.later * clock / n;
    state.counters["mean"] = best.mean * clock / n;
    if (peak > 0) {
        state.counters["%first"] = 100 * flops / best.first / peak;
        state.counters["%FMA"] = 100 * flops / best.mean / peak;
    }
    state.counters["changed"] = best.changed;
    state.counters["recheck"] = best.recheck;
    state.counters["GHz"] = clock / 1e9;
}

} // namespace

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    for (const Problem &problem : problems) {
        int usable = 0;
        for (int index = 0; kmeans_isa_name(index, &usable) != nullptr; index++) {
            const char *const isa = kmeans_isa_name(index, &usable);
            if (usable)
                benchmark::RegisterBenchmark(
                    (std::string("low/") + problem.name + "/" + isa).c_str(),
                    [&problem, isa](benchmark::State &state) { run(state, problem, isa); })
                    ->UseManualTime()
                    ->Iterations(3)
                    ->Unit(benchmark::kMicrosecond);
        }
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
