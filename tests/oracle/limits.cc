// Where squares, scores or products of weights leave the range of a float: labels stay exact, draws
// stay meaningful, and what is reported stays true.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

std::vector<std::string> tables()
{
    std::vector<std::string> names;
    int usable = 0;
    for (int i = 0; const char *name = kmeans_isa_name(i, &usable); i++)
        if (usable)
            names.emplace_back(name);
    return names;
}

void expect_exact(const Matrix &x, const std::vector<double> &c, const std::string &what)
{
    const int64_t k = static_cast<int64_t>(c.size()) / x.d;
    const Argmin truth = exact_argmin(x, c, k);
    for (const std::string &isa : tables())
        EXPECT_EQ(predict(x, c, isa), truth.labels) << what << ", " << isa;
}

// Partial sums of x.c overflow float although the whole does not.
TEST(Limits, ScoresThatOverflowDecideNothing)
{
    for (const int64_t d : {5, 12, 40, 60}) {
        Matrix x(KMEANS_F32, 1, d);
        std::vector<double> c(static_cast<size_t>(4 * d), 0.0);
        for (int64_t p = 0; p < d; p++)
            x.set(0, p, 3e38);
        const double first[5] = {-1, -1, 1, 1, 1};
        for (int64_t p = 0; p < 5; p++)
            c[static_cast<size_t>(p)] = first[p];
        c[static_cast<size_t>(d + 4)] = 0.5;
        for (int64_t q = 0; q < 2 * d; q++)
            c[static_cast<size_t>(2 * d + q)] = -c[static_cast<size_t>(q)];
        expect_exact(x, c, "d = " + std::to_string(d));
    }
}

// Centroids far outside float's range: every score is infinite or NaN.
TEST(Limits, CentroidsBeyondFloatAreCompared)
{
    const int64_t d = 20, k = 8;
    Matrix x(KMEANS_F32, 3, d);
    std::vector<double> c(static_cast<size_t>(k * d));
    for (int64_t q = 0; q < 3 * d; q++)
        x.set(q / d, q % d, q % 2 != 0 ? 0.5 : -0.5);
    for (int64_t q = 0; q < k * d; q++)
        c[static_cast<size_t>(q)] =
            2.5e149 * ((q / d) % 2 != 0 ? 1 : -1) * static_cast<double>(1 + q / d / 2);
    expect_exact(x, c, "huge centroids");
}

// Norms of equal length up to an ulp, all so small that unscaled squares vanish.
TEST(Limits, TinyCentroidsAreToldApart)
{
    for (const int64_t d : {3, 20}) {
        Random random(11);
        for (int trial = 0; trial < 300; trial++) {
            Matrix x(KMEANS_F64, 1, d);
            std::vector<double> c(static_cast<size_t>(4 * d));
            for (int64_t p = 0; p < d; p++)
                c[static_cast<size_t>(p)] = random.symmetric();
            for (int64_t p = 0; p < d; p++)
                c[static_cast<size_t>(d + p)] = c[static_cast<size_t>(d - 1 - p)];
            double &nudged = c[static_cast<size_t>(d + random.below(d))];
            nudged = std::nextafter(nudged, trial % 2 != 0 ? 2.0 : -2.0);
            for (int64_t q = 0; q < 2 * d; q++)
                c[static_cast<size_t>(2 * d + q)] = -c[static_cast<size_t>(q)];
            for (double &value : c)
                value *= 0x1p-560;
            expect_exact(x, c, "trial " + std::to_string(trial));
        }
    }
}

// Three far groups at any scale of values and weights give the same sizes; nothing is called equal.
TEST(Limits, SeedingSurvivesProductsThatUnderflow)
{
    const Matrix base = make_blobs(KMEANS_F64, 60, 2, 3, 50, 0, 5);
    const Outcome plain = run(Request(base, 3));
    for (const double scale : {0x1p-330, 0x1p-560, 0x1p400}) {
        Matrix x(KMEANS_F64, base.n, base.d);
        for (int64_t q = 0; q < base.n * base.d; q++)
            x.set(q / base.d, q % base.d, base.at(q / base.d, q % base.d) * scale);
        for (const double weight : {1.0, 0x1p-490, 0x1p100}) {
            Request request(x, 3);
            request.weights.assign(static_cast<size_t>(x.n), weight);
            const Outcome out = run(request);
            ASSERT_EQ(out.status, 0) << out.detail;
            EXPECT_EQ(out.labels, plain.labels) << scale << " weight " << weight;
            EXPECT_EQ(out.info.distinct_rows, 0);
        }
    }
}

TEST(Limits, AnInertiaThatCannotBeHeldIsRefused)
{
    Matrix x(KMEANS_F64, 4, 1);
    for (int64_t i = 0; i < 4; i++)
        x.set(i, 0, 1e150 * static_cast<double>(i));
    Request request(x, 2);
    request.weights.assign(4, 1e150);
    const Outcome out = run(request);
    EXPECT_EQ(out.status, KMEANS_ERROR_DATA);
    EXPECT_NE(out.detail.find("2^1023"), std::string::npos) << out.detail;
}

TEST(Limits, ZeroToleranceIsTheFixpointAtAnyScale)
{
    const Matrix base = make_blobs(KMEANS_F64, 80, 2, 4, 20, 0, 9);
    Matrix x(KMEANS_F64, base.n, base.d);
    for (int64_t q = 0; q < base.n * base.d; q++)
        x.set(q / base.d, q % base.d, base.at(q / base.d, q % base.d) * 0x1p-565);
    for (const char *rule : {"shift_tol", "shift_tol_relative"}) {
        const Outcome out = run(Request(x, 4).set("init", "random").set(rule, "0"));
        ASSERT_EQ(out.status, 0) << out.detail;
        EXPECT_EQ(out.stop_reason, "fixpoint") << rule;
    }
}

// The clock of a fit also runs while it seeds on a sample.
TEST(Limits, TimeRunsOutWhileSeedingOnASample)
{
    const Matrix x = make_blobs(KMEANS_F32, 200000, 4, 50, 100, 0, 3);
    Request request(x, 5000); // seconds of seeding, on any machine
    request.set("init_sample", 150000).set("time_limit", "0.02");
    double longest = 0;
    request.progress = [&](const kmeans_progress &progress) {
        longest = std::max(longest, progress.seconds);
        return 0;
    };
    const Outcome out = run(request);
    EXPECT_EQ(out.status, KMEANS_ERROR_CANCELLED) << out.detail;
    EXPECT_NE(out.detail.find("time_limit"), std::string::npos) << out.detail;
    EXPECT_LT(longest, 60); // not the age of the machine
}

TEST(Limits, EmptyLabelsWithKeepAreRefused)
{
    const Matrix x = from_values(KMEANS_F64, 5, 1, {0, 1, 2, 10, 11});
    Request request(x, 3);
    request.labels = {0, 0, 0, 2, 2};
    request.set("empty", "keep");
    EXPECT_EQ(run(request).status, KMEANS_ERROR_EMPTY);
}

} // namespace
