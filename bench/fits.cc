// Whole fits through the public interface, by algorithm = lloyd: every table that this CPU runs, 1
// and 2 threads.
//
// The time of a benchmark is that of the quickest pass of the trace in which all rows met all
// centroids (assignment, exact update, exact inertia, trace), less disturbed by what else runs than
// a mean. Counters:
//   GFLOP/s    2*n*k*d operations of an exact assignment over that time, in 1e9 per second
//   %FMA       of it, the share of the fused multiply-adds that the table's instruction set reaches
//              in registers, measured here at the same time with as many threads (amx: avx512's)
//   %FMA_assign the same over the quickest assignment alone (its recheck and the sums included)
//   GB/s       one read of the rows over the time of the pass
//   %read      of it, the share of what as many threads read here from 256 MB each
//   cycles/row of one core: the pass's time * threads * clock of a chain of additions / n
//   mean_ms    mean pass: all of the iterations over their number, the last labelling included
//   auto_ms    the same for algorithm = auto
//   assign_ms  quickest assignment, recheck and sums included
//   update_ms  quickest update: means, inertia, shifts
//   sums_ms    exact sums of all rows in a visit of their own, so with one more read of the rows
//   rechecked  share of rows whose label the kernel left open, all passes
//   seed_s     choice of the first centroids;  seed_passes: the same in units of the pass
//   total_s    the whole call
#include "fits_rates.h"
#include "fits_rows.h"

#include <benchmark/benchmark.h>
#include <kmeans/kmeans.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

const int thread_counts[] = {1, 2};

struct Case {
    const Problem *problem;
    const char *isa;
    int threads;
};

struct Measured {
    double pass = INFINITY, assign = INFINITY, update = INFINITY;
    double mean = 0, start = 0, total = 0, rechecked = 0;
    std::vector<int32_t> labels;
    std::string error;
};

void read_trace(const kmeans_result *result, Measured &measured)
{
    int64_t rows = 0;
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &rows);
    for (int64_t r = 0; r + 1 < rows; r++) { // the last row is the last labelling
        const double assign = trace[r].assign_seconds, update = trace[r].update_seconds;
        if (trace[r].distances_avoided > 0)
            continue;
        measured.pass = std::min(measured.pass, assign + update);
        measured.assign = std::min(measured.assign, assign);
        measured.update = std::min(measured.update, update);
    }
}

void read_result(const kmeans_result *result, Measured &measured)
{
    kmeans_result_info info = {};
    info.size = sizeof info;
    if (kmeans_result_get_info(result, &info) != KMEANS_OK)
        return;
    const double visits = static_cast<double>(info.iterations + (info.converged != 1 ? 1 : 0));
    measured.mean = info.seconds_iterate / visits;
    measured.start = info.seconds_init;
    measured.total = info.seconds_total;
    measured.rechecked = static_cast<double>(info.rows_rechecked) / (visits * double(info.n));
    const int32_t *const labels = kmeans_result_labels(result);
    measured.labels.assign(labels, labels + info.n);
    read_trace(result, measured);
}

