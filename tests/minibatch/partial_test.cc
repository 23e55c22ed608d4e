// Batches that arrive one by one: the plain reference, one mini-batch fit over the same slices,
// and calls that fail and leave everything as it was.
#include "api/fixture.h"
#include "reference.h"
#include "support/napping.h"

namespace {

using namespace minibatch;

class Partial : public ApiTest {
protected:
    void TearDown() override
    {
        kmeans_partial_close(partial);
        ApiTest::TearDown();
    }

    void give(const Matrix &data, const std::vector<double> &weights)
    {
        kmeans_source_close(source);
        source = nullptr;
        const kmeans_dense view = kmeans_dense_rows(data.data(), data.dtype, data.n, data.d);
        ASSERT_EQ(kmeans_source_dense(context, &view, &source), 0) << kmeans_detail(context);
        ASSERT_EQ(kmeans_source_set_weights(source, weights.empty() ? nullptr : weights.data()), 0);
    }

    int step(const Matrix &data, const std::vector<double> &weights, std::vector<int32_t> *labels)
    {
        give(data, weights);
        labels->assign(static_cast<size_t>(data.n), -7);
        return kmeans_partial_fit(partial, source, labels->data());
    }

    std::vector<double> centroids() const
    {
        int64_t k = 0;
        int64_t d = 0;
        const double *const c = kmeans_partial_centroids(partial, &k, &d);
        return copy_of(c, k * d);
    }

    kmeans_partial *partial = nullptr;
};

std::vector<double> start_of(const Matrix &data, int64_t k)
{
    std::vector<double> start;
    for (int64_t j = 0; j < k; j++) {
        const std::vector<double> row = data.row(j);
        start.insert(start.end(), row.begin(), row.end());
    }
    return start;
}

TEST_F(Partial, EqualsTheReferenceAndOneFitOverTheSameSlices)
{
    const int64_t k = 6;
    const int64_t size = 40;
    const int64_t epochs = 3;
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        for (const bool weighted : {false, true}) {
            const Matrix data = make_blobs(dtype, 170, 5, 5, 40, 100, 21);
            std::vector<double> weights;
            for (int64_t i = 0; weighted && i < data.n; i++)
                weights.push_back(static_cast<double>(i % 5) / 7);
            const std::vector<double> start = start_of(data, k);
            Request request(data, start);
            request.weights = weights;
            request.set("algorithm", "minibatch").set("batch_size", size).set("iterations", epochs);
            const Outcome fit = run(request);
            ASSERT_GE(fit.status, 0) << fit.detail;

            Reference reference(start, k);
            kmeans_partial_close(partial);
            partial = nullptr;
            ASSERT_EQ(kmeans_options_set_centroids(options, start.data(), k, data.d), 0);
            set_threads(weighted ? 3 : 1);
            ASSERT_EQ(kmeans_partial_open(context, options, &partial), 0);
            EXPECT_EQ(centroids(), start);
            for (uint32_t epoch = 1; epoch <= epochs; epoch++) {
                for (int64_t b = 0; b * size < data.n; b++) {
                    const std::vector<int64_t> rows = batch_rows(data.n, 0, 0, epoch, size, b);
                    std::vector<double> w;
                    for (const int64_t row : rows) {
                        if (weighted)
                            w.push_back(weights[static_cast<size_t>(row)]);
                    }
                    const Matrix batch = take_rows(data, rows);
                    std::vector<int32_t> labels;
                    ASSERT_EQ(step(batch, w, &labels), 0) << kmeans_detail(context);
                    reference.step(batch, w);
                    EXPECT_EQ(labels, reference.labels);
                    EXPECT_EQ(kmeans_partial_inertia(partial), reference.inertia);
                    EXPECT_EQ(copy_of(kmeans_partial_counts(partial), k), reference.taken);
                    EXPECT_EQ(centroids(), reference.c);
                }
            }
            EXPECT_EQ(kmeans_partial_batches(partial), fit.info.batches);
            EXPECT_EQ(centroids(), fit.centroids);
        }
    }
}

