// Views of memory against naive indexing: all types, strides of all kinds, guard pages.
#include "sources.h"

#include <memory>
#include <set>

namespace {

using namespace sources;

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

} // namespace
