// Whole fits through the public interface: every table that this CPU runs, 1 and 2 threads.
//
// The time of a benchmark is that of one pass: the part of the fit behind the choice of the first
// centroids, divided by the visits it makes (the passes, and one for the labels of the centroids
// that are returned). Counters:
//   GFLOP/s   2*n*k*d operations of an exact assignment over that time, in 1e9 per second
//   %FMA      of it, the share of the fused multiply-adds that the table's instruction set reaches
//             in registers, measured here with as many threads
//   GB/s      one read of the rows over that time
//   %read     of it, the share of what as many threads read here from 256 MB each
//   best_ms   the quickest single pass of the trace, less disturbed by what else runs
//   total_s   the whole call, choice of the first centroids included
#include "fits_rates.h"

#include <benchmark/benchmark.h>
#include <kmeans/kmeans.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

const int64_t passes = 5;
const int thread_counts[] = {1, 2};

struct Problem {
    const char *name;
    int64_t n, d, k;
    const char *file; // in the data folder, or nullptr
};

const Problem problems[] = {
    {"n1e6_d2_k10", 1000000, 2, 10, nullptr},
    {"mnist_n60000_d784_k100", 60000, 784, 100, "mnist_train.npy"},
    {"n100000_d128_k1024", 100000, 128, 1024, nullptr},
};

std::string data_folder()
{
    const char *const folder = std::getenv("KMEANS_DATA_DIR");
    return folder != nullptr ? folder : "../shared/data";
}

// Rows around k centres, by a generator of 64-bit states (splitmix64): the same on every machine.
std::vector<float> make_rows(const Problem &problem)
{
    uint64_t state = 1;
    const auto uniform = [&state] {
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return static_cast<float>((z ^ z >> 31) >> 40) / 16777216.0f;
    };
    std::vector<float> centres(static_cast<size_t>(problem.k * problem.d));
    std::vector<float> x(static_cast<size_t>(problem.n * problem.d));
    for (float &value : centres)
        value = 4 * uniform();
    for (int64_t i = 0; i < problem.n; i++) {
        const int64_t j = static_cast<int64_t>(uniform() * static_cast<float>(problem.k));
        for (int64_t p = 0; p < problem.d; p++) {
            const float spread = uniform() + uniform() + uniform() + uniform() - 2;
            x[static_cast<size_t>(i * problem.d + p)] =
                centres[static_cast<size_t>(std::min(j, problem.k - 1) * problem.d + p)] + spread;
        }
    }
    return x;
}

// The rows of a file as float32; empty where it is missing or of another shape.
std::vector<float> read_rows(kmeans_context *context, const Problem &problem)
{
    std::vector<float> x;
    kmeans_source *source = nullptr;
    int64_t n = 0, d = 0;
    const std::string path = data_folder() + "/" + problem.file;
    if (kmeans_source_open(context, path.c_str(), nullptr, &source) != KMEANS_OK)
        return x;
    kmeans_source_shape(source, &n, &d, nullptr);
    if (n == problem.n && d == problem.d) {
        std::vector<double> row(static_cast<size_t>(d));
        x.reserve(static_cast<size_t>(n * d));
        for (int64_t i = 0; i < n && kmeans_source_read(source, i, 1, row.data()) == KMEANS_OK; i++)
            for (const double value : row)
                x.push_back(static_cast<float>(value));
    }
    kmeans_source_close(source);
    return x.size() == static_cast<size_t>(problem.n * problem.d) ? x : std::vector<float>();
}

// The rows of a problem, kept until another problem is asked for.
const std::vector<float> &rows_of(kmeans_context *context, const Problem &problem,
                                  std::string &label)
{
    static const Problem *kept = nullptr;
    static std::vector<float> x;
    static std::string origin;
    if (kept != &problem) {
        x.clear();
        x.shrink_to_fit();
        origin = "";
        if (problem.file != nullptr) {
            x = read_rows(context, problem);
            origin = x.empty() ? "made rows, no file" : "rows of the file";
        }
        if (x.empty())
            x = make_rows(problem);
        kept = &problem;
    }
    label = origin;
    return x;
}

