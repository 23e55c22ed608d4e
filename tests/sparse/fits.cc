// A fit of sparse rows gives the bits of the fit of the dense matrix, whatever the matrix.
#include "sparse/sparse.h"

namespace {

using namespace sparse;

const Form kForms[] = {
    {KMEANS_F64, 4, 0, false, false}, {KMEANS_F64, 8, 1, true, true},
    {KMEANS_F32, 4, 0, false, false}, {KMEANS_F32, 4, 1, true, false},
    {KMEANS_F32, 8, 0, false, true},
};

void expect_same(const Outcome &dense, const Outcome &sparse)
{
    ASSERT_EQ(dense.status, sparse.status) << dense.detail << " / " << sparse.detail;
    if (dense.status < 0)
        return;
    expect_same_result(dense, sparse);
    EXPECT_EQ(dense.checksum, sparse.checksum);
    EXPECT_EQ(dense.warnings, sparse.warnings);
    ASSERT_EQ(dense.distances.size(), sparse.distances.size());
    if (!dense.distances.empty()) {
        EXPECT_EQ(std::memcmp(dense.distances.data(), sparse.distances.data(),
                              8 * dense.distances.size()),
                  0);
    }
    EXPECT_EQ(dense.cluster_inertia, sparse.cluster_inertia);
}

// Every table and 1 .. 3 threads against one dense run.
void check(const Matrix &x, const Form &form, const Request &request)
{
    const Outcome dense = run(request);
    const Csr csr = make_csr(x, form, 7);
    Request same = sparse_request(request, csr);
    int threads = 1;
    for (const std::string &isa : usable_isas()) {
        SCOPED_TRACE(describe(form) + " n=" + std::to_string(x.n) + " d=" + std::to_string(x.d) +
                     " " + isa + " threads " + std::to_string(threads));
        same.isa = isa;
        same.threads = threads++;
        expect_same(dense, run(same));
        if (testing::Test::HasFatalFailure())
            return;
    }
}

TEST(SparseFit, EdgeSizes)
{
    const int64_t sizes[][3] = {{1, 1, 1},      {2, 1, 1},     {5, 1, 2},    {7, 3, 7},
                                {20, 2, 3},     {33, 17, 4},   {64, 40, 17}, {200, 100, 5},
                                {150, 300, 70}, {700, 33, 130}};
    uint64_t seed = 1;
    for (const auto &size : sizes) {
        for (const Values kind : {Values::Small, Values::Real, Values::Wide}) {
            for (const Form &form : kForms) {
                const Matrix x =
                    make_sparse(form.dtype, size[0], size[1],
                                std::min(6.0, static_cast<double>(size[1])), kind, seed++);
                Request request(x, size[2]);
                request.set("seed", static_cast<int64_t>(seed));
                request.set("max_iterations", "20").set("distances", "true");
                request.set("cluster_inertia", "true");
                check(x, form, request);
            }
        }
    }
}

TEST(SparseFit, Options)
{
    const Matrix x = make_sparse(KMEANS_F32, 600, 60, 5, Values::Real, 3);
    std::vector<double> weights(600);
    Random random(5);
    for (double &w : weights)
        w = static_cast<double>(random.below(4)) * 0.3;
    for (const char *init : {"k-means++", "random", "box", "k-means-parallel"}) {
        for (const bool weighted : {false, true}) {
            SCOPED_TRACE(init);
            Request request(x, 12);
            request.set("init", init).set("restarts", "3").set("cluster_inertia", "true");
            request.set("shift_tol_relative", "1e-3");
            if (weighted)
                request.weights = weights;
            check(x, kForms[3], request);
        }
    }
    Request sample(x, 12), plain(x, 12);
    sample.set("init_sample", "100");
    check(x, kForms[2], sample);
    plain.set("init_trials", "1");
    check(x, kForms[2], plain);
}

// Candidates of k-means++ that dense kernels rule out by rounded products, where these can say
// little: clusters far apart, each so tight that its rows' distances are below the products'
// errors. Sparse rows know distances only.
TEST(SparseFit, SeedingOfTightClustersFarApart)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        const double far = dtype == KMEANS_F32 ? 8 : 0x1p18;
        Matrix x(dtype, 1500, 40);
        Random random(17);
        std::vector<double> centre(size_t(30 * x.d));
        for (double &c : centre)
            c = static_cast<double>(random.below(1024) - 512) * far;
        for (int64_t i = 0; i < x.n; i++)
            for (int64_t p = 0; p < x.d; p++)
                x.set(i, p,
                      centre[size_t(i % 30 * x.d + p)] +
                          static_cast<double>(random.below(64)) / 2048);
        for (const char *trials : {"2", "3", "8", "11"}) {
            Request request(x, 60);
            request.set("init_trials", trials).set("iterations", "1");
            const Outcome sparse = run(sparse_request(request, make_csr(x, kForms[0])));
            for (const std::string &isa : usable_isas()) {
                SCOPED_TRACE(isa + " with trials " + trials);
                request.isa = isa;
                expect_same(run(request), sparse);
            }
        }
    }
}

TEST(SparseFit, AllZeros)
{
    const Matrix x(KMEANS_F32, 50, 9);
    check(x, kForms[2], Request(x, 4));
    check(x, kForms[4], Request(x, 1));
}

