// SciPy's golden values (scipy/cluster/vq/tests/test_vq.py).
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

Matrix golden_rows(int dtype = KMEANS_F64)
{
    return from_values(dtype, 11, 2,
                       {3, 3, 4, 3, 4, 2, 9, 2, 5, 1, 6, 2, 9, 4, 5, 2, 5, 4, 7, 4, 6, 5});
}

double mean_distance(const Matrix &x, const Outcome &out)
{
    long double sum = 0;
    for (int64_t i = 0; i < x.n; i++) {
        const int32_t j = out.labels[static_cast<size_t>(i)];
        sum += std::sqrt(wide_d2(x.row(i).data(), out.centroids.data() + j * x.d, x.d));
    }
    return static_cast<double>(sum / static_cast<long double>(x.n));
}

TEST(SciPy, CodeBookAfterOneStep)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Matrix x = golden_rows(dtype);
        const Outcome out = run(Request(x, rows_of(x, {0, 1, 2})).set("iterations", "1"));
        EXPECT_EQ(out.centroids, (std::vector<double>{3, 3, 31.0 / 5, 4, 29.0 / 5, 9.0 / 5}));
    }
}

TEST(SciPy, CodeBookAfterTwoSteps)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Matrix x = golden_rows(dtype);
        const Outcome out = run(Request(x, rows_of(x, {0, 1, 2})).set("iterations", "2"));
        EXPECT_EQ(out.centroids, (std::vector<double>{11.0 / 3, 8.0 / 3, 6.75, 4.25, 6.25, 1.75}));
    }
}

TEST(SciPy, LabelsOfTheStart)
{
    const Matrix x = golden_rows();
    EXPECT_EQ(predict(x, rows_of(x, {0, 1, 2})),
              (std::vector<int32_t>{0, 1, 2, 2, 2, 2, 1, 2, 1, 1, 1}));
}

TEST(SciPy, LabelsInOneColumn)
{
    const Matrix x = columns_of(golden_rows(), {0});
    const std::vector<double> c = {3, 4, 4};
    EXPECT_EQ(predict(x, c), exact_argmin(x, c, 3).labels);
    EXPECT_EQ(predict(x, c)[2], 1) << "two equal codes: the first";
}

TEST(SciPy, OneClusterIsTheMean)
{
    const Matrix x = from_values(KMEANS_F64, 5, 1, {1, 2, 3, 4, 10});
    const Outcome out = run(Request(x, std::vector<double>{1}));
    EXPECT_EQ(out.centroids, std::vector<double>{4.0});
    EXPECT_DOUBLE_EQ(mean_distance(x, out), 2.4);
}

TEST(SciPy, OneDimensionalStartGivesMinusFourTenthsAndEight)
{
    const Matrix x = from_values(KMEANS_F64, 6, 1, {-3, -1, 0, 1, 1, 8});
    const Outcome out = run(Request(x, {-3, 0.99}));
    EXPECT_EQ(out.centroids, (std::vector<double>{-0.4, 8}));
    EXPECT_NEAR(mean_distance(x, out), 1.0666666666666667, 1e-15);
}

TEST(SciPy, ALostClusterIsAnErrorWhenAskedFor)
{
    const Matrix x = golden_rows();
    Request request(x, {3, 3, 6, 3, -1000, -1000});
    const Outcome out = run(request.set("empty", "error"));
    EXPECT_EQ(out.status, KMEANS_ERROR_EMPTY);
    EXPECT_TRUE(out.labels.empty());
}

TEST(SciPy, ALostClusterIsReportedOtherwise)
{
    const Matrix x = golden_rows();
    Request request(x, {3, 3, 6, 3, -1000, -1000});
    const Outcome out = run(request.set("empty", "keep"));
    ASSERT_GE(out.status, 0) << out.detail;
    EXPECT_EQ(out.centroids[4], -1000);
    EXPECT_EQ(out.sizes[2], 0);
    EXPECT_GT(out.info.empty_events, 0);
    EXPECT_FALSE(out.warnings.empty());
}

TEST(SciPy, LargeFeaturesWithFewRows)
{
    Random random(3);
    Matrix x(KMEANS_F64, 20, 300);
    for (int64_t q = 0; q < 6000; q++)
        x.set(q / 300, q % 300, 1e6 * random.symmetric());
    const Outcome out = run(Request(x, 4));
    expect_consistent(out, x);
}

TEST(SciPy, ScaleOfAMillion)
{
    const Matrix x = make_blobs(KMEANS_F64, 1000, 2, 4, 5e6, 1e6, 3);
    for (const char *init : {"k-means++", "random", "box"}) {
        expect_consistent(run(Request(x, 4).set("init", init)), x);
    }
}

TEST(SciPy, NanAndInfinityAreRejected)
{
    for (const double bad : {static_cast<double>(NAN), HUGE_VAL, -HUGE_VAL}) {
        Matrix x = golden_rows();
        x.set(10, 1, bad);
        EXPECT_EQ(run(Request(x, 2)).status, KMEANS_ERROR_DATA);
    }
}

TEST(SciPy, NoClustersIsAnError)
{
    const Matrix x = golden_rows();
    EXPECT_EQ(run(Request(x, int64_t{0})).status, KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(run(Request(x, int64_t{-1})).status, KMEANS_ERROR_ARGUMENT);
}

// gh-24069: the distortion is that of the returned code book.
TEST(SciPy, DistortionBelongsToTheCodeBook)
{
    for (uint64_t seed = 0; seed < 10; seed++) {
        const Matrix x = make_blobs(KMEANS_F64, 300, 2, 5, 4, 0, seed);
        for (const char *passes : {"1", "3", "100"}) {
            const Outcome out =
                run(Request(x, 5).set("init", "random").set("max_iterations", passes));
            expect_inertia(out, x, {});
            double score = 0;
            predict(x, out.centroids, "", 1, nullptr, &score);
            EXPECT_NEAR(score / out.info.inertia, 1, 2e-13);
        }
    }
}

TEST(SciPy, SameSeedSameResultOtherSeedOtherStart)
{
    const Matrix x = make_blobs(KMEANS_F64, 300, 2, 30, 10, 0, 1);
    for (const char *init : {"k-means++", "random", "box"}) {
        const auto fit = [&](const char *seed) {
            return run(Request(x, 20).set("init", init).set("seed", seed).set("iterations", "1"));
        };
        EXPECT_EQ(fit("1").checksum, fit("1").checksum);
        EXPECT_NE(fit("1").checksum, fit("2").checksum);
        EXPECT_NE(fit("18446744073709551615").checksum, fit("0").checksum);
    }
}

// Values of very different size next to each other: gh-24216 was a crash at 1e164.
TEST(SciPy, HugeValuesAreAnswersOrNamedErrors)
{
    for (const double size : {1e100, 1e150, 1e154, 1e164, 1e300, 1.7e308}) {
        Matrix x = golden_rows();
        x.set(3, 0, size);
        const Outcome out = run(Request(x, 2));
        if (size <= 0x1p500) {
            expect_consistent(out, x);
        } else {
            EXPECT_EQ(out.status, KMEANS_ERROR_DATA);
            EXPECT_NE(out.detail.find('3'), std::string::npos);
        }
    }
}

} // namespace