struct Measured {
    double pass = 0;
    double best = 0;
    double total = 0;
    std::string error;
};

double best_pass(const kmeans_result *result)
{
    int64_t rows = 0;
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &rows);
    double best = 0;
    for (int64_t r = 0; r < std::min(rows, passes); r++) {
        const double seconds = trace[r].assign_seconds + trace[r].update_seconds;
        best = best == 0 ? seconds : std::min(best, seconds);
    }
    return best;
}

Measured fit(kmeans_context *context, const Problem &problem, const std::vector<float> &x,
             const char *isa, int threads)
{
    Measured measured;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    const kmeans_dense view = kmeans_dense_rows(x.data(), KMEANS_F32, problem.n, problem.d);
    int status = kmeans_options_create(context, &options);
    const std::pair<const char *, std::string> texts[] = {
        {"k", std::to_string(problem.k)},
        {"init", "random"},
        {"iterations", std::to_string(passes)},
        {"threads", std::to_string(threads)},
        {"isa", isa},
    };
    for (const auto &text : texts)
        status = status < 0 ? status : kmeans_options_set(options, text.first, text.second.c_str());
    status = status < 0 ? status : kmeans_source_dense(context, &view, &source);
    status = status < 0 ? status : kmeans_fit(context, options, source, &result);
    kmeans_result_info info = {};
    info.size = sizeof info;
    if (status >= 0 && kmeans_result_get_info(result, &info) == KMEANS_OK) {
        measured.pass = info.seconds_iterate / static_cast<double>(passes + 1);
        measured.total = info.seconds_total;
        measured.best = best_pass(result);
    } else {
        measured.error = kmeans_detail(context);
    }
    kmeans_result_free(result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    return measured;
}

void run(benchmark::State &state, const Problem &problem, const char *isa, int threads)
{
    kmeans_context *context = nullptr;
    if (kmeans_context_create(nullptr, &context) != KMEANS_OK) {
        state.SkipWithError("no context");
        return;
    }
    std::string label;
    const std::vector<float> &x = rows_of(context, problem, label);
    double pass = 0;
    double best = 0;
    double total = 0;
    for (auto _ : state) {
        const Measured measured = fit(context, problem, x, isa, threads);
        if (!measured.error.empty()) {
            state.SkipWithError(measured.error.c_str());
            break;
        }
        state.SetIterationTime(measured.pass);
        pass = pass == 0 ? measured.pass : std::min(pass, measured.pass);
        best = best == 0 ? measured.best : std::min(best, measured.best);
        total = measured.total;
    }
    kmeans_context_free(context);
    if (pass == 0)
        return;
    const double flops = 2.0 * static_cast<double>(problem.n * problem.k * problem.d) / pass;
    const double bytes = static_cast<double>(problem.n * problem.d) * sizeof(float) / pass;
    state.counters["GFLOP/s"] = flops / 1e9;
    const double peak = fma_rate(isa, threads);
    if (peak > 0)
        state.counters["%FMA"] = 100 * flops / peak;
    state.counters["GB/s"] = bytes / 1e9;
    state.counters["%read"] = 100 * bytes / read_rate(threads);
    state.counters["best_ms"] = best * 1e3;
    state.counters["total_s"] = total;
    state.SetLabel(label);
}

void add_benchmarks()
{
    for (const Problem &problem : problems) {
        int usable = 0;
        for (int index = 0; kmeans_isa_name(index, &usable) != nullptr; index++) {
            const char *const isa = kmeans_isa_name(index, &usable);
            for (const int threads : thread_counts) {
                if (!usable)
                    continue;
                const std::string name = std::string("fit/") + problem.name + "/" + isa +
                                         "/threads:" + std::to_string(threads);
                benchmark::RegisterBenchmark(name.c_str(),
                                             [&problem, isa, threads](benchmark::State &state) {
                                                 run(state, problem, isa, threads);
                                             })
                    ->UseManualTime()
                    ->Iterations(1)
                    ->Unit(benchmark::kMillisecond);
            }
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    add_benchmarks();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
