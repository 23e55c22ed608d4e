// The values: scikit-learn's, those of the definitions, and the cases at the edge.
#include "measure.h"

namespace {

using namespace measures;

// sklearn.metrics 1.9.1, x as float64: calinski_harabasz_score, davies_bouldin_score,
// silhouette_score.
void expect_scikit_learn(const Matrix &x, const Asked &asked, const std::vector<double> &expected,
                         const std::string &what)
{
    const Measured out = measure(Request(x, 2), asked);
    ASSERT_EQ(out.status, 0) << out.detail;
    const std::vector<double> all = values(out.found);
    const double n = static_cast<double>(x.n), k = static_cast<double>(asked.k);
    expect_near({0, all[1], all[2], all[3]}, {0, expected[0], expected[1], expected[2]}, 1e-10,
                what);
    EXPECT_EQ(out.found.rows, x.n);
    EXPECT_EQ(out.found.clusters, asked.k);
    EXPECT_EQ(out.found.silhouette_rows, x.n);
    EXPECT_GT(n, k);
}

TEST(MeasuresValues, IrisAsScikitLearn)
{
    if (!have("iris.npy"))
        GTEST_SKIP() << missing("iris.npy");
    const Matrix x = columns_of(load("iris.npy"), {0, 1, 2, 3});
    std::vector<int32_t> species;
    for (int32_t i = 0; i < 150; i++)
        species.push_back(i / 50);
    expect_scikit_learn(x, {species, 3},
                        {487.33087637489984, 0.7513707094756737, 0.503477440693296}, "species");
    expect_scikit_learn(x, {fitted_labels(x, 2), 2},
                        {513.9245459802768, 0.40429283717304343, 0.6810461692117462}, "k = 2");
    expect_scikit_learn(x, {fitted_labels(x, 3), 3},
                        {561.5937320156642, 0.6660385791628493, 0.5511916046195919}, "k = 3");
    expect_scikit_learn(x, {fitted_labels(x, 5), 5},
                        {495.54148767768777, 0.8059652120182739, 0.4887488870931056}, "k = 5");
}

TEST(MeasuresValues, WineAsScikitLearn)
{
    if (!have("wine.npy"))
        GTEST_SKIP() << missing("wine.npy");
    const Matrix x = load("wine.npy");
    expect_scikit_learn(x, {fitted_labels(x, 2), 2},
                        {505.12999814328407, 0.4817034118730835, 0.655521358978658}, "k = 2");
    expect_scikit_learn(x, {fitted_labels(x, 3), 3},
                        {497.00487620805814, 0.549557597464291, 0.5595823478987213}, "k = 3");
    expect_scikit_learn(x, {fitted_labels(x, 5), 5},
                        {787.0469221178355, 0.5450474069118009, 0.5489993239795675}, "k = 5");
}

TEST(MeasuresValues, TheDefinitionsInManyShapes)
{
    for (const int64_t d : {1, 2, 3, 7, 8, 9, 15, 16, 17, 40, 700}) {
        for (const int64_t k : {2, 5, 33}) {
            const Matrix x = make_blobs(KMEANS_F64, 150, d, 4, 5, 3, static_cast<uint64_t>(d));
            const std::vector<int32_t> labels = random_labels(x.n, k, 7);
            const Measured out = measure(Request(x, 2), {labels, k});
            ASSERT_EQ(out.status, 0) << out.detail;
            expect_near(values(out.found), Reference(x, labels, k).values(), 1e-12,
                        "d = " + std::to_string(d) + ", k = " + std::to_string(k));
        }
    }
}

// Outliers, far from 0, tiny and huge: no cancellation, no underflow, no overflow.
TEST(MeasuresValues, HardNumbers)
{
    for (const double scale : {0x1p-600, 0x1p-400, 1.0, 0x1p300, 0x1p460}) {
        for (const double offset : {0.0, 0x1p30}) {
            Matrix x = make_blobs(KMEANS_F64, 90, 3, 3, 5, offset, 5);
            for (int64_t q = 0; q < x.n * x.d; q++)
                x.set(q / x.d, q % x.d, x.at(q / x.d, q % x.d) * scale);
            x.set(17, 1, 0x1p25 * scale);
            const std::vector<int32_t> labels = random_labels(x.n, 4, 3);
            Asked asked{labels, 4};
            if (scale < 0x1p-500) // the squares of the inertia are below float64
                asked.wanted = KMEANS_MEASURE_DAVIES_BOULDIN | KMEANS_MEASURE_SILHOUETTE |
                               KMEANS_MEASURE_SILHOUETTE_SIMPLIFIED;
            const Measured out = measure(Request(x, 2), asked);
            ASSERT_EQ(out.status, 0) << out.detail;
            const std::vector<double> found = values(out.found),
                                      expected = Reference(x, labels, 4).values();
            for (size_t q = scale < 0x1p-500 ? 2 : 0; q < expected.size(); q++)
                EXPECT_NEAR(found[q], expected[q], 1e-11 * std::fabs(expected[q]))
                    << "measure " << q << ", scale " << scale << ", offset " << offset;
        }
    }
}

TEST(MeasuresValues, OneClusterHasAnInertiaOnly)
{
    const Matrix x = from_values(KMEANS_F64, 4, 1, {0, 1, 2, 5});
    const Measured out = measure(Request(x, 2), {{3, 3, 3, 3}, 9});
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_EQ(out.found.clusters, 1);
    EXPECT_EQ(out.found.inertia, 14);
    for (size_t q = 1; q < 5; q++)
        EXPECT_TRUE(std::isnan(values(out.found)[q])) << q;
}

TEST(MeasuresValues, AClusterPerRow)
{
    const Matrix x = from_values(KMEANS_F64, 4, 1, {0, 1, 2, 5});
    const Measured out = measure(Request(x, 2), {{3, 0, 1, 2}, 4});
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_EQ(out.found.inertia, 0);
    EXPECT_TRUE(std::isnan(out.found.calinski_harabasz));
    EXPECT_EQ(out.found.davies_bouldin, 0);
    EXPECT_EQ(out.found.silhouette, 0);
    EXPECT_EQ(out.found.silhouette_simplified, 0);
}

TEST(MeasuresValues, EqualRows)
{
    const Matrix all = from_values(KMEANS_F64, 4, 2, {7, 7, 7, 7, 7, 7, 7, 7});
    Measured out = measure(Request(all, 2), {{0, 1, 0, 1}, 2});
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_TRUE(std::isnan(out.found.calinski_harabasz)); // 0/0
    EXPECT_EQ(out.found.davies_bouldin, 0);
    EXPECT_EQ(out.found.silhouette, 0);
    EXPECT_EQ(out.found.silhouette_simplified, 0);
    const Matrix two = from_values(KMEANS_F64, 4, 2, {1, 1, 7, 7, 1, 1, 7, 7});
    out = measure(Request(two, 2), {{0, 1, 0, 1}, 2});
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_EQ(out.found.calinski_harabasz, INFINITY);
    EXPECT_EQ(out.found.davies_bouldin, 0);
    EXPECT_EQ(out.found.silhouette, 1);
    EXPECT_EQ(out.found.silhouette_simplified, 1);
}

// Labels that do not occur, rows that are left out, rows with NaN: as if they were not there.
TEST(MeasuresValues, WhatIsLeftOutDoesNotCount)
{
    const Matrix x = make_blobs(KMEANS_F64, 80, 3, 3, 5, 0, 9);
    const std::vector<int32_t> labels = random_labels(x.n, 3, 4);
    const Measured alone = measure(Request(x, 2), {labels, 3});
    Matrix more(KMEANS_F64, 120, 3);
    std::vector<int32_t> spread;
    for (int64_t i = 0; i < more.n; i++) {
        const bool extra = i % 3 == 2;
        for (int64_t p = 0; p < 3; p++)
            more.set(i, p, extra ? (i % 2 == 0 ? NAN : 1e300) : x.at(i - i / 3, p));
        spread.push_back(extra ? -1 : 10 * labels[static_cast<size_t>(i - i / 3)] + 5);
    }
    const Measured among = measure(Request(more, 2), {spread, 31});
    ASSERT_EQ(among.status, 0) << among.detail;
    EXPECT_EQ(bits(among.found), bits(alone.found));
    EXPECT_EQ(among.found.rows, 80);
    EXPECT_EQ(among.found.clusters, 3);
    for (int64_t i = 2; i < more.n; i += 3) {
        spread[static_cast<size_t>(i)] = 7;
        for (int64_t p = 0; p < 3; p++)
            more.set(i, p, NAN);
    }
    const Measured skipped = measure(Request(more, 2).set("nan", "skip"), {spread, 31});
    ASSERT_EQ(skipped.status, 0) << skipped.detail;
    EXPECT_EQ(bits(skipped.found), bits(alone.found));
    EXPECT_EQ(measure(Request(more, 2), {spread, 31}).status, KMEANS_ERROR_DATA);
}

TEST(MeasuresValues, WeightsAreCopies)
{
    const Matrix x = make_blobs(KMEANS_F64, 60, 3, 3, 5, 0, 2);
    const std::vector<int32_t> labels = random_labels(x.n, 3, 8);
    Request request(x, 2);
    std::vector<double> rows;
    std::vector<int32_t> repeated;
    for (int64_t i = 0; i < x.n; i++) {
        const int64_t weight = i % 4;
        request.weights.push_back(static_cast<double>(weight));
        for (int64_t copy = 0; copy < weight; copy++) {
            for (const double value : x.row(i))
                rows.push_back(value);
            repeated.push_back(labels[static_cast<size_t>(i)]);
        }
    }
    const int64_t n = static_cast<int64_t>(repeated.size());
    const Matrix copies = from_values(KMEANS_F64, n, 3, rows);
    const Measured weighted = measure(request, {labels, 3});
    const Measured plain = measure(Request(copies, 2), {repeated, 3});
    ASSERT_EQ(weighted.status, 0) << weighted.detail;
    ASSERT_EQ(plain.status, 0) << plain.detail;
    expect_near(values(weighted.found), values(plain.found), 1e-14, "weights");
    request.weights.assign(static_cast<size_t>(x.n), 1.0);
    EXPECT_EQ(bits(measure(request, {labels, 3}).found),
              bits(measure(Request(x, 2), {labels, 3}).found));
}

TEST(MeasuresValues, OnlyWhatIsWanted)
{
    const Matrix x = make_blobs(KMEANS_F64, 70, 5, 3, 5, 0, 2);
    const std::vector<int32_t> labels = random_labels(x.n, 4, 8);
    const std::vector<double> all = values(measure(Request(x, 2), {labels, 4}).found);
    for (unsigned wanted = 1; wanted <= KMEANS_MEASURE_ALL; wanted++) {
        const Measured out = measure(Request(x, 2), {labels, 4, wanted});
        ASSERT_EQ(out.status, 0) << out.detail;
        for (unsigned q = 0; q < 5; q++) {
            const double value = values(out.found)[q];
            if ((wanted >> q & 1) != 0)
                EXPECT_EQ(value, all[q]) << "wanted " << wanted << ", measure " << q;
            else
                EXPECT_TRUE(std::isnan(value)) << "wanted " << wanted << ", measure " << q;
        }
    }
}

TEST(MeasuresValues, ASampleIsTheSilhouetteOfItsRows)
{
    const Matrix x = make_blobs(KMEANS_F64, 3000, 4, 3, 5, 0, 2);
    const std::vector<int32_t> labels = fitted_labels(x, 3);
    const double all = measure(Request(x, 2), {labels, 3}).found.silhouette;
    std::vector<double> estimates;
    for (int seed = 0; seed < 4; seed++) {
        const Measured out = measure(Request(x, 2).set("seed", seed), {labels, 3, 8, 900});
        ASSERT_EQ(out.status, 0) << out.detail;
        EXPECT_EQ(out.found.silhouette_rows, 900);
        EXPECT_NEAR(out.found.silhouette, all, 0.05);
        estimates.push_back(out.found.silhouette);
    }
    EXPECT_NE(estimates[0], estimates[1]); // another seed, other rows
    EXPECT_EQ(measure(Request(x, 2), {labels, 3, 8, 3000}).found.silhouette, all);
    const Measured two = measure(Request(x, 2), {labels, 3, 8, 2});
    EXPECT_TRUE(std::isnan(two.found.silhouette) || two.found.silhouette == 0);
}

} // namespace
