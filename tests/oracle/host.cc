// What the host program may have done before the call: floating-point modes, its own parallel
// regions, fork. The answer is the same, and the host finds everything as it left it.
#include <atomic>
#include <cfenv>
#include <functional>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "oracle/check.h"

// libgomp's and libomp's entry to a parallel region; absent in a build without OpenMP. So this
// file needs no OpenMP flag.
extern "C" __attribute__((weak)) void GOMP_parallel(void (*body)(void *), void *argument,
                                                    unsigned threads, unsigned flags);

// GNU extensions, declared here because the tests are compiled as strict C++17.
extern "C" int feenableexcept(int) noexcept;
extern "C" int fedisableexcept(int) noexcept;
extern "C" int fegetexcept(void) noexcept;

namespace {

using namespace oracle;

struct HostCase {
    Matrix x;
    Request request;
    Outcome expected;
};

// Ordinary rows, a float set far from the origin, and one where denormals decide.
std::vector<HostCase> host_cases()
{
    std::vector<HostCase> cases(3);
    cases[0].x = make_blobs(KMEANS_F64, 20000, 50, 8, 6, 3, 1); // enough work for several threads
    cases[1].x = make_blobs(KMEANS_F32, 1500, 3, 8, 6, 1e5, 2);
    cases[2].x = make_blobs(KMEANS_F64, 500, 2, 8, 6, 0, 3);
    for (int64_t q = 0; q < 1000; q++) {
        cases[2].x.set(q / 2, q % 2, cases[2].x.at(q / 2, q % 2) * 0x1p-1050);
    }
    for (HostCase &c : cases) {
        c.request = Request(c.x, 8);
        c.request.set("max_iterations", "10").set("init", "random");
        c.expected = run(c.request);
    }
    return cases;
}

#if defined(__x86_64__)
TEST(HostMode, FlushToZero)
{
    const unsigned before = _mm_getcsr();
    std::vector<HostCase> cases = host_cases();
    for (HostCase &c : cases) {
        for (const unsigned mode : {0x8000u, 0x0040u, 0x8040u}) { // flush, denormals are zero, both
            for (const int threads : {1, 3}) {
                c.request.threads = threads;
                _mm_setcsr((before & ~0x3fu) | mode);
                const Outcome out = run(c.request);
                const unsigned after = _mm_getcsr();
                _mm_setcsr(before);
                EXPECT_EQ(after & 0xffc0u, (before & 0xff80u) | mode) << "mode";
                ASSERT_GE(out.status, 0) << out.detail;
                expect_same_result(c.expected, out);
            }
        }
    }
}

// Only the three calls of the library lie between the two looks at the flags.
TEST(HostMode, FlagsAreUntouched)
{
    const Matrix x = make_blobs(KMEANS_F64, 300, 3, 4, 6, 1.0 / 3, 1);
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
    ASSERT_EQ(kmeans_options_create(context, &options), 0);
    ASSERT_EQ(kmeans_options_set_int(options, "k", 4), 0);
    ASSERT_EQ(kmeans_options_set_int(options, "threads", usable_threads(2)), 0);
    const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
    ASSERT_EQ(kmeans_source_dense(context, &view, &source), 0);
    const unsigned saved = _mm_getcsr();
    for (const unsigned flags : {0x00u, 0x01u, 0x20u, 0x3fu}) {
        kmeans_result *result = nullptr;
        const unsigned before = (saved & ~0x3fu) | flags;
        _mm_setcsr(before);
        const int status = kmeans_fit(context, options, source, &result);
        EXPECT_EQ(_mm_getcsr(), before) << "after a fit";
        ASSERT_EQ(status, 0);
        std::vector<int32_t> labels(300);
        double inertia = 0;
        _mm_setcsr(before);
        kmeans_predict(context, options, source, kmeans_result_centroids(result), 4, 3,
                       labels.data(), nullptr, &inertia);
        EXPECT_EQ(_mm_getcsr(), before) << "after predict";
        kmeans_score(context, options, source, kmeans_result_centroids(result), 4, 3, &inertia);
        EXPECT_EQ(_mm_getcsr(), before) << "after score";
        double tile[40];
        kmeans_transform(context, options, source, kmeans_result_centroids(result), 4, 3, 0, 10,
                         tile);
        EXPECT_EQ(_mm_getcsr(), before) << "after transform";
        kmeans_fit(context, options, nullptr, &result); // an error path
        EXPECT_EQ(_mm_getcsr(), before) << "after an error";
        kmeans_result_free(result);
    }
    _mm_setcsr(saved);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
}
#endif

TEST(HostMode, DirectedRounding)
{
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        std::vector<HostCase> cases = host_cases();
        for (HostCase &c : cases) {
            for (const int threads : {1, 3}) {
                c.request.threads = threads;
                std::fesetround(mode);
                const Outcome out = run(c.request);
                const int after = std::fegetround();
                std::fesetround(FE_TONEAREST);
                EXPECT_EQ(after, mode);
                ASSERT_GE(out.status, 0) << out.detail;
                expect_same_result(c.expected, out);
            }
        }
    }
}

