// What kmeans_measure refuses, with the outputs untouched, and what it allocates.
#include "api/fixture.h"
#include "measure.h"

namespace {

using namespace measures;

class MeasuresErrors : public ApiTest {
protected:
    void SetUp() override
    {
        ApiTest::SetUp();
        open_rows(20, 3);
        for (int32_t i = 0; i < 20; i++)
            labels.push_back(i % 3);
        found.size = sizeof found;
        found.rows = -77;
    }

    int call(int64_t k = 3, unsigned wanted = KMEANS_MEASURE_ALL, int64_t sample = 0)
    {
        return kmeans_measure(context, options, source, labels.data(), k, wanted, sample, &found);
    }

    void expect(int status, int code, const std::string &text)
    {
        expect_error(status, code, text);
        EXPECT_EQ(found.rows, -77);
        EXPECT_EQ(found.size, sizeof found);
    }

    std::vector<int32_t> labels;
    kmeans_measures found = {};
};

TEST_F(MeasuresErrors, Pointers)
{
    EXPECT_EQ(kmeans_measure(nullptr, options, source, labels.data(), 3, 1, 0, &found),
              KMEANS_ERROR_ARGUMENT);
    expect(kmeans_measure(context, options, nullptr, labels.data(), 3, 1, 0, &found),
           KMEANS_ERROR_ARGUMENT, "source is NULL; it must not be");
    expect(kmeans_measure(context, options, source, nullptr, 3, 1, 0, &found),
           KMEANS_ERROR_ARGUMENT, "labels is NULL; it must not be");
    expect(kmeans_measure(context, options, source, labels.data(), 3, 1, 0, nullptr),
           KMEANS_ERROR_ARGUMENT, "measures is NULL; it must not be");
    EXPECT_EQ(kmeans_measure(context, nullptr, source, labels.data(), 3, 1, 0, &found), KMEANS_OK);
}

TEST_F(MeasuresErrors, Numbers)
{
    expect(call(0), KMEANS_ERROR_SHAPE, "k is 0; it must be 1 .. 2147483647");
    expect(call(int64_t(1) << 31), KMEANS_ERROR_SHAPE,
           "k is 2147483648; it must be 1 .. 2147483647");
    expect(call(3, 0), KMEANS_ERROR_ARGUMENT,
           "wanted is 0; it must be a sum of KMEANS_MEASURE_ constants, 1 .. 31");
    expect(call(3, 32), KMEANS_ERROR_ARGUMENT,
           "wanted is 32; it must be a sum of KMEANS_MEASURE_ constants, 1 .. 31");
    expect(call(3, 8, 1), KMEANS_ERROR_ARGUMENT,
           "sample is 1; it must be 0 (for 10000) or at least 2");
    expect(call(3, 8, -5), KMEANS_ERROR_ARGUMENT,
           "sample is -5; it must be 0 (for 10000) or at least 2");
    found.size = 4;
    EXPECT_EQ(call(), KMEANS_ERROR_ARGUMENT);
    found.size = offsetof(kmeans_measures, davies_bouldin); // of an older library
    found.davies_bouldin = 5;
    EXPECT_EQ(call(), KMEANS_OK) << kmeans_detail(context);
    EXPECT_EQ(found.davies_bouldin, 5);
    EXPECT_GT(found.inertia, 0);
}

TEST_F(MeasuresErrors, LabelsAndRows)
{
    labels[4] = 3;
    expect(call(), KMEANS_ERROR_DATA, "label of row 4 is 3; labels must be -1 .. 2");
    labels[4] = -2;
    expect(call(), KMEANS_ERROR_DATA, "label of row 4 is -2; labels must be -1 .. 2");
    labels.assign(20, -1);
    expect(call(), KMEANS_ERROR_DATA,
           "none of the 20 rows has a label from 0 on and a positive weight");
    labels.assign(20, 1);
    x[7] = INFINITY;
    expect(call(), KMEANS_ERROR_DATA,
           "row 2, column 1 (counted from 0) is inf; values must be finite and at most 2^500 in "
           "magnitude");
    const std::vector<double> weights(20, -1.0);
    kmeans_source_set_weights(source, weights.data());
    EXPECT_EQ(call(), KMEANS_ERROR_DATA);
    EXPECT_EQ(found.rows, -77);
}

TEST_F(MeasuresErrors, EveryFailureOfMemoryIsOneOfTheCall)
{
    heap.calls = 0;
    ASSERT_EQ(call(), KMEANS_OK);
    const int64_t calls = heap.calls, before = heap.blocks;
    found.rows = -77;
    for (heap.fail_at = 0; heap.fail_at < calls; heap.fail_at++) {
        heap.calls = 0;
        EXPECT_EQ(call(), KMEANS_ERROR_MEMORY) << "allocation " << heap.fail_at;
        EXPECT_EQ(found.rows, -77);
        EXPECT_EQ(heap.blocks, before);
    }
    heap.fail_at = -1;
}

// What rows cost: 8 bytes each, and 20 for those of the sample; nothing of n x k or n x d.
TEST_F(MeasuresErrors, MemoryIsLinearInTheRows)
{
    int64_t peak[2];
    for (int step = 0; step < 2; step++) {
        const int64_t n = step == 0 ? 20000 : 60000;
        open_rows(n, 16);
        labels.assign(static_cast<size_t>(n), 0);
        for (int64_t i = 0; i < n; i++)
            labels[static_cast<size_t>(i)] = static_cast<int32_t>(i % 50);
        set_threads(1);
        ASSERT_EQ(call(50, KMEANS_MEASURE_ALL, 300), KMEANS_OK) << kmeans_detail(context);
        peak[step] = found.bytes_peak;
    }
    EXPECT_LT(peak[1] - peak[0], 40000 * 8 + 4096);
}

TEST_F(MeasuresErrors, CancelLeavesNothing)
{
    int calls = 0;
    const auto count = [](void *user, const kmeans_progress *now) {
        EXPECT_STREQ(now->phase, "measure");
        ++*static_cast<int *>(user);
        return 1;
    };
    set("time_limit", "0.000001");
    expect(call(), KMEANS_ERROR_CANCELLED, "stopped before the measures were known");
    set("time_limit", "off");
    open_rows(60000, 40);
    labels.assign(60000, 1);
    for (size_t i = 0; i < labels.size(); i += 2)
        labels[i] = 0;
    kmeans_context_set_progress(context, count, &calls);
    expect(call(2, KMEANS_MEASURE_SILHOUETTE, 60000), KMEANS_ERROR_CANCELLED,
           "stopped before the measures were known");
    EXPECT_EQ(calls, 1);
}

} // namespace
