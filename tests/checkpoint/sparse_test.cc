// A checkpoint tells rows apart by their numbers, not by whether zeros are stored.
#include "checkpoint/fixture.h"
#include "sparse/sparse.h"

namespace {

using namespace sparse;

TEST(SparseResume, DenseRowsGoOnAsSparseOnesAndBack)
{
    const Form forms[] = {{KMEANS_F64, 4, 0, false, false},
                          {KMEANS_F64, 8, 1, true, true},
                          {KMEANS_F32, 4, 0, true, true},
                          {KMEANS_F32, 8, 0, false, false}};
    const Place place;
    const std::string path = place.path("run.ck");
    for (const Form &form : forms) {
        SCOPED_TRACE(describe(form));
        const Matrix x = make_sparse(form.dtype, 120, 40, 6, Values::Real, 3);
        const Request dense = Request(x, 7).set("init", "random");
        const Request sparse = sparse_request(dense, make_csr(x, form));
        const Outcome whole = run(dense);
        break_off(dense, path, 0, 2);
        Request rest = resume_of(sparse, path);
        rest.threads = 2;
        expect_as_unbroken(run(rest), whole);
        break_off(sparse, path, 0, 2);
        expect_as_unbroken(run(resume_of(dense, path)), whole);
    }
}

TEST(SparseResume, OtherEntries)
{
    const Place place;
    const std::string path = place.path("run.ck");
    const Matrix x = make_sparse(KMEANS_F64, 120, 40, 6, Values::Real, 3);
    Csr csr = make_csr(x, Form());
    const Request request = sparse_request(Request(x, 7).set("init", "random"), csr);
    break_off(request, path, 0, 2);
    csr.indices[0] = csr.indices[0] == 0 ? 1 : csr.indices[0] - 1; // the same value elsewhere
    csr.write();
    const Outcome moved = run(sparse_request(resume_of(request, path), csr));
    EXPECT_EQ(moved.status, KMEANS_ERROR_DATA) << moved.detail;
    EXPECT_NE(moved.detail.find("other data"), std::string::npos) << moved.detail;
}

} // namespace
