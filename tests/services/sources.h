// Views of memory with known numbers, and every way to read them.
#pragma once

#include "services.h"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/numbers.h"

namespace sources {

using numbers::dtypes;

// The number that a test writes as element (i, p): exact in every type.
inline double element(int64_t i, int64_t p)
{
    return static_cast<double>((i * 7 + p * 13 + i * p) % 127);
}

// Numbers of one type, with an unreadable page right behind the last and right before the first.
class Guarded {
public:
    Guarded(int dtype, int64_t count)
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
    size_t size_;
    char *whole_;
    char *at_end_;
    char *at_start_;
};

inline void put(char *base, int dtype, int64_t place, double value)
{
    numbers::put(dtype, value, base + place * numbers::size_of(dtype));
}

struct Layout {
    const char *name;
    int64_t row_stride, col_stride;
};

inline std::vector<Layout> layouts(int64_t n, int64_t d)
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
inline void check_source(kmeans_source *source, int64_t n, int64_t d, int dtype)
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
    ASSERT_EQ(kmeans_source_read(source, 0, n, out.data()), KMEANS_OK)
        << kmeans_detail(source->context);
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
inline void check_blocks(kmeans_source *source, int64_t n, int64_t d, int dtype)
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
            if (!km_number_of(dtype)->wide) {
                km_block_to_f32(&block, i0, m, narrow.data(), ld);
            }
            for (int64_t i = 0; i < m; i++) {
                for (int64_t p = 0; p < ld; p++) {
                    const double x = p < d ? element(next + i0 + i, p) : -1;
                    ASSERT_EQ(wide[i * ld + p], x);
                    ASSERT_EQ(narrow[i * ld + p], km_number_of(dtype)->wide ? -1 : x);
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

} // namespace sources
