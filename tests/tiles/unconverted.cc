// Rows of uint8 and int8 that keep their labels unconverted: fits on every table that does so
// against the plain one.
#include <algorithm>

#include "tiles/tiles.h"

namespace {

using namespace oracle;

constexpr int64_t enough_d = 513, enough_k = 12; // for every table

double lowest(int dtype) { return dtype == KMEANS_U8 ? 0 : -128; }

// Values 0 .. most above the lowest, around centres.
Matrix byte_blobs(int dtype, int64_t n, int64_t d, int64_t k, int64_t spread, uint64_t seed)
{
    Random random(seed);
    Matrix x(dtype, n, d);
    for (int64_t i = 0; i < n; i++) {
        Random centre(static_cast<uint64_t>(i % k) + 100 * seed);
        for (int64_t p = 0; p < d; p++) {
            const auto middle = static_cast<double>(centre.below(256 - spread));
            x.set(i, p, lowest(dtype) + middle + static_cast<double>(random.below(spread)));
        }
    }
    return x;
}

void expect_all_alike(const Matrix &x, int64_t k, int64_t passes)
{
    Request request(x, distinct_rows(x, k, 3));
    request.set("iterations", passes).set("empty", "keep");
    request.isa = "scalar";
    const Outcome plain = run(request.set("algorithm", "lloyd"));
    expect_exact_labels(plain, x);
    for (const std::string &isa : tile_isas())
        for (const char *const algorithm : {"lloyd", "hamerly"}) {
            SCOPED_TRACE(isa + " " + algorithm);
            request.isa = isa;
            expect_same_result(plain, run(request.set("algorithm", algorithm)));
        }
}

TEST(Unconverted, Blobs)
{
    for (const int dtype : {KMEANS_U8, KMEANS_I8})
        for (const int64_t d : {enough_d, int64_t{784}, int64_t{1024}})
            for (const int64_t passes : {2, 4, 12})
                expect_all_alike(byte_blobs(dtype, 900, d, enough_k, 200, 7), enough_k, passes);
}

// Few values, so that rows lie as near to one centroid as to another, and copies of rows.
TEST(Unconverted, NearTies)
{
    for (const int dtype : {KMEANS_U8, KMEANS_I8}) {
        for (const int64_t spread : {2, 3, 255})
            expect_all_alike(byte_blobs(dtype, 600, enough_d, 40, spread, 9), enough_k, 8);
        Matrix x = byte_blobs(dtype, 600, enough_d, 1, 2, 11);
        for (int64_t i = 0; i < x.n; i++)
            for (int64_t p = 0; p < x.d; p++) // differ in few columns only
                x.set(i, p, p % 37 == i % 37 ? x.at(i, p) : lowest(dtype) + 255);
        expect_all_alike(x, enough_k, 8);
    }
}

// The largest and the smallest values.
TEST(Unconverted, Extremes)
{
    for (const int dtype : {KMEANS_U8, KMEANS_I8}) {
        Matrix x = byte_blobs(dtype, 500, 1024, enough_k, 2, 5);
        Random random(3);
        for (int64_t i = 0; i < x.n; i++) {
            Random centre(static_cast<uint64_t>(i % 20));
            for (int64_t p = 0; p < x.d; p++)
                x.set(i, p, lowest(dtype) + (centre.below(2) == random.below(9) / 8 ? 255 : 0));
        }
        expect_all_alike(x, enough_k, 10);
    }
}

// Starting centroids that no byte can stand for, and ones all alike.
TEST(Unconverted, FarAndEqualCentroids)
{
    const Matrix x = byte_blobs(KMEANS_U8, 300, enough_d, 4, 200, 2);
    for (const double far : {0.0, 1e6, 1e30}) {
        std::vector<double> start(static_cast<size_t>(enough_k * x.d), far);
        for (int64_t j = 0; far > 0 && j < 2; j++)
            x.copy_row(j, start.data() + j * x.d);
        Request request(x, start);
        request.set("iterations", 4).set("empty", "keep");
        request.isa = "scalar";
        const Outcome plain = run(request);
        for (const std::string &isa : tile_isas()) {
            SCOPED_TRACE(isa);
            request.isa = isa;
            expect_same_result(plain, run(request));
        }
    }
}

// The mover comes to 12 in the first column, takes the row at 48 from a cluster beside it and goes
// on by 12, to be as near to the row at 72 as the owner at 120, or nearer by `beyond`: all of that
// row's gap is used up then. Few columns are not the lowest value, so that bytes can tell.
void check_gap(int dtype, int64_t d, int64_t beyond)
{
    constexpr int64_t k = enough_k, mover = 0, owner = 1, beside = 2, heavy = 100;
    Matrix x(dtype, k + 2 + heavy, d);
    std::vector<double> start(static_cast<size_t>(k * d));
    const auto zero = [dtype](int64_t p) { return lowest(dtype) + (p < 2 ? 40 : 0); };
    const auto at = [&](int64_t j, int64_t p) -> double & {
        return start[static_cast<size_t>(j * d + p)];
    };
    for (int64_t p = 0; p < d; p++) {
        for (int64_t i = 0; i < x.n; i++)
            x.set(i, p, zero(p));
        for (int64_t j = 0; j < k; j++)
            at(j, p) = zero(p);
    }
    int64_t i = 0;
    at(mover, 0) -= 24;
    at(owner, 0) += 120;
    at(beside, 0) += 48;
    at(beside, 2) += 60;
    for (int64_t j = beside + 1; j < k; j++, i++) {
        at(j, j) += 200;
        x.set(i, j, at(j, j));
    }
    const int64_t row = i;
    for (const double first : {72.0, 168.0, 48.0})
        x.set(i++, 0, zero(0) + first);
    for (const double side : {24.0, -24.0}) {
        x.set(i, 0, zero(0) + 12 + 3 * static_cast<double>(beyond));
        x.set(i++, 1, zero(1) + side);
    }
    for (; i < x.n; i++) {
        x.set(i, 0, at(beside, 0));
        x.set(i, 2, at(beside, 2));
    }
    Request request(x, start);
    request.set("algorithm", "hamerly").set("iterations", 2);
    for (const std::string &isa : tile_isas()) {
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.trace[1].changed, 1) << isa;
        EXPECT_EQ(out.labels[static_cast<size_t>(row)], beyond < 0 ? owner : mover)
            << isa << " beyond " << beyond;
        expect_exact_labels(out, x);
    }
}

