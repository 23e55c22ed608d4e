// Mini-batch fits against the plain reference, to the bit.
#include "reference.h"

namespace {

using namespace minibatch;

struct Case {
    Matrix x;
    int64_t k = 1;
    int64_t size = 1024;
    int64_t most = 3;
    int64_t idle = 0;
    double ratio = 0.01;
    uint64_t seed = 0;
    std::vector<double> weights;
    std::vector<double> start; // empty: rows spread over the data
};

std::vector<double> spread_rows(const Matrix &x, int64_t k)
{
    std::vector<double> start;
    for (int64_t j = 0; j < k; j++) {
        const std::vector<double> row = x.row(j * x.n / k);
        start.insert(start.end(), row.begin(), row.end());
    }
    return start;
}

Request request_of(const Case &c)
{
    Request request(c.x, c.start.empty() ? spread_rows(c.x, c.k) : c.start);
    request.weights = c.weights;
    request.set("algorithm", "minibatch")
        .set("batch_size", c.size)
        .set("max_iterations", c.most)
        .set("max_no_improvement", c.idle)
        .set("reassignment_ratio", c.ratio <= 0 ? "off" : std::to_string(c.ratio))
        .set("seed", static_cast<int64_t>(c.seed))
        .set("nan", "skip");
    return request;
}

void expect_same(const Outcome &out, const Outcome &other, const std::string &what)
{
    ASSERT_GE(out.status, 0) << what << ": " << out.detail;
    EXPECT_EQ(out.checksum, other.checksum) << what;
    EXPECT_EQ(out.info.inertia, other.info.inertia) << what;
    EXPECT_EQ(out.info.iterations, other.info.iterations) << what;
    EXPECT_EQ(out.info.batches, other.info.batches) << what;
    EXPECT_EQ(out.stop_reason, other.stop_reason) << what;
    ASSERT_EQ(out.trace.size(), other.trace.size()) << what;
    for (size_t r = 0; r < out.trace.size(); r++) {
        EXPECT_EQ(out.trace[r].inertia, other.trace[r].inertia) << what << " epoch " << r;
        EXPECT_EQ(out.trace[r].shift_max, other.trace[r].shift_max) << what;
        EXPECT_EQ(out.trace[r].shift_total, other.trace[r].shift_total) << what;
        EXPECT_EQ(out.trace[r].empty, other.trace[r].empty) << what;
    }
}

void expect_reference(const Case &c, const Outcome &out)
{
    Reference reference(c.start.empty() ? spread_rows(c.x, c.k) : c.start, c.k);
    reference.seed = c.seed;
    reference.ratio = c.ratio;
    const Epochs expected = run_epochs(c.x, c.weights, c.size, c.most, c.idle, &reference);
    ASSERT_GE(out.status, 0) << out.detail;
    EXPECT_EQ(out.info.iterations, expected.epochs);
    EXPECT_EQ(out.info.batches, expected.batches);
    EXPECT_EQ(out.stop_reason, expected.reason);
    ASSERT_EQ(out.trace.size(), expected.inertia.size() + 1);
    for (size_t e = 0; e < expected.inertia.size(); e++)
        EXPECT_EQ(out.trace[e].inertia, expected.inertia[e]) << "epoch " << e + 1;
    ASSERT_EQ(out.centroids.size(), reference.c.size());
    for (size_t q = 0; q < reference.c.size(); q++)
        ASSERT_TRUE(same_bits(out.centroids[q], reference.c[q]))
            << q << ": " << out.centroids[q] << " " << reference.c[q];
    expect_exact_labels(out, c.x);
    expect_inertia(out, c.x, c.weights);
}

void check(const Case &c, const std::string &what)
{
    SCOPED_TRACE(what);
    const Outcome out = run(request_of(c));
    expect_reference(c, out);
}

TEST(Minibatch, EqualsThePlainReference)
{
    uint64_t seed = 1;
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        for (const int64_t n : {1, 2, 37, 200}) {
            for (const int64_t d : {1, 3, 9, 17}) {
                for (const int64_t k : {1, 2, 7}) {
                    if (k > n)
                        continue;
                    Case c;
                    c.x = make_blobs(dtype, n, d, 5, 40, 100, seed);
                    c.k = k;
                    c.size = seed % 3 == 0 ? 1024 : seed % 3 == 1 ? 16 : 50;
                    c.seed = seed++;
                    check(c, "n=" + std::to_string(n) + " d=" + std::to_string(d) +
                                 " k=" + std::to_string(k) + " type " + std::to_string(dtype));
                }
            }
        }
    }
}

TEST(Minibatch, Weights)
{
    Case c;
    c.x = make_blobs(KMEANS_F32, 150, 4, 5, 40, 100, 3);
    c.k = 6;
    c.size = 32;
    for (int64_t i = 0; i < c.x.n; i++)
        c.weights.push_back(i % 7 == 0 ? 0 : static_cast<double>(i % 11 + 1) / 3);
    check(c, "thirds");
    std::fill(c.weights.begin() + 20, c.weights.end(), 0.0);
    c.size = 4; // batches without weight
    check(c, "mostly none");
}

TEST(Minibatch, SkippedRows)
{
    Case c;
    c.x = make_blobs(KMEANS_F64, 150, 4, 5, 40, 100, 4);
    for (int64_t i = 0; i < c.x.n; i += 3)
        c.x.set(i, i % 4, NAN);
    c.start = {1, 2, 3, 4, 50, 60, 70, 80, 20, 30, 20, 30};
    c.k = 3;
    for (const int64_t size : {1, 2, 10, 1024}) {
        c.size = size;
        c.most = size == 1 ? 1 : 3;
        check(c, "batches of " + std::to_string(size));
    }
}

