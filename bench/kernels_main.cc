// Every slot of every table on one core. Names are slot/isa/type/sizes, for --benchmark_filter.
#include "kernels.h"

#include <algorithm>
#include <map>

#define KM_ISA(name, feature)                                                                      \
    extern "C" double km_peak_##name##_f32(std::int64_t steps, double *flops);                     \
    extern "C" double km_peak_##name##_f64(std::int64_t steps, double *flops);
#include "kernels/isa.inc"
#undef KM_ISA

namespace {

using Probe = double (*)(std::int64_t, double *);

struct Probes {
    Probe f32, f64;
};

const std::map<std::string, Probes> &probes()
{
    static const std::map<std::string, Probes> all = {
#define KM_ISA(name, feature) {#name, {km_peak_##name##_f32, km_peak_##name##_f64}},
#include "kernels/isa.inc"
#undef KM_ISA
    };
    return all;
}

// The best of ten runs of some milliseconds: what the core can do, not what it did meanwhile.
double measure(Probe probe)
{
    double best = 0;
    for (int run = 0; run < 10; run++) {
        double flops;
        const Stopwatch watch;
        benchmark::DoNotOptimize(probe(1000000, &flops));
        best = std::max(best, flops / watch.seconds() * 1e-9);
    }
    return best;
}

} // namespace

double peak_gflops(const std::string &isa, bool is_double)
{
    static std::map<std::string, double> known;
    double &peak = known[isa + (is_double ? "/f64" : "/f32")];
    if (peak == 0) {
        const Probes &p = probes().at(isa);
        peak = measure(is_double ? p.f64 : p.f32);
    }
    return peak;
}

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    register_panel_benches();
    register_row_benches();
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
