// Weights: w means w copies of the row, to the bit where the start is the same.
#include "oracle/check.h"

namespace {

using namespace oracle;

Matrix repeat_rows(const Matrix &x, const std::vector<double> &weights)
{
    std::vector<double> values;
    int64_t rows = 0;
    for (int64_t i = 0; i < x.n; i++) {
        for (int64_t t = 0; t < static_cast<int64_t>(weights[static_cast<size_t>(i)]); t++) {
            const std::vector<double> row = x.row(i);
            values.insert(values.end(), row.begin(), row.end());
            rows++;
        }
    }
    return from_values(x.dtype, rows, x.d, values);
}

std::vector<double> small_weights(int64_t n, uint64_t seed, int64_t lowest)
{
    Random random(seed);
    std::vector<double> weights;
    for (int64_t i = 0; i < n; i++)
        weights.push_back(static_cast<double>(lowest + random.below(5)));
    return weights;
}

void expect_repeated(const Matrix &x, int64_t clusters, int64_t lowest)
{
    const std::vector<double> weights = small_weights(x.n, 5, lowest);
    const Matrix copies = repeat_rows(x, weights);
    const std::vector<double> start = distinct_rows(copies, clusters, 9);
    const int64_t k = static_cast<int64_t>(start.size()) / x.d; // bytes may have fewer values
    Request weighted(x, start);
    weighted.weights = weights;
    const Outcome a = run(weighted);
    const Outcome b = run(Request(copies, start));
    ASSERT_EQ(a.status, 0) << a.detail;
    ASSERT_EQ(b.status, 0) << b.detail;
    expect_same_bits(a.centroids, b.centroids);
    EXPECT_EQ(a.info.iterations, b.info.iterations);
    EXPECT_EQ(a.info.inertia, b.info.inertia);
    EXPECT_EQ(a.info.total_weight, static_cast<double>(copies.n));
    expect_consistent(a, x, weights);
    for (int64_t j = 0; j < k; j++) {
        EXPECT_EQ(a.weights[static_cast<size_t>(j)],
                  static_cast<double>(b.sizes[static_cast<size_t>(j)]));
    }
}

TEST(Weights, IntegersAreRepeatedRows)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        for (const int64_t d : {1, 3, 20}) {
            const Matrix x = make_blobs(dtype, 700, d, 6, 20, 100, static_cast<uint64_t>(d));
            for (const int64_t k : {1, 4, 30}) {
                expect_repeated(x, k, 1);
                expect_repeated(x, k, 0);
            }
        }
    }
    for (const char *file : {"iris.npy", "wine.npy", "wdbc.npy"}) {
        if (have(file))
            expect_repeated(load(file), 5, 0);
    }
}

TEST(Weights, RandomWeightsFollowExactArithmetic)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        const Matrix x = make_blobs(dtype, 500, 3, 6, 8, 3, 2);
        Random random(1);
        std::vector<double> weights;
        for (int64_t i = 0; i < x.n; i++)
            weights.push_back(1.0 + random.symmetric());
        const std::vector<double> start = distinct_rows(x, 8, 9);
        Request request(x, start);
        request.weights = weights;
        const Outcome out = run(request);
        ASSERT_EQ(out.status, 0) << out.detail;
        const Lloyd expected = lloyd(x, weights, start, 8, 0);
        EXPECT_EQ(out.labels, expected.labels);
        expect_same_bits(out.centroids, expected.centroids);
        EXPECT_EQ(out.info.iterations, expected.iterations);
        expect_consistent(out, x, weights);
    }
}

TEST(Weights, ScalingByAPowerOfTwoChangesNothing)
{
    const Matrix x = make_blobs(KMEANS_F64, 800, 4, 6, 8, 3, 2);
    const std::vector<double> weights = small_weights(x.n, 3, 1);
    for (const char *init : {"k-means++", "random"}) {
        Request request(x, 6);
        request.set("init", init);
        request.weights = weights;
        const Outcome plain = run(request);
        for (const double factor : {0.5, 4.0, 0x1p100, 0x1p-100}) {
            for (size_t i = 0; i < weights.size(); i++)
                request.weights[i] = weights[i] * factor;
            const Outcome scaled = run(request);
            EXPECT_EQ(scaled.labels, plain.labels) << init << " " << factor;
            expect_same_bits(scaled.centroids, plain.centroids);
            EXPECT_EQ(scaled.info.inertia, plain.info.inertia * factor);
        }
    }
}

TEST(Weights, ZeroWeightRowsGetALabelAndNothingElse)
{
    Matrix x = make_blobs(KMEANS_F64, 300, 2, 3, 10, 0, 4);
    std::vector<double> weights(300, 1.0);
    for (int64_t i = 0; i < 300; i += 3) {
        weights[static_cast<size_t>(i)] = 0;
        x.set(i, 0, 1e6 + static_cast<double>(i)); // far away: would win any seeding or relocation
    }
    Matrix kept(KMEANS_F64, 200, 2);
    for (int64_t i = 0, r = 0; i < 300; i++) {
        if (i % 3 == 0)
            continue;
        kept.set(r, 0, x.at(i, 0));
        kept.set(r++, 1, x.at(i, 1));
    }
    for (const char *init : {"k-means++", "random", "box"}) {
        for (int seed = 0; seed < 20; seed++) {
            Request request(x, 5);
            request.set("init", init).set("seed", std::to_string(seed));
            request.weights = weights;
            const Outcome out = run(request);
            ASSERT_EQ(out.status, 0) << out.detail;
            expect_consistent(out, x, weights);
            EXPECT_EQ(out.info.total_weight, 200.0);
            for (int64_t q = 0; q < 5; q++) {
                EXPECT_LT(out.centroids[static_cast<size_t>(2 * q)], 1e5)
                    << init << " seed " << seed;
            }
            double total = 0;
            for (const double w : out.weights)
                total += w;
            EXPECT_EQ(total, 200.0);
        }
    }
    const std::vector<double> start = distinct_rows(kept, 4, 1);
    Request request(x, start);
    request.weights = weights;
    const Outcome a = run(request);
    const Outcome b = run(Request(kept, start));
    expect_same_bits(a.centroids, b.centroids);
    EXPECT_EQ(a.info.inertia, b.info.inertia);
    EXPECT_EQ(a.info.iterations, b.info.iterations);
}

TEST(Weights, BadWeightsAreErrors)
{
    const Matrix x = make_blobs(KMEANS_F32, 50, 2, 3, 10, 0, 4);
    for (const double bad : {-1.0, -1e-300, static_cast<double>(NAN), HUGE_VAL}) {
        Request request(x, 3);
        request.weights.assign(50, 1.0);
        request.weights[49] = bad;
        const Outcome out = run(request);
        EXPECT_EQ(out.status, KMEANS_ERROR_DATA) << bad;
        EXPECT_NE(out.detail.find("49"), std::string::npos) << out.detail;
    }
    Request request(x, 3);
    request.weights.assign(50, 0.0);
    EXPECT_EQ(run(request).status, KMEANS_ERROR_DATA);
}

} // namespace