TEST(Unconverted, GapsAreNotTooLong)
{
    for (const int dtype : {KMEANS_U8, KMEANS_I8})
        for (const int64_t d : {int64_t{64}, enough_d})
            for (const int64_t beyond : {-2, -1, 0, 1, 2})
                check_gap(dtype, d, beyond);
}

// Rows that bytes have proved get gaps from them, which are not much shorter than those of float32,
// and no shorter where the same rows are signed.
TEST(Unconverted, BytesGiveGaps)
{
    std::vector<int64_t> unseen;
    for (const int dtype : {KMEANS_U8, KMEANS_I8}) {
        const Matrix x = byte_blobs(dtype, 3000, enough_d, enough_k, 200, 7);
        Request request(x, enough_k);
        request.set("init", "random").set("iterations", 20).set("algorithm", "hamerly");
        request.isa = "scalar";
        const Outcome plain = run(request);
        for (const std::string &isa : tile_isas()) {
            request.isa = isa;
            const Outcome out = run(request);
            expect_same_result(plain, out);
            EXPECT_GT(10 * avoided(out), 9 * avoided(plain)) << isa;
            unseen.push_back(avoided(out));
        }
    }
    const size_t half = unseen.size() / 2;
    for (size_t q = 0; q < half; q++)
        EXPECT_NEAR(static_cast<double>(unseen[half + q]), static_cast<double>(unseen[q]),
                    0.01 * static_cast<double>(unseen[q]));
}

