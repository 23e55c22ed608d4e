// Sparse matrices that are none: an error that names argument or row and column, outputs untouched.
#include <functional>

#include "sparse/sparse.h"

namespace {

using namespace sparse;

Csr small_csr(const Form &form = {})
{
    return make_csr(make_sparse(form.dtype, 500, 30, 5, Values::Real, 2), form);
}

struct BadView {
    const char *text;
    int status;
    std::function<void(kmeans_csr &)> spoil;
};

TEST(SparseBadInput, Views)
{
    static const int64_t big[2] = {0, INT64_MAX};
    const BadView views[] = {
        {"dtype", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.dtype = KMEANS_U8; }},
        {"dtype", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.dtype = 99; }},
        {"index_size: 2", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.index_size = 2; }},
        {"base: -1", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.base = -1; }},
        {"base: 2", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.base = 2; }},
        {"rows: 0", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.rows = 0; }},
        {"rows:", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.rows = INT64_MAX; }},
        {"indptr:", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.rows = INT64_MAX - 1; }},
        {"cols: 0", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.cols = 0; }},
        {"cols: 2147483648", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.cols = 2147483648; }},
        {"entries: -1", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.entries = -1; }},
        {"indptr:", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.entries--; }},
        {"indptr:", KMEANS_ERROR_SHAPE, [](kmeans_csr &v) { v.base = 1; }},
        {"indptr is NULL", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.indptr = nullptr; }},
        {"indices is NULL", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.indices = nullptr; }},
        {"values is NULL", KMEANS_ERROR_ARGUMENT, [](kmeans_csr &v) { v.values = nullptr; }},
        {"indptr: address", KMEANS_ERROR_ARGUMENT,
         [](kmeans_csr &v) { v.indptr = static_cast<const char *>(v.indptr) + 1; }},
        {"values: address", KMEANS_ERROR_ARGUMENT,
         [](kmeans_csr &v) { v.values = static_cast<const char *>(v.values) + 4; }},
        {"indices", KMEANS_ERROR_SHAPE,
         [](kmeans_csr &v) {
             v.index_size = 8;
             v.rows = 1;
             v.indptr = big;
             v.entries = INT64_MAX;
         }},
    };
    const Csr csr = small_csr();
    kmeans_context *context = nullptr;
    ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
    for (const BadView &bad : views) {
        kmeans_csr view = csr.view();
        bad.spoil(view);
        kmeans_source *source = nullptr;
        const int status = kmeans_source_csr(context, &view, &source);
        const std::string detail = kmeans_detail(context);
        EXPECT_EQ(status, bad.status) << bad.text << ": " << detail;
        EXPECT_NE(detail.find(bad.text), std::string::npos) << detail << " without " << bad.text;
        EXPECT_EQ(source, nullptr);
    }
    kmeans_source *source = nullptr;
    const kmeans_csr view = csr.view();
    EXPECT_EQ(kmeans_source_csr(nullptr, &view, &source), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_source_csr(context, nullptr, &source), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_source_csr(context, &view, nullptr), KMEANS_ERROR_ARGUMENT);
    kmeans_context_free(context);
}

// Every call that reads the entries finds the fault, with any number of threads.
void expect_fault(Csr csr, const std::string &text)
{
    csr.write();
    Request request;
    request.set("k", 3).set("finite_check", "false");
    request.open = source_of(csr);
    for (const int threads : {1, 3}) {
        request.threads = threads;
        const Outcome out = run(request);
        EXPECT_EQ(out.status, KMEANS_ERROR_DATA) << text;
        EXPECT_NE(out.detail.find(text), std::string::npos) << out.detail << " without " << text;
    }
    kmeans_context *context = nullptr;
    kmeans_source *source = nullptr;
    kmeans_context_create(nullptr, &context);
    const kmeans_csr view = csr.view();
    ASSERT_EQ(kmeans_source_csr(context, &view, &source), 0);
    const std::vector<double> c(static_cast<size_t>(csr.cols), 0.0);
    std::vector<double> all(static_cast<size_t>(csr.rows * csr.cols));
    std::vector<int32_t> labels(static_cast<size_t>(csr.rows));
    EXPECT_EQ(kmeans_predict(context, nullptr, source, c.data(), 1, csr.cols, labels.data(),
                             nullptr, nullptr),
              KMEANS_ERROR_DATA);
    EXPECT_NE(std::string(kmeans_detail(context)).find(text), std::string::npos);
    EXPECT_EQ(
        kmeans_transform(context, nullptr, source, c.data(), 1, csr.cols, 0, csr.rows, all.data()),
        KMEANS_ERROR_DATA);
    EXPECT_NE(std::string(kmeans_detail(context)).find(text), std::string::npos);
    EXPECT_EQ(kmeans_source_read(source, 0, csr.rows, all.data()), KMEANS_ERROR_DATA);
    EXPECT_NE(std::string(kmeans_detail(context)).find(text), std::string::npos);
    kmeans_source_close(source);
    kmeans_context_free(context);
}

