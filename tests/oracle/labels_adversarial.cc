// Rows that are built to be mislabelled: near-ties one ulp apart, exact ties, offsets, paddings.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

const int kTypes[] = {KMEANS_F32, KMEANS_F64};

// The neighbour of a number in the matrix's own type.
double step_up(int dtype, double value)
{
    if (dtype == KMEANS_F32)
        return std::nextafter(static_cast<float>(value), HUGE_VALF);
    return std::nextafter(value, HUGE_VAL);
}

// Rows on the bisector of two centroids, then one ulp to either side of it.
TEST(Adversarial, RowsOneUlpFromTheBisector)
{
    for (const int dtype : kTypes) {
        for (const int64_t d : {1, 2, 3, 7, 8, 16, 33, 128}) {
            Random random(static_cast<uint64_t>(d));
            const int64_t pairs = 40;
            Matrix x(dtype, 3 * pairs, d);
            std::vector<double> c;
            for (int64_t q = 0; q < pairs; q++) {
                // a and b are mirror images about the row: a = x - t, b = x + t, exact in 20 bits.
                for (int side = -1; side <= 1; side += 2) {
                    Random same(static_cast<uint64_t>(1000 * d + q));
                    for (int64_t p = 0; p < d; p++) {
                        const double middle = static_cast<double>(same.below(1 << 18)) + 1000.0;
                        const double t = static_cast<double>(same.below(1000)) + 1.0;
                        c.push_back(middle + side * t);
                        for (int64_t r = 0; side > 0 && r < 3; r++)
                            x.set(3 * q + r, p, middle);
                    }
                }
                const int64_t p = random.below(d);
                x.set(3 * q + 1, p, step_up(dtype, x.at(3 * q + 1, p)));
                x.set(3 * q + 2, p, -step_up(dtype, -x.at(3 * q + 2, p)));
            }
            expect_exact_predict(x, c);
        }
    }
}

// Two centroids that are one float64 ulp apart, too close for any float32 kernel.
TEST(Adversarial, CentroidsOneUlpApart)
{
    for (const int dtype : kTypes) {
        for (const int64_t d : {1, 2, 5, 16, 100}) {
            Random random(static_cast<uint64_t>(d) + 50);
            Matrix x(dtype, 500, d);
            for (int64_t i = 0; i < x.n; i++) {
                for (int64_t p = 0; p < d; p++)
                    x.set(i, p, random.symmetric());
            }
            std::vector<double> c;
            for (int64_t j = 0; j < 16; j++) {
                for (int64_t p = 0; p < d; p++) {
                    const bool first = j % 4 == 0;
                    const double from =
                        first ? random.symmetric() : c[c.size() - static_cast<size_t>(d)];
                    c.push_back(first || random.below(2) == 0 ? from : std::nextafter(from, 2.0));
                }
            }
            expect_exact_predict(x, c);
        }
    }
}

// Lattice points with centroids in the middle of cells: exact ties everywhere, lowest index wins.
TEST(Adversarial, ExactTiesGoToTheLowestIndex)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        Matrix x(dtype, 17 * 17, 2);
        for (int64_t i = 0; i < x.n; i++) {
            x.set(i, 0, static_cast<double>(i % 17));
            x.set(i, 1, static_cast<double>(i / 17));
        }
        std::vector<double> c;
        for (int64_t j = 0; j < 64; j++) {
            const int64_t q =
                63 - j; // far end first: the lowest index is not the first met in space
            c.push_back(static_cast<double>(2 * (q % 8)) + 1.0);
            c.push_back(static_cast<double>(2 * (q / 8)) + 1.0);
        }
        expect_exact_predict(x, c);
        const std::vector<int32_t> labels = predict(x, c);
        EXPECT_EQ(labels[0], 63);
        EXPECT_EQ(labels[2 * 17 + 2], 54) << "four centroids at distance sqrt(2): 63, 62, 55, 54";
    }
}

TEST(Adversarial, DuplicateCentroidsGoToTheLowestIndex)
{
    for (const int dtype : kTypes) {
        for (const int64_t d : {1, 3, 20, 200}) {
            const Matrix x = make_blobs(dtype, 400, d, 5, 10, 0, 9);
            std::vector<double> c;
            for (int64_t j = 0; j < 70; j++) {
                const std::vector<double> row = x.row((j * j) % 7);
                c.insert(c.end(), row.begin(), row.end());
            }
            expect_exact_predict(x, c);
            for (const int32_t label : predict(x, c)) {
                for (int64_t j = 0; j < label; j++)
                    EXPECT_NE(j * j % 7, label * label % 7);
            }
        }
    }
}

TEST(Adversarial, AllCentroidsAndRowsEqual)
{
    for (const int dtype : kTypes) {
        const Matrix x = from_values(dtype, 50, 3, std::vector<double>(150, 0.1));
        const std::vector<double> c(30, 0.1);
        for (const int32_t label : predict(x, c))
            EXPECT_EQ(label, 0);
    }
}

// Offsets that swamp the spread: expanded float32 distances fail on nearly every row here.
TEST(Adversarial, OffsetsFromThousandToTenMillion)
{
    for (const int dtype : kTypes) {
        for (const double offset : {1e3, 1e4, 1e5, 1e6, 1e7}) {
            for (const int64_t d : {2, 3, 16, 65}) {
                SCOPED_TRACE(offset);
                const Matrix x = make_blobs(dtype, 1500, d, 8, 4, offset, 4);
                expect_exact_predict(x, distinct_rows(x, 8, 3));
                Request request(x, 8);
                request.set("seed", "5").set("max_iterations", "20");
                expect_consistent(run(request), x);
            }
        }
    }
}