// One fit: from the problem's choice of first centroids, or from labels where some are given.
Measured fit(kmeans_context *context, const Case &one, const char *algorithm, int passes,
             const std::vector<int32_t> &labels)
{
    const Problem &problem = *one.problem;
    Measured measured;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    const kmeans_dense view = kmeans_dense_rows(rows_of(context, problem).bytes.data(),
                                                problem.dtype, problem.n, problem.d);
    int status = kmeans_options_create(context, &options);
    const std::pair<const char *, std::string> texts[] = {
        {"k", std::to_string(problem.k)},
        {"algorithm", algorithm},
        {"init", problem.init},
        {"iterations", std::to_string(passes)},
        {"threads", std::to_string(one.threads)},
        {"isa", one.isa},
    };
    for (const auto &text : texts)
        status = status < 0 ? status : kmeans_options_set(options, text.first, text.second.c_str());
    if (status >= 0 && !labels.empty())
        status = kmeans_options_set_labels(options, labels.data(), problem.n);
    status = status < 0 ? status : kmeans_source_dense(context, &view, &source);
    status = status < 0 ? status : kmeans_fit(context, options, source, &result);
    if (status >= 0)
        read_result(result, measured);
    else
        measured.error = kmeans_detail(context);
    kmeans_result_free(result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    return measured;
}

void set_counters(benchmark::State &state, const Case &one, const Measured &best,
                  const Measured &labelled)
{
    const Problem &problem = *one.problem;
    const double n = static_cast<double>(problem.n);
    const double flops = 2.0 * n * static_cast<double>(problem.k * problem.d);
    const double bytes = n * static_cast<double>(problem.d * value_size(problem.dtype));
    const double peak = fma_rate(one.isa, problem.dtype == KMEANS_F64, one.threads);
    auto &counters = state.counters;
    counters["GFLOP/s"] = flops / best.pass / 1e9;
    if (peak > 0) {
        counters["%FMA"] = 100 * flops / best.pass / peak;
        counters["%FMA_assign"] = 100 * flops / best.assign / peak;
    }
    counters["GB/s"] = bytes / best.pass / 1e9;
    counters["%read"] = 100 * bytes / best.pass / read_rate(one.threads);
    counters["cycles/row"] = best.pass * one.threads * clock_rate() / n;
    counters["mean_ms"] = best.mean * 1e3;
    counters["assign_ms"] = best.assign * 1e3;
    counters["update_ms"] = best.update * 1e3;
    if (labelled.error.empty()) /* the means are among what is done for given labels */
        counters["sums_ms"] = std::max(0.0, labelled.start - best.update) * 1e3;
    counters["rechecked"] = best.rechecked;
    counters["seed_s"] = best.start;
    counters["seed_passes"] = best.start / best.pass;
    counters["total_s"] = best.total;
}

void run(benchmark::State &state, const Case &one)
{
    kmeans_context *context = nullptr;
    if (kmeans_context_create(nullptr, &context) != KMEANS_OK) {
        state.SkipWithError("no context");
        return;
    }
    Measured best, labelled;
    for (auto _ : state) {
        const Measured measured = fit(context, one, "lloyd", one.problem->passes, {});
        if (!measured.error.empty()) {
            state.SkipWithError(measured.error.c_str());
            break;
        }
        state.SetIterationTime(measured.pass);
        if (measured.pass < best.pass)
            best = measured;
    }
    if (best.pass < INFINITY) {
        labelled = fit(context, one, "lloyd", 1, best.labels);
        set_counters(state, one, best, labelled);
        const Measured chosen = fit(context, one, "auto", one.problem->passes, {});
        if (chosen.error.empty())
            state.counters["auto_ms"] = chosen.mean * 1e3;
        state.SetLabel(rows_of(context, *one.problem).origin);
    }
    kmeans_context_free(context);
}

void add_benchmarks()
{
    for (const Problem &problem : problems()) {
        int usable = 0;
        for (int index = 0; kmeans_isa_name(index, &usable) != nullptr; index++) {
            for (const int threads : thread_counts) {
                const Case one = {&problem, kmeans_isa_name(index, nullptr), threads};
                if (!usable || std::string(one.isa) == "emulated")
                    continue;
                const std::string name = std::string("fit/") + problem.name + "/" + one.isa +
                                         "/threads:" + std::to_string(threads);
                benchmark::RegisterBenchmark(name.c_str(),
                                             [one](benchmark::State &state) { run(state, one); })
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
    char tabular[] = "--benchmark_counters_tabular=true"; // one line a fit, one column a counter
    std::vector<char *> arguments(argv, argv + argc);
    arguments.insert(arguments.begin() + 1, tabular);
    argc = static_cast<int>(arguments.size());
    arguments.push_back(nullptr);
    argv = arguments.data();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    add_benchmarks();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
