// Accessors of a result that is filled by hand, and its warnings.
#include <cstring>
#include <vector>

#include "fixture.h"

extern "C" {
#include "fit/result.h"
}

namespace {

class ResultTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(kmeans_context_create(nullptr, &context), KMEANS_OK);
        result = static_cast<kmeans_result *>(
            km_alloc(&context->memory, 1, static_cast<int64_t>(sizeof *result)));
        ASSERT_NE(result, nullptr);
        result->context = context;
    }

    void TearDown() override
    {
        kmeans_result_free(result);
        EXPECT_EQ(context->memory.used, 0);
        kmeans_context_free(context);
    }

    template <typename Number> Number *make(int64_t count)
    {
        return static_cast<Number *>(
            km_alloc(&context->memory, count, static_cast<int64_t>(sizeof(Number))));
    }

    kmeans_context *context = nullptr;
    kmeans_result *result = nullptr;
};

TEST_F(ResultTest, AccessorsGiveWhatIsThere)
{
    int64_t count = -1;
    result->labels = make<int32_t>(3);
    result->centroids = make<double>(4);
    result->sizes = make<int64_t>(2);
    result->weights = make<double>(2);
    EXPECT_EQ(kmeans_result_distances(result), nullptr);
    EXPECT_EQ(kmeans_result_cluster_inertia(result), nullptr);
    EXPECT_EQ(kmeans_result_restarts(result, &count), nullptr);
    EXPECT_EQ(count, 0);
    result->distances = make<double>(6);
    result->cluster_inertia = make<double>(2);
    result->trace = make<kmeans_trace_row>(5);
    result->trace_rows = 4;
    result->restarts = make<kmeans_restart_row>(3);
    result->info.restarts = 3;
    std::strcpy(result->checksum, "0123456789abcdef0123456789abcdef");
    EXPECT_EQ(kmeans_result_labels(result), result->labels);
    EXPECT_EQ(kmeans_result_centroids(result), result->centroids);
    EXPECT_EQ(kmeans_result_sizes(result), result->sizes);
    EXPECT_EQ(kmeans_result_weights(result), result->weights);
    EXPECT_EQ(kmeans_result_distances(result), result->distances);
    EXPECT_EQ(kmeans_result_cluster_inertia(result), result->cluster_inertia);
    EXPECT_STREQ(kmeans_result_checksum(result), "0123456789abcdef0123456789abcdef");
    EXPECT_EQ(kmeans_result_trace(result, &count), result->trace);
    EXPECT_EQ(count, 4);
    EXPECT_EQ(kmeans_result_trace(result, nullptr), result->trace);
    EXPECT_EQ(kmeans_result_restarts(result, &count), result->restarts);
    EXPECT_EQ(count, 3);
    EXPECT_EQ(kmeans_result_restarts(result, nullptr), result->restarts);
}

TEST_F(ResultTest, InfoAsksForItsSize)
{
    kmeans_result_info info = {};
    result->info.n = 42;
    result->info.inertia = 1.5;
    for (const size_t size : {size_t(0), size_t(8), sizeof info - 1, sizeof info + 8}) {
        info.size = size;
        EXPECT_EQ(kmeans_result_get_info(result, &info), KMEANS_ERROR_ARGUMENT);
        EXPECT_EQ(kmeans_detail(context), "info->size is " + std::to_string(size) +
                                              "; it must be " + std::to_string(sizeof info) +
                                              ", sizeof(kmeans_result_info)");
        EXPECT_EQ(info.n, 0);
        EXPECT_EQ(info.size, size);
    }
    info.size = sizeof info;
    EXPECT_EQ(kmeans_result_get_info(result, &info), KMEANS_OK);
    EXPECT_EQ(info.n, 42);
    EXPECT_EQ(info.inertia, 1.5);
    EXPECT_EQ(info.size, sizeof info);
    EXPECT_EQ(kmeans_result_get_info(result, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_STREQ(kmeans_detail(context), "info is NULL");
    EXPECT_EQ(kmeans_result_get_info(nullptr, &info), KMEANS_ERROR_ARGUMENT);
}

struct Logged {
    std::vector<std::string> lines;
};

void keep_line(void *user, int level, const char *code, const char *text)
{
    static_cast<Logged *>(user)->lines.push_back(std::to_string(level) + " " + code + " " + text);
}

TEST_F(ResultTest, WarningsAreKeptOnceAndLogged)
{
    Logged logged;
    const char *code = nullptr;
    EXPECT_EQ(kmeans_result_warning(result, 0, &code), nullptr);
    ASSERT_EQ(kmeans_context_set_log(context, keep_line, &logged), KMEANS_OK);
    km_warn(result, "empty_clusters", "%d clusters were empty", 3);
    km_warn(result, "empty_clusters", "%d clusters were empty", 4);
    km_warn(result, "few_rows", "%s", std::string(1000, 'x').c_str());
    EXPECT_STREQ(kmeans_result_warning(result, 0, &code), "3 clusters were empty");
    EXPECT_STREQ(code, "empty_clusters");
    EXPECT_EQ(kmeans_result_warning(result, 1, nullptr), std::string(KM_WARNING_SIZE - 1, 'x'));
    EXPECT_EQ(kmeans_result_warning(result, 2, &code), nullptr);
    EXPECT_EQ(code, nullptr);
    EXPECT_EQ(kmeans_result_warning(result, -1, &code), nullptr);
    ASSERT_EQ(logged.lines.size(), 2u);
    EXPECT_EQ(logged.lines[0], "1 empty_clusters 3 clusters were empty");
    const char *const codes[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                 "j", "k", "l", "m", "n", "o", "p", "q"};
    for (const char *const each : codes)
        km_warn(result, each, "text");
    EXPECT_EQ(result->warning_count, KM_MAX_WARNINGS);
    EXPECT_NE(kmeans_result_warning(result, KM_MAX_WARNINGS - 1, nullptr), nullptr);
    EXPECT_EQ(kmeans_result_warning(result, KM_MAX_WARNINGS, nullptr), nullptr);
}

TEST(Result, NullGivesNothing)
{
    int64_t count = -1;
    const char *code = "untouched";
    EXPECT_EQ(kmeans_result_labels(nullptr), nullptr);
    EXPECT_EQ(kmeans_result_centroids(nullptr), nullptr);
    EXPECT_EQ(kmeans_result_sizes(nullptr), nullptr);
    EXPECT_EQ(kmeans_result_weights(nullptr), nullptr);
    EXPECT_EQ(kmeans_result_distances(nullptr), nullptr);
    EXPECT_EQ(kmeans_result_cluster_inertia(nullptr), nullptr);
    EXPECT_EQ(kmeans_result_checksum(nullptr), nullptr);
    EXPECT_EQ(kmeans_result_trace(nullptr, &count), nullptr);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(kmeans_result_restarts(nullptr, nullptr), nullptr);
    EXPECT_EQ(kmeans_result_warning(nullptr, 0, &code), nullptr);
    EXPECT_EQ(code, nullptr);
    kmeans_result_free(nullptr);
}

} // namespace
