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

} // namespace
