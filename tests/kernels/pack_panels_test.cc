// pack_panels against the formula, entry by entry.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/guarded.h"
#include "kernels/reals.h"
#include "kernels/tables.h"

namespace {

template <class R> class PackPanels : public ::testing::Test {
};
TYPED_TEST_SUITE(PackPanels, Reals, RealNames);

template <class R> struct Packed {
    Guarded<R> panels, half_norm;
    Packed(std::int64_t lanes, std::int64_t d) : panels(size(lanes * d), 64), half_norm(size(lanes))
    {
    }
};

template <class R> void check_shape(std::int64_t k, std::int64_t d, std::int32_t nr, Kind kind)
{
    SCOPED_TRACE(::testing::Message()
                 << "k " << k << " d " << d << " nr " << nr << " kind " << static_cast<int>(kind));
    Values values(static_cast<std::uint64_t>(k * 37 + d));
    Guarded<double> c(size(k * d)), shift(size(d));
    Guarded<std::uint8_t> duplicate(size(k));
    Guarded<std::int32_t> order(size(k));
    for (std::int64_t j = 0; j < k; j++) // 7 has no divisor in common with most k; else some repeat
        order[size(j)] = static_cast<std::int32_t>((7 * j + 3) % k);
    std::generate(c.begin(), c.end(), [&] { return values.next<double>(kind); });
    std::generate(shift.begin(), shift.end(), [&] { return values.next<double>(kind); });
    std::generate(duplicate.begin(), duplicate.end(),
                  [&] { return static_cast<std::uint8_t>(values.below(4) == 0); });
    const std::int64_t lanes = round_up(k, nr), cut = lanes / nr / 2 * nr;
    Packed<R> whole(lanes, d), parts(lanes, d);
    double max_norm = -1, norm_a = -1, norm_b = -1;
    const double scale = 0x1p-3;
    const auto pack = Types<R>::pack_panels;
    pack(c.get(), order.get(), k, d, shift.get(), scale, duplicate.get(), 0, k, nr,
         whole.panels.get(), whole.half_norm.get(), &max_norm);
    // two threads' shares make the same panels
    pack(c.get(), order.get(), k, d, shift.get(), scale, duplicate.get(), 0, cut, nr,
         parts.panels.get(), parts.half_norm.get(), &norm_a);
    pack(c.get(), order.get(), k, d, shift.get(), scale, duplicate.get(), cut, k, nr,
         parts.panels.get(), parts.half_norm.get(), &norm_b);
    ASSERT_TRUE(whole.panels.intact() && whole.half_norm.intact());
    ASSERT_TRUE(std::equal(whole.panels.begin(), whole.panels.end(), parts.panels.begin()));
    ASSERT_TRUE(
        std::equal(whole.half_norm.begin(), whole.half_norm.end(), parts.half_norm.begin()));
    ASSERT_EQ(std::max(norm_a, norm_b), max_norm);

    Wide largest = 0;
    const Wide u = std::numeric_limits<R>::epsilon() / 2;
    for (std::int64_t j = 0; j < lanes; j++) {
        const std::int64_t from = j < k ? order[size(j)] : j;
        const bool live = j < k && duplicate[size(from)] == 0;
        Wide exact = 0, rounded = 0;
        for (std::int64_t p = 0; p < d; p++) {
            const R got = whole.panels[size(j / nr * nr * d + p * nr + j % nr)];
            const double difference = live ? c[size(from * d + p)] - shift[size(p)] : 0;
            const double z = difference * scale;
            ASSERT_EQ(got, static_cast<R>(z)) << "centroid " << j << " dimension " << p;
            exact += static_cast<Wide>(z) * z;
            rounded += static_cast<Wide>(got) * got;
        }
        const R half = whole.half_norm[size(j)];
        if (!live) {
            ASSERT_EQ(half, std::numeric_limits<R>::infinity());
            continue;
        }
        const Wide error = half - exact / 2, relative = u + static_cast<Wide>(d / 8 + 7) * 0x1p-53;
        ASSERT_LE(error < 0 ? -error : error,
                  relative * exact / 2 + static_cast<Wide>(std::numeric_limits<R>::denorm_min()));
        largest = std::max({largest, exact, rounded});
    }
    const Wide norm = max_norm;
    ASSERT_GE(norm * norm, largest);
    ASSERT_LE(norm * norm, largest * static_cast<Wide>(1.000001) + static_cast<Wide>(1e-60));
}

TYPED_TEST(PackPanels, EveryEntryIsTheRoundedDifference)
{
    for (const std::int32_t nr : {8, 16, 64}) {
        for (std::int64_t k = 1; k <= 2 * nr + 1; k += k < 20 ? 1 : 7) {
            check_shape<TypeParam>(k, 5, nr, Kind::Uniform);
        }
        for (std::int64_t d = 0; d <= 20; d++) {
            check_shape<TypeParam>(nr + 1, d, nr, Kind::Offset);
        }
    }
    for (const Kind kind : all_kinds) {
        check_shape<TypeParam>(40, 130, 16, kind == Kind::Huge ? Kind::Offset : kind);
    }
}

TYPED_TEST(PackPanels, WithoutAListNothingIsADuplicate)
{
    const double c[4] = {1, 2, 1, 2}, shift[2] = {0, 0};
    alignas(64) TypeParam panels[16], half_norm[8];
    double max_norm;
    Types<TypeParam>::pack_panels(c, nullptr, 2, 2, shift, 1.0, nullptr, 0, 2, 8, panels, half_norm,
                                  &max_norm);
    EXPECT_EQ(half_norm[0], TypeParam(2.5));
    EXPECT_EQ(half_norm[1], TypeParam(2.5));
    EXPECT_EQ(half_norm[2], std::numeric_limits<TypeParam>::infinity());
}

} // namespace
