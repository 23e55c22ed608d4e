// Sources that are refused: code, text, and the output untouched.
#include <cmath>
#include <limits>

#include "fixture.h"

namespace {

const int argument = KMEANS_ERROR_ARGUMENT;
const int shape = KMEANS_ERROR_SHAPE;
const int64_t big = INT64_MAX;

alignas(64) double numbers[64] = {0};

class BadSource : public ApiTest {
protected:
    // The pointer that a failing call must leave alone.
    kmeans_source *const mark = reinterpret_cast<kmeans_source *>(numbers);

    void refuse(const kmeans_dense &view, int code, const std::string &text)
    {
        kmeans_source *out = mark;
        expect_error(kmeans_source_dense(context, &view, &out), code, text);
        EXPECT_EQ(out, mark);
    }

    void refuse(const kmeans_columns &view, int code, const std::string &text)
    {
        kmeans_source *out = mark;
        expect_error(kmeans_source_columns(context, &view, &out), code, text);
        EXPECT_EQ(out, mark);
    }
};

struct BadDense {
    int dtype;
    int64_t rows, cols, row_stride, col_stride;
    int code;
    const char *text;
};

const BadDense bad_views[] = {
    {0, 4, 2, 2, 1, argument,
     "dtype: 0 is none of KMEANS_F32, KMEANS_F64, KMEANS_U8, KMEANS_F16, "
     "KMEANS_BF16, KMEANS_I8, KMEANS_I16, KMEANS_U16, KMEANS_I32"},
    {10, 4, 2, 2, 1, argument,
     "dtype: 10 is none of KMEANS_F32, KMEANS_F64, KMEANS_U8, KMEANS_F16, "
     "KMEANS_BF16, KMEANS_I8, KMEANS_I16, KMEANS_U16, KMEANS_I32"},
    {-1, 4, 2, 2, 1, argument,
     "dtype: -1 is none of KMEANS_F32, KMEANS_F64, KMEANS_U8, KMEANS_F16, "
     "KMEANS_BF16, KMEANS_I8, KMEANS_I16, KMEANS_U16, KMEANS_I32"},
    {KMEANS_F64, 0, 2, 2, 1, shape, "rows: 0 is below 1"},
    {KMEANS_F64, -1, 2, 2, 1, shape, "rows: -1 is below 1"},
    {KMEANS_F64, INT64_MIN, 2, 2, 1, shape, "rows: -9223372036854775808 is below 1"},
    {KMEANS_F64, 4, 0, 2, 1, shape, "cols: 0 is below 1"},
    {KMEANS_F64, 4, -2, 2, 1, shape, "cols: -2 is below 1"},
    {KMEANS_F64, 4, 2, 0, 1, shape, "row_stride: 0 is allowed only where rows is 1, not 4"},
    {KMEANS_F64, 4, 2, 2, 0, shape, "col_stride: 0 is allowed only where cols is 1, not 2"},
    {KMEANS_F64, 1, 2, 0, 0, shape, "col_stride: 0 is allowed only where cols is 1, not 2"},
    {KMEANS_F64, 4, 1, 0, 0, shape, "row_stride: 0 is allowed only where rows is 1, not 4"},
    // Rows or columns that share elements.
    {KMEANS_F64, 4, 2, 1, 1, shape,
     "row_stride = 1, col_stride = 1: elements (0, 1) and (1, 0) overlap in 4 x 2"},
    {KMEANS_F64, 4, 3, 2, 1, shape,
     "row_stride = 2, col_stride = 1: elements (0, 2) and (1, 0) overlap in 4 x 3"},
    {KMEANS_F64, 4, 3, -2, 1, shape,
     "row_stride = -2, col_stride = 1: elements (0, 2) and (1, 0) overlap in 4 x 3"},
    {KMEANS_F64, 4, 2, 2, 2, shape,
     "row_stride = 2, col_stride = 2: elements (0, 1) and (1, 0) overlap in 4 x 2"},
    {KMEANS_F64, 4, 4, 1, 3, shape,
     "row_stride = 1, col_stride = 3: elements (0, 1) and (3, 0) overlap in 4 x 4"},
    // Products and reaches that overflow.
    {KMEANS_F64, big, 2, 2, 1, shape,
     "rows = 9223372036854775807, cols = 2: more than 2^63 - 1 bytes"},
    {KMEANS_F64, 2, big, big, 1, shape,
     "rows = 2, cols = 9223372036854775807: more than 2^63 - 1 bytes"},
    {KMEANS_F64, 4294967296, 4294967296, 4294967296, 1, shape,
     "rows = 4294967296, cols = 4294967296: more than 2^63 - 1 bytes"},
    {KMEANS_F64, 4, 2, big, 1, shape,
     "data: rows = 4, cols = 2, row_stride = 9223372036854775807, col_stride = 1 reach beyond the "
     "address space"},
    {KMEANS_F64, 4, 2, INT64_MIN, 1, shape,
     "data: rows = 4, cols = 2, row_stride = -9223372036854775808, col_stride = 1 reach beyond the "
     "address space"},
    {KMEANS_F64, 4, 2, 1, big / 2, shape,
     "data: rows = 4, cols = 2, row_stride = 1, col_stride = 4611686018427387903 reach beyond the "
     "address space"},
    {KMEANS_F32, 4, 2, int64_t(1) << 61, 1, shape,
     "data: rows = 4, cols = 2, row_stride = 2305843009213693952, col_stride = 1 reach beyond the "
     "address space"},
    {KMEANS_U8, 3, 2, int64_t(1) << 62, 1, shape,
     "data: rows = 3, cols = 2, row_stride = 4611686018427387904, col_stride = 1 reach beyond the "
     "address space"},
    {KMEANS_U8, 3, 2, -(int64_t(1) << 62), 1, shape,
     "data: rows = 3, cols = 2, row_stride = -4611686018427387904, col_stride = 1 reach beyond the "
     "address space"},
};

TEST_F(BadSource, DenseShapesAndStrides)
{
    for (const BadDense &bad : bad_views) {
        const kmeans_dense view = {numbers,  bad.dtype,      bad.rows,
                                   bad.cols, bad.row_stride, bad.col_stride};
        refuse(view, bad.code, bad.text);
    }
}

TEST_F(BadSource, DensePointers)
{
    kmeans_source *out = mark;
    const char *const bytes = reinterpret_cast<const char *>(numbers);
    refuse(kmeans_dense_rows(nullptr, KMEANS_F64, 4, 2), argument, "data is NULL");
    const kmeans_dense view = kmeans_dense_rows(numbers, KMEANS_F64, 4, 2);
    expect_error(kmeans_source_dense(context, nullptr, &out), argument, "view is NULL");
    expect_error(kmeans_source_dense(context, &view, nullptr), argument, "source is NULL");
    EXPECT_EQ(kmeans_source_dense(nullptr, &view, &out), argument);
    for (const int shift : {1, 2, 4, 7}) {
        const kmeans_dense shifted = kmeans_dense_rows(bytes + shift, KMEANS_F64, 4, 2);
        EXPECT_EQ(kmeans_source_dense(context, &shifted, &out), argument);
        EXPECT_NE(std::string(kmeans_detail(context)).find("is not aligned to the 8 bytes of f64"),
                  std::string::npos)
            << kmeans_detail(context);
    }
    const kmeans_dense odd = kmeans_dense_rows(bytes + 2, KMEANS_F32, 4, 2);
    EXPECT_EQ(kmeans_source_dense(context, &odd, &out), argument);
    EXPECT_EQ(out, mark);
}

TEST_F(BadSource, Columns)
{
    kmeans_source *out = mark;
    const char *const bytes = reinterpret_cast<const char *>(numbers);
    const void *const good[3] = {numbers, numbers + 8, numbers + 16};
    const void *const hole[3] = {numbers, nullptr, numbers + 16};
    const void *const odd[3] = {numbers, numbers + 8, bytes + 4};
    refuse(kmeans_columns{nullptr, KMEANS_F64, 4, 3, 1}, argument, "columns is NULL");
    refuse(kmeans_columns{hole, KMEANS_F64, 4, 3, 1}, argument, "columns[1] is NULL");
    refuse(kmeans_columns{good, 10, 4, 3, 1}, argument,
           "dtype: 10 is none of KMEANS_F32, KMEANS_F64, KMEANS_U8, KMEANS_F16, KMEANS_BF16, "
           "KMEANS_I8, KMEANS_I16, KMEANS_U16, KMEANS_I32");
    refuse(kmeans_columns{good, KMEANS_F64, 0, 3, 1}, shape, "rows: 0 is below 1");
    refuse(kmeans_columns{good, KMEANS_F64, 4, 0, 1}, shape, "cols: 0 is below 1");
    refuse(kmeans_columns{good, KMEANS_F64, 4, -3, 1}, shape, "cols: -3 is below 1");
    refuse(kmeans_columns{good, KMEANS_F64, 4, 3, 0}, shape,
           "stride: 0 is allowed only where rows is 1, not 4");
    refuse(kmeans_columns{good, KMEANS_F64, big, 3, 1}, shape,
           "rows = 9223372036854775807, cols = 3: more than 2^63 - 1 bytes");
    const kmeans_columns shifted = {odd, KMEANS_F64, 4, 3, 1};
    EXPECT_EQ(kmeans_source_columns(context, &shifted, &out), argument);
    EXPECT_EQ(std::string(kmeans_detail(context)).rfind("columns[2]: address ", 0), 0u)
        << kmeans_detail(context);
    const kmeans_columns view = {good, KMEANS_F64, 4, 3, 1};
    expect_error(kmeans_source_columns(context, nullptr, &out), argument, "view is NULL");
    expect_error(kmeans_source_columns(context, &view, nullptr), argument, "source is NULL");
    EXPECT_EQ(kmeans_source_columns(nullptr, &view, &out), argument);
    EXPECT_EQ(out, mark);
}

TEST_F(BadSource, Joined)
{
    const float floats[4] = {1, 2, 3, 4};
    const double weights[2] = {1, 2};
    const kmeans_dense views[4] = {
        kmeans_dense_rows(numbers, KMEANS_F64, 2, 2), kmeans_dense_rows(numbers, KMEANS_F64, 2, 3),
        kmeans_dense_rows(floats, KMEANS_F32, 2, 2), kmeans_dense_rows(numbers, KMEANS_F64, 2, 2)};
    kmeans_source *part[4];
    for (int i = 0; i < 4; i++)
        ASSERT_EQ(kmeans_source_dense(context, &views[i], &part[i]), KMEANS_OK);
    ASSERT_EQ(kmeans_source_set_weights(part[3], weights), KMEANS_OK);
    kmeans_source *out = mark;
    const auto join = [&](std::vector<kmeans_source *> parts, int64_t count) {
        return kmeans_source_concat(context, parts.data(), count, &out);
    };
    expect_error(join({part[0], part[1]}, 2), shape, "part 1 has 3 columns, part 0 has 2");
    expect_error(join({part[0], part[2]}, 2), shape, "part 1 is f32, part 0 is f64");
    expect_error(join({part[0], nullptr}, 2), argument, "parts[1] is NULL");
    expect_error(join({part[0], part[3]}, 2), argument,
                 "part 1 has weights: attach them to the whole");
    expect_error(join({part[0]}, 0), shape, "count: 0 is below 1");
    expect_error(join({part[0]}, -1), shape, "count: -1 is below 1");
    expect_error(kmeans_source_concat(context, nullptr, 1, &out), argument, "parts is NULL");
    expect_error(kmeans_source_concat(context, part, 1, nullptr), argument, "source is NULL");
    EXPECT_EQ(kmeans_source_concat(nullptr, part, 1, &out), argument);
    EXPECT_EQ(out, mark);
    for (kmeans_source *const each : part)
        kmeans_source_close(each);
}

TEST_F(BadSource, Reading)
{
    open_rows(5, 2);
    double out[10];
    for (double &value : out)
        value = -77;
    const struct {
        int64_t row0, count;
    } ranges[] = {{-1, 1}, {0, 6}, {5, 1}, {6, 0}, {2, -1}, {big, 1}, {1, big}, {big, big}};
    for (const auto &range : ranges) {
        expect_error(kmeans_source_read(source, range.row0, range.count, out), argument,
                     "row0 = " + std::to_string(range.row0) + ", count = " +
                         std::to_string(range.count) + ": the source has rows 0 .. 4");
    }
    expect_error(kmeans_source_read(source, 0, 1, nullptr), argument, "out is NULL");
    EXPECT_EQ(kmeans_source_read(nullptr, 0, 1, out), argument);
    for (const double value : out)
        EXPECT_EQ(value, -77);
}

TEST_F(BadSource, NullHandlesAndFiles)
{
    int64_t rows = -7;
    kmeans_source *out = mark;
    EXPECT_EQ(kmeans_source_shape(nullptr, &rows, nullptr, nullptr), argument);
    EXPECT_EQ(rows, -7);
    EXPECT_EQ(kmeans_source_bytes(nullptr), 0);
    EXPECT_EQ(kmeans_source_sparse(nullptr), 0);
    EXPECT_EQ(kmeans_source_set_weights(nullptr, numbers), argument);
    kmeans_source_close(nullptr);
    kmeans_file_options_init(nullptr);
    EXPECT_EQ(kmeans_source_open(nullptr, "x.npy", nullptr, &out), argument);
    EXPECT_EQ(kmeans_source_open(context, nullptr, nullptr, &out), argument);
    EXPECT_EQ(kmeans_source_open(context, "x.npy", nullptr, nullptr), argument);
    EXPECT_EQ(kmeans_source_open(context, "no_such_folder/x.npy", nullptr, &out),
              KMEANS_ERROR_FILE);
    EXPECT_NE(std::string(kmeans_detail(context)).find("no_such_folder/x.npy"), std::string::npos);
    kmeans_file_options file = {};
    EXPECT_EQ(kmeans_source_open(context, "x.npy", &file, &out), argument) << "size is 0";
    EXPECT_EQ(kmeans_dtype_name(0), nullptr);
    EXPECT_EQ(kmeans_dtype_name(10), nullptr);
    EXPECT_EQ(out, mark);
}

} // namespace
