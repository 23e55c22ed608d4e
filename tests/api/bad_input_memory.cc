// The i-th allocation fails, for every i: the error is KMEANS_ERROR_MEMORY, and nothing leaks.
#include <functional>

#include "fixture.h"

namespace {

class NoMemory : public ApiTest {
protected:
    // Run call with each of its allocations failing, alone and with all later ones; then with
    // none, when it must succeed. call must free what it made.
    void starve(const std::function<int()> &call)
    {
        for (const bool only_once : {false, true}) {
            heap.only_once = only_once;
            bool reached = true;
            for (int64_t i = 0; reached; i++) {
                ASSERT_LT(i, 2000) << "too many allocations";
                const int64_t blocks = heap.blocks;
                const int64_t first = heap.calls;
                heap.fail_at = first + i;
                const int status = call();
                reached = heap.calls > heap.fail_at;
                heap.fail_at = -1;
                ASSERT_EQ(heap.blocks, blocks) << "allocation " << i << " leaves blocks behind";
                if (reached) {
                    ASSERT_EQ(status, KMEANS_ERROR_MEMORY)
                        << "allocation " << i << ": " << kmeans_detail(context);
                    ASSERT_NE(std::string(kmeans_detail(context)), "") << "allocation " << i;
                } else {
                    ASSERT_GE(status, 0) << kmeans_detail(context);
                    ASSERT_GT(i, 0) << "the call allocates nothing";
                }
            }
        }
    }

    int fit()
    {
        kmeans_result *result = nullptr;
        const int status = kmeans_fit(context, options, source, &result);
        EXPECT_EQ(result != nullptr, status >= 0);
        kmeans_result_free(result);
        return status;
    }
};

TEST_F(NoMemory, Sources)
{
    const double numbers[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const void *const columns[3] = {numbers, numbers + 4, numbers + 8};
    const kmeans_columns view = {columns, KMEANS_F64, 4, 3, 1};
    const kmeans_dense rows = kmeans_dense_rows(numbers, KMEANS_F64, 4, 3);
    starve([&] {
        kmeans_source *made = nullptr;
        const int status = kmeans_source_dense(context, &rows, &made);
        kmeans_source_close(made);
        return status;
    });
    starve([&] {
        kmeans_source *made = nullptr;
        const int status = kmeans_source_columns(context, &view, &made);
        kmeans_source_close(made);
        return status;
    });
    open_rows(5, 2);
    kmeans_source *const parts[2] = {source, source};
    starve([&] {
        kmeans_source *made = nullptr;
        const int status = kmeans_source_concat(context, parts, 2, &made);
        kmeans_source_close(made);
        return status;
    });
}

TEST_F(NoMemory, Files)
{
    for (const char *const name : {"iris.csv", "ruspini.csv"}) {
        const std::string path = std::string(KMEANS_TEST_DATA) + "/" + name;
        kmeans_file_options file;
        kmeans_file_options_init(&file);
        file.columns = "1-2";
        starve([&] {
            kmeans_source *made = nullptr;
            const int status = kmeans_source_open(context, path.c_str(), &file, &made);
            kmeans_source_close(made);
            return status;
        });
    }
}

TEST_F(NoMemory, Options)
{
    const double c[4] = {1, 2, 3, 4};
    starve([&] {
        kmeans_options *made = nullptr;
        int status = kmeans_options_create(context, &made);
        if (status == KMEANS_OK)
            status = kmeans_options_set_centroids(made, c, 2, 2);
        kmeans_options_free(made);
        return status;
    });
}

TEST_F(NoMemory, FitsOfEveryStart)
{
    const double c[6] = {1, 2, 3, 4, 5, 6};
    std::vector<int32_t> labels(70);
    for (size_t i = 0; i < labels.size(); i++)
        labels[i] = static_cast<int32_t>(i % 3);
    open_rows(70, 2);
    set("k", "3");
    for (const char *const init : {"k-means++", "random", "box"}) {
        set("init", init);
        starve([&] { return fit(); });
    }
    ASSERT_EQ(kmeans_options_set_centroids(options, c, 3, 2), KMEANS_OK);
    starve([&] { return fit(); });
    ASSERT_EQ(kmeans_options_set_labels(options, labels.data(), 70), KMEANS_OK);
    starve([&] { return fit(); });
}

TEST_F(NoMemory, FitsWithEverything)
{
    std::vector<double> weights(70);
    for (size_t i = 0; i < weights.size(); i++)
        weights[i] = static_cast<double>(i % 5);
    open_rows(70, 3);
    ASSERT_EQ(kmeans_source_set_weights(source, weights.data()), KMEANS_OK);
    set("k", "5");
    set("restarts", "3");
    set("init_sample", "20");
    set_threads(2);
    set("distances", "on");
    set("cluster_inertia", "on");
    set("tol", "1e-6");
    starve([&] { return fit(); });
    set("nan", "skip");
    x[17] = std::strtod("nan", nullptr);
    starve([&] { return fit(); });
    ASSERT_EQ(kmeans_source_set_weights(source, nullptr), KMEANS_OK);
}

TEST_F(NoMemory, FitsOfManyColumns)
{
    open_rows(60, 40);
    set("k", "7");
    starve([&] { return fit(); });
    std::vector<float> rows(x.begin(), x.end());
    const kmeans_dense view = kmeans_dense_rows(rows.data(), KMEANS_F32, 60, 40);
    kmeans_source_close(source);
    ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
    starve([&] { return fit(); });
}

TEST_F(NoMemory, EmptyClusters)
{
    open_rows(20, 1);
    const double c[3] = {0, 1e6, 1e7};
    ASSERT_EQ(kmeans_options_set_centroids(options, c, 3, 1), KMEANS_OK);
    starve([&] { return fit(); });
}

TEST_F(NoMemory, OtherCalls)
{
    open_rows(70, 2);
    const double c[6] = {1, 2, 3, 4, 5, 6};
    std::vector<int32_t> labels(70);
    std::vector<double> distances(140), out(210);
    double inertia = 0;
    starve([&] {
        return kmeans_predict(context, options, source, c, 3, 2, labels.data(), distances.data(),
                              &inertia);
    });
    starve([&] { return kmeans_score(context, options, source, c, 3, 2, &inertia); });
    // These may manage without memory of their own.
    for (int64_t i = 0; i < 20; i++) {
        heap.fail_at = heap.calls + i;
        const int transformed =
            kmeans_transform(context, options, source, c, 3, 2, 0, 70, out.data());
        EXPECT_TRUE(transformed == KMEANS_OK || transformed == KMEANS_ERROR_MEMORY);
        kmeans_plan plan = {};
        plan.size = sizeof plan;
        set("k", "3");
        const int planned = kmeans_plan_fit(context, options, source, &plan);
        EXPECT_TRUE(planned == KMEANS_OK || planned == KMEANS_ERROR_MEMORY);
        heap.fail_at = -1;
    }
}

} // namespace