// Nothing of all rows is in a batch's sums: neither where its own grids are exact (epoch 1) nor
// where they are not (later).
TEST_F(Partial, EqualsOneFitWhereTheGridsOfAllRowsWouldRound)
{
    const int64_t k = 4;
    const int64_t size = 40;
    for (const int64_t epochs : {1, 3}) {
        const Matrix data =
            scale_batches(make_blobs(KMEANS_F64, 170, 3, 5, 40, 100, 25), size, -350, 160);
        const std::vector<double> start = start_of(data, k);
        Request request(data, start);
        request.set("algorithm", "minibatch").set("batch_size", size).set("iterations", epochs);
        const Outcome fit = run(request);
        ASSERT_GE(fit.status, 0) << fit.detail;
        EXPECT_EQ(warns_of_rounding(fit), epochs > 1);
        kmeans_partial_close(partial);
        partial = nullptr;
        ASSERT_EQ(kmeans_options_set_centroids(options, start.data(), k, data.d), 0);
        set_threads(static_cast<int>(epochs));
        ASSERT_EQ(kmeans_partial_open(context, options, &partial), 0);
        for (uint32_t epoch = 1; epoch <= epochs; epoch++) {
            for (int64_t b = 0; b * size < data.n; b++) {
                const Matrix batch = take_rows(data, batch_rows(data.n, 0, 0, epoch, size, b));
                std::vector<int32_t> labels;
                ASSERT_EQ(step(batch, {}, &labels), 0) << kmeans_detail(context);
            }
        }
        oracle::expect_same_bits(centroids(), fit.centroids);
    }
}

TEST_F(Partial, TheFirstBatchChoosesTheCentroids)
{
    const Matrix data = make_blobs(KMEANS_F32, 90, 3, 5, 40, 100, 22);
    for (const char *init : {"k-means++", "random", "box"}) {
        kmeans_partial_close(partial);
        partial = nullptr;
        set("k", "7");
        set("init", init);
        set_threads(1);
        ASSERT_EQ(kmeans_partial_open(context, options, &partial), 0) << kmeans_detail(context);
        EXPECT_EQ(kmeans_partial_centroids(partial, nullptr, nullptr), nullptr);
        EXPECT_EQ(kmeans_partial_counts(partial), nullptr);
        EXPECT_TRUE(std::isnan(kmeans_partial_inertia(partial)));
        std::vector<int32_t> labels;
        expect_error(step(first_rows(data, 6), {}, &labels), KMEANS_ERROR_SHAPE,
                     "k is 7; the first batch must have that many rows, not 6");
        EXPECT_EQ(labels, std::vector<int32_t>(6, -7));
        EXPECT_EQ(kmeans_partial_centroids(partial, nullptr, nullptr), nullptr);
        ASSERT_EQ(step(data, {}, &labels), 0) << kmeans_detail(context);
        const std::vector<double> one = centroids();
        kmeans_partial_close(partial);
        partial = nullptr;
        set_threads(4);
        ASSERT_EQ(kmeans_partial_open(context, options, &partial), 0);
        ASSERT_EQ(step(data, {}, &labels), 0);
        EXPECT_EQ(centroids(), one) << init;
        EXPECT_EQ(kmeans_partial_batches(partial), 1);
    }
}

TEST_F(Partial, AFailedBatchLeavesEverything)
{
    const Matrix data = make_blobs(KMEANS_F64, 60, 3, 5, 40, 100, 23);
    set("k", "4");
    set_threads(1);
    ASSERT_EQ(kmeans_partial_open(context, options, &partial), 0);
    std::vector<int32_t> labels;
    ASSERT_EQ(step(data, {}, &labels), 0);
    const std::vector<double> before = centroids();
    const std::vector<double> counts = copy_of(kmeans_partial_counts(partial), 4);
    Matrix bad = data;
    bad.set(7, 1, NAN);
    EXPECT_EQ(step(bad, {}, &labels), KMEANS_ERROR_DATA);
    EXPECT_EQ(step(data, std::vector<double>(60, 0.0), &labels), KMEANS_ERROR_DATA);
    expect_error(step(make_blobs(KMEANS_F64, 60, 2, 5, 40, 100, 23), {}, &labels),
                 KMEANS_ERROR_SHAPE, "the batch has 2 columns, the centroids have 3");
    const int64_t calls = heap.calls;
    give(data, {});
    for (int64_t fail = 0;; fail++) {
        heap.fail_at = heap.calls + fail;
        const int status = kmeans_partial_fit(partial, source, labels.data());
        heap.fail_at = -1;
        if (status == 0)
            break;
        ASSERT_EQ(status, KMEANS_ERROR_MEMORY) << kmeans_detail(context);
        ASSERT_EQ(centroids(), before);
        ASSERT_EQ(copy_of(kmeans_partial_counts(partial), 4), counts);
    }
    EXPECT_GT(heap.calls, calls + 10);
    EXPECT_EQ(kmeans_partial_batches(partial), 2);
}

