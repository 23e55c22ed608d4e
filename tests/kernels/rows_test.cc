// pack_rows, d2 and range against plain loops.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/guarded.h"
#include "kernels/reals.h"
#include "kernels/tables.h"

namespace {

const std::vector<std::int64_t> dimensions = [] {
    std::vector<std::int64_t> list;
    for (std::int64_t d = 0; d <= 40; d++) {
        list.push_back(d);
    }
    list.insert(list.end(), {63, 64, 65, 127, 128, 129, 784});
    return list;
}();

template <class R> class Rows : public ::testing::Test {
};
TYPED_TEST_SUITE(Rows, Reals, RealNames);

template <class R>
void check_pack_rows(const typename Types<R>::Kernels &t, std::int64_t m, std::int64_t d, Kind kind)
{
    SCOPED_TRACE(::testing::Message()
                 << t.isa << " m " << m << " d " << d << " kind " << static_cast<int>(kind));
    const std::int64_t ldx = d + 3, ld = KM_PACKED_LD(d), rows = round_up(m, t.mr);
    const R scale = 4;
    // the last row ends at the guard: its stride must not be touched
    Guarded<R> x(m > 0 ? size((m - 1) * ldx + d) : 0), shift(size(d)), xp(size(rows * ld), 64);
    Guarded<double> norm2(size(m));
    Values values(static_cast<std::uint64_t>(m * 131 + d));
    std::generate(x.begin(), x.end(), [&] { return values.next<R>(kind); });
    std::generate(shift.begin(), shift.end(), [&] { return values.next<R>(kind); });
    t.pack_rows(x.get(), ldx, m, d, shift.get(), scale, xp.get(), norm2.get());
    ASSERT_TRUE(xp.intact() && norm2.intact());
    for (std::int64_t i = 0; i < rows; i++) {
        Wide sum = 0;
        for (std::int64_t p = 0; p < ld; p++) {
            R expected = 0;
            if (i < m && p < d) {
                const R difference = x[size(i * ldx + p)] - shift[size(p)];
                expected = difference * scale;
            }
            ASSERT_EQ(xp[size(i * ld + p)], expected) << "row " << i << " column " << p;
            sum += static_cast<Wide>(expected) * expected;
        }
        if (i < m) {
            const Wide most = std::numeric_limits<R>::max(), tiny = std::numeric_limits<R>::min();
            ASSERT_GE(norm2[size(i)], sum);
            if (sum < most / 2) {
                ASSERT_LE(norm2[size(i)], sum * static_cast<Wide>(1.001) + tiny);
            }
        }
    }
}

TYPED_TEST(Rows, PackedRowsAreShiftedScaledAndPadded)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const std::int64_t d : dimensions) {
            check_pack_rows<TypeParam>(*t, 3, d, Kind::Uniform);
        }
        for (std::int64_t m = 0; m <= 2 * t->mr + 1; m++) {
            check_pack_rows<TypeParam>(*t, m, 5, Kind::Mixed);
        }
        for (const Kind kind : all_kinds) {
            check_pack_rows<TypeParam>(*t, 4, 21, kind);
        }
    }
}

TYPED_TEST(Rows, NormOfARowThatOverflowsIsNotFinite)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const TypeParam bad : {std::numeric_limits<TypeParam>::infinity(),
                                    std::numeric_limits<TypeParam>::quiet_NaN()}) {
            Guarded<TypeParam> x(9), shift(9), xp(size(t->mr * 16), 64);
            Guarded<double> norm2(1);
            std::fill(x.begin(), x.end(), TypeParam(1));
            std::fill(shift.begin(), shift.end(), TypeParam(0));
            x[8] = bad;
            t->pack_rows(x.get(), 9, 1, 9, shift.get(), 1, xp.get(), norm2.get());
            EXPECT_FALSE(std::isfinite(norm2[0])) << t->isa;
        }
    }
}

