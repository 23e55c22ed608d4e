// Fits that are refused: code, text, and no result.
#include <cmath>
#include <cstdlib>
#include <limits>

#include "fixture.h"

namespace {

const int argument = KMEANS_ERROR_ARGUMENT;
const int shape = KMEANS_ERROR_SHAPE;
const int data = KMEANS_ERROR_DATA;
const double nan_value = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

class BadFit : public ApiTest {
protected:
    int fit()
    {
        kmeans_result *const mark = reinterpret_cast<kmeans_result *>(&x);
        kmeans_result *result = mark;
        const int status = kmeans_fit(context, options, source, &result);
        if (status < 0) {
            EXPECT_EQ(result, mark) << "the output was touched";
        } else {
            kmeans_result_free(result);
        }
        return status;
    }

    void refuse(int code, const std::string &text, const std::string &what = "")
    {
        expect_error(fit(), code, text, what);
    }
};

TEST_F(BadFit, NullArguments)
{
    open_rows(6, 2);
    set("k", "2");
    kmeans_result *result = nullptr;
    EXPECT_EQ(kmeans_fit(nullptr, options, source, &result), argument);
    expect_error(kmeans_fit(context, nullptr, source, &result), argument,
                 "options is NULL; it must not be");
    expect_error(kmeans_fit(context, options, nullptr, &result), argument,
                 "source is NULL; it must not be");
    expect_error(kmeans_fit(context, options, source, nullptr), argument,
                 "result is NULL; it must not be");
    EXPECT_EQ(result, nullptr);
}

struct BadOptions {
    std::vector<std::pair<const char *, const char *>> options;
    int code;
    const char *text;
};

TEST_F(BadFit, OptionsThatDoNotFit)
{
    const BadOptions cases[] = {
        {{}, argument, "k is not set; it must be 1 .. 6, the number of rows"},
        {{{"k", "7"}}, shape, "k is 7; it must be at most the number of rows, 6"},
        {{{"k", "2147483647"}}, shape, "k is 2147483647; it must be at most the number of rows, 6"},
        {{{"k", "2"}, {"init_sample", "1"}}, shape, "init_sample is 1; it must be at least k, 2"},
        {{{"k", "2"}, {"init_sample", "7"}},
         shape,
         "init_sample is 7; it must be at most the number of rows, 6"},
        {{{"k", "2"}, {"iterations", "3"}, {"max_iter", "5"}},
         argument,
         "iterations is 3 and max_iterations is 5; only one of the two may be set"},
        {{{"k", "2"}, {"iterations", "3"}, {"tol", "1e-4"}},
         argument,
         "iterations is 3 and shift_tol_relative is 0.0001; only one of the two may be set"},
        {{{"k", "2"}, {"iterations", "3"}, {"shift_tol", "0"}},
         argument,
         "iterations is 3 and shift_tol is 0; only one of the two may be set"},
        {{{"k", "2"}, {"iterations", "3"}, {"inertia_tol", "0.5"}},
         argument,
         "iterations is 3 and inertia_tol_relative is 0.5; only one of the two may be set"},
        {{{"k", "2"}, {"iterations", "3"}, {"change_fraction", "0.01"}},
         argument,
         "iterations is 3 and change_fraction is 0.01; only one of the two may be set"},
    };
    open_rows(6, 2);
    for (const BadOptions &bad : cases) {
        kmeans_options_free(options);
        ASSERT_EQ(kmeans_options_create(context, &options), KMEANS_OK);
        for (const auto &option : bad.options)
            set(option.first, option.second);
        refuse(bad.code, bad.text);
        kmeans_plan plan = {};
        plan.size = sizeof plan;
        expect_error(kmeans_plan_fit(context, options, source, &plan), bad.code, bad.text, "plan");
        EXPECT_EQ(plan.bytes_total, 0);
    }
}

TEST_F(BadFit, GivenStartsThatDoNotFit)
{
    const double c[6] = {1, 2, 3, 4, 5, 6};
    const int32_t labels[6] = {0, 1, 0, 1, 0, 1};
    open_rows(6, 2);
    ASSERT_EQ(kmeans_options_set_centroids(options, c, 2, 3), KMEANS_OK);
    refuse(shape,
           "d of the initial centroids is 3; it must be 2, the number of columns of the rows");
    ASSERT_EQ(kmeans_options_set_centroids(options, c, 3, 2), KMEANS_OK);
    set("restarts", "2");
    refuse(argument, "restarts is 2; it must be 1 where init is centroids");
    set("restarts", "1");
    set("init_sample", "4");
    refuse(argument, "init_sample is 4; it must be 0 where init is centroids");
    set("init_sample", "0");
    open_rows(2, 2);
    refuse(shape, "k is 3; it must be at most the number of rows, 2");
    open_rows(6, 2);
    ASSERT_EQ(kmeans_options_set_labels(options, labels, 5), KMEANS_OK);
    set("k", "2");
    refuse(shape, "n of the initial labels is 5; it must be 6, the number of rows");
    ASSERT_EQ(kmeans_options_set_labels(options, labels, 6), KMEANS_OK);
    set("restarts", "3");
    refuse(argument, "restarts is 3; it must be 1 where init is labels");
    kmeans_options_free(options);
    ASSERT_EQ(kmeans_options_create(context, &options), KMEANS_OK);
    ASSERT_EQ(kmeans_options_set_labels(options, labels, 6), KMEANS_OK);
    refuse(argument, "k is not set; it must be 1 .. 6, the number of rows");
}

TEST_F(BadFit, GivenLabelsOutOfRange)
{
    const int64_t n = 1000;
    open_rows(n, 3);
    set("k", "4");
    for (const int64_t row : {int64_t(0), n / 2, n - 1}) {
        for (const int32_t label : {-1, 4, INT32_MIN, INT32_MAX}) {
            std::vector<int32_t> labels(static_cast<size_t>(n));
            for (size_t i = 0; i < labels.size(); i++)
                labels[i] = static_cast<int32_t>(i % 4);
            labels[static_cast<size_t>(row)] = label;
            ASSERT_EQ(kmeans_options_set_labels(options, labels.data(), n), KMEANS_OK);
            refuse(data, "initial label of row " + std::to_string(row) + " is " +
                             std::to_string(label) + "; labels must be 0 .. 3");
        }
    }
}

struct BadValue {
    double value;
    const char *shown;
};

const BadValue bad_values[] = {
    {nan_value, "nan"},
    {-nan_value, "nan"},
    {infinity, "inf"},
    {-infinity, "-inf"},
};

std::string bad_value_text(int64_t row, int64_t column, const std::string &shown)
{
    return "row " + std::to_string(row) + ", column " + std::to_string(column) +
           " (counted from 0) is " + shown +
           "; values must be finite and at most 2^500 in magnitude" +
           (shown == "nan" ? " (nan = skip leaves such rows out)" : "");
}

TEST_F(BadFit, BadRowsWhereverTheyAre)
{
    set("k", "2");
    for (const int threads : {1, 2}) {
        set_threads(threads);
        for (const int64_t d : {1, 2, 3, 8, 17}) {
            for (const int64_t n : {2, 5, 1029}) {
                for (const BadValue &bad : bad_values) {
                    for (const int64_t q : {int64_t(0), d - 1, n * d / 2, n * d - d, n * d - 1}) {
                        open_rows(n, d);
                        x[static_cast<size_t>(q)] = bad.value;
                        refuse(data, bad_value_text(q / d, q % d, bad.shown),
                               "n " + std::to_string(n) + " d " + std::to_string(d));
                    }
                }
            }
        }
    }
}

TEST_F(BadFit, FirstBadRowIsNamed)
{
    set("k", "2");
    for (const int threads : {1, 2, 3}) {
        set_threads(threads);
        open_rows(20000, 3);
        for (size_t i = 500; i < x.size(); i += 777)
            x[i] = nan_value;
        refuse(data, bad_value_text(500 / 3, 500 % 3, "nan"));
    }
}

TEST_F(BadFit, TooLargeRows)
{
    set("k", "2");
    const double limit = std::ldexp(1.0, 500);
    for (const double sign : {1.0, -1.0}) {
        open_rows(9, 2);
        x[7] = sign * limit;
        EXPECT_GE(fit(), 0) << kmeans_detail(context);
        x[7] = sign * std::nextafter(limit, infinity);
        EXPECT_EQ(fit(), data);
        x[7] = sign * std::ldexp(1.0, 501);
        refuse(data, bad_value_text(3, 1, sign > 0 ? "6.54678e+150" : "-6.54678e+150"));
        x[7] = sign * std::numeric_limits<double>::max();
        refuse(data, bad_value_text(3, 1, sign > 0 ? "1.79769e+308" : "-1.79769e+308"));
    }
}

TEST_F(BadFit, BadRowsOfFloats)
{
    set("k", "2");
    for (const int64_t q : {0, 6, 13}) {
        for (const BadValue &bad : bad_values) {
            std::vector<float> rows = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
            rows[static_cast<size_t>(q)] = static_cast<float>(bad.value);
            kmeans_source_close(source);
            const kmeans_dense view = kmeans_dense_rows(rows.data(), KMEANS_F32, 7, 2);
            ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
            refuse(data, bad_value_text(q / 2, q % 2, bad.shown));
            kmeans_source_close(source);
            source = nullptr;
        }
    }
}

TEST_F(BadFit, Weights)
{
    open_rows(40, 2);
    set("k", "2");
    const struct {
        double value;
        const char *shown;
    } cases[] = {{-1, "-1"},
                 {-5e-324, "-4.94066e-324"},
                 {nan_value, "nan"},
                 {-nan_value, "nan"},
                 {infinity, "inf"},
                 {-infinity, "-inf"},
                 {std::ldexp(1.0, 501), "6.54678e+150"}};
    for (const auto &bad : cases) {
        for (const size_t row : {0, 20, 39}) {
            std::vector<double> weights(40, 1.0);
            weights[row] = bad.value;
            ASSERT_EQ(kmeans_source_set_weights(source, weights.data()), KMEANS_OK);
            refuse(data, "weight of row " + std::to_string(row) + " is " + bad.shown +
                             "; weights must be at least 0 and at most 2^500");
        }
    }
    std::vector<double> zeros(40, 0.0);
    zeros[7] = -0.0;
    ASSERT_EQ(kmeans_source_set_weights(source, zeros.data()), KMEANS_OK);
    refuse(data, "all 40 weights are 0");
    zeros[39] = 5e-324;
    EXPECT_GE(fit(), 0) << kmeans_detail(context);
    ASSERT_EQ(kmeans_source_set_weights(source, nullptr), KMEANS_OK);
    EXPECT_GE(fit(), 0) << kmeans_detail(context);
}

TEST_F(BadFit, NothingLeftAfterSkipping)
{
    open_rows(6, 2);
    set("k", "2");
    set("nan", "skip");
    for (size_t i = 0; i < 6; i++)
        x[2 * i + i % 2] = nan_value;
    refuse(data, "all 6 rows were skipped");
    x[2] = x[3] = 1;
    // A weight of 0 on the only row that is left.
    std::vector<double> weights(6, 1.0);
    weights[1] = 0;
    ASSERT_EQ(kmeans_source_set_weights(source, weights.data()), KMEANS_OK);
    refuse(data, "no row has both usable values and a positive weight");
    // Infinities are not skipped.
    ASSERT_EQ(kmeans_source_set_weights(source, nullptr), KMEANS_OK);
    x[2] = infinity;
    refuse(data, bad_value_text(1, 0, "inf"));
}

TEST_F(BadFit, InstructionSetsAndEnvironment)
{
    open_rows(6, 2);
    set("k", "2");
    for (const char *const name : {"neon", "avx512", "avx2"}) {
        bool built = false;
        bool runs = false;
        int usable = 0;
        for (int i = 0; kmeans_isa_name(i, &usable) != nullptr; i++) {
            if (std::string(kmeans_isa_name(i, &usable)) == name) {
                built = true;
                runs = usable != 0;
            }
        }
        set("isa", name);
        const int status = fit();
        EXPECT_EQ(status, built && runs ? KMEANS_OK : KMEANS_ERROR_UNSUPPORTED) << name;
        if (status < 0) {
            EXPECT_NE(std::string(kmeans_detail(context)).find(name), std::string::npos)
                << kmeans_detail(context);
        }
    }
    set("isa", "auto");
    setenv("KMEANS_ISA", "sse9", 1);
    EXPECT_EQ(fit(), KMEANS_ERROR_NAME);
    EXPECT_NE(std::string(kmeans_detail(context)).find("KMEANS_ISA: no instruction set 'sse9'"),
              std::string::npos)
        << kmeans_detail(context);
    set("isa", "scalar"); // said by name: the environment is not asked
    EXPECT_EQ(fit(), KMEANS_OK) << kmeans_detail(context);
    unsetenv("KMEANS_ISA");
    for (const char *const value : {"0", "-1", "many", "3.5", "5000"}) {
        setenv("KMEANS_NUM_THREADS", value, 1);
        const int status = fit();
        const std::string text = kmeans_detail(context);
        unsetenv("KMEANS_NUM_THREADS");
        EXPECT_EQ(status, argument) << value;
        EXPECT_EQ(text, "environment variable KMEANS_NUM_THREADS: '" + std::string(value) +
                            "' is not a number of threads, 1 .. 4096");
    }
}

TEST_F(BadFit, ThreadsOfABuildWithoutThem)
{
    if (has_threads())
        GTEST_SKIP() << "this build has threads";
    open_rows(6, 2);
    set("k", "2");
    set("threads", "2");
    refuse(KMEANS_ERROR_UNSUPPORTED,
           "threads is 2; it must be 0 or 1 in this build, which has none (KMEANS_OPENMP=OFF)");
    set("threads", "0");
    EXPECT_GE(fit(), 0) << kmeans_detail(context);
}

int run_serially(void *, kmeans_task_fn task, void *task_argument, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        task(task_argument, i);
    return 0;
}

TEST_F(BadFit, PoolWithoutThreads)
{
    open_rows(6, 2);
    set("k", "2");
    ASSERT_EQ(kmeans_context_set_parallel_for(context, run_serially, nullptr), KMEANS_OK);
    refuse(argument, "threads is 0; it must be at least 1 with a parallel_for hook");
    set("threads", "3");
    EXPECT_GE(fit(), 0) << kmeans_detail(context);
}

int cancel_at_once(void *, const kmeans_progress *) { return 1; }

TEST_F(BadFit, StoppedBeforeThereIsAResult)
{
    open_rows(20000, 3);
    set("k", "50");
    set("time_limit", "0");
    refuse(KMEANS_ERROR_CANCELLED, "stopped by time_limit before the first complete assignment");
    set("time_limit", "off");
    ASSERT_EQ(kmeans_context_set_progress(context, cancel_at_once, nullptr), KMEANS_OK);
    const int status = fit();
    EXPECT_TRUE(status == KMEANS_ERROR_CANCELLED || status == KMEANS_STOPPED_CANCELLED) << status;
}

TEST_F(BadFit, EmptyClusters)
{
    open_rows(6, 1);
    const double c[3] = {0, 1e6, 1e7};
    ASSERT_EQ(kmeans_options_set_centroids(options, c, 3, 1), KMEANS_OK);
    set("empty", "error");
    refuse(KMEANS_ERROR_EMPTY,
           "cluster 1 has no rows in pass 1, and the option empty is \"error\"");
    set("empty", "keep");
    EXPECT_GE(fit(), 0) << kmeans_detail(context);
    set("empty", "relocate");
    EXPECT_GE(fit(), 0) << kmeans_detail(context);
}

} // namespace
