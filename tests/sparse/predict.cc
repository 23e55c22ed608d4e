// predict, score, transform, rows read back and sources joined: sparse gives what dense gives.
#include "sparse/sparse.h"

namespace {

using namespace sparse;

// What the calls that need no fit give for one source.
struct Answers {
    int status = 0;
    std::string detail;
    std::vector<int32_t> labels;
    std::vector<double> distances, transformed, rows;
    double inertia = 0, score = 0;
};

Answers ask(const OpenSource &open, int64_t n, int64_t d, const std::vector<double> &centroids,
            const std::string &isa, const Options &settings = {})
{
    const int64_t k = static_cast<int64_t>(centroids.size()) / d;
    Answers a;
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_context_create(nullptr, &context);
    kmeans_options_create(context, &options);
    kmeans_options_set_int(options, "threads", usable_threads(2));
    kmeans_options_set(options, "isa", isa.c_str());
    for (const auto &[name, value] : settings)
        kmeans_options_set(options, name.c_str(), value.c_str());
    a.labels.assign(static_cast<size_t>(n), -7);
    a.distances.assign(static_cast<size_t>(2 * n), -7);
    a.transformed.assign(static_cast<size_t>(n * k), -7);
    a.rows.assign(static_cast<size_t>(n * d), -7);
    a.status = open(context, &source);
    if (a.status == 0)
        a.status = kmeans_predict(context, options, source, centroids.data(), k, d, a.labels.data(),
                                  a.distances.data(), &a.inertia);
    if (a.status == 0)
        a.status = kmeans_score(context, options, source, centroids.data(), k, d, &a.score);
    if (a.status == 0)
        a.status = kmeans_transform(context, options, source, centroids.data(), k, d, 0, n,
                                    a.transformed.data());
    if (a.status == 0)
        a.status = kmeans_source_read(source, 0, n, a.rows.data());
    a.detail = kmeans_detail(context);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return a;
}

OpenSource dense_source(const Matrix &x)
{
    return [&x](kmeans_context *context, kmeans_source **source) {
        const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
        return kmeans_source_dense(context, &view, source);
    };
}

bool same(const std::vector<double> &a, const std::vector<double> &b)
{
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), 8 * a.size()) == 0);
}

void check(const Matrix &x, const std::vector<double> &centroids, const Form &form,
           const Options &settings = {})
{
    const Answers dense = ask(dense_source(x), x.n, x.d, centroids, "auto", settings);
    for (const std::string &isa : usable_isas()) {
        SCOPED_TRACE(describe(form) + " " + isa);
        const Answers sparse =
            ask(source_of(make_csr(x, form)), x.n, x.d, centroids, isa, settings);
        ASSERT_EQ(dense.status, sparse.status) << dense.detail << " / " << sparse.detail;
        EXPECT_EQ(dense.labels, sparse.labels);
        EXPECT_TRUE(same(dense.distances, sparse.distances));
        EXPECT_TRUE(same(dense.transformed, sparse.transformed));
        EXPECT_TRUE(same(dense.rows, sparse.rows));
        EXPECT_TRUE(same({dense.inertia, dense.score}, {sparse.inertia, sparse.score}));
    }
}

const Form kPlain = {KMEANS_F64, 4, 0, false, false}, kOther = {KMEANS_F64, 8, 1, true, true};

TEST(SparsePredict, Answers)
{
    for (const int64_t d : {1, 3, 70, 5000}) {
        for (const int64_t k : {1, 2, 9, 80}) {
            const Matrix x = make_sparse(KMEANS_F64, 60, d, std::min(9.0, double(d)), Values::Real,
                                         static_cast<uint64_t>(d + k));
            const Matrix c = make_sparse(KMEANS_F64, k, d, std::min(40.0, double(d)), Values::Wide,
                                         static_cast<uint64_t>(d * k));
            check(x,
                  rows_of(c,
                          [k] {
                              std::vector<int64_t> all(static_cast<size_t>(k));
                              for (size_t j = 0; j < all.size(); j++)
                                  all[j] = static_cast<int64_t>(j);
                              return all;
                          }()),
                  k % 2 == 0 ? kPlain : kOther);
        }
    }
}

// Rows that are centroids, and centroids far apart in size.
TEST(SparsePredict, RowsThatAreCentroids)
{
    const Matrix x = make_sparse(KMEANS_F64, 90, 6000, 12, Values::Wide, 3);
    check(x, rows_of(x, {0, 5, 17, 40, 41, 42, 88}), kOther);
}

