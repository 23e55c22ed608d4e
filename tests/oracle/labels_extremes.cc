// Values at the ends of the number range, and sizes at the ends of theirs.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

const int kTypes[] = {KMEANS_F32, KMEANS_F64};

Matrix scaled_uniform(int dtype, int64_t n, int64_t d, double scale, uint64_t seed)
{
    Random random(seed);
    Matrix x(dtype, n, d);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t p = 0; p < d; p++)
            x.set(i, p, scale * random.symmetric());
    }
    return x;
}

void check_predict_and_fit(const Matrix &x, int64_t k)
{
    expect_exact_predict(x, distinct_rows(x, k, 5));
    Outcome first;
    for (const std::string &isa : usable_isas()) {
        Request request(x, k);
        request.isa = isa;
        request.set("init", "random").set("max_iterations", "30");
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        if (first.labels.empty()) {
            first = out;
            expect_consistent(out, x);
        } else {
            expect_same_result(first, out);
        }
    }
}

TEST(Extremes, Denormals)
{
    check_predict_and_fit(scaled_uniform(KMEANS_F32, 300, 3, 0x1p-130, 1), 5);
    check_predict_and_fit(scaled_uniform(KMEANS_F32, 300, 17, 0x1p-140, 2), 5);
    check_predict_and_fit(scaled_uniform(KMEANS_F64, 300, 3, 0x1p-1030, 3), 5);
    check_predict_and_fit(scaled_uniform(KMEANS_F64, 300, 17, 0x1p-1060, 4), 5);
}

// Squares underflow although the values are normal.
TEST(Extremes, DifferencesWhoseSquaresUnderflow)
{
    check_predict_and_fit(scaled_uniform(KMEANS_F32, 300, 4, 1e-25, 5), 6);
    check_predict_and_fit(scaled_uniform(KMEANS_F64, 300, 4, 1e-170, 6), 6);
    check_predict_and_fit(scaled_uniform(KMEANS_F64, 300, 4, 1e-200, 7), 6);
}

TEST(Extremes, LargeValues)
{
    check_predict_and_fit(scaled_uniform(KMEANS_F32, 300, 3, 1e19, 8), 5);
    check_predict_and_fit(scaled_uniform(KMEANS_F32, 300, 20, 3e38, 9), 5);
    check_predict_and_fit(scaled_uniform(KMEANS_F64, 300, 3, 1e19, 10), 5);
    check_predict_and_fit(scaled_uniform(KMEANS_F64, 300, 20, 1e150, 11), 5);
}

TEST(Extremes, MixedMagnitudesInOneRow)
{
    for (const int dtype : kTypes) {
        Matrix x = scaled_uniform(dtype, 400, 6, 1.0, 12);
        const double scale[6] = {1e-20, 1e20, 1.0, 1e10, 1e-10, 1e5};
        for (int64_t i = 0; i < x.n; i++) {
            // Most rows share the large columns, so that the small ones decide.
            for (int64_t p = 0; p < 6; p++) {
                const double value = i % 4 != 0 && scale[p] > 1 ? 0.5 : x.at(i, p);
                x.set(i, p, value * scale[p]);
            }
        }
        expect_exact_predict(x, distinct_rows(x, 12, 3));
    }
}

TEST(Extremes, HugeValuesInSomeRowsOnly)
{
    for (const int dtype : kTypes) {
        Matrix x = scaled_uniform(dtype, 200, 4, 1.0, 13);
        const double huge = dtype == KMEANS_F32 ? 1e38 : 1e150;
        for (int64_t i = 0; i < 200; i += 17)
            x.set(i, i % 4, i % 2 == 0 ? huge : -huge);
        expect_exact_predict(x, distinct_rows(x, 7, 3));
        expect_exact_predict(x, rows_of(x, {1, 2, 17, 34, 3}));
    }
}

// 2^500 is the largest magnitude that is taken; the next float64 is an error that says where.
TEST(Extremes, TheLimitItself)
{
    Matrix x(KMEANS_F64, 6, 2);
    const double limit = 0x1p500;
    const double values[12] = {limit, 0,      -limit,  0,       0,     limit,
                               0,     -limit, 0x1p400, 0x1p400, limit, limit};
    for (int64_t q = 0; q < 12; q++)
        x.set(q / 2, q % 2, values[q]);
    for (const int64_t k : {1, 2, 3, 6}) {
        const Outcome out = run(Request(x, k).set("max_iterations", "10"));
        ASSERT_GE(out.status, 0) << out.detail;
        expect_consistent(out, x);
    }
    x.set(4, 1, std::nextafter(limit, HUGE_VAL));
    const Outcome bad = run(Request(x, 2));
    EXPECT_EQ(bad.status, KMEANS_ERROR_DATA);
    EXPECT_NE(bad.detail.find("row 4"), std::string::npos) << bad.detail;
    EXPECT_NE(bad.detail.find("column 1"), std::string::npos) << bad.detail;
}

