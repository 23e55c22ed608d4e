// Rows with NaN: skipped on request, an error otherwise, and no crash where nobody looks.
#include <cmath>
#include <cstdlib>
#include <mutex>

#include "oracle/check.h"

namespace {

using namespace oracle;

TEST(Nan, SkippedRowsAreLabelledMinusOneAndCountNowhere)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        const Matrix x = make_blobs(dtype, 500, 3, 5, 10, 0, 3);
        Matrix holes(dtype, 800, 3);
        std::vector<int64_t> kept;
        for (int64_t i = 0, r = 0; i < 800; i++) {
            const bool hole = i % 8 < 3;
            for (int64_t p = 0; p < 3; p++) {
                holes.set(i, p,
                          hole && p == i % 3 ? static_cast<double>(NAN) : x.at(hole ? 0 : r, p));
            }
            if (!hole)
                kept.push_back(i);
            r += !hole;
        }
        const std::vector<double> start = distinct_rows(x, 6, 1);
        const Outcome expected = run(Request(x, start));
        for (const std::string &isa : usable_isas()) {
            for (const int threads : {1, 3}) {
                Request request(holes, start);
                request.isa = isa;
                request.threads = threads;
                const Outcome out = run(request.set("nan", "skip"));
                ASSERT_EQ(out.status, 0) << out.detail;
                EXPECT_EQ(out.info.rows_skipped, 300);
                EXPECT_EQ(out.info.iterations, expected.info.iterations);
                EXPECT_EQ(out.info.inertia, expected.info.inertia);
                EXPECT_EQ(out.sizes, expected.sizes);
                expect_same_bits(out.centroids, expected.centroids);
                for (size_t i = 0, r = 0; i < 800; i++) {
                    EXPECT_EQ(out.labels[i], i % 8 < 3 ? -1 : expected.labels[r++]);
                }
            }
        }
        for (const char *init : {"k-means++", "random", "box"}) {
            expect_consistent(run(Request(holes, 6).set("nan", "skip").set("init", init)), holes);
        }
        EXPECT_EQ(run(Request(holes, 6)).status, KMEANS_ERROR_DATA);
        EXPECT_LT(run(Request(holes, 501).set("nan", "skip")).status, 0) << "500 rows are left";
    }
}

TEST(Nan, UncheckedInputNeitherCrashesNorHangs)
{
    Matrix x = make_blobs(KMEANS_F32, 500, 3, 5, 10, 0, 3);
    for (int64_t i = 0; i < 500; i += 9)
        x.set(i, i % 3, i % 2 == 0 ? static_cast<double>(NAN) : HUGE_VAL);
    for (const char *init : {"k-means++", "random", "box"}) {
        const Outcome out = run(Request(x, 6).set("finite_check", "off").set("init", init));
        for (const int32_t label : out.labels) {
            EXPECT_GE(label, -1);
            EXPECT_LT(label, 6);
        }
    }
}

TEST(Nan, KinectFrame)
{
    if (!have("kinect_mug_nan.npy"))
        GTEST_SKIP() << missing("kinect_mug_nan.npy");
    const Matrix x = load("kinect_mug_nan.npy");
    const Outcome refused = run(Request(x, 5));
    EXPECT_EQ(refused.status, KMEANS_ERROR_DATA);
    Request request(x, 5);
    const Outcome out =
        run(request.set("nan", "skip").set("max_iterations", "10").set("init", "random"));
    ASSERT_GE(out.status, 0) << out.detail;
    EXPECT_EQ(out.info.rows_skipped, 97920);
    expect_exact_labels(out, x);
    expect_inertia(out, x, {});
}

} // namespace