TEST(Minibatch, StarvedCentroidsArePlacedAnew)
{
    Case c;
    c.x = make_blobs(KMEANS_F32, 300, 3, 5, 40, 100, 5);
    c.start.assign(3 * 20, 1e6); // all but the first repeat it: nothing is nearest to them
    c.k = 20;
    for (const int64_t size : {4, 30, 1024}) {
        c.size = size;
        check(c, "batches of " + std::to_string(size));
    }
    EXPECT_GT(run(request_of(c)).info.empty_events, 0);
    c.ratio = 0;
    check(c, "off");
    EXPECT_EQ(run(request_of(c)).info.empty_events, 0);
    c.ratio = 1;
    check(c, "all but the largest");
}

TEST(Minibatch, StopsWithoutImprovement)
{
    Case c;
    c.x = make_blobs(KMEANS_F32, 400, 3, 5, 40, 100, 6);
    c.k = 5;
    c.size = 20;
    c.most = 100;
    for (const int64_t idle : {1, 3, 10}) {
        c.idle = idle;
        check(c, "after " + std::to_string(idle));
        const Outcome out = run(request_of(c));
        EXPECT_EQ(out.stop_reason, "no_improvement");
        EXPECT_EQ(out.status, KMEANS_OK);
        EXPECT_EQ(out.info.stop_value, static_cast<double>(idle));
        EXPECT_EQ(out.info.converged, 0);
    }
}

TEST(Minibatch, Degenerate)
{
    Case c;
    c.x = make_blobs(KMEANS_F64, 40, 2, 5, 40, 100, 7);
    c.k = 40;
    c.size = 7;
    check(c, "k = n");
    c.k = 3;
    c.size = 1;
    check(c, "one row at a time");
    c.x = from_values(KMEANS_F32, 9, 2, std::vector<double>(18, 0.1));
    c.size = 4;
    check(c, "equal rows");
    c.x = from_values(KMEANS_F64, 6, 1, {0x1p500, -0x1p500, 0x1p-1074, 0, 1, 0x1p499});
    c.k = 2;
    check(c, "all magnitudes");
}

// All rows have no grid on which their sums are exact, every batch has.
TEST(Minibatch, EveryBatchHasGridsOfItsOwn)
{
    for (const bool weighted : {false, true}) {
        Case c;
        c.size = 50;
        c.most = 1;
        c.k = 4;
        c.x = scale_batches(make_blobs(KMEANS_F64, 230, 3, 5, 40, 100, 11), c.size, -300, 150);
        for (int64_t i = 0; weighted && i < c.x.n; i++)
            c.weights.push_back(static_cast<double>(i % 5) / 7);
        check(c, weighted ? "weighted" : "plain");
        Request request = request_of(c);
        const Outcome first = run(request);
        EXPECT_FALSE(warns_of_rounding(first));
        for (int threads = 2; threads <= 4; threads++) {
            request.threads = threads;
            expect_same(run(request), first, std::to_string(threads));
        }
        c.most = 2; // other batches
        EXPECT_TRUE(warns_of_rounding(run(request_of(c))));
        Request lloyd(c.x, spread_rows(c.x, c.k));
        lloyd.weights = c.weights;
        EXPECT_TRUE(warns_of_rounding(run(lloyd)));
    }
}

// The same with weights: one row of the last batch outweighs all others.
TEST(Minibatch, EveryBatchHasGridsForItsWeights)
{
    Case c;
    c.size = 40;
    c.most = 1;
    c.k = 3;
    c.x = make_blobs(KMEANS_F32, 160, 3, 5, 40, 100, 12);
    for (int64_t i = 0; i < c.x.n; i++)
        c.weights.push_back(std::ldexp(1 + static_cast<double>(i % 7) / 3, -240));
    for (const int64_t row : batch_rows(c.x.n, 0, 0, 1, c.size, 3))
        c.weights[static_cast<size_t>(row)] = 0;
    c.weights[static_cast<size_t>(batch_rows(c.x.n, 0, 0, 1, c.size, 3)[0])] = 1;
    check(c, "weights");
    EXPECT_TRUE(warns_of_rounding(run(request_of(c)))); // of the clusters at the end
}

TEST(Minibatch, SameBitsForAllTablesAndThreads)
{
    Case c;
    c.x = make_blobs(KMEANS_F32, 700, 20, 9, 40, 100, 8);
    c.k = 30;
    c.size = 100;
    Request request = request_of(c);
    const Outcome first = run(request);
    expect_reference(c, first);
    for (const std::string &isa : isas_for(products_of(c.x, c.k, c.most))) {
        for (int threads = 1; threads <= 5; threads++) {
            request.isa = isa;
            request.threads = threads;
            expect_same(run(request), first, isa + " " + std::to_string(threads));
        }
    }
}

// Large enough that every phase of a batch is shared.
TEST(Minibatch, ThreadsThatShareBatches)
{
    Case c;
    c.x = make_blobs(KMEANS_F32, 5000, 64, 20, 40, 100, 9);
    c.k = 100;
    c.size = 2000;
    c.most = 2;
    for (int64_t i = 0; i < c.x.n; i++)
        c.weights.push_back(static_cast<double>(i % 5));
    Request request = request_of(c);
    const Outcome first = run(request);
    for (const int threads : {2, 3, 5}) {
        request.threads = threads;
        expect_same(run(request), first, std::to_string(threads));
    }
}

} // namespace
