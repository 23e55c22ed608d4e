// Properties from the tests of VLFeat, mlpack, cuVS, ELKI, kmcuda and knor.
#include <cmath>
#include <set>

#include "oracle/check.h"

namespace {

using namespace oracle;

TEST(VlFeat, FourCornersAreFoundExactly)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        const Matrix x = from_values(dtype, 4, 2, {0, 0, 0, 1, 1, 0, 1, 1});
        for (const char *init : {"k-means++", "random"}) {
            const Outcome out = run(Request(x, 4).set("init", init));
            EXPECT_EQ(out.info.inertia, 0);
            EXPECT_EQ(std::set<int32_t>(out.labels.begin(), out.labels.end()).size(), 4u);
        }
    }
}

TEST(VlFeat, BothPrecisionsFindTheSameEnergy)
{
    const Matrix wide = make_blobs(KMEANS_F64, 2000, 16, 10, 4, 0, 3);
    const Matrix narrow = convert(wide, KMEANS_F32);
    EXPECT_NEAR(run(Request(wide, 10)).info.inertia / run(Request(narrow, 10)).info.inertia, 1,
                1e-5);
}

// Thirty points in three classes, exactly.
TEST(Mlpack, ThirtyPointsThreeClasses)
{
    Random random(9);
    Matrix x(KMEANS_F64, 30, 2);
    for (int64_t i = 0; i < 30; i++) {
        const int64_t place = i < 13 ? 0 : i < 23 ? 1 : 2;
        x.set(i, 0, (place == 1 ? 5.0 : 0.0) + 0.3 * random.symmetric());
        x.set(i, 1, (place == 2 ? 5.0 : 0.0) + 0.3 * random.symmetric());
    }
    const Outcome out = run(Request(x, 3).set("restarts", "5"));
    for (size_t i = 0; i < 30; i++) {
        EXPECT_EQ(out.labels[i], out.labels[i < 13 ? 0 : i < 23 ? 13 : 23]);
    }
    EXPECT_EQ(std::multiset<int64_t>(out.sizes.begin(), out.sizes.end()),
              (std::multiset<int64_t>{13, 10, 7}));
}

// Adjusted Rand index 1 is equality up to names; here checked as such.
TEST(CuVs, SeparatedBlobsAreRecovered)
{
    for (const int64_t d : {2, 10, 50}) {
        for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
            Matrix x(dtype, 1000, d);
            Random random(static_cast<uint64_t>(d));
            for (int64_t i = 0; i < 1000; i++) {
                for (int64_t p = 0; p < d; p++) {
                    const double place =
                        p < 2 ? 50.0 * static_cast<double>(i % 10 / (p == 0 ? 1 : 4)) : 0;
                    x.set(i, p, place + random.bell());
                }
            }
            const Outcome out = run(Request(x, 10).set("restarts", "10"));
            for (size_t i = 10; i < 1000; i++)
                ASSERT_EQ(out.labels[i], out.labels[i % 10]);
            EXPECT_EQ(std::set<int32_t>(out.labels.begin(), out.labels.begin() + 10).size(), 10u);
            expect_inertia(out, x, {});
        }
    }
}

TEST(Elki, EveryStartOnTheSameDataEndsInTheSameBest)
{
    Random random(4);
    Matrix x(KMEANS_F64, 1000, 2);
    for (int64_t i = 0; i < 1000; i++) {
        x.set(i, 0, 20.0 * static_cast<double>(i % 5) + random.bell());
        x.set(i, 1, 20.0 * static_cast<double>(i % 5 * 2 % 5) + random.bell());
    }
    double inertia = 0;
    for (const char *init : {"k-means++", "random", "box"}) {
        const Outcome out = run(Request(x, 5).set("init", init).set("restarts", "30"));
        EXPECT_EQ(out.sizes, std::vector<int64_t>(5, 200));
        if (inertia == 0)
            inertia = out.info.inertia;
        EXPECT_NEAR(out.info.inertia / inertia, 1, 1e-13);
    }
}

// kmcuda's "crap" arguments: nothing but an error code comes back.
TEST(KmCuda, NonsenseIsAnError)
{
    kmeans_result *result = nullptr;
    EXPECT_LT(kmeans_fit(nullptr, nullptr, nullptr, &result), 0);
    EXPECT_EQ(result, nullptr);
    kmeans_context *context = nullptr;
    ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
    EXPECT_LT(kmeans_fit(context, nullptr, nullptr, &result), 0);
    EXPECT_LT(kmeans_fit(context, nullptr, nullptr, nullptr), 0);
    kmeans_source *source = nullptr;
    EXPECT_LT(kmeans_source_dense(context, nullptr, &source), 0);
    const double one = 1;
    kmeans_dense view = kmeans_dense_rows(&one, 99, 1, 1);
    EXPECT_LT(kmeans_source_dense(context, &view, &source), 0);
    view = kmeans_dense_rows(&one, KMEANS_F64, 0, 1);
    EXPECT_LT(kmeans_source_dense(context, &view, &source), 0);
    EXPECT_EQ(source, nullptr);
    kmeans_context_free(context);
}

// Another program's golden run: the same start converges to the same centroids.
TEST(Knor, TheGoldenRun)
{
    const char *const names[3] = {"knor_matrix_r50_c5_rrw.bin", "knor_init_clusters_k8_c5.bin",
                                  "knor_converged_result_init_k8_c5.bin"};
    for (const char *name : names) {
        if (!have(name))
            GTEST_SKIP() << missing(name);
    }
    const Matrix x = load_raw(paths::data(names[0]), 5);
    const Matrix start = load_raw(paths::data(names[1]), 5);
    const Matrix expected = load_raw(paths::data(names[2]), 5);
    ASSERT_EQ(x.n, 50);
    std::vector<double> c;
    for (int64_t j = 0; j < 8; j++) {
        const std::vector<double> row = start.row(j);
        c.insert(c.end(), row.begin(), row.end());
    }
    const Outcome out = run(Request(x, c));
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_EQ(out.info.iterations, 8);
    for (int64_t q = 0; q < 40; q++) {
        EXPECT_NEAR(out.centroids[static_cast<size_t>(q)], expected.at(q / 5, q % 5), 1e-14);
    }
    EXPECT_EQ(out.sizes, (std::vector<int64_t>{8, 4, 8, 6, 5, 6, 7, 6}));
}

} // namespace