template <class R> double plain_d2(const R *x, const double *c, std::int64_t d)
{
    double lane[8] = {};
    for (std::int64_t p = 0; p < d; p++) {
        const double t = static_cast<double>(x[p]) - c[p];
        const double square = t * t;
        lane[p % 8] += square;
    }
    const double even = (lane[0] + lane[4]) + (lane[2] + lane[6]);
    return even + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

TYPED_TEST(Rows, SquaredDistancesHaveTheSameBitsEverywhere)
{
    for (const std::int64_t d : dimensions) {
        for (const Kind kind : all_kinds) {
            Guarded<TypeParam> x(size(d));
            Guarded<double> c(size(d));
            Values values(static_cast<std::uint64_t>(d));
            std::generate(x.begin(), x.end(), [&] { return values.next<TypeParam>(kind); });
            std::generate(c.begin(), c.end(), [&] { return values.next<double>(kind); });
            const double expected = plain_d2(x.get(), c.get(), d);
            for (const auto *t : tables<TypeParam>()) {
                ASSERT_EQ(t->d2(x.get(), c.get(), d), expected) << t->isa << " d " << d;
            }
        }
    }
}

TYPED_TEST(Rows, SquaredDistancesOfManyRowsAreThoseOfEach)
{
    for (const std::int64_t d : dimensions) {
        for (const std::int64_t m : {0, 1, 3, 4, 5, 8, 11}) {
            const std::int64_t ld = d + d % 3;
            Guarded<TypeParam> x(size(d));
            Guarded<double> c(m > 0 ? size((m - 1) * ld + d) : 0);
            Guarded<double> d2(size(m));
            Values values(static_cast<std::uint64_t>(16 * d + m));
            std::generate(x.begin(), x.end(), [&] { return values.next<TypeParam>(Kind::Mixed); });
            std::generate(c.begin(), c.end(), [&] { return values.next<double>(Kind::Mixed); });
            for (const auto *t : tables<TypeParam>()) {
                t->d2_rows(x.get(), c.get(), ld, m, d, d2.get());
                for (std::int64_t i = 0; i < m; i++) {
                    ASSERT_EQ(d2[size(i)], plain_d2(x.get(), c.get() + i * ld, d))
                        << t->isa << " d " << d << " row " << i << " of " << m;
                }
            }
        }
    }
}

// Largest |x|, lowest set bit, smallest and largest value of a column, by frexp.
struct Statistics {
    double max_abs = 0, low_bit = std::numeric_limits<double>::infinity();
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();

    void add(double x)
    {
        max_abs = std::max(max_abs, std::fabs(x));
        min = std::min(min, x);
        max = std::max(max, x);
        if (x != 0) {
            int exponent;
            auto significand =
                static_cast<std::int64_t>(std::ldexp(std::frexp(std::fabs(x), &exponent), 53));
            int shift = 0;
            for (; significand % 2 == 0; significand /= 2) {
                shift++;
            }
            low_bit = std::min(low_bit, std::ldexp(1.0, exponent - 53 + shift));
        }
    }
};

struct Columns {
    Guarded<double> max_abs, low_bit, min, max;
    explicit Columns(std::int64_t d)
        : max_abs(size(d)), low_bit(size(d)), min(size(d)), max(size(d))
    {
        const Statistics start;
        std::fill(max_abs.begin(), max_abs.end(), start.max_abs);
        std::fill(low_bit.begin(), low_bit.end(), start.low_bit);
        std::fill(min.begin(), min.end(), start.min);
        std::fill(max.begin(), max.end(), start.max);
    }
    km_range view() { return {max_abs.get(), low_bit.get(), min.get(), max.get(), nullptr}; }
};

template <class R>
void check_range(const typename Types<R>::Kernels &t, std::int64_t m, std::int64_t d, Kind kind)
{
    SCOPED_TRACE(::testing::Message()
                 << t.isa << " m " << m << " d " << d << " kind " << static_cast<int>(kind));
    const std::int64_t ldx = d + 1;
    Guarded<R> x(m > 0 ? size((m - 1) * ldx + d) : 0);
    Values values(static_cast<std::uint64_t>(m * 17 + d));
    std::generate(x.begin(), x.end(), [&] { return values.next<R>(kind); });
    Columns columns(d);
    const km_range range = columns.view();
    const std::int64_t first = m / 2; // two calls: statistics are updated, not replaced
    ASSERT_EQ(t.range(x.get(), ldx, first, d, &range), 0);
    ASSERT_EQ(t.range(x.get() + first * (m > 0 ? ldx : 0), ldx, m - first, d, &range), 0);
    for (std::int64_t p = 0; p < d; p++) {
        Statistics expected;
        for (std::int64_t i = 0; i < m; i++) {
            expected.add(static_cast<double>(x[size(i * ldx + p)]));
        }
        ASSERT_EQ(columns.max_abs[size(p)], expected.max_abs) << "column " << p;
        ASSERT_EQ(columns.low_bit[size(p)], expected.low_bit) << "column " << p;
        ASSERT_EQ(columns.min[size(p)], expected.min) << "column " << p;
        ASSERT_EQ(columns.max[size(p)], expected.max) << "column " << p;
    }
}

TYPED_TEST(Rows, RangeFindsTheStatisticsOfEveryColumn)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const std::int64_t d : dimensions) {
            check_range<TypeParam>(*t, 7, d, Kind::Mixed);
        }
        for (const Kind kind : all_kinds) {
            check_range<TypeParam>(*t, 33, 9, kind);
            check_range<TypeParam>(*t, 0, 9, kind);
            check_range<TypeParam>(*t, 1, 70, kind);
        }
    }
}

TYPED_TEST(Rows, RangeReportsWhatIsNoNumberInEveryPosition)
{
    using R = TypeParam;
    std::vector<R> bad = {std::numeric_limits<R>::infinity(), -std::numeric_limits<R>::infinity(),
                          std::numeric_limits<R>::quiet_NaN()};
    std::vector<R> good = {std::numeric_limits<R>::max(), std::numeric_limits<R>::denorm_min()};
    if (sizeof(R) == 8) {
        bad.push_back(static_cast<R>(-0x1.0000000000001p500));
        bad.push_back(static_cast<R>(std::numeric_limits<double>::max()));
        good[0] = static_cast<R>(-0x1p500);
    }
    for (const auto *t : tables<R>()) {
        for (std::int64_t p = 0; p < 70; p++) {
            Guarded<R> x(70);
            std::fill(x.begin(), x.end(), R(1));
            for (const R value : bad) {
                x[size(p)] = value;
                Columns columns(70);
                const km_range range = columns.view();
                ASSERT_EQ(t->range(x.get(), 70, 1, 70, &range), 1) << t->isa << " column " << p;
            }
            for (const R value : good) {
                x[size(p)] = value;
                Columns columns(70);
                const km_range range = columns.view();
                ASSERT_EQ(t->range(x.get(), 70, 1, 70, &range), 0) << t->isa << " column " << p;
            }
        }
    }
}

} // namespace
