// Mini-batches of several sparse matrices as one: the bits of the one matrix, sparse or dense.
#include "sparse/sparse.h"

namespace {

using namespace sparse;

class JoinedBatches : public testing::Test {
protected:
    Matrix rows(int64_t first, int64_t end) const
    {
        Matrix out(x.dtype, end - first, x.d);
        const int64_t row = x.d * element_size(x.dtype);
        std::memcpy(out.bytes.data(), x.bytes.data() + first * row, out.bytes.size());
        return out;
    }

    // Four matrices in forms of their own; the last two are joined before they are joined to the
    // others.
    Outcome fit_parts(int threads)
    {
        const Csr matrices[] = {make_csr(rows(0, 1), {KMEANS_F32, 4, 0, false, false}),
                                make_csr(rows(1, 300), {KMEANS_F32, 8, 1, true, true}),
                                make_csr(rows(300, 420), {KMEANS_F32, 4, 1, true, false}),
                                make_csr(rows(420, 700), {KMEANS_F32, 8, 0, false, true})};
        kmeans_context *context = nullptr;
        kmeans_options *options = nullptr;
        kmeans_source *parts[4] = {}, *pair = nullptr, *whole = nullptr;
        kmeans_result *result = nullptr;
        kmeans_context_create(nullptr, &context);
        kmeans_options_create(context, &options);
        for (const auto &[name, value] : request_.options)
            EXPECT_EQ(kmeans_options_set(options, name.c_str(), value.c_str()), 0);
        if (!request_.centroids.empty())
            kmeans_options_set_centroids(options, request_.centroids.data(), 8, x.d);
        kmeans_options_set_int(options, "threads", usable_threads(threads));
        for (size_t i = 0; i < 4; i++) {
            const kmeans_csr view = matrices[i].view();
            EXPECT_EQ(kmeans_source_csr(context, &view, &parts[i]), 0);
        }
        EXPECT_EQ(kmeans_source_concat(context, parts + 2, 2, &pair), 0);
        kmeans_source *const list[] = {parts[0], parts[1], pair};
        EXPECT_EQ(kmeans_source_concat(context, list, 3, &whole), 0);
        kmeans_source_set_weights(whole,
                                  request_.weights.empty() ? nullptr : request_.weights.data());
        Outcome out;
        out.status = kmeans_fit(context, options, whole, &result);
        out.detail = kmeans_detail(context);
        if (result != nullptr)
            copy_result(result, &out);
        kmeans_result_free(result);
        kmeans_source_close(whole);
        kmeans_source_close(pair);
        for (kmeans_source *part : parts)
            kmeans_source_close(part);
        kmeans_options_free(options);
        kmeans_context_free(context);
        return out;
    }

    void check(const Request &request)
    {
        request_ = request;
        request_.set("algorithm", "minibatch").set("batch_size", "70").set("max_iterations", "4");
        request_.set("nan", "skip");
        const Outcome dense = run(request_);
        ASSERT_GE(dense.status, 0) << dense.detail;
        const Csr one = make_csr(x, {KMEANS_F32, 8, 1, true, true});
        expect_same_result(run(sparse_request(request_, one)), dense);
        for (const int threads : {1, 2, 3}) {
            const Outcome out = fit_parts(threads);
            expect_same_result(out, dense);
            EXPECT_EQ(out.warnings, dense.warnings);
        }
    }

    Matrix x = make_sparse(KMEANS_F32, 700, 50, 6, Values::Real, 8);
    Request request_;
};

TEST_F(JoinedBatches, Plain) { check(Request(x, 8).set("init", "random")); }

TEST_F(JoinedBatches, WeightsAndSkippedRows)
{
    Request request(x, 8);
    for (int64_t i = 0; i < x.n; i++)
        request.weights.push_back(static_cast<double>(i % 4) / 3);
    for (int64_t i = 5; i < x.n; i += 90)
        x.set(i, i % x.d, std::nan(""));
    check(request);
}

// Every batch chooses its grids.
TEST_F(JoinedBatches, SumsThatAreRounded)
{
    for (int64_t i = 0; i < x.n; i++) {
        for (int64_t p = 0; p < x.d; p++)
            x.set(i, p, std::ldexp(x.at(i, p), i % 9 == 0 ? 100 : -100));
    }
    check(Request(x, 8).set("init", "random"));
    const Outcome out = run(request_);
    EXPECT_NE(std::find(out.warnings.begin(), out.warnings.end(), "rounded_sums"),
              out.warnings.end());
}

// They are placed on rows of a batch, which are fetched.
TEST_F(JoinedBatches, StarvedCentroids)
{
    const Request request(x, std::vector<double>(static_cast<size_t>(8 * x.d), 1e6));
    check(request);
    EXPECT_GT(run(request_).info.empty_events, 0);
}

} // namespace
