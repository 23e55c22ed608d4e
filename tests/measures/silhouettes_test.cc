// kmeans_silhouettes: to the bit what kmeans_measure finds for each labelling.
#include "api/fixture.h"
#include "measure.h"
#include "minibatch/feed.h"
#include "sparse/sparse.h"

namespace {

using namespace measures;

struct Labellings {
    std::vector<std::vector<int32_t>> labels;
    std::vector<int64_t> k;
    int64_t sample = 0;

    void add(std::vector<int32_t> some, int64_t clusters)
    {
        labels.push_back(std::move(some));
        k.push_back(clusters);
    }
    std::vector<const int32_t *> pointers() const
    {
        std::vector<const int32_t *> all;
        for (const std::vector<int32_t> &some : labels)
            all.push_back(some.data());
        return all;
    }
};

// Some of many clusters, some labels that do not occur, one cluster only; the same rows left out.
Labellings labellings(int64_t n, int64_t left_out)
{
    Labellings all;
    for (const int64_t k : {2, 7, 40, 1, 300})
        all.add(random_labels(n, k, static_cast<uint64_t>(k)), k);
    all.k[1] = 1000;
    for (std::vector<int32_t> &labels : all.labels)
        for (int64_t i = 0; left_out > 0 && i < n; i += left_out)
            labels[static_cast<size_t>(i)] = -1;
    return all;
}

std::vector<double> together(const Request &request, const Labellings &all)
{
    std::vector<double> found(all.k.size(), -77);
    std::string detail;
    const int status = with_source(
        request, &detail,
        [&](kmeans_context *context, const kmeans_options *options, kmeans_source *source) {
            return kmeans_silhouettes(context, options, source, all.pointers().data(), all.k.data(),
                                      static_cast<int64_t>(all.k.size()), all.sample, found.data());
        });
    EXPECT_EQ(status, 0) << detail;
    return found;
}

std::vector<double> alone(const Request &request, const Labellings &all)
{
    std::vector<double> found;
    for (size_t l = 0; l < all.k.size(); l++) {
        const Measured one =
            measure(request, {all.labels[l], all.k[l], KMEANS_MEASURE_SILHOUETTE, all.sample});
        EXPECT_EQ(one.status, 0) << one.detail;
        found.push_back(one.found.silhouette);
    }
    return found;
}

void expect_same(const std::vector<double> &found, const std::vector<double> &expected,
                 const std::string &what)
{
    ASSERT_EQ(found.size(), expected.size());
    for (size_t l = 0; l < found.size(); l++)
        EXPECT_TRUE(found[l] == expected[l] || (std::isnan(found[l]) && std::isnan(expected[l])))
            << what << ", labelling " << l << ": " << found[l] << " and " << expected[l];
}

TEST(Silhouettes, OfEachByItself)
{
    for (const int64_t d : {1, 6, 130, 1500}) {
        const Matrix x = make_blobs(KMEANS_F32, 400, d, 4, 5, 3, 2);
        for (const int64_t sample : {0, 150}) {
            Labellings all = labellings(x.n, 9);
            all.sample = sample;
            Request request(x, 2);
            for (int64_t i = 0; i < x.n && sample > 0; i++)
                request.weights.push_back(static_cast<double>(i % 5) / 3);
            const std::vector<double> expected = alone(request, all);
            EXPECT_TRUE(std::isnan(expected[3]));
            EXPECT_GT(std::fabs(expected[0]), 0);
            for (const std::string &isa : isas_for(1e6)) {
                for (const int threads : {1, 3}) {
                    request.isa = isa;
                    request.threads = threads;
                    expect_same(together(request, all), expected,
                                "d = " + std::to_string(d) + ", " + isa);
                }
            }
        }
    }
}

TEST(Silhouettes, AsScikitLearn)
{
    if (!have("iris.npy"))
        GTEST_SKIP() << missing("iris.npy");
    const Matrix x = columns_of(load("iris.npy"), {0, 1, 2, 3});
    Labellings all;
    for (const int64_t k : {2, 3, 5})
        all.add(fitted_labels(x, k), k);
    const std::vector<double> found = together(Request(x, 2), all);
    const double expected[] = {0.6810461692117462, 0.5511916046195919, 0.4887488870931056};
    for (size_t l = 0; l < 3; l++) // sklearn.metrics 1.9.1, silhouette_score
        EXPECT_NEAR(found[l], expected[l], 1e-10 * expected[l]);
}

TEST(Silhouettes, OfRowsThatAreHandedOutOnce)
{
    const Matrix x = make_blobs(KMEANS_F64, 300, 5, 4, 5, 3, 2);
    minibatch::Feed feed{&x};
    Labellings all = labellings(x.n, 7);
    all.sample = 200;
    Request request(x, 2);
    const std::vector<double> expected = together(request, all);
    request.open = minibatch::from_callback(&feed, false, 33);
    expect_same(together(request, all), expected, "callback");
}

// Some entries a row in any column, so that pairs of rows have common and other ones; equal rows,
// empty ones, and values whose squares underflow.
Matrix make_few(int64_t n, int64_t d, int64_t entries)
{
    Random random(4);
    Matrix x(KMEANS_F64, n, d);
    for (int64_t i = 2; i < n; i++) {
        const int64_t usual = d < 40 ? d : 40;
        for (int64_t q = 0; q < entries; q++)
            x.set(i, random.below(q % 2 == 0 ? usual : d), random.symmetric());
    }
    for (int64_t p = 0; p < d; p++)
        x.set(3, p, x.at(11, p));
    for (int64_t i = 40; i < 46; i++)
        for (int64_t p = 0; p < d; p++)
            x.set(i, p, p == i % d ? 0x1p-520 * static_cast<double>(i) : 0);
    return x;
}

TEST(Silhouettes, OfSparseRows) // entry by entry where rows are long and their entries in order
{
    for (const int64_t d : {7, 300, 1500}) {
        const Matrix x = make_few(90, d, 9);
        const Labellings all = labellings(x.n, 0);
        const Request request(x, 2);
        const std::vector<double> expected = together(request, all);
        for (const bool zeros : {false, true}) {
            for (const bool shuffled : {false, true}) {
                const sparse::Form form = {KMEANS_F64, shuffled ? 8 : 4, shuffled ? 1 : 0, shuffled,
                                           zeros};
                const sparse::Csr csr = sparse::make_csr(x, form);
                expect_same(together(sparse::sparse_request(request, csr), all), expected,
                            "d = " + std::to_string(d) + ", " + sparse::describe(form));
            }
        }
    }
}

class SilhouettesErrors : public ApiTest {
protected:
    void SetUp() override
    {
        ApiTest::SetUp();
        open_rows(20, 3);
        for (int32_t i = 0; i < 20; i++) {
            first.push_back(i % 3);
            second.push_back(i % 2);
        }
    }

