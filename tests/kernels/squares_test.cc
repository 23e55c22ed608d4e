// Sums of squares in fixed point against integers found by another way.
#include <gtest/gtest.h>

#include "kernels/reals.h"
#include "kernels/sums_problem.h"

namespace {

template <class R> class Squares : public ::testing::Test {
};
TYPED_TEST_SUITE(Squares, Reals, RealNames);

// What sum_squares must add, on three grids; every (row, column) adds two patterns of each.
template <class R>
std::vector<std::uint64_t> expected_squares(const Block<R> &b, const double *w, const double *shift,
                                            const Grids &grids, std::uint64_t start)
{
    std::int64_t sum[3] = {};
    for (std::int64_t i = 0; i < b.m; i++) {
        for (std::int64_t p = 0; p < b.d; p++) {
            const double t = static_cast<double>(b.x[size(i * b.ldx + p)]) - shift[p];
            Product s = exact_product(t, t);
            if (w != nullptr) {
                const Product weighted = exact_product(w[i], s.high);
                const double rest = w[i] * s.error;
                s = {weighted.high, weighted.error + rest};
            }
            grids.split(s.high, sum);
            grids.split(s.error, sum);
        }
    }
    std::vector<std::uint64_t> acc(3, start);
    for (int l = 0; l < 3; l++) {
        acc[size(l)] += static_cast<std::uint64_t>(sum[l]) +
                        grids.pattern(l) * 2 * static_cast<std::uint64_t>(b.m * b.d);
    }
    return acc;
}

template <class R>
void check_squares(const typename Types<R>::Kernels &t, std::int64_t m, std::int64_t d,
                   std::int64_t gap)
{
    SCOPED_TRACE(::testing::Message() << t.isa << " m " << m << " d " << d << " gap " << gap);
    const Grids grids = {-30 - 102, 3};
    const double magic[3] = {magic_of(grids.exponent(0)), magic_of(grids.exponent(1)),
                             magic_of(grids.exponent(2))};
    const Block<R> b(m, d, 1, static_cast<std::uint64_t>(d), gap);
    Guarded<double> shift(size(d));
    Values values(99);
    std::generate(shift.begin(), shift.end(), [&] { return values.uniform(); });
    for (const double *w : {static_cast<const double *>(nullptr), b.w.get()}) {
        Guarded<std::uint64_t> acc(3);
        std::fill(acc.begin(), acc.end(), 42);
        t.sum_squares(b.x.get(), b.ldx, w, b.m, d, shift.get(), magic, acc.get());
        const auto expected = expected_squares(b, w, shift.get(), grids, 42);
        ASSERT_TRUE(std::equal(acc.begin(), acc.end(), expected.begin()));
        ASSERT_TRUE(acc.intact());
    }
}

TYPED_TEST(Squares, AreAddedOnThreeGrids)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const std::int64_t d : sums_dimensions) {
            for (const std::int64_t gap : {0, 2}) {
                for (const std::int64_t m : {0, 3, 40, 127})
                    check_squares<TypeParam>(*t, d * m <= 1024 ? m : 1024 / d, d, gap);
            }
        }
    }
}

} // namespace