TEST(HostMode, TrappingExceptions)
{
    const int traps = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INEXACT;
    std::feclearexcept(FE_ALL_EXCEPT);
    if (feenableexcept(traps) == -1 || fegetexcept() != traps) {
        fedisableexcept(FE_ALL_EXCEPT);
        GTEST_SKIP() << "this machine cannot trap";
    }
    fedisableexcept(FE_ALL_EXCEPT);
    std::vector<HostCase> cases = host_cases();
    for (HostCase &c : cases) {
        for (const int threads : {1, 3}) {
            c.request.threads = threads;
            c.request.set("time_limit", "1h");
            c.request.progress = [&](const kmeans_progress &) {
                EXPECT_EQ(fegetexcept(), traps) << "the callback runs in the caller's mode";
                return 0;
            };
            std::feclearexcept(FE_ALL_EXCEPT);
            feenableexcept(traps);
            const Outcome out = run(c.request); // a trap would kill the test
            const int after = fegetexcept();
            const int raised = std::fetestexcept(FE_ALL_EXCEPT);
            fedisableexcept(FE_ALL_EXCEPT);
            EXPECT_EQ(after, traps);
            EXPECT_EQ(raised, 0);
            ASSERT_GE(out.status, 0) << out.detail;
            expect_same_result(c.expected, out);
        }
    }
}

// Threads that one host thread's mode does not reach.
TEST(HostMode, CallsFromSeveralPlainThreads)
{
    std::vector<HostCase> cases = host_cases();
    std::vector<std::thread> pool;
    std::vector<std::string> sums(8);
    for (int t = 0; t < 8; t++) {
        pool.emplace_back([&, t] {
            Request request = cases[static_cast<size_t>(t % 3)].request;
            request.threads = 1 + t % 2;
            sums[static_cast<size_t>(t)] = run(request).checksum;
        });
    }
    for (std::thread &thread : pool)
        thread.join();
    for (int t = 0; t < 8; t++) {
        EXPECT_EQ(sums[static_cast<size_t>(t)],
                  cases[static_cast<size_t>(t % 3)].expected.checksum);
    }
}

struct Region {
    std::vector<HostCase> *cases;
    std::atomic<int> next{0};
    std::string sums[64];
    int32_t threads[64] = {};
    int asked = 0;
};

void fit_in_region(void *argument)
{
    Region *const region = static_cast<Region *>(argument);
    const int t = region->next++;
    Request request = (*region->cases)[static_cast<size_t>(t % 3)].request;
    request.threads = region->asked;
    const Outcome out = run(request);
    region->sums[t] = out.checksum;
    region->threads[t] = out.info.threads;
}

TEST(HostThreads, EightOpenMpThreadsEachFit)
{
    if (GOMP_parallel == nullptr)
        GTEST_SKIP() << "built without OpenMP";
    std::vector<HostCase> cases = host_cases();
    for (const int asked : {0, 1, 2}) {
        Region region;
        region.cases = &cases;
        region.asked = asked;
        GOMP_parallel(fit_in_region, &region, 8, 0);
        const int started = region.next;
        EXPECT_GE(started, 1);
        for (int t = 0; t < started; t++) {
            EXPECT_EQ(region.sums[t], cases[static_cast<size_t>(t % 3)].expected.checksum);
            if (asked == 0 && started > 1) {
                EXPECT_EQ(region.threads[t], 1) << "inside the caller's region: 1 unless asked";
            }
        }
    }
}

TEST(HostThreads, ForkAfterAFitThenFitInTheChild)
{
    std::vector<HostCase> cases = host_cases();
    for (const int before : {1, 3}) {
        for (const int inside : {1, 2}) {
            Request request = cases[0].request;
            request.threads = before;
            run(request);
            const pid_t child = fork();
            ASSERT_GE(child, 0);
            if (child == 0) {
                alarm(30); // a hang ends here
                request.threads = inside;
                const Outcome out = run(request);
                _exit(out.checksum == cases[0].expected.checksum ? 0 : 1);
            }
            int status = 0;
            waitpid(child, &status, 0);
            EXPECT_TRUE(WIFEXITED(status)) << "killed by signal " << WTERMSIG(status)
                                           << ", threads " << before << " then " << inside;
            EXPECT_EQ(WEXITSTATUS(status), 0);
        }
    }
}

// The host's own pool instead of OpenMP.
TEST(HostThreads, ParallelForHookGivesTheSameBits)
{
    std::vector<HostCase> cases = host_cases();
    for (HostCase &c : cases) {
        kmeans_context *context = nullptr;
        kmeans_options *options = nullptr;
        kmeans_source *source = nullptr;
        kmeans_result *result = nullptr;
        ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
        ASSERT_EQ(kmeans_options_create(context, &options), 0);
        ASSERT_EQ(apply_options(c.request, c.x.d, options), 0);
        ASSERT_EQ(kmeans_options_set_int(options, "threads", 5), 0); // also without OpenMP
        const kmeans_dense view = kmeans_dense_rows(c.x.data(), c.x.dtype, c.x.n, c.x.d);
        ASSERT_EQ(kmeans_source_dense(context, &view, &source), 0);
        int64_t calls = 0;
        const kmeans_parallel_for_fn serial = [](void *user, kmeans_task_fn task, void *argument,
                                                 int64_t count) {
            ++*static_cast<int64_t *>(user);
            for (int64_t t = count - 1; t >= 0; t--)
                task(argument, t);
            return 0;
        };
        ASSERT_EQ(kmeans_context_set_parallel_for(context, serial, &calls), 0);
        ASSERT_GE(kmeans_fit(context, options, source, &result), 0) << kmeans_detail(context);
        EXPECT_STREQ(kmeans_result_checksum(result), c.expected.checksum.c_str());
        EXPECT_EQ(calls > 0, c.x.n == 20000) << "little work is done by the caller alone";
        kmeans_result_free(result);
        kmeans_source_close(source);
        kmeans_options_free(options);
        kmeans_context_free(context);
    }
}

} // namespace
