// Real sparse sets: the bits of the dense matrix.
#include "sparse/sparse.h"

namespace {

using namespace sparse;

void check_rows(const std::string &file, int dtype, int64_t most_rows, int64_t passes,
                const std::vector<std::string> &isas)
{
    int64_t entries = 0;
    const Matrix x = load_libsvm(paths::data(file), dtype, most_rows, &entries);
    for (const int64_t k : {2, 10}) {
        Request request(x, k);
        request.set("max_iterations", passes).set("cluster_inertia", "true");
        const Outcome dense = run(request);
        const Csr csr = make_csr(x, {dtype, 4, 0, false, false});
        for (const std::string &isa : isas) {
            Request sparse = sparse_request(request, csr);
            sparse.isa = isa;
            sparse.threads = 2;
            const Outcome out = run(sparse);
            expect_same_result(dense, out);
            EXPECT_EQ(dense.cluster_inertia, out.cluster_inertia);
        }
    }
}

TEST(SparseData, A9a)
{
    if (!have("a9a.libsvm"))
        GTEST_SKIP() << missing("a9a.libsvm");
    check_rows("a9a.libsvm", KMEANS_F64, 3000, 5, usable_isas());
}

TEST(SparseData, Rcv1)
{
    if (!have("rcv1_small.libsvm"))
        GTEST_SKIP() << missing("rcv1_small.libsvm");
    check_rows("rcv1_small.libsvm", KMEANS_F32, 60, 4, usable_isas());
}

TEST(LongSparseData, AllOfA9a)
{
    if (!have("a9a.libsvm"))
        GTEST_SKIP() << missing("a9a.libsvm");
    check_rows("a9a.libsvm", KMEANS_F32, 1 << 20, 100, {"auto", "scalar"});
}

TEST(LongSparseData, AllOfRcv1)
{
    if (!have("rcv1_small.libsvm"))
        GTEST_SKIP() << missing("rcv1_small.libsvm");
    check_rows("rcv1_small.libsvm", KMEANS_F32, 1 << 20, 20, {"auto"});
}

} // namespace