TEST(SparseBadInput, Rows)
{
    for (const int size : {4, 8}) {
        for (const int base : {0, 1}) {
            const Form form = {KMEANS_F64, size, base, false, false};
            const Csr good = small_csr(form);
            size_t row = 123;
            while (good.indptr[row + 1] - good.indptr[row] < 2)
                row++;
            const size_t q = static_cast<size_t>(good.indptr[row] - base);
            const std::string name = "row " + std::to_string(row) + " ";
            Csr csr = good;
            csr.indices[q] = 30 + base;
            expect_fault(csr, name + "has an entry in column 30 ");
            csr.indices[q] = base - 1;
            expect_fault(csr, name + "has an entry in column -1 ");
            csr.indices[q] = size == 4 ? INT32_MIN : INT64_MIN;
            expect_fault(csr, name + "has an entry in column ");
            csr = good;
            csr.indices[q + 1] = csr.indices[q];
            expect_fault(csr, name + "has two entries in column " +
                                  std::to_string(csr.indices[q] - base) + " ");
            csr = good;
            csr.indptr[row + 1] = csr.indptr[row] - 1;
            expect_fault(csr, name + "(counted from 0): indptr falls");
            csr.indptr[row + 1] = INT32_MAX;
            expect_fault(csr, name + "(counted from 0): indptr falls");
            csr.indptr[row + 1] = size == 4 ? INT32_MIN : INT64_MIN;
            expect_fault(csr, name + "(counted from 0): indptr falls");
        }
    }
}

TEST(SparseBadInput, Values)
{
    for (const double value : {HUGE_VAL, -HUGE_VAL, 0x1p501}) {
        const Csr good = small_csr({KMEANS_F64, 4, 0, true, false});
        Csr csr = good;
        csr.values[40] = value;
        csr.write();
        Request request;
        request.set("k", 3);
        request.open = source_of(csr);
        const Outcome out = run(request);
        EXPECT_EQ(out.status, KMEANS_ERROR_DATA);
        EXPECT_NE(out.detail.find("column " + std::to_string(csr.indices[40]) + " "),
                  std::string::npos)
            << out.detail;
    }
}

TEST(SparseBadInput, JoinedWithDense)
{
    const Matrix x(KMEANS_F64, 5, 30);
    const Csr csr = small_csr();
    kmeans_context *context = nullptr;
    kmeans_source *parts[2] = {}, *joined = nullptr;
    kmeans_context_create(nullptr, &context);
    const kmeans_csr view = csr.view();
    const kmeans_dense dense = kmeans_dense_rows(x.data(), KMEANS_F64, 5, 30);
    ASSERT_EQ(kmeans_source_csr(context, &view, &parts[0]), 0);
    ASSERT_EQ(kmeans_source_dense(context, &dense, &parts[1]), 0);
    EXPECT_EQ(kmeans_source_concat(context, parts, 2, &joined), KMEANS_ERROR_SHAPE);
    EXPECT_NE(std::string(kmeans_detail(context)).find("part 1 is dense, part 0 is sparse"),
              std::string::npos)
        << kmeans_detail(context);
    kmeans_source_close(parts[0]);
    kmeans_source_close(parts[1]);
    kmeans_context_free(context);
}

} // namespace
