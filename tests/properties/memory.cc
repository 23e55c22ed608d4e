// Memory planned and used: the plan holds, and follows the published formula.
#include <cmath>
#include <cstdlib>
#include <mutex>

#include "checkpoint/fixture.h"

namespace {

using namespace oracle;

// An allocator that adds up what is out.
struct Meter {
    std::mutex lock;
    int64_t now = 0;
    int64_t peak = 0;
};

void *meter_allocate(void *user, size_t bytes, size_t alignment)
{
    Meter *const meter = static_cast<Meter *>(user);
    const std::lock_guard<std::mutex> guard(meter->lock);
    meter->now += static_cast<int64_t>(bytes);
    meter->peak = std::max(meter->peak, meter->now);
    return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void meter_release(void *user, void *memory, size_t bytes)
{
    Meter *const meter = static_cast<Meter *>(user);
    const std::lock_guard<std::mutex> guard(meter->lock);
    meter->now -= static_cast<int64_t>(bytes);
    std::free(memory);
}

struct Planned {
    kmeans_plan plan = {};
    int64_t peak = 0; // of the allocator, from before the fit to its end
    kmeans_result_info info = {};
};

Planned plan_and_fit(const Matrix &x, const Request &request)
{
    Meter meter;
    Planned out;
    const kmeans_allocator allocator = {meter_allocate, meter_release, &meter};
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    EXPECT_EQ(kmeans_context_create(&allocator, &context), 0);
    EXPECT_EQ(kmeans_options_create(context, &options), 0);
    EXPECT_EQ(apply_options(request, x.d, options), 0);
    const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
    EXPECT_EQ(kmeans_source_dense(context, &view, &source), 0);
    const int64_t before = meter.now;
    out.plan.size = sizeof out.plan;
    EXPECT_EQ(kmeans_plan_fit(context, options, source, &out.plan), 0) << kmeans_detail(context);
    EXPECT_EQ(meter.now, before) << "a plan keeps no memory";
    meter.peak = meter.now;
    EXPECT_GE(kmeans_fit(context, options, source, &result), 0) << kmeans_detail(context);
    out.peak = meter.peak - before;
    out.info.size = sizeof out.info;
    kmeans_result_get_info(result, &out.info);
    kmeans_result_free(result);
    EXPECT_EQ(meter.now, before) << "memory that did not come back";
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    EXPECT_EQ(meter.now, 0) << "memory that did not come back";
    return out;
}

TEST(Memory, ThePlanIsNeverExceeded)
{
    for (const int dtype : numbers::dtypes) {
        for (const int64_t n : {1, 100, 20000}) {
            if (n > 100 && dtype > KMEANS_U8)
                continue; // seconds
            for (const int64_t d : {1, 3, 100}) {
                for (const int64_t k : {1, 10, 300}) {
                    if (k > n)
                        continue;
                    const Matrix x = make_blobs(dtype, n, d, 5, 40, 100, 3);
                    Request request(x, k);
                    request.threads = 2;
                    request.set("max_iterations", "2")
                        .set("init", k > 100 ? "random" : "k-means++");
                    const Planned planned = plan_and_fit(x, request);
                    SCOPED_TRACE("n=" + std::to_string(n) + " d=" + std::to_string(d) +
                                 " k=" + std::to_string(k));
                    EXPECT_LE(planned.peak, planned.plan.bytes_total);
                    EXPECT_EQ(planned.info.bytes_planned, planned.plan.bytes_total);
                    EXPECT_LE(planned.info.bytes_peak, planned.plan.bytes_total);
                    EXPECT_EQ(planned.info.bytes_peak, planned.peak);
                    EXPECT_EQ(planned.plan.bytes_total, planned.plan.bytes_rows +
                                                            planned.plan.bytes_cluster +
                                                            planned.plan.bytes_thread);
                }
            }
        }
    }
}

// One cluster, yet many candidates for its centroid.
TEST(Memory, MoreCandidatesThanClusters)
{
    for (const int64_t d : {6, 64, 300}) {
        const Matrix x = make_blobs(KMEANS_F32, 500, d, 5, 40, 100, 3);
        for (const std::string &isa : usable_isas()) {
            Request request(x, 1);
            request.isa = isa;
            request.set("init", "k-means-parallel");
            const Planned planned = plan_and_fit(x, request);
            EXPECT_EQ(planned.info.bytes_peak, planned.peak) << isa << " " << d;
            EXPECT_LE(planned.peak, planned.plan.bytes_total) << isa << " " << d;
        }
    }
}

TEST(Memory, OptionsThatKeepMoreArePlanned)
{
    const Matrix x = make_blobs(KMEANS_F32, 5000, 4, 5, 40, 100, 3);
    for (const char *option : {"distances", "cluster_inertia"}) {
        Request request(x, 10);
        const Planned plain = plan_and_fit(x, request);
        const Planned more = plan_and_fit(x, request.set(option, "on"));
        EXPECT_GT(more.plan.bytes_total, plain.plan.bytes_total);
        EXPECT_LE(more.peak, more.plan.bytes_total);
    }
    for (const int64_t size : {1, 300, 100000}) {
        Request batches(x, 10);
        const Planned planned =
            plan_and_fit(x, batches.set("algorithm", "minibatch").set("batch_size", size));
        EXPECT_LE(planned.peak, planned.plan.bytes_total) << size;
        EXPECT_EQ(planned.info.bytes_peak, planned.peak);
    }
    for (const auto &[d, k] : {std::pair{4, 10}, {64, 10}, {64, 60}}) {
        const Matrix wide = make_blobs(KMEANS_F32, 3000, d, 5, 40, 100, 3);
        for (const std::string &isa : usable_isas()) {
            for (const char *sample : {"0", "1000"}) {
                Request bounds(wide, k);
                bounds.isa = isa;
                bounds.set("algorithm", "hamerly").set("init_sample", sample);
                const Planned planned = plan_and_fit(wide, bounds);
                EXPECT_LE(planned.peak, planned.plan.bytes_total) << isa << d << sample;
                EXPECT_EQ(planned.info.bytes_peak, planned.peak);
                const Planned plain = plan_and_fit(wide, bounds.set("algorithm", "lloyd"));
                EXPECT_NEAR(planned.plan.bytes_rows - plain.plan.bytes_rows, 4 * wide.n, 128);
            }
        }
    }
    for (const char *sample : {"0", "2000"}) {
        Request parallel(x, 10);
        parallel.set("init", "k-means-parallel").set("init_sample", sample);
        const Planned planned = plan_and_fit(x, parallel);
        EXPECT_LE(planned.peak, planned.plan.bytes_total) << sample;
        EXPECT_EQ(planned.info.bytes_peak, planned.peak);
    }
    const Place place;
    Request kept(x, 10);
    kept.set("checkpoint", place.path("run.ck")).set("checkpoint_every", "0");
    for (const char *option : {"checkpoint", "resume"}) {
        const Planned planned = plan_and_fit(x, kept.set(option, place.path("run.ck")));
        EXPECT_LE(planned.peak, planned.plan.bytes_total);
        EXPECT_GT(planned.plan.bytes_total, plan_and_fit(x, Request(x, 10)).plan.bytes_total);
    }
    Request restarts(x, 10);
    const Planned planned = plan_and_fit(x, restarts.set("restarts", "4"));
    EXPECT_LE(planned.peak, planned.plan.bytes_total);
}

// Where rows meet leading axes, hamerly keeps their components, up to a quarter of what they take.
TEST(Memory, ComponentsOnAxesArePlanned)
{
    for (const auto &[d, k, axes] : {std::tuple{200, 120, 31}, {800, 560, 47}, {130, 400, 0}}) {
        const Matrix x = make_blobs(KMEANS_F32, 2000, d, 5, 40, 100, 3);
        Request request(x, k);
        request.isa = "scalar";
        request.set("algorithm", "hamerly").set("init", "random").set("iterations", "3");
        const Planned planned = plan_and_fit(x, request);
        EXPECT_LE(planned.peak, planned.plan.bytes_total);
        EXPECT_EQ(planned.info.bytes_peak, planned.peak);
        const Planned plain = plan_and_fit(x, request.set("algorithm", "lloyd"));
        EXPECT_NEAR(planned.plan.bytes_rows - plain.plan.bytes_rows,
                    4 * x.n * (1 + (axes > 0 ? axes + 2 : 0)), 256);
    }
}

// Rows: labels twice (4 bytes), 8 bytes while seeding. Clusters: k*d x (centroid 8, sums 8 to 32,
// packed copies). Threads: about the second-level cache each.
TEST(Memory, SixtyThousandImagesFollowTheFormula)
{
    Matrix x(KMEANS_F32, 60000, 784);
    for (int64_t i = 0; i < x.n; i++) {
        for (int64_t p = 0; p < x.d; p++)
            x.set(i, p, static_cast<double>((i * 31 + p * p) % 251));
    }
    for (const int threads : {1, 2}) {
        Request request(x, 100);
        request.threads = threads;
        const Planned planned = plan_and_fit(
            x, request.set("algorithm", "lloyd").set("init", "random").set("iterations", "2"));
        const int64_t rows = x.n * (4 + 4 + 8);
        const int64_t cluster = 100 * x.d;
        // float32 and float64 panels, bfloat16 tiles; by rows for rows of centroids that stayed
        const int64_t packed = 4 + 8 + 2 + (4 + 8);
        EXPECT_LE(planned.plan.bytes_rows, rows + rows / 20);
        EXPECT_LE(planned.plan.bytes_cluster, cluster * (3 * 8 + 5 * 8 + packed) * 21 / 20);
        EXPECT_LE(planned.plan.bytes_thread, threads * int64_t{3} * 1024 * 1024);
        EXPECT_LE(planned.peak, planned.plan.bytes_total);
        EXPECT_GE(static_cast<double>(planned.peak + x.n * x.d * 4),
                  0.95 * static_cast<double>(planned.plan.bytes_total + x.n * x.d * 4));
    }
}

} // namespace
