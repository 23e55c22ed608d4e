// One checksum per (set, k, seed): over tables, threads, layouts of the input, types that hold the
// same numbers, weights that mean the same.
#include <memory>

#include "oracle/check.h"

namespace {

using namespace oracle;

struct Case {
    const char *file; // or "" for generated rows
    int64_t rows;
    int64_t k;
};

// Large enough that sixteen threads have work (a small run is done by one).
const Case kCases[] = {{"iris.npy", 150, 3},
                       {"wine.npy", 178, 10},
                       {"htru2.npy", 17000, 300},
                       {"lidar_csite1.npy", 60000, 230},
                       {"nslkdd.npy", 20000, 60},
                       {"sift5k.npy", 5000, 64},
                       {"kodim05.npy", 60000, 230},
                       {"mnist_train.npy", 1100, 50},
                       {"", 100000, 201}};

Matrix load_case(const Case &which)
{
    if (which.file[0] == '\0')
        return make_blobs(KMEANS_F32, which.rows, 2, 40, 50, 0, 3);
    return first_rows(load(which.file), which.rows);
}

Request request_for(const Matrix &x, const Case &which)
{
    Request request(x, which.k);
    const bool large = which.rows * which.k > 10000;
    request.set("seed", "12").set("restarts", large ? "1" : "2");
    request.set("max_iterations", large ? "2" : "30");
    request.set("init", large ? "random" : "k-means++");
    return request;
}

class Checksums : public testing::TestWithParam<Case> {};

TEST_P(Checksums, OverTablesAndThreads)
{
    if (GetParam().file[0] != '\0' && !have(GetParam().file))
        GTEST_SKIP() << missing(GetParam().file);
    const Matrix x = load_case(GetParam());
    Request request = request_for(x, GetParam());
    const Outcome first = run(request);
    ASSERT_GE(first.status, 0) << first.detail;
    expect_consistent(first, x);
    const bool large = x.n * x.d * GetParam().k > 40000000;
    for (const std::string &isa : usable_isas()) {
        for (const int threads : {1, 2, 3, 7, 16}) {
            SCOPED_TRACE(isa + ", threads " + std::to_string(threads));
            request.isa = isa;
            request.threads = threads;
            const Outcome out = run(request);
            expect_same_result(first, out);
            EXPECT_EQ(out.info.threads, large ? usable_threads(threads) : 1);
        }
    }
}

// k-means++ draws by row, never by thread.
TEST(Checksum, OfSeedingOverTablesAndThreads)
{
    const Matrix x = make_blobs(KMEANS_F32, 40000, 20, 30, 5, 10, 3);
    Request request(x, 20);
    request.set("seed", "12").set("max_iterations", "2");
    const Outcome first = run(request);
    ASSERT_GE(first.status, 0) << first.detail;
    for (const std::string &isa : usable_isas()) {
        const bool best = isa == usable_isas()[0];
        for (const int threads : best ? std::vector<int>{1, 2, 3, 7, 16} : std::vector<int>{3}) {
            request.isa = isa;
            request.threads = threads;
            expect_same_result(first, run(request));
        }
    }
}

// The same numbers behind other strides: `put` spreads the rows over `space`.
struct Strided {
    std::vector<unsigned char> space;
    kmeans_dense view;
};

Strided spread(const Matrix &x, int64_t row_stride, int64_t col_stride, int64_t origin,
               int64_t room)
{
    const int64_t size = element_size(x.dtype);
    Strided out;
    out.space.assign(static_cast<size_t>(room * size), 0xff); // NaN in between
    for (int64_t i = 0; i < x.n; i++) {
        for (int64_t p = 0; p < x.d; p++) {
            std::memcpy(out.space.data() + (origin + i * row_stride + p * col_stride) * size,
                        x.bytes.data() + (i * x.d + p) * size, static_cast<size_t>(size));
        }
    }
    out.view = kmeans_dense_rows(out.space.data() + origin * size, x.dtype, x.n, x.d);
    out.view.row_stride = row_stride;
    out.view.col_stride = col_stride;
    return out;
}

TEST_P(Checksums, OverLayouts)
{
    if (GetParam().file[0] != '\0' && !have(GetParam().file))
        GTEST_SKIP() << missing(GetParam().file);
    const Matrix x = load_case(GetParam());
    Request request = request_for(x, GetParam());
    const Outcome first = run(request);
    const int64_t n = x.n;
    const int64_t d = x.d;
    const Strided layouts[] = {
        spread(x, 1, n, 0, n * d),                                         // column-major
        spread(x, d + 3, 1, 5, n * (d + 3) + 5),                           // padded rows
        spread(x, 1, n + 7, 2, (n + 7) * d + 2),                           // padded columns
        spread(x, 2 * d, 2, 0, 2 * n * d),                                 // every other number
        spread(x, -d, 1, (n - 1) * d, n * d),                              // rows from the end
        spread(x, d, -1, d - 1, n * d),                                    // columns from the end
        spread(x, -1, -(n + 1), (n - 1) + (d - 1) * (n + 1), (n + 1) * d), // both, column-major
    };
    for (const Strided &layout : layouts) {
        SCOPED_TRACE(std::to_string(layout.view.row_stride) + " " +
                     std::to_string(layout.view.col_stride));
        request.open = [&](kmeans_context *context, kmeans_source **source) {
            return kmeans_source_dense(context, &layout.view, source);
        };
        request.threads = 2;
        expect_same_result(first, run(request));
    }
}

TEST_P(Checksums, OverColumnViews)
{
    if (GetParam().file[0] != '\0' && !have(GetParam().file))
        GTEST_SKIP() << missing(GetParam().file);
    const Matrix x = load_case(GetParam());
    Request request = request_for(x, GetParam());
    const Outcome first = run(request);
    const int64_t size = element_size(x.dtype);
    for (const int64_t stride : {int64_t{1}, int64_t{3}, int64_t{-1}}) {
        std::vector<std::vector<unsigned char>> columns(static_cast<size_t>(x.d));
        std::vector<const void *> pointers;
        const int64_t step = stride < 0 ? -stride : stride;
        for (int64_t p = 0; p < x.d; p++) {
            std::vector<unsigned char> &column = columns[static_cast<size_t>(p)];
            column.assign(static_cast<size_t>(x.n * step * size), 0xff);
            unsigned char *const at = column.data() + (stride < 0 ? (x.n - 1) * step * size : 0);
            for (int64_t i = 0; i < x.n; i++) {
                std::memcpy(at + i * stride * size, x.bytes.data() + (i * x.d + p) * size,
                            static_cast<size_t>(size));
            }
            pointers.push_back(at);
        }
        request.open = [&](kmeans_context *context, kmeans_source **source) {
            const kmeans_columns view = {pointers.data(), x.dtype, x.n, x.d, stride};
            return kmeans_source_columns(context, &view, source);
        };
        request.threads = 2;
        expect_same_result(first, run(request));
    }
}

// Numbers that every type holds: the type is not part of the answer.
TEST_P(Checksums, OverTypes)
{
    if (GetParam().file[0] != '\0' && !have(GetParam().file))
        GTEST_SKIP() << missing(GetParam().file);
    Matrix x = load_case(GetParam());
    if (x.dtype == KMEANS_F64)
        x = convert(x, KMEANS_F32);
    const Outcome first = run(request_for(x, GetParam()));
    ASSERT_GE(first.status, 0) << first.detail;
    const Matrix wide = convert(x, KMEANS_F64);
    expect_same_result(first, run(request_for(wide, GetParam())));
    if (x.dtype == KMEANS_U8) {
        const Matrix single = convert(x, KMEANS_F32);
        expect_same_result(first, run(request_for(single, GetParam())));
    }
}

TEST_P(Checksums, WeightsOfOneAreNoWeights)
{
    if (GetParam().file[0] != '\0' && !have(GetParam().file))
        GTEST_SKIP() << missing(GetParam().file);
    const Matrix x = load_case(GetParam());
    for (const std::string init : {"k-means++", "random", "box"}) {
        if (init == "k-means++" && x.n > 1000)
            continue; // seconds; the small sets have it
        Request request = request_for(x, GetParam());
        request.set("init", init);
        const Outcome first = run(request);
        request.weights.assign(static_cast<size_t>(x.n), 1.0);
        expect_same_result(first, run(request));
    }
}

// Several parts in a row are the concatenation.
TEST_P(Checksums, OverPartsOfTheInput)
{
    if (GetParam().file[0] != '\0' && !have(GetParam().file))
        GTEST_SKIP() << missing(GetParam().file);
    const Matrix x = load_case(GetParam());
    Request request = request_for(x, GetParam());
    const Outcome first = run(request);
    const int64_t cut[] = {0, 1, x.n / 3, x.n - 1, x.n};
    kmeans_context *context = nullptr;
    ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
    kmeans_source *parts[4] = {};
    for (int t = 0; t < 4; t++) {
        const kmeans_dense view =
            kmeans_dense_rows(x.bytes.data() + cut[t] * x.d * element_size(x.dtype), x.dtype,
                              cut[t + 1] - cut[t], x.d);
        ASSERT_EQ(kmeans_source_dense(context, &view, &parts[t]), 0) << kmeans_detail(context);
    }
    request.open = [&](kmeans_context *own, kmeans_source **source) {
        return kmeans_source_concat(own, parts, 4, source);
    };
    request.threads = 3;
    expect_same_result(first, run(request));
    for (kmeans_source *part : parts)
        kmeans_source_close(part);
    kmeans_context_free(context);
}

std::string name_of(const testing::TestParamInfo<Case> &info)
{
    const std::string file = info.param.file;
    return file.empty() ? "blobs" : file.substr(0, file.find('.'));
}

INSTANTIATE_TEST_SUITE_P(Sets, Checksums, testing::ValuesIn(kCases), name_of);

} // namespace
