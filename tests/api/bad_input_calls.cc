// predict, transform, score and plan refused: code, text, and buffers untouched.
#include <cmath>
#include <cstddef>
#include <limits>

#include "fixture.h"

namespace {

const int argument = KMEANS_ERROR_ARGUMENT;
const int shape = KMEANS_ERROR_SHAPE;
const int data = KMEANS_ERROR_DATA;
const double nan_value = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

class BadCall : public ApiTest {
protected:
    void SetUp() override
    {
        ApiTest::SetUp();
        open_rows(6, 2);
        reset();
    }

    void reset()
    {
        labels.assign(6, -77);
        distances.assign(12, -77.0);
        out.assign(18, -77.0);
        inertia = -77;
    }

    void expect_untouched(const std::string &what)
    {
        for (const int32_t label : labels)
            EXPECT_EQ(label, -77) << what;
        for (const double distance : distances)
            EXPECT_EQ(distance, -77) << what;
        for (const double value : out)
            EXPECT_EQ(value, -77) << what;
        EXPECT_EQ(inertia, -77) << what;
    }

    // The three calls that take centroids, all refused with the same text.
    void refuse_all(const double *centroids, int64_t k, int64_t d, int code,
                    const std::string &text)
    {
        expect_error(kmeans_predict(context, options, source, centroids, k, d, labels.data(),
                                    distances.data(), &inertia),
                     code, text, "predict");
        expect_error(kmeans_transform(context, options, source, centroids, k, d, 0, 6, out.data()),
                     code, text, "transform");
        expect_error(kmeans_score(context, options, source, centroids, k, d, &inertia), code, text,
                     "score");
        expect_untouched(text);
    }

