// Views of memory against naive indexing: all types, strides of all kinds, guard pages.
#include "services.h"

#include <cfloat>
#include <cstring>
#include <memory>
#include <set>
#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace {

const int dtypes[] = {KMEANS_F32, KMEANS_F64, KMEANS_U8};

// The number that a test writes as element (i, p): exact in every type.
double element(int64_t i, int64_t p) { return static_cast<double>((i * 7 + p * 13 + i * p) % 251); }

// Numbers of one type, with an unreadable page right behind the last one and right before the first.
class Guarded {
public:
    Guarded(int dtype, int64_t count) : dtype_(dtype), count_(count)
    {
        const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
        const size_t bytes = static_cast<size_t>(count * km_dtype_size(dtype));
        const size_t inside = (bytes + page - 1) / page * page;
        size_ = inside + 2 * page;
        whole_ = static_cast<char *>(
            mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        mprotect(whole_, page, PROT_NONE);
        mprotect(whole_ + page + inside, page, PROT_NONE);
        at_end_ = whole_ + page + inside - bytes;
        at_start_ = whole_ + page;
    }
    ~Guarded() { munmap(whole_, size_); }
    Guarded(const Guarded &) = delete;
    Guarded &operator=(const Guarded &) = delete;
    char *data(bool end) const { return end ? at_end_ : at_start_; }

private:
    int dtype_;
    int64_t count_;
    size_t size_;
    char *whole_;
    char *at_end_;
    char *at_start_;
};

void put(char *base, int dtype, int64_t place, double value)
{
    char *const at = base + place * km_dtype_size(dtype);
    if (dtype == KMEANS_F32) {
        const float x = static_cast<float>(value);
        std::memcpy(at, &x, sizeof x);
    } else if (dtype == KMEANS_F64) {
        std::memcpy(at, &value, sizeof value);
    } else {
        *reinterpret_cast<unsigned char *>(at) = static_cast<unsigned char>(value);
    }
}

struct Layout {
    const char *name;
    int64_t row_stride, col_stride;
};

std::vector<Layout> layouts(int64_t n, int64_t d)
{
    return {{"rows", d, 1},
            {"padded rows", d + 3, 1},
            {"columns", 1, n},
            {"padded columns", 1, n + 5},
            {"every second column", 2 * d, 2},
            {"spread", 3 * d * 2, 3},
            {"rows backwards", -d, 1},
            {"columns backwards", d, -1},
            {"all backwards", -(d + 1), -1},
            {"columns, rows backwards", -1, n},
            {"columns in reverse order", 1, -n}};
}

// Every public and internal way to read a source gives the same numbers.
void check_source(kmeans_source *source, int64_t n, int64_t d, int dtype)
{
    int64_t rows = 0;
    int64_t cols = 0;
    int type = 0;
    ASSERT_EQ(kmeans_source_shape(source, &rows, &cols, &type), KMEANS_OK);
    ASSERT_EQ(rows, n);
    ASSERT_EQ(cols, d);
    ASSERT_EQ(type, dtype);
    EXPECT_EQ(kmeans_source_bytes(source), n * d * km_dtype_size(dtype));
    std::vector<double> out(n * d, -1);
    ASSERT_EQ(kmeans_source_read(source, 0, n, out.data()), KMEANS_OK);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t p = 0; p < d; p++) {
            ASSERT_EQ(out[i * d + p], element(i, p)) << i << " " << p;
        }
    }
    const int64_t wanted[3] = {n - 1, 0, n / 2};
    std::vector<double> fetched(3 * d);
    ASSERT_EQ(source->ops->fetch(source, wanted, 3, fetched.data()), KMEANS_OK);
    for (int r = 0; r < 3; r++) {
        for (int64_t p = 0; p < d; p++) {
            ASSERT_EQ(fetched[r * d + p], element(wanted[r], p));
        }
    }
}