TEST(SparseFit, FullMatrices)
{
    // No zeros at all: columns with a middle of their own, and values far from the origin.
    for (const double offset : {3.0, 1e6}) {
        const Matrix x = make_blobs(KMEANS_F64, 400, 6, 5, 4, offset, 9);
        Request request(x, 5);
        request.set("distances", "true");
        check(x, kForms[1], request);
    }
}

TEST(SparseFit, EmptyClustersMove)
{
    const Matrix x = make_sparse(KMEANS_F64, 300, 50, 4, Values::Real, 21);
    std::vector<double> start(6 * 50, 100.0); // five of six get no rows
    std::fill(start.begin(), start.begin() + 50, 0.0);
    for (size_t j = 1; j < 6; j++)
        start[j * 50] += static_cast<double>(j);
    Request request(x, start);
    check(x, kForms[0], request);
    Request labels(x, 6);
    labels.labels.assign(300, 0);
    check(x, kForms[1], labels);
}

TEST(SparseFit, SkippedRows)
{
    Matrix x = make_sparse(KMEANS_F32, 500, 40, 5, Values::Real, 31);
    Random random(2);
    for (int i = 0; i < 60; i++)
        x.set(random.below(500), random.below(40), std::nan(""));
    Request request(x, 7), failing(x, 7);
    request.set("nan", "skip").set("distances", "true");
    check(x, kForms[3], request);
    const Outcome dense = run(failing),
                  sparse = run(sparse_request(failing, make_csr(x, kForms[3])));
    EXPECT_EQ(dense.status, KMEANS_ERROR_DATA);
    EXPECT_EQ(sparse.detail, dense.detail);
}

TEST(SparseFit, ManyColumns)
{
    // More columns than sums of a thread have room for, and than the recipe of distances is for.
    const Matrix x = make_sparse(KMEANS_F32, 300, 30000, 20, Values::Real, 41);
    for (const int64_t k : {1, 6, 40}) {
        Request request(x, k);
        request.set("max_iterations", "6").set("cluster_inertia", "true");
        check(x, kForms[2], request);
    }
    std::vector<double> weights(300, 0.1);
    Request request(x, 6);
    request.weights = weights;
    request.set("max_iterations", "6");
    check(x, kForms[4], request);
}

// Rows halfway between centroids, up to a few units of the last place, with tiny and huge values
// beside: no screen can tell them apart.
TEST(SparseFit, NearTies)
{
    for (const double scale : {1.0, 0x1p-140, 0x1p120, 0x1p-600, 0x1p400}) {
        const int64_t n = 200, d = 24;
        Matrix x(KMEANS_F64, n, d);
        Random random(77);
        std::vector<double> start(4 * static_cast<size_t>(d), 0.0);
        for (size_t j = 0; j < 4; j++)
            start[j * static_cast<size_t>(d) + j] = scale;
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = 0; j < 4; j++)
                if (random.below(3) > 0)
                    x.set(i, j, scale * (0.5 + static_cast<double>(random.below(3) - 1) * 0x1p-53));
            x.set(i, 4 + random.below(d - 4), scale * random.symmetric());
        }
        Request request(x, start);
        request.set("iterations", "1");
        check(x, kForms[0], request);
        const Outcome out = run(sparse_request(request, make_csr(x, kForms[1])));
        expect_exact_labels(out, x);
    }
}

TEST(SparseFit, ExactLabels)
{
    for (const Values kind : {Values::Small, Values::Real, Values::Wide}) {
        const Matrix x = make_sparse(KMEANS_F64, 400, 80, 7, kind, 51);
        Request request(x, 30);
        request.set("init", "random").set("iterations", "2");
        expect_exact_labels(run(sparse_request(request, make_csr(x, kForms[1]))), x);
    }
}

TEST(SparseFit, PlanIsWhatIsAllocated)
{
    for (const int64_t d : {40, 9000}) {
        const Matrix x = make_sparse(KMEANS_F32, 500, d, 6, Values::Real, 61);
        for (const char *sample : {"0", "100"}) {
            Request request(x, 9);
            request.set("init_sample", sample).set("max_iterations", "5");
            const Outcome out = run(sparse_request(request, make_csr(x, kForms[2])));
            ASSERT_GE(out.status, 0) << out.detail;
            EXPECT_LE(out.info.bytes_peak, out.info.bytes_planned);
        }
    }
}

TEST(SparseFit, NoBoundsAreKept)
{
    const Matrix x = make_sparse(KMEANS_F32, 200, 60, 5, Values::Real, 71);
    const Csr csr = make_csr(x, kForms[2]);
    Request request = sparse_request(Request(x, 9), csr);
    EXPECT_STREQ(run(request).info.algorithm, "lloyd");
    const Outcome out = run(request.set("algorithm", "hamerly"));
    EXPECT_EQ(out.status, KMEANS_ERROR_UNSUPPORTED);
    EXPECT_EQ(out.detail, "algorithm is \"hamerly\": not for sparse rows");
}

TEST(SparseFit, MiniBatch)
{
    const Matrix x = make_sparse(KMEANS_F32, 700, 60, 5, Values::Real, 71);
    Request request(x, 9);
    request.set("algorithm", "minibatch").set("batch_size", "64").set("max_iterations", "4");
    check(x, kForms[2], request);
    check(x, kForms[4], request);
    request.weights.assign(700, 0.3);
    check(x, kForms[3], request);
}

} // namespace
