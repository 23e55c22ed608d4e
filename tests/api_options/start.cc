// Given centroids and labels.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "fixture.h"

namespace {

const double limit = std::ldexp(1.0, 500);
const double above = std::nextafter(limit, std::numeric_limits<double>::infinity());

TEST_F(OptionsTest, CentroidsSetKAndInit)
{
    const std::vector<double> c = {1, 2, 3, limit, -limit, -0.0};
    ASSERT_EQ(kmeans_options_set_centroids(options, c.data(), 2, 3), KMEANS_OK);
    EXPECT_EQ(get("k"), "2");
    EXPECT_EQ(get("init"), "centroids");
    // k follows the centroids until another start is chosen.
    EXPECT_EQ(kmeans_options_set(options, "k", "3"), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "k is 3; it must be 2, the number of initial centroids that were set");
    EXPECT_EQ(kmeans_options_set_int(options, "k", 2), KMEANS_OK);
    ASSERT_EQ(kmeans_options_set(options, "init", "random"), KMEANS_OK);
    EXPECT_EQ(get("init"), "random");
    EXPECT_EQ(get("k"), "2");
    EXPECT_EQ(kmeans_options_set(options, "k", "3"), KMEANS_OK);
}

TEST_F(OptionsTest, RefusesBadShapesOfCentroids)
{
    const struct {
        int64_t k, d;
        const char *detail;
    } cases[] = {
        {0, 2, "k is 0; it must be at least 1"},
        {-1, 2, "k is -1; it must be at least 1"},
        {2, 0, "d is 0; it must be at least 1"},
        {2, INT64_MIN, "d is -9223372036854775808; it must be at least 1"},
        {2147483648, 1, "k is 2147483648; it must be at most 2147483647"},
        {2147483647, 4294967296, "k * d is 2147483647 * 4294967296; it must be below 2^60"},
        {1, INT64_MAX, "k * d is 1 * 9223372036854775807; it must be below 2^60"},
        {2, int64_t(1) << 60, "k * d is 2 * 1152921504606846976; it must be below 2^60"},
    };
    const double c[4] = {1, 2, 3, 4};
    const std::string before = all();
    for (const auto &bad : cases) {
        EXPECT_EQ(kmeans_options_set_centroids(options, c, bad.k, bad.d), KMEANS_ERROR_SHAPE);
        EXPECT_EQ(detail(), bad.detail);
    }
    EXPECT_EQ(kmeans_options_set_centroids(options, nullptr, 2, 2), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "centroids is NULL");
    EXPECT_EQ(all(), before);
}

TEST_F(OptionsTest, RefusesBadValuesOfCentroidsAtEveryPlace)
{
    const double infinity = std::numeric_limits<double>::infinity();
    const struct {
        double value;
        std::string found, rule;
    } cases[] = {
        {std::nan(""), "NaN", "every value must be finite"},
        {std::copysign(std::nan(""), -1.0), "NaN", "every value must be finite"},
        {infinity, "infinity", "every value must be finite"},
        {-infinity, "-infinity", "every value must be finite"},
        {above, "3.2733906078961426e+150", "the limit is 2^500, about 3.27e150"},
        {-above, "-3.2733906078961426e+150", "the limit is 2^500, about 3.27e150"},
        {std::ldexp(1.0, 501), "6.546781215792284e+150", "the limit is 2^500, about 3.27e150"},
    };
    const double given[2] = {5, 6};
    ASSERT_EQ(kmeans_options_set_centroids(options, given, 2, 1), KMEANS_OK);
    const std::string before = all();
    for (const auto &bad : cases) {
        for (int q = 0; q < 6; q++) {
            std::vector<double> c(6, 1.0);
            c[q] = bad.value;
            EXPECT_EQ(kmeans_options_set_centroids(options, c.data(), 2, 3), KMEANS_ERROR_DATA);
            EXPECT_EQ(detail(), "the initial centroids hold " + bad.found + " at row " +
                                    std::to_string(q / 3) + ", column " + std::to_string(q % 3) +
                                    " (counted from 0); " + bad.rule);
            EXPECT_EQ(all(), before);
        }
    }
}

TEST_F(OptionsTest, LabelsSetInitAndLeaveK)
{
    const int32_t labels[3] = {0, 1, 0};
    ASSERT_EQ(kmeans_options_set_labels(options, labels, 3), KMEANS_OK);
    EXPECT_EQ(get("init"), "labels");
    EXPECT_EQ(get("k"), "");
    EXPECT_EQ(kmeans_options_set(options, "k", "2"), KMEANS_OK);
    EXPECT_EQ(kmeans_options_set(options, "init", "k-means++"), KMEANS_OK);
    EXPECT_EQ(get("init"), "k-means++");
}

TEST_F(OptionsTest, RefusesBadLabels)
{
    const int32_t labels[3] = {0, 1, 0};
    EXPECT_EQ(kmeans_options_set_labels(options, nullptr, 3), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "labels is NULL");
    EXPECT_EQ(kmeans_options_set_labels(options, labels, 0), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "n is 0; it must be at least 1");
    EXPECT_EQ(kmeans_options_set_labels(options, labels, -5), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "n is -5; it must be at least 1");
    EXPECT_EQ(get("init"), "k-means++");
}

// A heap that counts what is out and fails from the `fail_at`-th allocation on.
struct Heap {
    int64_t out = 0;
    int calls = 0;
    int fail_at = 1 << 30;
    static void *allocate(void *user, size_t bytes, size_t alignment)
    {
        Heap *const heap = static_cast<Heap *>(user);
        if (heap->calls++ >= heap->fail_at)
            return nullptr;
        heap->out += static_cast<int64_t>(bytes);
        return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    }
    static void release(void *user, void *memory, size_t bytes)
    {
        static_cast<Heap *>(user)->out -= static_cast<int64_t>(bytes);
        std::free(memory);
    }
};

TEST(Options, NoMemoryIsAnErrorAndLeavesNothing)
{
    Heap heap;
    const kmeans_allocator hooks = {Heap::allocate, Heap::release, &heap};
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    const double c[2] = {1, 2};
    ASSERT_EQ(kmeans_context_create(&hooks, &context), KMEANS_OK);
    const int64_t base = heap.out;
    heap.fail_at = heap.calls;
    EXPECT_EQ(kmeans_options_create(context, &options), KMEANS_ERROR_MEMORY);
    EXPECT_EQ(options, nullptr);
    EXPECT_EQ(heap.out, base);
    heap.fail_at = heap.calls + 1;
    ASSERT_EQ(kmeans_options_create(context, &options), KMEANS_OK);
    EXPECT_EQ(kmeans_options_set_centroids(options, c, 2, 1), KMEANS_ERROR_MEMORY);
    EXPECT_STREQ(kmeans_detail(context),
                 "no memory for a copy of the initial centroids, 2 numbers");
    heap.fail_at = 1 << 30;
    // Replaced, dropped and last copies all go back.
    EXPECT_EQ(kmeans_options_set_centroids(options, c, 2, 1), KMEANS_OK);
    const int64_t one = heap.out;
    EXPECT_EQ(kmeans_options_set_centroids(options, c, 1, 2), KMEANS_OK);
    EXPECT_EQ(heap.out, one);
    EXPECT_EQ(kmeans_options_set(options, "init", "box"), KMEANS_OK);
    EXPECT_LT(heap.out, one);
    EXPECT_EQ(kmeans_options_set_centroids(options, c, 1, 2), KMEANS_OK);
    kmeans_options_free(options);
    EXPECT_EQ(heap.out, base);
    kmeans_context_free(context);
    EXPECT_EQ(heap.out, 0);
}

} // namespace
