// The same bits whatever computes them and however the rows are handed out.
#include "measure.h"
#include "minibatch/feed.h"
#include "sparse/sparse.h"

namespace {

using namespace measures;

struct Setting {
    Matrix x;
    Request request;
    Asked asked;

    Setting(int dtype, int64_t n, int64_t d, int64_t k)
        : x(make_blobs(dtype, n, d, 3, 40, 100, 11)),
          request(x, 2), asked{random_labels(n, k, 5), k}
    {
        for (int64_t i = 0; i < n; i += 13)
            asked.labels[static_cast<size_t>(i)] = -1;
        asked.sample = n / 2;
    }
};

TEST(MeasuresBits, ThreadsAndTables)
{
    for (const int64_t d : {3, 19, 130}) {
        Setting s(KMEANS_F32, 700, d, 5);
        for (int64_t i = 0; i < s.x.n; i++)
            s.request.weights.push_back(static_cast<double>(i % 7) / 3);
        const Measured first = measure(s.request, s.asked);
        ASSERT_EQ(first.status, 0) << first.detail;
        for (const std::string &isa : isas_for(1e6)) {
            for (const int threads : {1, 2, 5}) {
                s.request.isa = isa;
                s.request.threads = threads;
                const Measured out = measure(s.request, s.asked);
                ASSERT_EQ(out.status, 0) << out.detail;
                EXPECT_EQ(bits(out.found), bits(first.found)) << isa << ", " << threads;
            }
        }
    }
}

TEST(MeasuresBits, TypesThatHoldTheValues)
{
    const Setting s(KMEANS_U8, 300, 4, 3);
    const Measured first = measure(s.request, s.asked);
    ASSERT_EQ(first.status, 0) << first.detail;
    for (const int dtype :
         {KMEANS_F32, KMEANS_F64, KMEANS_F16, KMEANS_I16, KMEANS_U16, KMEANS_I32}) {
        const Matrix x = convert(s.x, dtype);
        const Measured out = measure(Request(x, 2), s.asked);
        ASSERT_EQ(out.status, 0) << out.detail;
        EXPECT_EQ(bits(out.found), bits(first.found)) << kmeans_dtype_name(dtype);
    }
}

TEST(MeasuresBits, KindsOfSource)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Setting s(dtype, 500, 6, 4);
        const Measured first = measure(s.request, s.asked);
        ASSERT_EQ(first.status, 0) << first.detail;
        minibatch::Feed feed{&s.x};
        std::vector<OpenSource> sources;
        for (const bool fetch : {false, true})
            for (const int64_t block : {1, 33, 499})
                sources.push_back(minibatch::from_callback(&feed, fetch, block));
        sources.push_back([&s](kmeans_context *context, kmeans_source **source) {
            std::vector<const void *> columns; // of the row-major rows: stride d
            for (int64_t p = 0; p < s.x.d; p++)
                columns.push_back(s.x.bytes.data() + p * element_size(s.x.dtype));
            const kmeans_columns view = {columns.data(), s.x.dtype, s.x.n, s.x.d, s.x.d};
            return kmeans_source_columns(context, &view, source);
        });
        for (size_t q = 0; q < sources.size(); q++) {
            Request request = s.request;
            request.open = sources[q];
            request.threads = 2;
            const Measured out = measure(request, s.asked);
            ASSERT_EQ(out.status, 0) << out.detail;
            EXPECT_EQ(bits(out.found), bits(first.found)) << "source " << q;
        }
    }
}

TEST(MeasuresBits, SparseRows)
{
    for (const int64_t d : {5, 300}) {
        Setting s(KMEANS_F64, 240, d, 4);
        Random random(3);
        for (int64_t q = 0; q < s.x.n * d; q++)
            if (random.below(4) > 0)
                s.x.set(q / d, q % d, 0);
        const Measured first = measure(s.request, s.asked);
        ASSERT_EQ(first.status, 0) << first.detail;
        for (const bool shuffled : {false, true}) {
            const sparse::Form form = {KMEANS_F64, shuffled ? 8 : 4, shuffled ? 1 : 0, shuffled,
                                       shuffled};
            Request request = sparse::sparse_request(s.request, sparse::make_csr(s.x, form));
            request.threads = 2;
            const Measured out = measure(request, s.asked);
            ASSERT_EQ(out.status, 0) << out.detail;
            EXPECT_EQ(bits(out.found), bits(first.found)) << sparse::describe(form);
            Asked only = s.asked; // the way to the own mean without the others
            only.wanted = KMEANS_MEASURE_DAVIES_BOULDIN;
            EXPECT_EQ(measure(request, only).found.davies_bouldin, first.found.davies_bouldin);
        }
    }
}

// A permutation of rows and of labels changes nothing: sums are exact or of integers.
TEST(MeasuresBits, OrderOfRowsAndNumbersOfClusters)
{
    Setting s(KMEANS_F64, 400, 5, 4);
    s.asked.sample = 0;
    const Measured first = measure(s.request, s.asked);
    Matrix turned(s.x.dtype, s.x.n, s.x.d);
    std::vector<int32_t> labels;
    for (int64_t i = 0; i < s.x.n; i++) {
        const int64_t from = (i * 171 + 5) % s.x.n; // 171 and 400 have no common factor
        for (int64_t p = 0; p < s.x.d; p++)
            turned.set(i, p, s.x.at(from, p));
        const int32_t label = s.asked.labels[static_cast<size_t>(from)];
        labels.push_back(label < 0 ? -1 : 3 - label);
    }
    const Measured out = measure(Request(turned, 2), {labels, 4});
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_EQ(bits(out.found), bits(first.found));
}

} // namespace