// A scene in columns 0 .. 2, once with zeros beside them (near) and once with hundreds (far).
struct Scene {
    static constexpr int64_t d = 64, k = 63, first_alone = 11;
    std::vector<std::vector<double>> rows;
    std::vector<double> start = std::vector<double>(static_cast<size_t>(k * d));

    static std::vector<double> row(double x, double y, double z, double rest)
    {
        std::vector<double> values(d, rest);
        values[0] = x, values[1] = y, values[2] = z;
        return values;
    }
    void near(int64_t count, double x, double y, double z)
    {
        rows.insert(rows.end(), static_cast<size_t>(count), row(x, y, z, 0));
    }
    void far(int64_t count, double x, double y, double z)
    {
        rows.insert(rows.end(), static_cast<size_t>(count), row(x, y, z, 100));
    }
    void aside(int64_t count, double x) // between two centroids of their own
    {
        std::vector<double> values(d);
        values[3] = x, values[4] = 200;
        rows.insert(rows.end(), static_cast<size_t>(count), values);
    }
    void centroid(int64_t j, const std::vector<double> &values)
    {
        std::copy(values.begin(), values.end(), start.begin() + j * d);
    }
};

// Row 301 at (30, 20, 0) is taken from centroid 0 by centroid 1 after some passes. Before, in a
// pass in which bytes prove it, more than 3/4 of the rows lie aside or as near to two, so that the
// screens meet it again, from centroids of which most are at rest: its limit then must not be that
// of bytes, which counts the way of the moved ones in.
Scene met_twice()
{
    Scene s;
    s.far(250, 78, 0, 0);
    s.near(1, 30, 62, 0);
    for (const double x : {20.0, 50.0, 106.0, 138.0, 242.0})
        s.near(1, x, 0, 0);
    s.near(1, 220, 0, 60);
    s.near(20, 220, 0, 160);
    s.far(1, 78, 29, 0);
    for (const double x : {138.0, 242.0})
        s.far(1, x, 0, 0);
    s.far(1, 220, 0, 60);
    s.far(20, 220, 0, 160);
    s.near(1, 30, 20, 0);
    s.near(300, 220, 0, 160);
    s.aside(260, 110);
    s.aside(260, 90);
    s.aside(1, 120);
    const std::vector<std::vector<double>> begin = {
        Scene::row(30, 41, 0, 0),   Scene::row(20, 0, 0, 0),    Scene::row(78, 0, 0, 0),
        Scene::row(190, 0, 0, 0),   Scene::row(220, 0, 90, 0),  Scene::row(78, 0, 0, 100),
        Scene::row(78, 29, 0, 100), Scene::row(190, 0, 0, 100), Scene::row(220, 0, 90, 100)};
    for (size_t j = 0; j < begin.size(); j++)
        s.centroid(static_cast<int64_t>(j), begin[j]);
    for (const int64_t j : {int64_t{9}, int64_t{10}}) {
        s.start[static_cast<size_t>(j * Scene::d + 3)] = j == 9 ? 100 : 120;
        s.start[static_cast<size_t>(j * Scene::d + 4)] = 200;
    }
    for (int64_t j = Scene::first_alone; j < Scene::k; j++) {
        std::vector<double> values(Scene::d);
        values[static_cast<size_t>(j - Scene::first_alone + 8)] = 254;
        s.centroid(j, values);
        s.rows.push_back(values);
    }
    return s;
}

TEST(Unconverted, LimitsAreOfRowsMetOnce)
{
    const Scene s = met_twice();
    Matrix x(KMEANS_U8, static_cast<int64_t>(s.rows.size()), Scene::d);
    for (int64_t i = 0; i < x.n; i++)
        for (int64_t p = 0; p < x.d; p++)
            x.set(i, p, s.rows[static_cast<size_t>(i)][static_cast<size_t>(p)]);
    Request request(x, s.start);
    request.set("threads", 1);
    for (const char *const algorithm : {"lloyd", "hamerly"})
        expect_exact_fits(request.set("algorithm", algorithm), {2, 3, 4, 5, 6, 12});
}

} // namespace
