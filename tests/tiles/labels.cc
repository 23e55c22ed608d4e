// Exact labels where tiles of bfloat16 screen: rows built to sit where its bound decides.
//
// Sign vectors of a Hadamard matrix are orthogonal, so that pairs +-v h_j have mean zero (the shift
// of the packing is 0 and every number keeps its bits), and a row along h_0 is as far from all.
// Errors of bfloat16 that are parallel to a centroid make Cauchy and Schwarz an equality.
#include <cmath>

#include "tiles/tiles.h"

namespace {

using namespace oracle;

const int kTypes[] = {KMEANS_F32, KMEANS_F64};

double hadamard(int64_t j, int64_t p)
{
    return __builtin_parityll(static_cast<unsigned long long>(j & p)) != 0 ? -1 : 1;
}

int64_t power_below(int64_t d)
{
    int64_t power = 1;
    while (2 * power <= d)
        power *= 2;
    return power;
}

// +-v h_1, +-v h_2, ...: the first `active` pairs of length v, the others longer, hence farther.
std::vector<double> opposite_pairs(int64_t k, int64_t d, int64_t active, double v)
{
    const int64_t power = power_below(d);
    std::vector<double> c(static_cast<size_t>(k * d), 0.0);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t p = 0; p < power; p++) {
            const double length = j / 2 < active ? v : 0.75;
            c[static_cast<size_t>(j * d + p)] =
                (j % 2 == 0 ? length : -length) * hadamard(j / 2 % (power - 1) + 1, p);
        }
    }
    return c;
}

// Row i along h_0 with rounding errors along +-h_j, j its pair, just below half a unit of bfloat16,
// and on the grid enough units the other way for x.h_j to be about zero: `units` more or less.
void set_aligned_row(Matrix *x, int64_t i, int64_t j, double size, double units, Random *random)
{
    const int64_t power = power_below(x->d);
    const double unit = size * 0x1p-7, half = 0.49 * unit;
    const double side = random->below(2) != 0 ? 1 : -1;
    const auto count = static_cast<int64_t>(0.49 * static_cast<double>(power) + units);
    std::vector<int64_t> columns;
    for (int64_t p = 0; p < power; p++)
        columns.insert(columns.begin() + random->below(p + 1), p);
    for (int64_t q = 0; q < x->d; q++)
        x->set(i, q, 0);
    for (int64_t q = 0; q < power; q++) {
        const int64_t p = columns[static_cast<size_t>(q)];
        const double grid = hadamard(0, p) * size * (1 + 0x1p-5);
        const double back = q < count ? unit : 0;
        x->set(i, p, grid + side * hadamard(j, p) * (half - back));
    }
}

// `hard` of the rows have aligned errors about one of the active pairs; the others are easy.
Matrix aligned_rows(int dtype, int64_t n, int64_t d, int64_t active, double size, uint64_t seed)
{
    Random random(seed);
    Matrix x(dtype, n, d);
    for (int64_t i = 0; i < n; i++) {
        const int64_t j = i % active + 1;
        const double spread = static_cast<double>(power_below(d)) / 4;
        set_aligned_row(&x, i, j, size, spread * random.symmetric(), &random);
        for (int64_t p = 0; i % 3 == 0 && p < power_below(d); p++)
            x.set(i, p, 0.75 * hadamard(j, p) + 0.01 * random.symmetric());
    }
    return x;
}

const int64_t kPlaces[] = {32, 33, 64, 100, 129, 300};

TEST(TileLabels, ErrorsOfRowsAlongACentroid)
{
    for (const int dtype : kTypes) {
        for (const int64_t d : kPlaces) {
            const int64_t k = std::min<int64_t>(2 * power_below(d) - 2, 64);
            for (const double size : {0.125, 0.25, 0.5, 1.0}) {
                SCOPED_TRACE(size);
                const Matrix x = aligned_rows(dtype, 300, d, 1, size, 5);
                expect_exact(x, opposite_pairs(k, d, 1, 0.5));
            }
        }
    }
}

// Rows along h_0 are bfloat16 numbers; the errors are those of the centroids, along h_0.
TEST(TileLabels, ErrorsOfCentroidsAlongARow)
{
    for (const int64_t d : kPlaces) {
        Random random(static_cast<uint64_t>(d));
        const int64_t power = power_below(d), k = std::min<int64_t>(2 * power - 2, 64);
        std::vector<double> c = opposite_pairs(k, d, 1, 0.5 + 0x1p-6);
        for (int64_t p = 0; p < power; p++) {
            const double unit = 0x1p-8, back = p * 100 < power * 49 ? unit : 0;
            c[static_cast<size_t>(p)] += 0.49 * unit - back;
            c[static_cast<size_t>(d + p)] = -c[static_cast<size_t>(p)];
        }
        for (const double size : {0.5, 1.0, 2.0, 4.0, 8.0}) {
            SCOPED_TRACE(size);
            Matrix x(KMEANS_F64, 300, d);
            for (int64_t i = 0; i < x.n; i++) {
                const int64_t moved = random.below(power / 4 + 1);
                const double by = (random.below(2) != 0 ? 1 : -1) * size * 0x1p-7;
                for (int64_t p = 0; p < power; p++)
                    x.set(i, p, size * (1 + 0x1p-6) + (p < moved ? by * hadamard(1, p) : 0));
            }
            expect_exact(x, c);
            expect_exact(convert(x, KMEANS_F32), c);
        }
    }
}

