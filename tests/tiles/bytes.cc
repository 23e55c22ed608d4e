// Exact labels where bytes screen: rows whose rounding takes them to the wrong centroid.
#include "oracle/check.h"

namespace {

using namespace oracle;

// Half of the columns from 1 on plus, half minus.
double sign_of(int64_t p) { return p % 2 == 1 ? 1 : -1; }

// Two centroids, +-s; column 0 makes the unit of every row 1. A row has 0.49 s in some columns,
// which bytes take for 0, and -0.51 s in the others, which they take for -s: with `many` of the
// first it is nearer to +s, if barely, and its bytes are far on the side of -s.
void set_row(Matrix *x, int64_t i, int64_t many, double side, Random *random)
{
    std::vector<int64_t> columns;
    for (int64_t p = 1; p < x->d; p++)
        columns.insert(columns.begin() + random->below(p), p);
    x->set(i, 0, 127);
    for (int64_t q = 0; q < x->d - 1; q++) {
        const int64_t p = columns[static_cast<size_t>(q)];
        x->set(i, p, side * sign_of(p) * (q < many ? 0.49 : -0.51));
    }
}

Matrix turned_rows(int dtype, int64_t n, int64_t d)
{
    Random random(static_cast<uint64_t>(d));
    Matrix x(dtype, n, d);
    for (int64_t i = 0; i < n; i++) {
        const int64_t even = static_cast<int64_t>(0.51 * static_cast<double>(d - 1));
        set_row(&x, i, even + static_cast<int64_t>(random.below(5)) - 1,
                random.below(2) != 0 ? 1 : -1, &random);
    }
    return x;
}

// Copies of +-s at all lengths, so that k fills some groups; the first pair is the shortest.
std::vector<double> opposite(int64_t k, int64_t d)
{
    std::vector<double> c(static_cast<size_t>(k * d), 0.0);
    for (int64_t q = 0; q < k * d; q++) {
        const int64_t j = q / d, p = q % d;
        const double length = j < 2 ? 1 : 3 + static_cast<double>(j / 2);
        c[static_cast<size_t>(q)] = p == 0 ? 0 : (j % 2 == 0 ? length : -length) * sign_of(p);
    }
    return c;
}

TEST(ByteLabels, RowsThatRoundTowardsTheOtherCentroid)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        for (const int64_t d : {33, 65, 129, 401, 800}) {
            const Matrix x = turned_rows(dtype, 100, d);
            for (const int64_t k : {18, 40}) {
                const std::vector<double> c = opposite(k, d);
                const Argmin expected = exact_argmin(x, c, k);
                for (const std::string &isa : isas_for(100.0 * d * k))
                    EXPECT_EQ(count_differences(predict(x, c, isa), expected.labels), 0)
                        << isa << " d " << d << " k " << k;
            }
        }
    }
}

// Centroids that round to the same bytes, and rows between them.
TEST(ByteLabels, CentroidsThatBytesCannotTellApart)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        for (const int64_t d : {40, 400}) {
            Random random(7);
            const int64_t k = 70, n = 150;
            std::vector<double> c(static_cast<size_t>(k * d));
            for (int64_t q = 0; q < k * d; q++)
                c[static_cast<size_t>(q)] = q % d == 0
                                                ? (q / d % 2 != 0 ? 64 : -64)
                                                : static_cast<double>(random.below(100)) / 1024;
            Matrix x(dtype, n, d);
            for (int64_t i = 0; i < n; i++)
                for (int64_t p = 0; p < d; p++) {
                    const double a = c[static_cast<size_t>(random.below(k) * d + p)];
                    x.set(i, p, p == 0 ? (i % 2 != 0 ? 60 : -70) : a);
                }
            const Argmin expected = exact_argmin(x, c, k);
            for (const std::string &isa : isas_for(static_cast<double>(n * d * k)))
                EXPECT_EQ(count_differences(predict(x, c, isa), expected.labels), 0) << isa;
        }
    }
}

} // namespace
