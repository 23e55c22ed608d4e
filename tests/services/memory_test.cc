#include "services.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

#include <gtest/gtest.h>

namespace {

// Hooks that remember every block, fill it with rubbish, and can run out.
struct Host {
    std::map<void *, size_t> blocks;
    size_t total = 0;
    int64_t calls_left = INT64_MAX;
    bool wrong_size = false;
    bool misaligned = false;

    static void *allocate(void *user, size_t bytes, size_t alignment)
    {
        Host *const host = static_cast<Host *>(user);
        if (host->calls_left-- <= 0) {
            return nullptr;
        }
        host->misaligned = host->misaligned || alignment > 4096 || (alignment & (alignment - 1));
        void *memory = nullptr;
        if (posix_memalign(&memory, alignment < 8 ? 8 : alignment, bytes) != 0) {
            return nullptr;
        }
        std::memset(memory, 0xA5, bytes);
        host->blocks[memory] = bytes;
        host->total += bytes;
        return memory;
    }
    static void release(void *user, void *memory, size_t bytes)
    {
        Host *const host = static_cast<Host *>(user);
        const auto found = host->blocks.find(memory);
        host->wrong_size =
            host->wrong_size || found == host->blocks.end() || found->second != bytes;
        host->total -= bytes;
        host->blocks.erase(memory);
        std::free(memory);
    }
    kmeans_allocator hooks() { return {allocate, release, this}; }
};

bool all_zero(const void *memory, size_t bytes)
{
    const unsigned char *const p = static_cast<const unsigned char *>(memory);
    for (size_t i = 0; i < bytes; i++) {
        if (p[i] != 0) {
            return false;
        }
    }
    return true;
}

TEST(Memory, SizesDoNotOverflow)
{
    EXPECT_EQ(km_size_mul(3, 5), 15);
    EXPECT_EQ(km_size_mul(0, INT64_MAX), 0);
    EXPECT_EQ(km_size_mul(INT64_MAX, 0), 0);
    EXPECT_EQ(km_size_mul(INT64_MAX, 1), INT64_MAX);
    EXPECT_EQ(km_size_mul(INT64_MAX / 2 + 1, 2), -1);
    EXPECT_EQ(km_size_mul(-1, 2), -1);
    EXPECT_EQ(km_size_mul(2, -1), -1);
    EXPECT_EQ(km_size_add(INT64_MAX - 1, 1), INT64_MAX);
    EXPECT_EQ(km_size_add(INT64_MAX, 1), -1);
    EXPECT_EQ(km_size_add(-1, 1), -1);
}

TEST(Memory, BlocksAreAlignedZeroedAndCharged)
{
    services::Context context;
    km_memory *const memory = &context->memory;
    const int64_t sizes[] = {0, 1, 63, 64, 65, 4096, 1 << 20};
    for (const int64_t size : sizes) {
        const int64_t before = memory->used;
        void *const block = km_alloc(memory, size, 1);
        ASSERT_NE(block, nullptr);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 64, 0U);
        EXPECT_TRUE(all_zero(block, static_cast<size_t>(size)));
        EXPECT_EQ(memory->used - before, km_alloc_bytes(size, 1));
        EXPECT_GE(km_alloc_bytes(size, 1), size);
        EXPECT_LE(km_alloc_bytes(size, 1), size + 128);
        std::memset(block, 1, static_cast<size_t>(size));
        km_free(block);
        EXPECT_EQ(memory->used, before);
    }
    km_free(nullptr);
    EXPECT_GE(memory->peak, int64_t{1} << 20);
    km_memory_mark(memory);
    EXPECT_EQ(memory->peak, memory->used);
}

TEST(Memory, ImpossibleSizesGiveNull)
{
    services::Context context;
    km_memory *const memory = &context->memory;
    EXPECT_EQ(km_alloc(memory, INT64_MAX, 1), nullptr);
    EXPECT_EQ(km_alloc(memory, INT64_MAX / 4, 8), nullptr);
    EXPECT_EQ(km_alloc(memory, -1, 8), nullptr);
    EXPECT_EQ(km_alloc_bytes(INT64_MAX / 4, 8), INT64_MAX);
    EXPECT_EQ(memory->used, 0);
}

