// Low dimensions with more than a few centroids: screened in 16-bit integers where the table can.
#include "oracle/check.h"

namespace {

using namespace oracle;

// Rows with equal distances, which no screen settles, among ones that are clear, and thousands of
// them in a row; and rows far beyond all centroids.
Matrix clear_and_tied_rows(int dtype, int64_t d)
{
    Random random(static_cast<uint64_t>(d));
    Matrix x(dtype, 40000, d);
    for (int64_t i = 0; i < x.n; i++) {
        const bool tied = i / 3000 == 2 || i % 8 == 3;
        const double centre = 2.0 + static_cast<double>(i % 40) * 6;
        for (int64_t p = 0; p < d; p++)
            x.set(i, p, static_cast<double>(random.below(3)) + (tied ? 0 : centre));
        if (i % 1000 == 17)
            x.set(i, i % d, 255);
    }
    return x;
}

TEST(LowDimensions, ClearAndTiedRows)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8})
        for (const int64_t d : {5, 16}) {
            const Matrix x = clear_and_tied_rows(dtype, d);
            Request request(x, distinct_rows(x, 40, 1));
            request.set("iterations", 3);
            Outcome first;
            for (const std::string &isa : isas_with_emulation())
                for (const int threads : {1, 2}) {
                    SCOPED_TRACE(isa + " " + kmeans_dtype_name(dtype));
                    request.isa = isa;
                    request.threads = threads;
                    const Outcome out = run(request);
                    if (first.labels.empty()) {
                        first = out;
                        expect_exact_labels(out, x);
                    }
                    expect_same_result(first, out);
                }
        }
}

// Exact labels on every table after so many passes.
void expect_exact_passes(Request request, std::initializer_list<int64_t> passes)
{
    for (const int64_t count : passes) {
        request.set("iterations", count);
        for (const std::string &isa : isas_with_emulation()) {
            SCOPED_TRACE(isa + ", passes " + std::to_string(count));
            request.isa = isa;
            expect_exact_labels(run(request), *request.x);
        }
    }
}

// Rows nearer to their centroid than half its way to the others keep it unseen: on a line, in a
// plane and in space, the centroids on the line in order, unevenly far from each other.
TEST(LowDimensions, RowsNearTheirCentroids)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
        for (const int64_t d : {1, 2, 3}) {
            Random random(static_cast<uint64_t>(d));
            const int64_t k = 30;
            Matrix x(dtype, 5000, d);
            std::vector<double> start;
            for (int64_t i = 0; i < x.n; i++)
                for (int64_t p = 0; p < d; p++)
                    x.set(i, p, static_cast<double>(random.below(4000)) / (p == 0 ? 1 : 8));
            for (int64_t j = 0; j < k; j++)
                for (int64_t p = 0; p < d; p++)
                    start.push_back(p == 0 ? static_cast<double>(j / 2 * 260 + j % 2 * 60) : 250);
            SCOPED_TRACE(::testing::Message() << "d " << d);
            expect_exact_passes(Request(x, start), {1, 2, 3, 5, 8});
        }
    }
}

// Two clusters get the same mean: the rows of the second go over to the first, however near.
TEST(LowDimensions, ACentroidBecomesATwin)
{
    const int64_t k = 20;
    Matrix x(KMEANS_F32, 400 + k, 2);
    Request request(x, k);
    for (int64_t i = 0; i < x.n; i++) {
        const bool twin = i < 400;
        x.set(i, 0, twin ? (i % 2 == 0 ? 1 : -1) : static_cast<double>(100 * (i - 398)));
        request.labels.push_back(static_cast<int32_t>(twin ? i / 2 % 2 : (i - 400) % (k - 2) + 2));
    }
    request.set("empty", "keep");
    expect_exact_passes(request, {1, 2});
}

} // namespace
