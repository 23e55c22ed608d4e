// Every slot of every table on one core. Names are slot/isa/type/sizes, for --benchmark_filter.
#include "kernels.h"

#include <algorithm>
#include <map>

#include "kernels/peak/peak.h"

namespace {

// The best of ten runs of some milliseconds: what the core can do, not what it did meanwhile.
double measure(km_peak_fn probe)
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
        peak = measure(km_peak_of(isa.c_str(), is_double));
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
