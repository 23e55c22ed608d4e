// A set on which neither bfloat16 nor float32 proves anything must not pay for their tries: few
// candidates are left, in the first pass too.
#include "oracle/check.h"

namespace {

using namespace oracle;

const int kTypes[] = {KMEANS_F32, KMEANS_F64};
constexpr int64_t kRows = 24000, kColumns = 32, kCentroids = 64;

// The mean, from which distances are measured, is far from almost every row.
Matrix some_long_rows(int dtype)
{
    Matrix x = make_blobs(dtype, kRows, kColumns, 80, 4, 5, 3);
    for (int64_t i = 0; i < kRows; i += 1000) {
        for (int64_t p = 0; p < kColumns; p++)
            x.set(i, p, x.at(i, p) * 3e5);
    }
    return x;
}

// One column is so long that the others are lost in its rounding errors: it tells two halves of the
// rows apart, and nothing else.
Matrix one_long_column(int dtype)
{
    Matrix x = make_blobs(dtype, kRows, kColumns, 80, 4, 0, 4);
    Random random(9);
    for (int64_t i = 0; i < kRows; i++)
        x.set(i, 7, 1e7 * (0.5 + static_cast<double>(random.below(2))));
    return x;
}

void expect_few_survivors(const Matrix &x, const std::string &isa, int threads)
{
    SCOPED_TRACE(isa + " " + kmeans_dtype_name(x.dtype) + ", threads " + std::to_string(threads));
    Request request(x, kCentroids);
    request.set("init", "random").set("seed", "5").set("iterations", "10");
    request.isa = isa;
    request.threads = threads;
    const Outcome out = run(request);
    ASSERT_GE(out.status, 0) << out.detail;
    ASSERT_GE(out.trace.size(), 9U); // the level below is tried again every eight passes
    for (const kmeans_trace_row &row : out.trace)
        EXPECT_LT(row.survivors, x.n * kCentroids / 10) << "pass " << row.pass;
}

void expect_few_survivors_on_all(const Matrix &x)
{
    for (const std::string &isa : isas_with_emulation()) {
        if (isa == "scalar")
            continue;
        expect_few_survivors(x, isa, 3);
        if (x.dtype == KMEANS_F32)
            expect_few_survivors(x, isa, 1);
    }
}

TEST(Levels, SomeLongRowsLeaveFewSurvivors)
{
    for (const int dtype : kTypes)
        expect_few_survivors_on_all(some_long_rows(dtype));
}

TEST(Levels, OneLongColumnLeavesFewSurvivors)
{
    for (const int dtype : kTypes)
        expect_few_survivors_on_all(one_long_column(dtype));
}

// In three columns float64 rows meet lanes of float first. Here they prove nothing: from the second
// block on lanes of double must settle all rows but near ties.
TEST(Levels, LowRowsTooCloseForFloat)
{
    Matrix x = make_blobs(KMEANS_F64, kRows, 3, 80, 4, 5, 6);
    Random random(10);
    for (int64_t i = 0; i < kRows; i++)
        x.set(i, 0, 1e5 * (0.5 + static_cast<double>(random.below(2))));
    for (const std::string &isa : usable_isas()) {
        SCOPED_TRACE(isa);
        Request request(x, kCentroids);
        request.set("init", "random").set("seed", "5").set("iterations", "12");
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        ASSERT_GE(out.trace.size(), 12U); // the lanes of float are tried again
        for (const kmeans_trace_row &row : out.trace)
            EXPECT_LT(row.rows_rechecked, kRows / 10) << "pass " << row.pass;
    }
}

} // namespace
