// memory_limit outside of fits: buffers of rows, the check, predict and transform under it.
#include <cstdlib>

#include "api/fixture.h"
#include "oracle/check.h"

namespace {

class MemoryLimitApi : public ApiTest {
protected:
    void TearDown() override
    {
        kmeans_rows_free(labels);
        kmeans_rows_free(distances);
        ApiTest::TearDown();
    }

    void give(const oracle::Matrix &rows)
    {
        const kmeans_dense view = kmeans_dense_rows(rows.data(), rows.dtype, rows.n, rows.d);
        ASSERT_EQ(kmeans_source_dense(context, &view, &source), 0) << kmeans_detail(context);
    }

    // A little above the least that would do now.
    std::string least()
    {
        set("memory_limit", "1");
        EXPECT_EQ(kmeans_limit_check(context, options, source, 0), KMEANS_ERROR_MEMORY);
        const std::string text = kmeans_detail(context);
        const size_t at = text.find("is about ");
        EXPECT_NE(at, std::string::npos) << text;
        return std::to_string(std::stol(text.substr(at + 9)) + 4) + "M";
    }

    void *labels = nullptr, *distances = nullptr;
};

TEST_F(MemoryLimitApi, BuffersAreZeroedAndLieInScratchFilesWhereTheyAreLarge)
{
    const int64_t n = 1000000;
    ASSERT_EQ(kmeans_rows_alloc(context, nullptr, n, 4, &labels), 0);
    kmeans_context_release(context);
    static_cast<int32_t *>(labels)[n - 1] = 5;
    kmeans_rows_free(labels);
    labels = nullptr;
    const int64_t used = heap.out;
    set("memory_limit", "8M");
    ASSERT_EQ(kmeans_rows_alloc(context, options, n, 4, &labels), 0) << kmeans_detail(context);
    EXPECT_EQ(heap.out, used); // none of it is memory
    int32_t *const numbers = static_cast<int32_t *>(labels);
    for (int64_t i = 0; i < n; i++) {
        ASSERT_EQ(numbers[i], 0);
        numbers[i] = static_cast<int32_t>(i);
    }
    kmeans_context_release(context); // what was written stays
    for (int64_t i = 0; i < n; i += 77)
        ASSERT_EQ(numbers[i], i);
    ASSERT_EQ(kmeans_rows_alloc(context, options, 100, 16, &distances), 0);
    EXPECT_GT(heap.out, used); // small ones are
}

TEST_F(MemoryLimitApi, PredictIsTheSameInScratchFiles)
{
    const oracle::Matrix rows = oracle::make_blobs(KMEANS_F32, 400000, 2, 3, 40, 100, 3);
    const std::vector<double> c = {1, 2, 50, 60, 20, 90};
    const size_t n = static_cast<size_t>(rows.n);
    std::vector<int32_t> plain_labels(n);
    std::vector<double> plain(2 * n);
    give(rows);
    set_threads(2);
    double inertia[2] = {0, 1};
    ASSERT_EQ(kmeans_predict(context, options, source, c.data(), 3, 2, plain_labels.data(),
                             plain.data(), &inertia[0]),
              0);
    set("memory_limit", "4M");
    ASSERT_EQ(kmeans_rows_alloc(context, options, rows.n, 4, &labels), 0);
    ASSERT_EQ(kmeans_rows_alloc(context, options, rows.n, 16, &distances), 0);
    set("memory_limit", least().c_str());
    int32_t *const found = static_cast<int32_t *>(labels);
    double *const far = static_cast<double *>(distances);
    ASSERT_EQ(kmeans_predict(context, options, source, c.data(), 3, 2, found, far, &inertia[1]), 0)
        << kmeans_detail(context);
    EXPECT_EQ(std::memcmp(found, plain_labels.data(), 4 * n), 0);
    EXPECT_EQ(std::memcmp(far, plain.data(), 16 * n), 0);
    EXPECT_EQ(inertia[0], inertia[1]);
}

TEST_F(MemoryLimitApi, ALimitTooSmallIsRefused)
{
    const oracle::Matrix rows = oracle::make_blobs(KMEANS_F32, 1000, 2, 3, 40, 100, 3);
    const std::vector<double> c = {1, 2, 50, 60, 20, 90};
    double out[3] = {7, 7, 7};
    int32_t label[1000] = {9};
    give(rows);
    set("memory_limit", "64K");
    const std::string text = "memory_limit is 65536; the least that would do here is about ";
    const auto refused = [&](int status) {
        EXPECT_EQ(status, KMEANS_ERROR_MEMORY);
        EXPECT_EQ(std::string(kmeans_detail(context)).substr(0, text.size()), text);
    };
    refused(kmeans_predict(context, options, source, c.data(), 3, 2, label, nullptr, nullptr));
    refused(kmeans_score(context, options, source, c.data(), 3, 2, out));
    refused(kmeans_transform(context, options, source, c.data(), 3, 2, 0, 1, out));
    refused(kmeans_limit_check(context, options, source, 0));
    EXPECT_EQ(label[0], 9);
    EXPECT_EQ(out[0], 7);
    set("memory_limit", least().c_str());
    EXPECT_EQ(kmeans_limit_check(context, options, source, 0), 0);
    EXPECT_EQ(kmeans_limit_check(context, options, source, int64_t{1} << 40), KMEANS_ERROR_MEMORY);
    set("memory_limit", "1T");
    EXPECT_EQ(kmeans_limit_check(context, options, source, 1 << 30), 0);
    expect_error(kmeans_limit_check(context, options, source, INT64_MAX), KMEANS_ERROR_MEMORY,
                 "memory_limit is 1099511627776; more than 2^63 - 1 bytes are needed");
}

TEST_F(MemoryLimitApi, BadArguments)
{
    const oracle::Matrix rows = oracle::make_blobs(KMEANS_F32, 10, 2, 3, 40, 100, 3);
    give(rows);
    EXPECT_EQ(kmeans_rows_alloc(nullptr, options, 1, 1, &labels), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_limit_check(nullptr, options, source, 1), KMEANS_ERROR_ARGUMENT);
    expect_error(kmeans_rows_alloc(context, options, 1, 1, nullptr), KMEANS_ERROR_ARGUMENT,
                 "rows is NULL; it must not be");
    expect_error(kmeans_rows_alloc(context, options, 0, 4, &labels), KMEANS_ERROR_ARGUMENT,
                 "count is 0 and size is 4; both must be at least 1");
    expect_error(kmeans_limit_check(context, options, nullptr, 1), KMEANS_ERROR_ARGUMENT,
                 "source is NULL; it must not be");
    expect_error(kmeans_limit_check(context, options, source, -1), KMEANS_ERROR_ARGUMENT,
                 "bytes is -1; it must be at least 0");
    EXPECT_EQ(kmeans_rows_alloc(context, options, INT64_MAX, 4, &labels), KMEANS_ERROR_MEMORY);
    set("memory_limit", "1M");
    EXPECT_EQ(kmeans_rows_alloc(context, options, INT64_MAX, 4, &labels), KMEANS_ERROR_MEMORY);
    set("scratch_folder", "/no/such/folder");
    expect_error(kmeans_rows_alloc(context, options, 1000000, 4, &labels), KMEANS_ERROR_MEMORY,
                 "no scratch file for a buffer of 1000000 rows in /no/such/folder: "
                 "No such file or directory");
    EXPECT_EQ(labels, nullptr);
    EXPECT_EQ(kmeans_limit_check(context, nullptr, source, INT64_MAX), 0); // no limit
    kmeans_rows_free(nullptr);
}

} // namespace
