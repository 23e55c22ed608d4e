// No call to malloc from pass 2 on: the C library's heap is replaced by one that counts.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <thread>

#include "checkpoint/fixture.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(SANITIZED) ||         \
    !defined(__GLIBC__)
#define COUNTING 0
#else
#define COUNTING 1
#endif

namespace {
std::atomic<bool> counting{false};
std::atomic<int64_t> calls{0};
} // namespace

#if COUNTING
static void count_call()
{
    if (counting.load(std::memory_order_relaxed))
        calls++;
}

// glibc's own heap under its internal names.
extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

void *malloc(size_t bytes)
{
    count_call();
    return __libc_malloc(bytes);
}
void *calloc(size_t count, size_t bytes)
{
    count_call();
    return __libc_calloc(count, bytes);
}
void *realloc(void *memory, size_t bytes)
{
    count_call();
    return __libc_realloc(memory, bytes);
}
void *memalign(size_t alignment, size_t bytes)
{
    count_call();
    return __libc_memalign(alignment, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes)
{
    count_call();
    return __libc_memalign(alignment, bytes);
}
int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
    count_call();
    *memory = __libc_memalign(alignment, bytes);
    return *memory == nullptr ? ENOMEM : 0;
}
void free(void *memory)
{
    count_call();
    __libc_free(memory);
}
}
#endif

namespace {

using namespace oracle;

// Counted: from the end of the first pass to the end of the last.
struct Window {
    int64_t passes = 0;
    int64_t calls = 0;
};

int watch(void *user, const kmeans_progress *progress)
{
    Window *const window = static_cast<Window *>(user);
    if (std::strcmp(progress->phase, "pass") != 0)
        return 0;
    window->passes = progress->pass;
    window->calls = calls;
    counting = true;
    return 0;
}

int64_t calls_in_fit(const Matrix &x, const Request &request)
{
    // Where a team is smaller than the one before, the OpenMP library ends threads, which free what
    // they had: a fit with as many goes first, and they get time to end.
    run(request);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    EXPECT_EQ(kmeans_context_create(nullptr, &context), 0);
    EXPECT_EQ(kmeans_options_create(context, &options), 0);
    EXPECT_EQ(apply_options(request, x.d, options), 0);
    const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
    EXPECT_EQ(kmeans_source_dense(context, &view, &source), 0);
    Window window;
    kmeans_context_set_progress(context, watch, &window);
    calls = 0;
    const int status = kmeans_fit(context, options, source, &result);
    counting = false;
    EXPECT_GE(status, 0) << kmeans_detail(context);
    EXPECT_GE(window.passes, 3) << "too short to say anything";
    kmeans_result_free(result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return window.calls;
}

TEST(Heap, CounterCounts)
{
    if (COUNTING == 0)
        GTEST_SKIP() << "the heap cannot be replaced in this build";
    calls = 0;
    counting = true;
    void *volatile memory = std::malloc(10);
    std::free(memory);
    counting = false;
    EXPECT_EQ(calls, 2);
}

TEST(Heap, NoCallFromPassTwoOn)
{
    if (COUNTING == 0)
        GTEST_SKIP() << "the heap cannot be replaced in this build";
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        for (const int64_t d : {2, 40}) {
            const Matrix x = make_blobs(dtype, 20000, d, 12, 12, 100, 3);
            for (const int threads : {1, 2, 4}) {
                for (const char *passes : {"iterations", "max_iterations"}) {
                    Request request(x, 25);
                    request.threads = threads;
                    request.set("init", "random").set(passes, "12");
                    EXPECT_EQ(calls_in_fit(x, request), 0)
                        << kmeans_dtype_name(dtype) << " d=" << d << " threads " << threads;
                }
            }
        }
    }
}

// Nor while a checkpoint is written after every pass.
TEST(Heap, NoCallForCheckpoints)
{
    if (COUNTING == 0)
        GTEST_SKIP() << "the heap cannot be replaced in this build";
    const Place place;
    const Matrix x = make_blobs(KMEANS_F32, 20000, 8, 12, 12, 100, 3);
    Request request(x, 25);
    request.threads = 2;
    request.set("init", "random").set("iterations", "8");
    request.set("checkpoint", place.path("run.ck")).set("checkpoint_every", "0");
    EXPECT_EQ(calls_in_fit(x, request), 0);
    EXPECT_EQ(place.files(), 1);
}

// Empty clusters are relocated without the heap, too.
TEST(Heap, NoCallWhileRelocating)
{
    if (COUNTING == 0)
        GTEST_SKIP() << "the heap cannot be replaced in this build";
    const Matrix x = make_blobs(KMEANS_F64, 3000, 2, 12, 12, 0, 3);
    std::vector<double> start(20, 1000.0);
    start[0] = start[1] = 0;
    Request request(x, start);
    request.threads = 2;
    EXPECT_EQ(calls_in_fit(x, request.set("iterations", "6")), 0);
}

} // namespace