// Blocks in order, each with both copies and, where there are any, rows in place.
void check_blocks(kmeans_source *source, int64_t n, int64_t d, int dtype)
{
    for (int visit = 0; visit < 2; visit++) {
        km_block block;
        int64_t next = 0;
        int status = 0;
        ASSERT_EQ(source->ops->rewind(source), KMEANS_OK);
        while ((status = source->ops->next(source, &block)) == 1) {
            ASSERT_EQ(block.row0, next);
            ASSERT_EQ(block.cols, d);
            const int64_t i0 = block.rows / 3;
            const int64_t m = block.rows - i0;
            const int64_t ld = d + 2;
            std::vector<double> wide(m * ld, -1);
            std::vector<float> narrow(m * ld, -1);
            km_block_to_f64(&block, i0, m, wide.data(), ld);
            if (dtype != KMEANS_F64) {
                km_block_to_f32(&block, i0, m, narrow.data(), ld);
            }
            for (int64_t i = 0; i < m; i++) {
                for (int64_t p = 0; p < ld; p++) {
                    const double x = p < d ? element(next + i0 + i, p) : -1;
                    ASSERT_EQ(wide[i * ld + p], x);
                    ASSERT_EQ(narrow[i * ld + p], dtype != KMEANS_F64 ? x : -1);
                }
            }
            int64_t step = 0;
            const float *const f = km_block_rows_f32(&block, i0, &step);
            const double *const g = km_block_rows_f64(&block, i0, &step);
            const bool unit = d == 1 || (block.columns == nullptr && block.col_stride == 1);
            ASSERT_EQ(f != nullptr, dtype == KMEANS_F32 && unit);
            ASSERT_EQ(g != nullptr, dtype == KMEANS_F64 && unit);
            for (int64_t i = 0; (f != nullptr || g != nullptr) && i < m; i++) {
                for (int64_t p = 0; p < d; p++) {
                    const double x = f != nullptr ? f[i * step + p] : g[i * step + p];
                    ASSERT_EQ(x, element(next + i0 + i, p));
                }
            }
            next += block.rows;
        }
        ASSERT_EQ(status, 0);
        ASSERT_EQ(next, n);
    }
}

TEST(Source, EveryTypeAndLayoutAgainstNaiveIndexing)
{
    services::Context context;
    for (const int dtype : dtypes) {
        for (const int64_t n : {1, 2, 3, 16, 17, 50}) {
            for (const int64_t d : {1, 2, 5, 16, 33}) {
                for (const Layout &layout : layouts(n, d)) {
                    const int64_t rs = layout.row_stride;
                    const int64_t cs = layout.col_stride;
                    const int64_t low = (rs < 0 ? (n - 1) * rs : 0) + (cs < 0 ? (d - 1) * cs : 0);
                    const int64_t high = (rs > 0 ? (n - 1) * rs : 0) + (cs > 0 ? (d - 1) * cs : 0);
                    const Guarded numbers(dtype, high - low + 1);
                    for (const bool end : {true, false}) {
                        char *const base = numbers.data(end) - low * km_dtype_size(dtype);
                        for (int64_t i = 0; i < n; i++) {
                            for (int64_t p = 0; p < d; p++) {
                                put(base, dtype, i * rs + p * cs, element(i, p));
                            }
                        }
                        const kmeans_dense view = {base, dtype, n, d, rs, cs};
                        kmeans_source *source = nullptr;
                        ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK)
                            << layout.name << " " << n << " x " << d << ": " << context.detail();
                        check_source(source, n, d, dtype);
                        check_blocks(source, n, d, dtype);
                        kmeans_source_close(source);
                    }
                }
            }
        }
    }
}

TEST(Source, ColumnsAgainstNaiveIndexing)
{
    services::Context context;
    for (const int dtype : dtypes) {
        for (const int64_t n : {1, 2, 17, 40}) {
            for (const int64_t d : {1, 3, 18}) {
                for (const int64_t stride : {1, 3, -1, -2}) {
                    const int64_t reach = (n - 1) * (stride < 0 ? -stride : stride) + 1;
                    std::vector<std::unique_ptr<Guarded>> store;
                    std::vector<const void *> columns;
                    for (int64_t p = 0; p < d; p++) {
                        store.emplace_back(new Guarded(dtype, reach));
                        char *base = store.back()->data(p % 2 == 0);
                        base += stride < 0 ? (reach - 1) * km_dtype_size(dtype) : 0;
                        for (int64_t i = 0; i < n; i++) {
                            put(base, dtype, i * stride, element(i, p));
                        }
                        columns.push_back(base);
                    }
                    const kmeans_columns view = {columns.data(), dtype, n, d, stride};
                    kmeans_source *source = nullptr;
                    ASSERT_EQ(kmeans_source_columns(context, &view, &source), KMEANS_OK);
                    columns.assign(columns.size(), nullptr); // the table was copied
                    check_source(source, n, d, dtype);
                    check_blocks(source, n, d, dtype);
                    kmeans_source_close(source);
                }
            }
        }
    }
}

