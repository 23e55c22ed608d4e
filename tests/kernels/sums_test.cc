// The fixed-point sums against integers found by another way, and equal bits on every table.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/guarded.h"
#include "kernels/product.h"
#include "kernels/reals.h"
#include "kernels/tables.h"

namespace {

constexpr std::int64_t dimensions[] = {0,  1,  2,  3,  4,  5,  7,   8,   9,  13,
                                       15, 16, 17, 31, 33, 40, 127, 128, 129};

double magic_of(int exponent) { return std::ldexp(1.5, 52 + exponent); }

// The grids 2^e[l] of one column, e[l] = e[0] + 51*l.
struct Grids {
    int lowest, limbs;
    int exponent(int l) const { return lowest + 51 * l; }

    // Adds what one value contributes to `sum`, in units of each grid: rounded to the nearest
    // multiple (ties to even), coarsest grid first.
    void split(double v, std::int64_t *sum) const
    {
        for (int l = limbs - 1; l >= 0; l--) {
            const double unit = std::ldexp(1.0, exponent(l));
            const double multiple = std::nearbyint(v / unit);
            sum[l] += static_cast<std::int64_t>(multiple);
            v -= multiple * unit;
        }
    }
    std::uint64_t pattern(int l) const
    {
        const double magic = magic_of(exponent(l));
        std::uint64_t bits;
        std::memcpy(&bits, &magic, sizeof bits);
        return bits;
    }
};

struct Product {
    double high, error;
};

Product exact_product(double a, double b)
{
    const Wide product = static_cast<Wide>(a) * b;
    const double high = static_cast<double>(product);
    return {high, static_cast<double>(product - high)};
}

// A block of labelled, weighted rows and the grids of its columns.
template <class R> struct Block {
    std::int64_t m, d, ldx, k;
    Grids grids;
    Guarded<R> x;
    Guarded<std::int32_t> label;
    Guarded<double> w, magic;

    Block(std::int64_t m_, std::int64_t d_, int limbs, std::uint64_t seed)
        : m(m_), d(d_), ldx(m_ < 300 ? d_ + 2 : d_), k(5), grids{-30 - 51 * (limbs - 1), limbs},
          x(m_ > 0 ? size((m_ - 1) * ldx + d_) : 0), label(size(m_)), w(size(m_)),
          magic(size(limbs * d_))
    {
        Values values(seed);
        std::generate(x.begin(), x.end(), [&] { return static_cast<R>(100 * values.uniform()); });
        std::generate(w.begin(), w.end(), [&] { return 7 * std::fabs(values.uniform()); });
        std::generate(label.begin(), label.end(),
                      [&] { return static_cast<std::int32_t>(values.below(k + 1)) - 1; });
        for (int l = 0; l < limbs; l++) {
            std::fill_n(magic.get() + l * d, d, magic_of(grids.exponent(l)));
        }
    }
    std::size_t sums() const { return size(k * grids.limbs * d); }

    // acc as the contract has it, from `start`.
    std::vector<std::uint64_t> expected(bool weighted, bool subtract, std::uint64_t start) const
    {
        std::vector<std::int64_t> sum(sums());
        std::vector<std::uint64_t> patterns(sums()), acc(sums(), start);
        for (std::int64_t i = 0; i < m; i++) {
            for (std::int64_t p = 0; label[size(i)] >= 0 && p < d; p++) {
                add(static_cast<double>(x[size(i * ldx + p)]), weighted ? &w[size(i)] : nullptr,
                    label[size(i)], p, sum, patterns);
            }
        }
        for (std::size_t s = 0; s < acc.size(); s++) {
            const std::uint64_t all = static_cast<std::uint64_t>(sum[s]) + patterns[s];
            acc[s] += subtract ? 0 - all : all;
        }
        return acc;
    }

private:
    void add(double v, const double *weight, std::int64_t j, std::int64_t p,
             std::vector<std::int64_t> &sum, std::vector<std::uint64_t> &patterns) const
    {
        std::int64_t parts[4] = {};
        const Product product = weight != nullptr ? exact_product(*weight, v) : Product{v, 0};
        grids.split(product.high, parts);
        if (weight != nullptr) {
            grids.split(product.error, parts);
        }
        for (int l = 0; l < grids.limbs; l++) {
            const std::size_t s = size((j * grids.limbs + l) * d + p);
            sum[s] += parts[l];
            patterns[s] += grids.pattern(l) * (weight != nullptr ? 2 : 1);
        }
    }
};

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
            for (const std::int64_t d : dimensions) {
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

TYPED_TEST(Sums, SquaresAreAddedOnThreeGrids)
{
    const Grids grids = {-30 - 102, 3};
    const double magic[3] = {magic_of(grids.exponent(0)), magic_of(grids.exponent(1)),
                             magic_of(grids.exponent(2))};
    for (const auto *t : tables<TypeParam>()) {
        for (const std::int64_t d : dimensions) {
            SCOPED_TRACE(::testing::Message() << t->isa << " d " << d);
            const Block<TypeParam> b(d == 0 ? 3 : std::min<std::int64_t>(40, 1024 / d), d, 1,
                                     static_cast<std::uint64_t>(d));
            Guarded<double> shift(size(d));
            Values values(99);
            std::generate(shift.begin(), shift.end(), [&] { return values.uniform(); });
            for (const double *w : {static_cast<const double *>(nullptr), b.w.get()}) {
                Guarded<std::uint64_t> acc(3);
                std::fill(acc.begin(), acc.end(), 42);
                t->sum_squares(b.x.get(), b.ldx, w, b.m, d, shift.get(), magic, acc.get());
                const auto expected = expected_squares(b, w, shift.get(), grids, 42);
                ASSERT_TRUE(std::equal(acc.begin(), acc.end(), expected.begin()));
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