// Large row state is the system's again when it is freed, however often: no heap keeps its pages.
TEST(Memory, LargeRowStateIsGivenBackToTheSystem)
{
    services::Context context;
    km_memory *const memory = &context->memory;
    const int64_t used = memory->used;
    for (const int64_t bytes : {INT64_C(4000000), INT64_C(4000001), INT64_C(1) << 22}) {
        char *const block = static_cast<char *>(km_alloc_rows(memory, bytes, 1));
        ASSERT_NE(block, nullptr);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 64, 0U);
        EXPECT_EQ(memory->used, used + km_alloc_bytes(bytes, 1));
        EXPECT_TRUE(all_zero(block, static_cast<size_t>(bytes)));
        std::memset(block, 1, static_cast<size_t>(bytes));
        char *const page = block - reinterpret_cast<uintptr_t>(block) % 65536 + 65536;
        ASSERT_EQ(msync(page, 65536, MS_ASYNC), 0);
        km_free(block);
        EXPECT_EQ(memory->used, used);
        EXPECT_EQ(msync(page, 65536, MS_ASYNC), -1);
        EXPECT_EQ(errno, ENOMEM);
    }
    EXPECT_EQ(km_alloc_rows(memory, INT64_MAX / 2 - 4096, 1), nullptr);
}

TEST(Memory, HooksGetEverythingBackWithItsSize)
{
    Host host;
    const kmeans_allocator hooks = host.hooks();
    kmeans_context *context = nullptr;
    ASSERT_EQ(kmeans_context_create(&hooks, &context), KMEANS_OK);
    void *const a = km_alloc(&context->memory, 10, 8);
    void *const b = km_alloc(&context->memory, 1000, 4);
    ASSERT_NE(a, nullptr);
    ASSERT_NE(b, nullptr);
    EXPECT_TRUE(all_zero(a, 80));
    EXPECT_TRUE(all_zero(b, 4000));
    EXPECT_EQ(host.blocks.size(), 3U);
    EXPECT_EQ(static_cast<int64_t>(host.total) - context->memory.used,
              static_cast<int64_t>(sizeof(kmeans_context)));
    km_free(a);
    km_free(b);
    kmeans_context_free(context);
    EXPECT_TRUE(host.blocks.empty());
    EXPECT_FALSE(host.wrong_size);
    EXPECT_FALSE(host.misaligned);
}

TEST(Memory, CreateReportsWhatIsWrong)
{
    Host host;
    kmeans_allocator hooks = host.hooks();
    kmeans_context *context = nullptr;
    EXPECT_EQ(kmeans_context_create(nullptr, nullptr), KMEANS_ERROR_ARGUMENT);
    hooks.release = nullptr;
    EXPECT_EQ(kmeans_context_create(&hooks, &context), KMEANS_ERROR_ARGUMENT);
    hooks = host.hooks();
    hooks.allocate = nullptr;
    EXPECT_EQ(kmeans_context_create(&hooks, &context), KMEANS_ERROR_ARGUMENT);
    hooks = host.hooks();
    host.calls_left = 0;
    EXPECT_EQ(kmeans_context_create(&hooks, &context), KMEANS_ERROR_MEMORY);
    EXPECT_EQ(context, nullptr);
    kmeans_context_free(nullptr);
}

// Every allocation of a call fails once: the error is reported and nothing leaks.
TEST(Memory, SourcesSurviveEveryFailedAllocation)
{
    const double x[6] = {1, 2, 3, 4, 5, 6};
    const void *const columns[2] = {x, x + 3};
    for (int64_t allowed = 1;; allowed++) {
        Host host;
        const kmeans_allocator hooks = host.hooks();
        kmeans_context *context = nullptr;
        ASSERT_EQ(kmeans_context_create(&hooks, &context), KMEANS_OK);
        host.calls_left = allowed - 1;
        const kmeans_columns view = {columns, KMEANS_F64, 3, 2, 1};
        kmeans_source *source = nullptr;
        kmeans_source *joined = nullptr;
        int status = kmeans_source_columns(context, &view, &source);
        if (status == KMEANS_OK) {
            kmeans_source *const parts[2] = {source, source};
            status = kmeans_source_concat(context, parts, 2, &joined);
        }
        if (status != KMEANS_OK) {
            EXPECT_EQ(status, KMEANS_ERROR_MEMORY);
            EXPECT_NE(std::string(kmeans_detail(context)).find("no memory"), std::string::npos);
        }
        kmeans_source_close(joined);
        kmeans_source_close(source);
        kmeans_context_free(context);
        EXPECT_TRUE(host.blocks.empty());
        if (status == KMEANS_OK) {
            EXPECT_GT(allowed, 4);
            break;
        }
        ASSERT_LT(allowed, 20);
    }
}

} // namespace