// The same rows, of weight 0, in fits whose centroids are means of one row each: the first
// centroids send them to the one side of their pair, the second to the other, so that the centroid
// of the pass before is not the nearest and the other one's score has the error.
void check_turning_rows(int dtype, int64_t d, double turn, double size)
{
    const int64_t k = std::min<int64_t>(2 * power_below(d) - 2, 64), n = 300;
    const std::vector<double> c = opposite_pairs(k, d, 1, 0.5);
    const Matrix hard = aligned_rows(dtype, n, d, 1, size, 7);
    Matrix x(dtype, n + k, d);
    std::vector<double> weights, start = c;
    for (int64_t i = 0; i < n + k; i++) {
        for (int64_t p = 0; p < d; p++)
            x.set(i, p, i < k ? c[static_cast<size_t>(i * d + p)] : hard.at(i - k, p));
        weights.push_back(i < k ? 1 : 0);
    }
    for (int64_t p = 0; p < d; p++)
        start[static_cast<size_t>((turn > 0 ? 0 : d) + p)] *= 1 + std::fabs(turn);
    Request request(x, start);
    request.weights = weights;
    expect_exact_fits(request, {2, 3});
}

TEST(TileLabels, RowsThatLeaveTheirCentroid)
{
    for (const int dtype : kTypes) {
        for (const int64_t d : kPlaces) {
            check_turning_rows(dtype, d, 0x1p-6, 0.25);
            check_turning_rows(dtype, d, -0x1p-6, 0.5);
            check_turning_rows(dtype, d, 0x1p-3, 0.5);
        }
    }
}

// Pairs mirrored at a row in some of the columns, the row then moved off the bisector.
void near_ties(int dtype, int64_t d, int64_t k, double offset, double scale, Matrix *x,
               std::vector<double> *c)
{
    Random random(static_cast<uint64_t>(d * 100 + k));
    const int64_t pairs = k / 2;
    *x = Matrix(dtype, pairs * 26, d);
    c->assign(static_cast<size_t>(k * d), offset);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t p = 0; j / 2 >= pairs && p < d; p++)
            (*c)[static_cast<size_t>(j * d + p)] += scale * 3 * random.symmetric();
    }
    for (int64_t q = 0; q < pairs; q++) {
        for (int64_t p = 0; p < d; p++) {
            const double middle = std::ldexp(std::nearbyint(0x1p10 * random.symmetric()), -10);
            const double side = random.below(2) != 0 ? 0x1p-4 * (1 + random.below(4)) : 0;
            (*c)[static_cast<size_t>(2 * q * d + p)] += scale * (middle + side);
            (*c)[static_cast<size_t>((2 * q + 1) * d + p)] += scale * (middle - side);
            for (int64_t r = 0; r < 26; r++) {
                const double off = std::ldexp(r % 2 == 0 ? side : -side, -6 - static_cast<int>(r));
                x->set(q * 26 + r, p, offset + scale * (middle + off));
            }
        }
    }
}

const int64_t kShapes[][2] = {{17, 32},  {32, 33},  {33, 64},  {100, 100},
                              {129, 32}, {300, 33}, {400, 34}, {130, 100}};

TEST(TileLabels, NearTies)
{
    Matrix x;
    std::vector<double> c;
    for (const int dtype : kTypes) {
        for (const auto &[d, k] : kShapes) {
            for (const double offset : {0.0, 1e3, 1e5, 1e7}) {
                SCOPED_TRACE(offset);
                near_ties(dtype, d, k, offset, 1, &x, &c);
                expect_exact(x, c);
            }
            for (const double scale : {1e-19, 1e17, dtype == KMEANS_F64 ? 0x1p400 : 0x1p60,
                                       dtype == KMEANS_F64 ? 0x1p-400 : 0x1p-60}) {
                SCOPED_TRACE(scale);
                near_ties(dtype, d, k, 0, scale, &x, &c);
                expect_exact(x, c);
            }
        }
    }
}