TEST(SparsePredict, ExtremeValues)
{
    for (const double scale : {0x1p-560, 0x1p-300, 0x1p300, 0x1p490}) {
        Matrix x = make_sparse(KMEANS_F64, 80, 30, 5, Values::Real, 13);
        for (int64_t i = 0; i < x.n; i++)
            for (int64_t p = 0; p < x.d; p++)
                x.set(i, p, x.at(i, p) * (i % 3 == 0 ? 1.0 : scale));
        check(x, rows_of(x, {0, 1, 2, 3, 50}), kOther);
    }
}

TEST(SparsePredict, Skips)
{
    Matrix x = make_sparse(KMEANS_F64, 300, 20, 4, Values::Real, 4);
    x.set(7, 3, std::nan(""));
    x.set(299, 19, std::nan(""));
    check(x, rows_of(x, {0, 1, 2, 3}), kOther, {{"nan", "skip"}});
    const Answers sparse =
        ask(source_of(make_csr(x, kOther)), x.n, x.d, rows_of(x, {0, 1}), "auto");
    const Answers dense = ask(dense_source(x), x.n, x.d, rows_of(x, {0, 1}), "auto");
    EXPECT_EQ(sparse.status, KMEANS_ERROR_DATA);
    EXPECT_EQ(sparse.detail, dense.detail);
}

// Two sparse sources as one.
TEST(SparsePredict, Joined)
{
    const Matrix x = make_sparse(KMEANS_F32, 700, 50, 6, Values::Real, 8);
    const Matrix first = first_rows(x, 300);
    Matrix second(KMEANS_F32, 400, 50);
    std::memcpy(second.bytes.data(), x.bytes.data() + 300 * 50 * 4, second.bytes.size());
    const Csr a = make_csr(first, {KMEANS_F32, 4, 0, false, false});
    const Csr b = make_csr(second, {KMEANS_F32, 8, 1, true, true});
    const kmeans_csr views[2] = {a.view(), b.view()};
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *parts[2] = {}, *joined = nullptr;
    kmeans_result *result = nullptr;
    kmeans_context_create(nullptr, &context);
    kmeans_options_create(context, &options);
    kmeans_options_set_int(options, "k", 8);
    ASSERT_EQ(kmeans_source_csr(context, &views[0], &parts[0]), 0);
    ASSERT_EQ(kmeans_source_csr(context, &views[1], &parts[1]), 0);
    ASSERT_EQ(kmeans_source_concat(context, parts, 2, &joined), 0);
    ASSERT_GE(kmeans_fit(context, options, joined, &result), 0) << kmeans_detail(context);
    EXPECT_EQ(run(Request(x, 8)).checksum, kmeans_result_checksum(result));
    kmeans_result_free(result);
    kmeans_source_close(joined);
    kmeans_source_close(parts[0]);
    kmeans_source_close(parts[1]);
    kmeans_options_free(options);
    kmeans_context_free(context);
}

// Two rows whose entries differ in their columns only: the values are one array.
TEST(SparsePredict, JoinedWithCommonValues)
{
    const double ones[3] = {1, 1, 1};
    const int32_t indptr[2] = {0, 3}, indices[2][3] = {{0, 1, 2}, {3, 4, 5}};
    const std::vector<double> centroids = {1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1};
    kmeans_context *context = nullptr;
    kmeans_source *parts[2] = {}, *source = nullptr;
    int32_t labels[2] = {-7, -7};
    double distances[4] = {};
    kmeans_context_create(nullptr, &context);
    for (int i = 0; i < 2; i++) {
        const kmeans_csr view = {1, 6, 3, indptr, indices[i], ones, KMEANS_F64, 4, 0};
        ASSERT_EQ(kmeans_source_csr(context, &view, &parts[i]), 0);
    }
    ASSERT_EQ(kmeans_source_concat(context, parts, 2, &source), 0);
    EXPECT_EQ(kmeans_predict(context, nullptr, source, centroids.data(), 2, 6, labels, distances,
                             nullptr),
              0);
    EXPECT_EQ(labels[0], 0);
    EXPECT_EQ(labels[1], 1);
    EXPECT_EQ(distances[0], 0);
    kmeans_source_close(source);
    kmeans_source_close(parts[0]);
    kmeans_source_close(parts[1]);
    kmeans_context_free(context);
}

} // namespace