// Exactly: by listing all addresses of small views.
TEST(Source, OverlapIsFoundExactlyWhereItIs)
{
    services::Context context;
    std::vector<unsigned char> numbers(4000);
    const void *const middle = numbers.data() + 2000;
    for (int64_t n = 1; n <= 5; n++) {
        for (int64_t d = 1; d <= 5; d++) {
            for (int64_t rs = -7; rs <= 7; rs++) {
                for (int64_t cs = -7; cs <= 7; cs++) {
                    std::set<int64_t> places;
                    for (int64_t i = 0; i < n; i++) {
                        for (int64_t p = 0; p < d; p++) {
                            places.insert(i * rs + p * cs);
                        }
                    }
                    const bool apart = static_cast<int64_t>(places.size()) == n * d;
                    const kmeans_dense view = {middle, KMEANS_U8, n, d, rs, cs};
                    kmeans_source *source = nullptr;
                    const int status = kmeans_source_dense(context, &view, &source);
                    ASSERT_EQ(status, apart ? KMEANS_OK : KMEANS_ERROR_SHAPE)
                        << n << " x " << d << " strides " << rs << ", " << cs;
                    kmeans_source_close(source);
                }
            }
        }
    }
}

TEST(Source, ReadKeepsSubnormalsWhateverTheHostsMode)
{
    services::Context context;
    const float tiny = FLT_MIN / 8;
    const kmeans_dense view = kmeans_dense_rows(&tiny, KMEANS_F32, 1, 1);
    kmeans_source *source = nullptr;
    ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
    double out = -1;
#if defined(__x86_64__)
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040);
    kmeans_source_read(source, 0, 1, &out);
    __builtin_ia32_ldmxcsr(before);
#else
    kmeans_source_read(source, 0, 1, &out);
#endif
    EXPECT_EQ(out, 0x1p-129);
    kmeans_source_close(source);
}

TEST(Source, JoinedPartsAreTheRowsInOrder)
{
    services::Context context;
    const int64_t d = 3;
    const int64_t sizes[] = {4, 1, 7, 2};
    std::vector<std::vector<double>> data;
    std::vector<kmeans_source *> parts;
    int64_t n = 0;
    for (const int64_t size : sizes) {
        data.emplace_back(size * d);
        for (int64_t i = 0; i < size; i++) {
            for (int64_t p = 0; p < d; p++) {
                data.back()[i * d + p] = element(n + i, p);
            }
        }
        const kmeans_dense view = kmeans_dense_rows(data.back().data(), KMEANS_F64, size, d);
        kmeans_source *part = nullptr;
        ASSERT_EQ(kmeans_source_dense(context, &view, &part), KMEANS_OK);
        parts.push_back(part);
        n += size;
    }
    kmeans_source *whole = nullptr;
    ASSERT_EQ(kmeans_source_concat(context, parts.data(), 4, &whole), KMEANS_OK);
    check_source(whole, n, d, KMEANS_F64);
    check_blocks(whole, n, d, KMEANS_F64);
    for (int64_t row0 = 0; row0 <= n; row0++) { // every range
        for (int64_t count = 0; count <= n - row0; count++) {
            std::vector<double> out(count * d + 1, -1);
            ASSERT_EQ(kmeans_source_read(whole, row0, count, out.data()), KMEANS_OK);
            for (int64_t q = 0; q < count * d; q++) {
                ASSERT_EQ(out[q], element(row0 + q / d, q % d));
            }
            ASSERT_EQ(out[count * d], -1);
        }
    }
    // Joined sources can be parts themselves.
    kmeans_source *const nested[1] = {whole};
    kmeans_source *outer = nullptr;
    ASSERT_EQ(kmeans_source_concat(context, nested, 1, &outer), KMEANS_OK);
    check_source(outer, n, d, KMEANS_F64);
    check_blocks(outer, n, d, KMEANS_F64);
    kmeans_source_close(outer);
    kmeans_source_close(whole);
    for (kmeans_source *part : parts) {
        kmeans_source_close(part);
    }
    EXPECT_EQ(context->memory.used, 0);
}

TEST(Source, WeightsAreBorrowedAndMustBeAligned)
{
    services::Context context;
    const double x[2] = {1, 2};
    const double weights[3] = {1, 2, 3};
    const kmeans_dense view = kmeans_dense_rows(x, KMEANS_F64, 2, 1);
    kmeans_source *source = nullptr;
    ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
    EXPECT_EQ(kmeans_source_set_weights(source, weights), KMEANS_OK);
    EXPECT_EQ(source->weights, weights);
    const double *const crooked =
        reinterpret_cast<const double *>(reinterpret_cast<const char *>(weights) + 4);
    EXPECT_EQ(kmeans_source_set_weights(source, crooked), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(source->weights, weights);
    EXPECT_EQ(kmeans_source_set_weights(source, nullptr), KMEANS_OK);
    EXPECT_EQ(source->weights, nullptr);
    kmeans_source_close(source);
}

} // namespace
