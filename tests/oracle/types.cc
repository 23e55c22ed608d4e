// The same values in another number type: the same answer, to the bit.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

// Values that use what a type has: its whole range, and for floats many exponents.
Matrix values_of(int dtype, int64_t n, int64_t d, uint64_t seed)
{
    Random random(seed);
    Matrix x(dtype, n, d);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t p = 0; p < d; p++) {
            const int bits = static_cast<int>(random.below(20)) - 12;
            double value = random.symmetric() * 3 + static_cast<double>(i % 5) * 8;
            switch (dtype) {
            case KMEANS_I8: value = value * 2 - 60; break;
            case KMEANS_U8: value *= 6; break;
            case KMEANS_I16: value = value * 1000 - 20000; break;
            case KMEANS_U16: value *= 1500; break;
            case KMEANS_I32: value = value * 0x1p26 - 0x1p30; break;
            default: value = std::ldexp(value, bits); break;
            }
            x.set(i, p, value);
        }
    }
    return x;
}

class Types : public testing::TestWithParam<int> {};

TEST_P(Types, EqualTheSameValuesInF64)
{
    for (const int64_t d : {1, 2, 3, 17, 40}) {
        const Matrix x = values_of(GetParam(), 700, d, 11);
        const Matrix wide = convert(x, KMEANS_F64);
        for (const char *init : {"k-means++", "box"}) {
            Request request(wide, 9);
            request.set("seed", "5").set("init", init).set("distances", "on");
            const Outcome expected = run(request);
            ASSERT_GE(expected.status, 0) << expected.detail;
            expect_consistent(expected, wide);
            request.x = &x;
            for (const std::string &isa : isas_with_emulation()) {
                SCOPED_TRACE(isa + " d=" + std::to_string(d) + " " + init);
                request.isa = isa;
                request.threads = 2;
                const Outcome out = run(request);
                expect_same_result(expected, out);
                EXPECT_EQ(out.info.dtype, GetParam());
            }
        }
    }
}

TEST_P(Types, EqualTheSameValuesWithWeightsInColumns)
{
    const int64_t n = 300, d = 5;
    const Matrix x = values_of(GetParam(), n, d, 4);
    const Matrix wide = convert(x, KMEANS_F64);
    Request request(wide, distinct_rows(wide, 6, 1));
    Random random(8);
    for (int64_t i = 0; i < n; i++)
        request.weights.push_back(static_cast<double>(random.below(9)) / 4);
    const Outcome expected = run(request);
    ASSERT_GE(expected.status, 0) << expected.detail;
    for (const int64_t padding : {0, 3}) {
        const int64_t ld = n + padding, size = element_size(x.dtype);
        std::vector<unsigned char> columns(static_cast<size_t>(ld * d * size));
        for (int64_t i = 0; i < n; i++) {
            for (int64_t p = 0; p < d; p++)
                std::memcpy(columns.data() + (p * ld + i) * size,
                            x.bytes.data() + (i * d + p) * size, static_cast<size_t>(size));
        }
        request.open = [&](kmeans_context *context, kmeans_source **source) {
            kmeans_dense view = kmeans_dense_rows(columns.data(), x.dtype, n, d);
            view.row_stride = 1;
            view.col_stride = ld;
            return kmeans_source_dense(context, &view, source);
        };
        for (const std::string &isa : usable_isas()) {
            request.isa = isa;
            expect_same_result(expected, run(request));
        }
    }
}

// Infinities and NaN are bad values in every type that has them; the largest numbers are not.
TEST_P(Types, SpecialValuesAreNamed)
{
    const int dtype = GetParam();
    const bool special =
        dtype == KMEANS_F32 || dtype == KMEANS_F64 || dtype == KMEANS_F16 || dtype == KMEANS_BF16;
    if (!special)
        GTEST_SKIP() << "integers are all finite";
    for (const double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
        Matrix x = values_of(dtype, 60, 3, 2);
        x.set(41, 2, bad);
        const Outcome refused = run(Request(x, 3));
        EXPECT_EQ(refused.status, KMEANS_ERROR_DATA);
        EXPECT_NE(refused.detail.find("row 41, column 2"), std::string::npos) << refused.detail;
        const Outcome skipped = run(Request(x, 3).set("nan", "skip"));
        EXPECT_EQ(skipped.status, std::isnan(bad) ? 0 : KMEANS_ERROR_DATA) << skipped.detail;
        if (skipped.status == 0) {
            EXPECT_EQ(skipped.labels[41], -1);
            EXPECT_EQ(skipped.info.rows_skipped, 1);
        }
    }
    Matrix x = values_of(dtype, 60, 3, 2);
    const double largest = dtype == KMEANS_F16 ? 65504 : 0x1p100;
    x.set(7, 1, largest);
    x.set(9, 0, -largest);
    const Matrix wide = convert(x, KMEANS_F64);
    expect_same_result(run(Request(wide, 4)), run(Request(x, 4)));
}

INSTANTIATE_TEST_SUITE_P(Numbers, Types, testing::ValuesIn(numbers::dtypes),
                         [](const testing::TestParamInfo<int> &type) {
                             return std::string(kmeans_dtype_name(type.param));
                         });

} // namespace