// A column whose numbers span more than four grids: sums are rounded, which is reported; labels
// and inertia belong to the centroids all the same.
TEST(Extremes, MoreThanFourGridsAreReported)
{
    Random random(4);
    Matrix x(KMEANS_F64, 200, 2);
    for (int64_t i = 0; i < 200; i++) {
        x.set(i, 0, (i % 2 == 0 ? 0x1p400 : 1.0) * random.symmetric());
        x.set(i, 1, random.symmetric());
    }
    for (const int64_t k : {1, 3, 20}) {
        const Outcome out = run(Request(x, k));
        ASSERT_GE(out.status, 0) << out.detail;
        expect_consistent(out, x);
        EXPECT_NE(std::find(out.warnings.begin(), out.warnings.end(), "rounded_sums"),
                  out.warnings.end());
    }
    for (const std::string &warning : run(Request(columns_of(x, {1}), 3)).warnings) {
        EXPECT_NE(warning, "rounded_sums");
    }
}

TEST(Extremes, OneColumn)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        Matrix x(dtype, 1000, 1);
        Random random(2);
        for (int64_t i = 0; i < x.n; i++)
            x.set(i, 0, static_cast<double>(random.below(256)));
        for (const int64_t k : {1, 2, 3, 15, 16, 17, 31, 33, 64, 65, 100})
            check_predict_and_fit(x, k);
    }
}

TEST(Extremes, OneRow)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        for (const int64_t d : {1, 2, 16, 17, 1000}) {
            Matrix x(dtype, 1, d);
            for (int64_t p = 0; p < d; p++)
                x.set(0, p, static_cast<double>(p % 200) + 0.25);
            const Outcome out = run(Request(x, 1));
            ASSERT_EQ(out.status, 0) << out.detail;
            expect_consistent(out, x);
            EXPECT_EQ(out.info.inertia, 0);
            EXPECT_EQ(out.centroids, x.row(0));
            EXPECT_EQ(out.stop_reason, "fixpoint");
        }
    }
}

TEST(Extremes, AsManyClustersAsRows)
{
    for (const int dtype : kTypes) {
        for (const int64_t n : {1, 2, 5, 16, 65, 200}) {
            const Matrix x = scaled_uniform(dtype, n, 3, 10.0, static_cast<uint64_t>(n));
            for (const char *init : {"k-means++", "random"}) {
                const Outcome out = run(Request(x, n).set("init", init));
                ASSERT_EQ(out.status, 0) << out.detail;
                expect_consistent(out, x);
                EXPECT_EQ(out.info.inertia, 0) << init << " n=" << n;
                for (const int64_t size : out.sizes)
                    EXPECT_EQ(size, 1);
            }
        }
    }
}

// Every remainder of every tile: rows, columns and clusters around the block sizes.
TEST(Extremes, SizesAroundTheTiles)
{
    for (const int dtype : kTypes) {
        for (const int64_t d : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65}) {
            for (const int64_t k : {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 129}) {
                const int64_t n = 130 + (d * 7 + k) % 70;
                const Matrix x = make_blobs(dtype, n, d, 9, 3, 10, static_cast<uint64_t>(d * k));
                expect_exact_predict(x, distinct_rows(x, k, 1));
            }
        }
    }
}

TEST(Extremes, RowCountsAroundTheBlocks)
{
    for (const int dtype : kTypes) {
        const Matrix all = make_blobs(dtype, 2100, 5, 7, 3, 10, 8);
        const std::vector<double> c = distinct_rows(all, 7, 2);
        for (const int64_t n :
             {1,   2,   5,   6,   7,   11,  12,  13,   95,   96,   97,   191,  192,
              193, 383, 384, 385, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049}) {
            expect_exact_predict(first_rows(all, n), c);
        }
    }
}

TEST(Extremes, InfiniteAndNanValuesAreNamed)
{
    for (const int dtype : kTypes) {
        for (const double bad : {HUGE_VAL, -HUGE_VAL, static_cast<double>(NAN)}) {
            Matrix x = make_blobs(dtype, 300, 5, 3, 3, 0, 1);
            x.set(299, 4, bad);
            const Outcome out = run(Request(x, 3));
            EXPECT_EQ(out.status, KMEANS_ERROR_DATA);
            EXPECT_NE(out.detail.find("299"), std::string::npos) << out.detail;
            EXPECT_NE(out.detail.find("4"), std::string::npos) << out.detail;
        }
    }
}

} // namespace