// Within each visit of the batch.
TEST_F(Partial, ACancelledBatchLeavesEverything)
{
    const Matrix data = make_blobs(KMEANS_F64, 60, 3, 5, 40, 100, 23);
    set("k", "4");
    set_threads(1);
    ASSERT_EQ(kmeans_partial_open(context, options, &partial), 0);
    std::vector<int32_t> labels;
    ASSERT_EQ(step(data, {}, &labels), 0);
    const std::vector<double> before = centroids();
    const std::vector<double> counts = copy_of(kmeans_partial_counts(partial), 4);
    kmeans_context_set_progress(
        context, [](void *, const kmeans_progress *) { return 1; }, nullptr);
    const Matrix other = make_blobs(KMEANS_F64, 60, 3, 5, 40, 100, 24);
    for (int64_t visit = 0; visit <= 3; visit++) {
        Napping rows(other, visit);
        kmeans_source_close(source);
        source = nullptr;
        ASSERT_EQ(rows.open(context, &source), 0) << kmeans_detail(context);
        labels.assign(60, -7);
        const int status = kmeans_partial_fit(partial, source, labels.data());
        EXPECT_EQ(status, visit < 3 ? KMEANS_ERROR_CANCELLED : KMEANS_OK) << visit;
        EXPECT_EQ(kmeans_partial_batches(partial), visit < 3 ? 1 : 2);
        EXPECT_EQ(labels == std::vector<int32_t>(60, -7), visit < 3);
        EXPECT_EQ(centroids() == before, visit < 3);
        EXPECT_EQ(copy_of(kmeans_partial_counts(partial), 4) == counts, visit < 3);
        kmeans_source_close(source);
        source = nullptr;
    }
}

TEST_F(Partial, BadArguments)
{
    EXPECT_EQ(kmeans_partial_open(nullptr, options, &partial), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_partial_open(context, nullptr, &partial), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_partial_open(context, options, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_partial_fit(nullptr, nullptr, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_partial_centroids(nullptr, nullptr, nullptr), nullptr);
    EXPECT_EQ(kmeans_partial_batches(nullptr), 0);
    expect_error(kmeans_partial_open(context, options, &partial), KMEANS_ERROR_ARGUMENT,
                 "k is not set; it must be 1 .. 2147483647");
    const std::string own = ", its default, in a partial fit";
    const std::vector<std::array<std::string, 4>> cases = {
        {"restarts", "5", "1", "restarts is 5; it must be 1" + own},
        {"batch_size", "5", "1024", "batch_size is 5; it must be 1024" + own},
        {"iterations", "5", "0", "iterations is 5; it must be 0" + own},
        {"init_sample", "50", "0", "init_sample is 50; it must be 0" + own},
        {"distances", "on", "off", "distances is on; it must be off" + own},
        {"tol", "0.5", "off", "shift_tol_relative is 0.5; it must be off" + own},
        {"time_limit", "5", "off", "time_limit is 5; it must be off" + own},
        {"memory_limit", "1M", "off", "memory_limit is 1048576; it must be off" + own},
        {"checkpoint_every", "5", "300", "checkpoint_every is 5; it must be 300" + own},
        {"empty", "keep", "relocate", "empty is keep; it must be relocate" + own},
        {"algorithm", "lloyd", "auto",
         "algorithm is lloyd; it must be auto or minibatch in a partial fit"},
        {"algorithm", "hamerly", "auto",
         "algorithm is hamerly; it must be auto or minibatch in a partial fit"},
        {"init", "k-means-parallel", "random",
         "init is k-means-parallel; it must be k-means++, random, box or given centroids in a "
         "partial fit"},
    };
    set("k", "2");
    for (const auto &[name, value, back, text] : cases) {
        set(name.c_str(), value);
        expect_error(kmeans_partial_open(context, options, &partial), KMEANS_ERROR_ARGUMENT, text);
        set(name.c_str(), back);
    }
    ASSERT_EQ(kmeans_partial_open(context, options, &partial), 0);
    expect_error(kmeans_partial_fit(partial, nullptr, nullptr), KMEANS_ERROR_ARGUMENT,
                 "source is NULL; it must not be");
}

} // namespace