    const double c[6] = {1, 2, 3, 4, 5, 6};
    std::vector<int32_t> labels;
    std::vector<double> distances, out;
    double inertia = -77;
};

TEST_F(BadCall, NullArguments)
{
    kmeans_source *const good = source;
    EXPECT_EQ(kmeans_predict(nullptr, options, source, c, 3, 2, labels.data(), nullptr, nullptr),
              argument);
    EXPECT_EQ(kmeans_transform(nullptr, options, source, c, 3, 2, 0, 6, out.data()), argument);
    EXPECT_EQ(kmeans_score(nullptr, options, source, c, 3, 2, &inertia), argument);
    EXPECT_EQ(kmeans_plan_fit(nullptr, options, source, nullptr), argument);
    refuse_all(nullptr, 3, 2, argument, "centroids is NULL; it must not be");
    source = nullptr;
    refuse_all(c, 3, 2, argument, "source is NULL; it must not be");
    source = good;
    expect_error(kmeans_transform(context, options, source, c, 3, 2, 0, 6, nullptr), argument,
                 "out is NULL; it must not be");
    expect_error(kmeans_score(context, options, source, c, 3, 2, nullptr), argument,
                 "inertia is NULL; it must not be");
    expect_untouched("NULL");
    // Without options everything is at its default, and outputs that nobody wants may be NULL.
    EXPECT_EQ(kmeans_score(context, nullptr, source, c, 3, 2, &inertia), KMEANS_OK)
        << kmeans_detail(context);
    EXPECT_EQ(kmeans_predict(context, nullptr, source, c, 3, 2, labels.data(), nullptr, nullptr),
              KMEANS_OK)
        << kmeans_detail(context);
}

TEST_F(BadCall, Shapes)
{
    refuse_all(c, 0, 2, shape, "k is 0; it must be 1 .. 2147483647");
    refuse_all(c, -1, 2, shape, "k is -1; it must be 1 .. 2147483647");
    refuse_all(c, INT64_MIN, 2, shape, "k is -9223372036854775808; it must be 1 .. 2147483647");
    refuse_all(c, 2147483648, 2, shape, "k is 2147483648; it must be 1 .. 2147483647");
    refuse_all(c, INT64_MAX, 2, shape, "k is 9223372036854775807; it must be 1 .. 2147483647");
    refuse_all(c, 3, 0, shape, "the centroids have 0 columns, the source has 2");
    refuse_all(c, 3, -2, shape, "the centroids have -2 columns, the source has 2");
    refuse_all(c, 3, 3, shape, "the centroids have 3 columns, the source has 2");
    refuse_all(c, 6, 1, shape, "the centroids have 1 columns, the source has 2");
    refuse_all(c, 3, INT64_MAX, shape,
               "the centroids have 9223372036854775807 columns, the source has 2");
}

TEST_F(BadCall, Centroids)
{
    const struct {
        double value;
        const char *text;
    } cases[] = {
        {nan_value, "hold NaN"},
        {infinity, "hold infinity"},
        {-infinity, "hold -infinity"},
        {std::ldexp(1.0, 501), "hold 6.546781215792284e+150"},
        {-std::ldexp(1.0, 501), "hold -6.546781215792284e+150"},
    };
    for (const auto &bad : cases) {
        for (int q = 0; q < 6; q++) {
            std::vector<double> centroids(c, c + 6);
            centroids[static_cast<size_t>(q)] = bad.value;
            const std::string rule = std::isfinite(bad.value) ? "the limit is 2^500, about 3.27e150"
                                                              : "every value must be finite";
            refuse_all(centroids.data(), 3, 2, data,
                       std::string("the centroids ") + bad.text + " at row " +
                           std::to_string(q / 2) + ", column " + std::to_string(q % 2) +
                           " (counted from 0); " + rule);
        }
    }
}

TEST_F(BadCall, RowsOfTransform)
{
    const struct {
        int64_t row0, count;
    } ranges[] = {{-1, 1}, {0, 7}, {6, 1},         {7, 0},         {3, -1},
                  {0, -1}, {5, 2}, {1, INT64_MAX}, {INT64_MAX, 1}, {INT64_MIN, 1}};
    for (const auto &range : ranges) {
        expect_error(kmeans_transform(context, options, source, c, 3, 2, range.row0, range.count,
                                      out.data()),
                     argument,
                     "row0 is " + std::to_string(range.row0) + " and count is " +
                         std::to_string(range.count) + "; the source has rows 0 .. 5");
    }
    expect_untouched("rows");
}

TEST_F(BadCall, BadRows)
{
    for (const size_t q : {0, 5, 11}) {
        for (const double value : {nan_value, infinity, -infinity, std::ldexp(1.0, 501)}) {
            open_rows(6, 2);
            x[q] = value;
            const std::string place =
                "row " + std::to_string(q / 2) + ", column " + std::to_string(q % 2);
            EXPECT_EQ(
                kmeans_predict(context, options, source, c, 3, 2, labels.data(), nullptr, nullptr),
                data);
            EXPECT_NE(std::string(kmeans_detail(context)).find(place), std::string::npos)
                << kmeans_detail(context);
            EXPECT_EQ(kmeans_score(context, options, source, c, 3, 2, &inertia), data);
            EXPECT_NE(std::string(kmeans_detail(context)).find(place), std::string::npos)
                << kmeans_detail(context);
            EXPECT_EQ(inertia, -77);
            EXPECT_EQ(kmeans_transform(context, options, source, c, 3, 2, 0, 6, out.data()), data);
            EXPECT_NE(std::string(kmeans_detail(context)).find(place), std::string::npos)
                << kmeans_detail(context);
        }
    }
}

TEST_F(BadCall, TransformSkipsOrNamesBadRows)
{
    open_rows(200, 2);
    x[2 * 150 + 1] = infinity;
    x[2 * 70] = -nan_value;
    std::vector<double> all(600);
    const auto transform = [&](int64_t row0, int64_t count) {
        return kmeans_transform(context, options, source, c, 3, 2, row0, count, all.data());
    };
    for (const int threads : {1, 2, 3}) {
        set_threads(threads);
        set("nan", "error");
        expect_error(transform(0, 200), data,
                     "row 70, column 0 (counted from 0) is nan; values must be finite and at most "
                     "2^500 in magnitude (nan = skip leaves such rows out)");
        EXPECT_EQ(transform(71, 79), KMEANS_OK) << kmeans_detail(context);
        set("nan", "skip");
        expect_error(transform(0, 200), data,
                     "row 150, column 1 (counted from 0) is inf; values must be finite and at most "
                     "2^500 in magnitude");
        ASSERT_EQ(transform(60, 80), KMEANS_OK) << kmeans_detail(context);
        for (int64_t q = 0; q < 240; q++)
            EXPECT_EQ(std::isnan(all[static_cast<size_t>(q)]), q / 3 == 10) << q;
    }
    set("finite_check", "off");
    EXPECT_EQ(transform(0, 200), KMEANS_OK) << kmeans_detail(context);
}

TEST_F(BadCall, WeightsOfScore)
{
    for (const double value : {-1.0, nan_value, infinity}) {
        std::vector<double> weights(6, 1.0);
        weights[5] = value;
        ASSERT_EQ(kmeans_source_set_weights(source, weights.data()), KMEANS_OK);
        EXPECT_EQ(kmeans_score(context, options, source, c, 3, 2, &inertia), data);
        EXPECT_EQ(std::string(kmeans_detail(context)).rfind("weight of row 5 is ", 0), 0u)
            << kmeans_detail(context);
        EXPECT_EQ(inertia, -77);
    }
    ASSERT_EQ(kmeans_source_set_weights(source, nullptr), KMEANS_OK);
}

TEST_F(BadCall, Plan)
{
    set("k", "2");
    kmeans_plan plan = {};
    plan.bytes_total = -77;
    for (const size_t size : {size_t(0), size_t(1), sizeof(size_t) - 1}) {
        plan.size = size;
        expect_error(kmeans_plan_fit(context, options, source, &plan), argument,
                     "plan->size is " + std::to_string(size) + "; it must be sizeof(kmeans_plan)");
    }
    plan.size = sizeof plan;
    expect_error(kmeans_plan_fit(context, nullptr, source, &plan), argument,
                 "options is NULL; it must not be");
    expect_error(kmeans_plan_fit(context, options, nullptr, &plan), argument,
                 "source is NULL; it must not be");
    expect_error(kmeans_plan_fit(context, options, source, nullptr), argument,
                 "plan is NULL; it must not be");
    EXPECT_EQ(plan.bytes_total, -77);
    EXPECT_EQ(kmeans_plan_fit(context, options, source, &plan), KMEANS_OK);
    EXPECT_GT(plan.bytes_total, 0);
}

TEST_F(BadCall, PlanOfAnOlderOrNewerCaller)
{
    set("k", "2");
    struct {
        kmeans_plan plan;
        int64_t behind[4];
    } memory = {};
    memory.plan.bytes_rows = memory.behind[0] = -77;
    memory.plan.size = offsetof(kmeans_plan, bytes_rows);
    ASSERT_EQ(kmeans_plan_fit(context, options, source, &memory.plan), KMEANS_OK);
    EXPECT_GT(memory.plan.bytes_total, 0);
    EXPECT_EQ(memory.plan.bytes_rows, -77) << "an older caller has no such field";
    memory.plan.size = sizeof memory;
    ASSERT_EQ(kmeans_plan_fit(context, options, source, &memory.plan), KMEANS_OK);
    EXPECT_GT(memory.plan.bytes_rows, 0);
    EXPECT_EQ(memory.behind[0], -77) << "this library knows no field there";
}

TEST_F(BadCall, ThreadsAndTables)
{
    setenv("KMEANS_ISA", "sse9", 1);
    const int status = kmeans_score(context, options, source, c, 3, 2, &inertia);
    unsetenv("KMEANS_ISA");
    EXPECT_EQ(status, KMEANS_ERROR_NAME);
    setenv("KMEANS_NUM_THREADS", "x", 1);
    const int threads = kmeans_score(context, options, source, c, 3, 2, &inertia);
    unsetenv("KMEANS_NUM_THREADS");
    EXPECT_EQ(threads, argument);
    expect_untouched("environment");
}

TEST(BadContext, Hooks)
{
    Heap heap;
    kmeans_context *const mark = reinterpret_cast<kmeans_context *>(&heap);
    kmeans_context *context = mark;
    kmeans_allocator hooks = heap.hooks();
    EXPECT_EQ(kmeans_context_create(nullptr, nullptr), argument);
    hooks.allocate = nullptr;
    EXPECT_EQ(kmeans_context_create(&hooks, &context), argument);
    hooks = heap.hooks();
    hooks.release = nullptr;
    EXPECT_EQ(kmeans_context_create(&hooks, &context), argument);
    hooks = heap.hooks();
    heap.fail_at = 0;
    EXPECT_EQ(kmeans_context_create(&hooks, &context), KMEANS_ERROR_MEMORY);
    EXPECT_EQ(context, mark);
    EXPECT_EQ(heap.blocks, 0);
    EXPECT_EQ(kmeans_context_set_log(nullptr, nullptr, nullptr), argument);
    EXPECT_EQ(kmeans_context_set_progress(nullptr, nullptr, nullptr), argument);
    EXPECT_EQ(kmeans_context_set_parallel_for(nullptr, nullptr, nullptr), argument);
    EXPECT_NE(kmeans_detail(nullptr), nullptr);
    kmeans_context_free(nullptr);
    for (const int code : {-1000, -11, 4, 1000}) {
        EXPECT_STREQ(kmeans_strerror(code), "unknown status");
    }
    EXPECT_EQ(kmeans_isa_name(-1, nullptr), nullptr);
    EXPECT_EQ(kmeans_isa_name(1000, nullptr), nullptr);
    EXPECT_EQ(kmeans_algorithm_name(-1, nullptr, nullptr), nullptr);
    EXPECT_EQ(kmeans_algorithm_name(1000, nullptr, nullptr), nullptr);
}

} // namespace