    int call(int64_t count = 2, int64_t sample = 0)
    {
        const int32_t *const labels[] = {first.data(), second.data()};
        return kmeans_silhouettes(context, options, source, labels, k, count, sample, found);
    }

    void expect(int status, int code, const std::string &text)
    {
        expect_error(status, code, text);
        EXPECT_EQ(found[0], -77);
        EXPECT_EQ(found[1], -77);
    }

    std::vector<int32_t> first, second;
    int64_t k[2] = {3, 2};
    double found[2] = {-77, -77};
};

TEST_F(SilhouettesErrors, Arguments)
{
    const int32_t *const labels[] = {first.data(), nullptr};
    EXPECT_EQ(kmeans_silhouettes(nullptr, options, source, labels, k, 1, 0, found),
              KMEANS_ERROR_ARGUMENT);
    expect(kmeans_silhouettes(context, options, nullptr, labels, k, 1, 0, found),
           KMEANS_ERROR_ARGUMENT, "source is NULL; it must not be");
    expect(kmeans_silhouettes(context, options, source, nullptr, k, 1, 0, found),
           KMEANS_ERROR_ARGUMENT, "labels is NULL; it must not be");
    expect(kmeans_silhouettes(context, options, source, labels, nullptr, 1, 0, found),
           KMEANS_ERROR_ARGUMENT, "k is NULL; it must not be");
    expect(kmeans_silhouettes(context, options, source, labels, k, 1, 0, nullptr),
           KMEANS_ERROR_ARGUMENT, "silhouettes is NULL; it must not be");
    expect(kmeans_silhouettes(context, options, source, labels, k, 2, 0, found),
           KMEANS_ERROR_ARGUMENT, "labels[1] is NULL; it must not be");
    expect(call(0), KMEANS_ERROR_ARGUMENT, "count is 0; it must be at least 1");
    expect(call(2, 1), KMEANS_ERROR_ARGUMENT,
           "sample is 1; it must be 0 (for 10000) or at least 2");
    k[1] = 0;
    expect(call(), KMEANS_ERROR_SHAPE, "k is 0; it must be 1 .. 2147483647");
    EXPECT_EQ(kmeans_silhouettes(context, nullptr, source, labels, k, 1, 0, found), KMEANS_OK);
}

TEST_F(SilhouettesErrors, Labels)
{
    second[4] = 2;
    expect(call(), KMEANS_ERROR_DATA, "label of row 4 is 2; labels must be -1 .. 1");
    second[4] = -1;
    expect(call(), KMEANS_ERROR_DATA,
           "label of row 4 is 1 in labels[0] and -1 in labels[1]; the rows without a label must be "
           "the same ones in all");
    first[4] = -1;
    EXPECT_EQ(call(), KMEANS_OK) << kmeans_detail(context);
    EXPECT_GT(found[0], -1);
}

TEST_F(SilhouettesErrors, EveryFailureOfMemoryIsOneOfTheCall)
{
    heap.calls = 0;
    ASSERT_EQ(call(), KMEANS_OK);
    const int64_t calls = heap.calls, before = heap.blocks;
    found[0] = found[1] = -77;
    for (heap.fail_at = 0; heap.fail_at < calls; heap.fail_at++) {
        heap.calls = 0;
        EXPECT_EQ(call(), KMEANS_ERROR_MEMORY) << "allocation " << heap.fail_at;
        EXPECT_EQ(found[0], -77);
        EXPECT_EQ(heap.blocks, before);
    }
    heap.fail_at = -1;
}

TEST_F(SilhouettesErrors, CancelLeavesNothing)
{
    set("time_limit", "0.000001");
    expect(call(), KMEANS_ERROR_CANCELLED, "stopped before the silhouettes were known");
}

} // namespace
