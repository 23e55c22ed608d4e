// Twenty small runs whose every bit is committed: the same on every table, thread count, compiler
// and machine. Changing one raises KMEANS_BITS_VERSION. The rows are integers from a counter, so
// no math library is involved. KMEANS_PRINT_GOLDEN=1 prints the table.
#include <cstdio>
#include <cstdlib>

#include "oracle/check.h"

namespace {

using namespace oracle;

struct Golden {
    const char *checksum;
    int64_t iterations;
    double inertia;
};

// clang-format off
const Golden kGolden[20] = {
#include "oracle/golden.inc"
};
// clang-format on

// Integers 0 .. bound-1 times `scale`, plus `offset`.
Matrix integers(int dtype, int64_t n, int64_t d, int64_t bound, double scale, double offset,
                uint64_t seed)
{
    Random random(seed);
    Matrix x(dtype, n, d);
    for (int64_t q = 0; q < n * d; q++) {
        x.set(q / d, q % d, offset + scale * static_cast<double>(random.below(bound)));
    }
    return x;
}

// Like integers, around 5 far apart places.
Matrix clumps(int dtype, int64_t n, int64_t d, uint64_t seed)
{
    Random random(seed);
    Matrix x(dtype, n, d);
    for (int64_t i = 0; i < n; i++) {
        const int64_t place = random.below(5);
        for (int64_t p = 0; p < d; p++) {
            x.set(i, p, static_cast<double>(40 * ((place * 7 + p * 3) % 5) + random.below(16)));
        }
    }
    return x;
}

std::vector<double> weights_of(int64_t n, bool fractions)
{
    Random random(99);
    std::vector<double> weights;
    for (int64_t i = 0; i < n; i++) {
        const double w = static_cast<double>(random.below(8));
        weights.push_back(fractions ? (w + 1) / 7 : w);
    }
    return weights;
}

struct Job {
    Matrix x;
    Request request;
};

// Case number -> rows, options; the request points at job->x.
void make_job(int number, Job *job)
{
    const auto start = [&](Matrix x, int64_t k) -> Request & {
        job->x = std::move(x);
        job->request = Request(job->x, k);
        return job->request.set("seed", std::to_string(number));
    };
    const int f32 = KMEANS_F32;
    const int f64 = KMEANS_F64;
    switch (number) {
    case 0: start(clumps(f32, 200, 2, 1), 9); break;
    case 1: start(clumps(f64, 200, 2, 1), 9); break;
    case 2: start(clumps(KMEANS_U8, 200, 2, 1), 9); break;
    case 3: start(integers(f32, 500, 16, 1000, 1, 0, 2), 10).set("restarts", "4"); break;
    case 4: start(integers(f64, 500, 17, 1000, 0.1, 3, 3), 7).set("init_trials", "1"); break;
    case 5: start(integers(f32, 300, 3, 50, 1, 500000, 4), 20).set("init", "random"); break;
    case 6: start(integers(f64, 300, 3, 50, 1e-3, 1e7, 5), 20).set("init", "box"); break;
    case 7: start(integers(KMEANS_U8, 400, 64, 256, 1, 0, 6), 16); break;
    case 8: start(integers(f32, 64, 1, 20, 1, 0, 7), 6); break; // ties in one column
    case 9: start(integers(f64, 400, 2, 6, 1, 0, 8), 30).set("init", "random"); break; // 36 values
    case 10: start(clumps(f32, 300, 4, 9), 6).weights = weights_of(300, false); break;
    case 11: start(clumps(f64, 300, 4, 9), 6).weights = weights_of(300, true); break;
    case 12: start(integers(f64, 250, 5, 1000, 1, 0, 10), 8).set("iterations", "12"); break;
    case 13: start(integers(f64, 250, 5, 1000, 1, 0, 10), 8).set("change_fraction", "0.05"); break;
    case 14: start(integers(f32, 1200, 8, 4096, 1, 0, 11), 12).set("init_sample", "100"); break;
    case 15: start(integers(f64, 40, 3, 9, 0x1p-1060, 0, 12), 4); break; // denormals
    case 16: start(integers(f64, 40, 3, 9, 0x1p490, 0, 13), 4); break;   // near the limit
    case 17: start(integers(f32, 1, 7, 100, 1, 0, 14), 1); break;        // one row
    case 18: start(integers(f32, 33, 4, 1000, 1, 0, 15), 33); break;     // k = n
    default:                                                             // empty clusters
        start(clumps(f64, 200, 2, 16), 6);
        job->request.options.clear();
        job->request.centroids = {90, 90, 1e6, 1e6, 1e6, 1e6, 10, 10, -1e6, 5, 7, -1e6};
    }
}

TEST(Golden, ResultsAreTheCommittedOnes)
{
    const bool print = std::getenv("KMEANS_PRINT_GOLDEN") != nullptr;
    for (int number = 0; number < 20; number++) {
        SCOPED_TRACE("case " + std::to_string(number));
        Job job;
        make_job(number, &job);
        const Outcome first = run(job.request);
        ASSERT_GE(first.status, 0) << first.detail;
        if (print) {
            std::printf("    {\"%s\", %lld, %a},\n", first.checksum.c_str(),
                        static_cast<long long>(first.info.iterations), first.info.inertia);
        }
        expect_consistent(first, job.x, job.request.weights);
        EXPECT_EQ(first.checksum, kGolden[number].checksum);
        EXPECT_EQ(first.info.iterations, kGolden[number].iterations);
        EXPECT_TRUE(same_bits(first.info.inertia, kGolden[number].inertia)) << first.info.inertia;
        for (const std::string &isa : isas_with_emulation()) {
            for (const int threads : {1, 3}) {
                SCOPED_TRACE(isa);
                job.request.isa = isa;
                job.request.threads = threads;
                expect_same_result(first, run(job.request));
            }
        }
    }
    EXPECT_EQ(kmeans_bits_version(), 1) << "commit new values when it is raised";
}

} // namespace
