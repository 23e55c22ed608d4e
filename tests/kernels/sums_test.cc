// The fixed-point sums against integers found by another way, and equal bits on every table.
#include <gtest/gtest.h>

#include "kernels/reals.h"
#include "kernels/sums_problem.h"

namespace {

template <class R>
void check_add_rows(const typename Types<R>::Kernels &t, std::int64_t m, std::int64_t d, int limbs)
{
    SCOPED_TRACE(::testing::Message() << t.isa << " m " << m << " d " << d << " limbs " << limbs);
    const Block<R> b(m, d, limbs, static_cast<std::uint64_t>(m * 91 + d * 5 + limbs));
    const std::uint64_t start = 0x123456789abcdef0;
    for (const bool subtract : {false, true}) {
        Guarded<std::uint64_t> plain(b.sums()), weighted(b.sums());
        std::fill(plain.begin(), plain.end(), start);
        std::fill(weighted.begin(), weighted.end(), start);
        t.add_rows(b.x.get(), b.ldx, b.label.get(), m, d, b.magic.get(), limbs, subtract,
                   plain.get());
        t.add_rows_weighted(b.x.get(), b.ldx, b.label.get(), b.w.get(), m, d, b.magic.get(), limbs,
                            subtract, weighted.get());
        const auto expected = b.expected(false, subtract, start);
        ASSERT_TRUE(std::equal(expected.begin(), expected.end(), plain.begin()));
        const auto expected_weighted = b.expected(true, subtract, start);
        ASSERT_TRUE(
            std::equal(expected_weighted.begin(), expected_weighted.end(), weighted.begin()));
        ASSERT_TRUE(plain.intact() && weighted.intact());
    }
}

template <class R> class Sums : public ::testing::Test {
};
TYPED_TEST_SUITE(Sums, Reals, RealNames);

TYPED_TEST(Sums, RowsAreAddedOnTheirGrids)
{
    for (const auto *t : tables<TypeParam>()) {
        for (int limbs = 1; limbs <= 4; limbs++) {
            for (const std::int64_t d : sums_dimensions) {
                check_add_rows<TypeParam>(*t, 11, d, limbs);
            }
            check_add_rows<TypeParam>(*t, 0, 5, limbs);
            for (std::int64_t d = 1; d <= 8; d++) {
                check_add_rows<TypeParam>(*t, 300 + d, d, limbs);
            }
            check_add_rows<TypeParam>(*t, 1, 784, limbs);
        }
    }
}

// Every table moves rows as add_rows takes them away and adds them: any order, some from nowhere or
// to nowhere.
TYPED_TEST(Sums, RowsAreMovedAsTheyAreAdded)
{
    for (const auto *t : tables<TypeParam>()) {
        for (int limbs = 1; limbs <= 4; limbs++) {
            for (const std::int64_t d : sums_dimensions) {
                SCOPED_TRACE(::testing::Message() << t->isa << " d " << d << " limbs " << limbs);
                const std::int64_t n = 23, m = 17;
                const Block<TypeParam> b(n, d, limbs, static_cast<std::uint64_t>(d * 7 + limbs));
                Guarded<std::int32_t> row(size(m)), from(size(m)), to(size(m));
                Guarded<std::uint64_t> acc(b.sums()), expected(b.sums());
                std::fill(acc.begin(), acc.end(), 77);
                std::fill(expected.begin(), expected.end(), 77);
                for (std::int64_t q = 0; q < m; q++) {
                    row[size(q)] = static_cast<std::int32_t>(q * 19 % n);
                    from[size(q)] = b.label[size(q)];
                    to[size(q)] = static_cast<std::int32_t>((q * 3 + 1) % (b.k + 1)) - 1;
                    const TypeParam *const x = b.x.get() + row[size(q)] * b.ldx;
                    for (const bool subtract : {false, true}) {
                        const std::int32_t label = subtract ? from[size(q)] : to[size(q)];
                        t->add_rows(x, b.ldx, &label, 1, d, b.magic.get(), limbs, subtract,
                                    expected.get());
                    }
                }
                t->move_rows(b.x.get(), b.ldx, row.get(), from.get(), to.get(), m, d, b.magic.get(),
                             limbs, acc.get());
                ASSERT_TRUE(std::equal(expected.begin(), expected.end(), acc.begin()));
                ASSERT_TRUE(acc.intact());
            }
        }
    }
}

TYPED_TEST(Sums, NoRowsChangeNothing)
{
    for (const auto *t : tables<TypeParam>()) {
        const double magic[3] = {magic_of(-100), magic_of(-49), magic_of(2)};
        std::uint64_t acc[3] = {1, 2, 3};
        t->sum_squares(nullptr, 0, nullptr, 0, 4, nullptr, magic, acc);
        EXPECT_EQ(acc[0] + 10 * acc[1] + 100 * acc[2], 321U) << t->isa;
    }
}

// Weights and values so large or small that the parts of a Dekker product leave the range: the
// same bits on every table, those of the exact product.
TYPED_TEST(Sums, ExtremeProductsAreExact)
{
    const double extremes[] = {0x1p-1074,
                               0x1.8p-1060,
                               0x1.fffffffffffffp-1022,
                               0x1p-1022,
                               0x1.23456789p-512,
                               0x1.fedcba987p-485,
                               0x1.7p-30,
                               1.0,
                               0x1.0000000000001p30,
                               0x1.fffffffffffffp500};
    for (const auto *t : tables<TypeParam>()) {
        for (const double w : extremes) {
            for (const double value : extremes) {
                const TypeParam x[8] = {
                    static_cast<TypeParam>(value),      static_cast<TypeParam>(-value),
                    static_cast<TypeParam>(value * 3),  static_cast<TypeParam>(value / 3),
                    static_cast<TypeParam>(-value * 5), static_cast<TypeParam>(value * 7),
                    static_cast<TypeParam>(0),          static_cast<TypeParam>(-value / 7)};
                if (!std::isfinite(static_cast<float>(value * 7)) && sizeof(TypeParam) == 4) {
                    continue;
                }
                const Product largest = exact_product(w, static_cast<double>(x[5]));
                // most of the error's bits lie above the lowest grid, all magics are finite
                const int scale = largest.high == 0 ? -1074 : std::ilogb(largest.high);
                const int lowest = std::min(std::max(scale - 110, -1074), 860);
                const Grids grids = {lowest, 3};
                double magic[3 * 8];
                for (int l = 0; l < 3; l++) {
                    std::fill_n(magic + 8 * l, 8, magic_of(grids.exponent(l)));
                }
                std::uint64_t acc[3 * 8] = {};
                const std::int32_t label = 0;
                t->add_rows_weighted(x, 8, &label, &w, 1, 8, magic, 3, 0, acc);
                for (std::int64_t p = 0; p < 8; p++) {
                    const Product product = exact_product(w, static_cast<double>(x[p]));
                    std::int64_t sum[3] = {};
                    grids.split(product.high, sum);
                    grids.split(product.error, sum);
                    for (int l = 0; l < 3; l++) {
                        ASSERT_EQ(acc[8 * l + p],
                                  static_cast<std::uint64_t>(sum[l]) + 2 * grids.pattern(l))
                            << t->isa << " w " << w << " x " << x[p] << " limb " << l;
                    }
                }
            }
        }
    }
}

TEST(ProductError, IsExactWithoutHardwareToo)
{
    Values values(5);
    for (int trial = 0; trial < 20000; trial++) {
        const double a = std::ldexp(values.uniform(), static_cast<int>(values.below(1000)) - 500);
        const double b = std::ldexp(values.uniform(), static_cast<int>(values.below(1000)) - 500);
        const Product expected = exact_product(a, b);
        ASSERT_EQ(km_product_error_scaled(a, b, a * b), expected.error) << a << " " << b;
        ASSERT_EQ(km_product_error(a, b, a * b), expected.error) << a << " " << b;
    }
    for (int trial = 0; trial < 20000; trial++) { // around the end of the normal range
        const double a = std::ldexp(values.uniform(), -500);
        const double b = std::ldexp(values.uniform(), -580 + static_cast<int>(values.below(160)));
        const Product expected = exact_product(a, b);
        ASSERT_EQ(km_product_error(a, b, a * b), expected.error) << a << " " << b;
    }
}

} // namespace