// Fits whose rows change sides: every pass is checked, weights and skipped rows included.
TEST(TileLabels, FitsWithWeightsAndSkippedRows)
{
    for (const int dtype : kTypes) {
        for (const auto &[d, k] : kShapes) {
            Random random(static_cast<uint64_t>(d));
            Matrix x = make_blobs(dtype, 400, d, 40, 0.5, 3, static_cast<uint64_t>(k));
            Request request(x, distinct_rows(x, k, 3));
            expect_exact_fits(request, {2, 6});
            for (int64_t i = 0; i < x.n; i++)
                request.weights.push_back(static_cast<double>(random.below(4)) / 3);
            expect_exact_fits(request, {3});
            for (int64_t i = 0; i < x.n; i += 1 + random.below(9))
                x.set(i, random.below(d), static_cast<double>(NAN));
            request.set("nan", "skip");
            expect_exact_fits(request, {4});
        }
    }
}

// Two clusters with one mean: the row's centroid of the pass before is then the twin of another.
TEST(TileLabels, MeansThatCoincide)
{
    for (const int dtype : kTypes) {
        for (const auto &[d, k] : kShapes) {
            Random random(static_cast<uint64_t>(d * k));
            Matrix x(dtype, 4 * k, d);
            Request request(x, k);
            for (int64_t j = 0; j < k; j++) {
                Random middle(static_cast<uint64_t>(j / 2 + 1000)); // one for both
                for (int64_t p = 0; p < d; p++) {
                    const double m = static_cast<double>(middle.below(64));
                    for (int64_t r = 0; r < 4; r += 2) {
                        const double off = static_cast<double>(random.below(5)) / 4;
                        x.set(4 * j + r, p, m + off);
                        x.set(4 * j + r + 1, p, m - off);
                    }
                }
                request.labels.insert(request.labels.end(), 4, static_cast<int32_t>(j));
            }
            expect_exact_fits(request, {1, 2, 4});
        }
    }
}

TEST(TileLabels, Bytes)
{
    for (const auto &[d, k] : kShapes) {
        Random random(static_cast<uint64_t>(d + k));
        Matrix x(KMEANS_U8, 400, d);
        for (int64_t i = 0; i < x.n; i++) {
            for (int64_t p = 0; p < d; p++) // few values: exact ties
                x.set(i, p, static_cast<double>((i % 2 == 0 ? 100 : 0) + random.below(3)));
        }
        expect_exact(x, distinct_rows(x, k, 1));
        expect_exact_fits(Request(x, distinct_rows(x, k, 2)), {3});
    }
}

// Clusters so close together that lists of candidates overflow, and duplicates among them.
TEST(TileLabels, ManyCandidatesAndDuplicates)
{
    for (const int dtype : kTypes) {
        for (const auto &[d, k] : kShapes) {
            for (const double spread : {1e-2, 1e-3, 1e-5, 1e-9}) {
                SCOPED_TRACE(spread);
                Random random(7);
                std::vector<double> c;
                for (int64_t q = 0; q < k * d; q++) {
                    const double far = q / d % 2 == 0 ? 1 : -1;
                    const bool twin = q / d % 5 == 3;
                    c.push_back(twin ? c[static_cast<size_t>(q - 2 * d)]
                                     : far + spread * random.symmetric());
                }
                Matrix x(dtype, 200, d);
                for (int64_t q = 0; q < x.n * d; q++)
                    x.set(q / d, q % d, (q / d % 2 == 0 ? 1 : -1) + 0.5 * random.symmetric());
                expect_exact(x, c);
                Request request(x, c);
                expect_exact_fits(request, {2});
            }
        }
    }
}

TEST(TileLabels, ExtremeRows)
{
    for (const int dtype : kTypes) {
        for (const auto &[d, k] : kShapes) {
            Matrix x = make_blobs(dtype, 260, d, 40, 4, 0, 11);
            const std::vector<double> c = distinct_rows(x, k, 3);
            for (int64_t i = 0; i < x.n; i += 5) {
                const double factor[] = {1e19, 1e-19, 1e-40, 1e10, 1e15};
                for (int64_t p = 0; p < d; p++)
                    x.set(i, p, x.at(i, p) * factor[i / 5 % 5]);
            }
            expect_exact(x, c);
            std::vector<int64_t> rows;
            for (int64_t j = 0; j < k; j++)
                rows.push_back(2 * j);
            expect_exact(x, rows_of(x, rows));
        }
    }
}

TEST(TileLabels, ConstantColumnsAndEqualRows)
{
    for (const int dtype : kTypes) {
        for (const auto &[d, k] : kShapes) {
            Matrix x = make_blobs(dtype, 260, d, 40, 4, 0, 11);
            for (int64_t i = 0; i < x.n; i++) {
                for (int64_t p = 0; p < d; p += 2)
                    x.set(i, p, 1e6 * static_cast<double>(p));
            }
            expect_exact(x, distinct_rows(x, k, 2));
            const Matrix same(dtype, 70, d);
            expect_exact(same, std::vector<double>(static_cast<size_t>(k * d), 0.0));
            expect_exact(same, distinct_rows(x, k, 2));
            expect_exact(x, std::vector<double>(static_cast<size_t>(k * d), 0.1));
        }
    }
}

} // namespace