// Exact in float64 throughout: a shift by a power of two changes no label.
TEST(Adversarial, TranslationChangesNothingWhereItIsExact)
{
    Random random(77);
    Matrix x(KMEANS_F64, 2000, 4);
    for (int64_t i = 0; i < x.n; i++) {
        for (int64_t p = 0; p < 4; p++)
            x.set(i, p, static_cast<double>(random.below(4096)));
    }
    const std::vector<double> start = distinct_rows(x, 9, 1);
    for (const double offset : {1024.0, 65536.0, 1048576.0, 1073741824.0}) {
        Matrix moved = x;
        std::vector<double> moved_start = start;
        for (double &value : moved_start)
            value += offset;
        for (int64_t i = 0; i < x.n; i++) {
            for (int64_t p = 0; p < 4; p++)
                moved.set(i, p, x.at(i, p) + offset);
        }
        EXPECT_EQ(predict(moved, moved_start), predict(x, start));
    }
}

// Columns of zeros are no information: same labels, passes and centroids up to 5,000 columns.
TEST(Adversarial, PaddingWithZeroColumns)
{
    for (const int dtype : kTypes) {
        const Matrix x = make_blobs(dtype, 300, 3, 6, 5, 100, 21);
        const std::vector<double> start = distinct_rows(x, 6, 2);
        const Outcome plain = run(Request(x, start));
        ASSERT_EQ(plain.status, 0) << plain.detail;
        for (const int64_t d : {4, 8, 16, 17, 64, 129, 1000, 5000}) {
            Matrix wide(dtype, x.n, d);
            std::vector<double> wide_start(static_cast<size_t>(6 * d), 0.0);
            for (int64_t i = 0; i < x.n; i++) {
                for (int64_t p = 0; p < 3; p++)
                    wide.set(i, d / 2 + p - 1, x.at(i, p));
            }
            for (int64_t q = 0; q < 18; q++) {
                wide_start[static_cast<size_t>(q / 3 * d + d / 2 + q % 3 - 1)] =
                    start[static_cast<size_t>(q)];
            }
            const Outcome out = run(Request(wide, wide_start));
            EXPECT_EQ(out.labels, plain.labels) << d;
            EXPECT_EQ(out.info.iterations, plain.info.iterations) << d;
            EXPECT_NEAR(out.info.inertia / plain.info.inertia, 1, 2e-13) << d;
            for (int64_t q = 0; q < 18; q++) {
                EXPECT_TRUE(
                    same_bits(out.centroids[static_cast<size_t>(q / 3 * d + d / 2 + q % 3 - 1)],
                              plain.centroids[static_cast<size_t>(q)]));
            }
        }
    }
}

// The order of the columns is the order of a sum that is exact: same labels, permuted centroids.
TEST(Adversarial, PermutedColumns)
{
    for (const int dtype : kTypes) {
        const Matrix x = make_blobs(dtype, 1000, 37, 10, 2, 50, 5);
        std::vector<int64_t> order;
        for (int64_t p = 0; p < x.d; p++)
            order.push_back((p * 11 + 5) % x.d);
        const Matrix y = columns_of(x, order);
        std::vector<int64_t> rows;
        for (int64_t j = 0; j < 10; j++)
            rows.push_back(j * 97);
        const Outcome a = run(Request(x, rows_of(x, rows)));
        const Outcome b = run(Request(y, rows_of(y, rows)));
        EXPECT_EQ(a.labels, b.labels);
        EXPECT_EQ(a.info.iterations, b.info.iterations);
        EXPECT_NEAR(a.info.inertia / b.info.inertia, 1, 2e-13);
        for (int64_t q = 0; q < 10 * x.d; q++) {
            EXPECT_TRUE(same_bits(a.centroids[static_cast<size_t>(
                                      q / x.d * x.d + order[static_cast<size_t>(q % x.d)])],
                                  b.centroids[static_cast<size_t>(q)]));
        }
    }
}

// A value that is common to all rows and centroids is no information either.
TEST(Adversarial, ConstantColumnsOfAnySizeChangeNothing)
{
    for (const int dtype : kTypes) {
        const Matrix x = make_blobs(dtype, 600, 2, 5, 6, 0, 13);
        const Outcome plain = run(Request(x, distinct_rows(x, 5, 1)));
        for (const double value : {1.0, 0.1, 1e7, -1e15, 1e-30}) {
            Matrix wide(dtype, x.n, 3);
            for (int64_t i = 0; i < x.n; i++) {
                wide.set(i, 0, x.at(i, 0));
                wide.set(i, 1, value);
                wide.set(i, 2, x.at(i, 1));
            }
            const Outcome out = run(Request(wide, distinct_rows(wide, 5, 1)));
            EXPECT_EQ(out.labels, plain.labels) << value;
            EXPECT_EQ(out.info.iterations, plain.info.iterations) << value;
            EXPECT_NEAR(out.info.inertia / plain.info.inertia, 1, 2e-13) << value;
        }
    }
}

} // namespace
