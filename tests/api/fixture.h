// A context, and a heap that can be made to fail, for the tests of the public functions.
#pragma once

#include <gtest/gtest.h>
#include <kmeans/kmeans.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

// Counts what is out; from the `fail_at`-th allocation on (counted from 0) it has nothing left, or
// just that one fails.
struct Heap {
    int64_t out = 0;
    int64_t blocks = 0;
    int64_t calls = 0;
    int64_t fail_at = -1;
    bool only_once = false;

    static void *allocate(void *user, size_t bytes, size_t alignment)
    {
        Heap *const heap = static_cast<Heap *>(user);
        const int64_t call = heap->calls++;
        if (heap->fail_at >= 0 &&
            (heap->only_once ? call == heap->fail_at : call >= heap->fail_at)) {
            return nullptr;
        }
        heap->out += static_cast<int64_t>(bytes);
        heap->blocks++;
        return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    }

    static void release(void *user, void *memory, size_t bytes)
    {
        Heap *const heap = static_cast<Heap *>(user);
        heap->out -= static_cast<int64_t>(bytes);
        heap->blocks--;
        std::free(memory);
    }

    kmeans_allocator hooks() { return {allocate, release, this}; }
};

class ApiTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        const kmeans_allocator hooks = heap.hooks();
        ASSERT_EQ(kmeans_context_create(&hooks, &context), KMEANS_OK);
        ASSERT_EQ(kmeans_options_create(context, &options), KMEANS_OK);
    }

    void TearDown() override
    {
        kmeans_source_close(source);
        kmeans_options_free(options);
        kmeans_context_free(context);
        EXPECT_EQ(heap.blocks, 0) << "memory was not given back";
        EXPECT_EQ(heap.out, 0);
    }

    // The error of a call: code and text.
    void expect_error(int status, int code, const std::string &text, const std::string &what = "")
    {
        EXPECT_EQ(status, code) << what << ": " << kmeans_detail(context);
        EXPECT_EQ(kmeans_detail(context), text) << what;
    }

    void set(const char *name, const std::string &value)
    {
        ASSERT_EQ(kmeans_options_set(options, name, value.c_str()), KMEANS_OK)
            << kmeans_detail(context);
    }

    static bool has_threads()
    {
        return std::string(kmeans_build_info()).find("openmp=yes") != std::string::npos;
    }

    // As many threads as asked, 1 in a build without them.
    void set_threads(int threads) { set("threads", std::to_string(has_threads() ? threads : 1)); }

    // Rows of n x d numbers, not all alike; replaces the source.
    void open_rows(int64_t n, int64_t d)
    {
        cols = d;
        x.resize(static_cast<size_t>(n * d));
        for (size_t q = 0; q < x.size(); q++)
            x[q] = static_cast<double>(q * 7919 % 1009) / 8;
        open();
    }

    void open()
    {
        kmeans_source_close(source);
        source = nullptr;
        const kmeans_dense view =
            kmeans_dense_rows(x.data(), KMEANS_F64, static_cast<int64_t>(x.size()) / cols, cols);
        ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK)
            << kmeans_detail(context);
    }

    Heap heap;
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    std::vector<double> x;
    int64_t cols = 1;
};
