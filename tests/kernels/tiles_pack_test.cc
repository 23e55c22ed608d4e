// Packing of rows and centroids into tiles: layout, rounding, and facts that are bounds.
#include "kernels/tiles.h"

#include <algorithm>
#include <numeric>

#include "kernels/reals.h"

namespace {

template <class R> struct Pack;
template <> struct Pack<float> {
    static constexpr auto rows = &km_tiles::pack_f32;
    static constexpr auto dot = &km_tiles::dot_f32;
};
template <> struct Pack<double> {
    static constexpr auto rows = &km_tiles::pack_f64;
    static constexpr auto dot = &km_tiles::dot_f64;
};

constexpr std::int64_t kCentroids = 5;

// m rows in any order out of m + 3 that lie between pages without access.
template <class R> struct RowProblem {
    std::int64_t m, d, ldx, slices, near_ld, whole;
    double scale;
    Guarded<R> x, shift;
    Guarded<std::int32_t> order, label;
    Guarded<float> near;
    Guarded<unsigned char> scratch;
    Guarded<std::uint16_t> tiles;
    Guarded<float> norm2, residual2, dot;

    RowProblem(std::int64_t m_, std::int64_t d_, std::int64_t gap, Guard side)
        : m(m_), d(d_), ldx(d_ + gap), slices(km_tile_slices(d_)), near_ld(KM_PACKED_LD(d_)),
          whole(km_tile_groups(m_) * KM_TILE_GROUP), scale(gap % 2 == 0 ? 0x1p-3 : 0x1p5),
          x(size((m_ + 2) * ldx + d_), alignof(R), side), shift(size(d_), alignof(R), side),
          order(size(m_)), label(size(whole), 64), near(size(kCentroids * near_ld), 64),
          scratch(size(km_tile_scratch_bytes(d_)), 64),
          tiles(size(whole / KM_TILE_GROUP * slices * KM_TILE_WORDS), 64), norm2(size(m_)),
          residual2(size(m_)), dot(size(m_))
    {
    }
    void fill(Kind kind, std::uint64_t seed)
    {
        Values values(seed);
        std::generate(x.begin(), x.end(), [&] { return values.next<R>(kind); });
        std::generate(shift.begin(), shift.end(), [&] { return values.next<R>(Kind::Ties); });
        std::fill(near.begin(), near.end(), 0.0F);
        for (std::int64_t q = 0; q < kCentroids * d; q++)
            near[size(q / d * near_ld + q % d)] = values.next<float>(Kind::Uniform);
        std::vector<std::int32_t> all(size(m + 3));
        std::iota(all.begin(), all.end(), 0);
        for (std::int64_t i = m + 2; i > 0; i--)
            std::swap(all[size(i)], all[size(values.below(i + 1))]);
        std::copy_n(all.begin(), m, order.get());
        for (std::int32_t &j : label)
            j = static_cast<std::int32_t>(values.below(kCentroids + 1)) - 1;
    }
    const R *row(std::int64_t i) const { return x.get() + order[size(i)] * ldx; }
    float z(std::int64_t i, std::int64_t p) const
    {
        const R difference = row(i)[p] - shift[size(p)];
        return static_cast<float>(difference * static_cast<R>(scale));
    }
    void pack(const km_tiles *t)
    {
        const km_tile_rows out = {tiles.get(), norm2.get(), residual2.get(), dot.get()};
        const km_tile_near of = {near.get(), near_ld, label.get(), 0};
        (t->*Pack<R>::rows)(x.get(), ldx, order.get(), m, d, shift.get(), scale, &of, scratch.get(),
                            &out);
        EXPECT_TRUE(scratch.intact() && tiles.intact() && norm2.intact() && residual2.intact() &&
                    dot.intact());
    }
};

// The tiles hold row order[i], rounded, and zeros elsewhere.
template <class R> void check_tiles(const RowProblem<R> &problem)
{
    for (std::int64_t i = 0; i < problem.whole; i++) {
        for (std::int64_t p = 0; p < 32 * problem.slices; p++) {
            const bool there = i < problem.m && p < problem.d;
            const float expected = there ? bf16_nearest(problem.z(i, p)) : 0;
            const float got = bf16_value(problem.tiles[row_word(problem.slices, i, p)]);
            ASSERT_TRUE(same_float(got, expected) || (got == 0 && expected == 0))
                << "row " << i << " dimension " << p;
        }
    }
}

// At least `exact`, and not much more; sums beyond float's range may be infinite.
void expect_from_above(float got, Wide exact, std::int64_t d)
{
    if (!(exact < static_cast<Wide>(0x1p120)))
        return;
    const Wide dims = static_cast<Wide>(d);
    ASSERT_GE(static_cast<Wide>(got), exact);
    ASSERT_LE(static_cast<Wide>(got),
              exact * (1 + (dims + 64) * 0x1p-22) + (dims + 1) * static_cast<Wide>(0x1p-118));
}

void expect_dot(float got, Wide value, Wide magnitude, std::int64_t d)
{
    const Wide dims = static_cast<Wide>(d);
    ASSERT_LE(wide_abs(static_cast<Wide>(got) - value),
              (dims + 2) * 0x1p-24 * static_cast<Wide>(1.05) * magnitude +
                  (dims + 2) * static_cast<Wide>(0x1p-126));
}

template <class R> void check_facts(const RowProblem<R> &problem, const km_tiles *t)
{
    for (std::int64_t i = 0; i < problem.m; i++) {
        SCOPED_TRACE(::testing::Message() << "row " << i);
        Wide norm = 0, residual = 0, value = 0, magnitude = 0;
        const std::int32_t j = problem.label[size(i)];
        for (std::int64_t p = 0; p < problem.d; p++) {
            const Wide z = problem.z(i, p);
            const Wide error = z - static_cast<Wide>(bf16_nearest(problem.z(i, p)));
            const Wide c = j < 0 ? 0 : problem.near[size(j * problem.near_ld + p)];
            norm += z * z;
            residual += error * error;
            value += z * c;
            magnitude += wide_abs(z * c);
        }
        expect_from_above(problem.norm2[size(i)], norm, problem.d);
        expect_from_above(problem.residual2[size(i)], residual, problem.d);
        expect_dot(problem.dot[size(i)], value, magnitude, problem.d);
        if (j < 0)
            continue;
        const float dot =
            (t->*Pack<R>::dot)(problem.row(i), problem.d, problem.shift.get(), problem.scale,
                               problem.near.get() + j * problem.near_ld);
        expect_dot(dot, value, magnitude, problem.d);
    }
}

template <class R> void check_rows(std::int64_t m, std::int64_t d, std::int64_t gap, Kind kind)
{
    for (const TileKernels &kernels : tile_kernels()) {
        for (const Guard side : {Guard::Begin, Guard::End}) {
            SCOPED_TRACE(::testing::Message() << kernels.name << " m " << m << " d " << d << " gap "
                                              << gap << " kind " << static_cast<int>(kind));
            RowProblem<R> problem(m, d, gap, side);
            problem.fill(kind, static_cast<std::uint64_t>(m * 1009 + d));
            problem.pack(kernels.t);
            check_tiles(problem);
            check_facts(problem, kernels.t);
        }
    }
}

template <class R> class PackTiles : public ::testing::Test {
};
TYPED_TEST_SUITE(PackTiles, Reals, RealNames);

const std::int64_t kWidths[] = {1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 128, 300};

TYPED_TEST(PackTiles, RowsOfEveryShape)
{
    for (const std::int64_t d : kWidths) {
        for (const std::int64_t m : {1, 15, 16, 17, 31, 32, 33, 70})
            check_rows<TypeParam>(m, d, m % 4, Kind::Uniform);
    }
}

TYPED_TEST(PackTiles, RowsOfEveryKindOfValue)
{
    for (const Kind kind : all_kinds) {
        for (const std::int64_t d : {1, 17, 40, 65, 300})
            check_rows<TypeParam>(20, d, 3, kind);
    }
}

// Halves between two bfloat16, the ends of the range, and the edge of the subnormal numbers.
TYPED_TEST(PackTiles, RoundingAtItsCorners)
{
    for (const TileKernels &kernels : tile_kernels()) {
        SCOPED_TRACE(kernels.name);
        RowProblem<TypeParam> problem(32, 64, 0, Guard::End);
        problem.fill(Kind::Uniform, 5);
        std::fill(problem.shift.begin(), problem.shift.end(), TypeParam(0));
        problem.scale = 1;
        Values values(6);
        for (TypeParam &value : problem.x) {
            const std::uint32_t low[] = {0x8000, 0x7fff, 0x8001, 0, 0xffff};
            const std::uint32_t exponent[] = {0, 1, 2, 126, 127, 180};
            const std::uint32_t bits = exponent[values.below(6)] << 23 |
                                       static_cast<std::uint32_t>(values.below(2)) << 31 |
                                       static_cast<std::uint32_t>(values.below(128)) << 16 |
                                       low[values.below(5)];
            float narrow = 0;
            std::memcpy(&narrow, &bits, sizeof narrow);
            value = static_cast<TypeParam>(narrow);
        }
        problem.pack(kernels.t);
        check_tiles(problem);
    }
}

TYPED_TEST(PackTiles, RowsOutOfRangeShowInTheirNorm)
{
    const double infinity = std::numeric_limits<double>::infinity();
    for (const TileKernels &kernels : tile_kernels()) {
        for (const double value : {infinity, -infinity, std::nan(""), 3e38}) {
            RowProblem<TypeParam> problem(20, 33, 1, Guard::End);
            problem.fill(Kind::Uniform, 3);
            problem.x[size(problem.order[7] * problem.ldx + 32)] = static_cast<TypeParam>(value);
            problem.pack(kernels.t);
            EXPECT_FALSE(problem.norm2[7] < 0x1p100F) << kernels.name << " " << value;
            EXPECT_TRUE(problem.norm2[6] < 0x1p100F && problem.norm2[8] < 0x1p100F);
        }
    }
}

struct CentroidProblem {
    std::int64_t k, d, slices, near_ld, whole;
    Guarded<double> c, shift;
    Guarded<std::uint8_t> duplicate;
    Guarded<std::uint16_t> tiles;
    Guarded<float> init, raise, near;
    Guarded<double> norm2;

    CentroidProblem(std::int64_t k_, std::int64_t d_)
        : k(k_), d(d_), slices(km_tile_slices(d_)), near_ld(KM_PACKED_LD(d_)),
          whole(km_tile_groups(k_) * KM_TILE_GROUP), c(size(k_ * d_)), shift(size(d_)),
          duplicate(size(k_)), tiles(size(whole / KM_TILE_GROUP * slices * KM_TILE_WORDS), 64),
          init(size(whole * 16), 64), raise(size(whole), 64), near(size(k_ * near_ld), 64),
          norm2(size(k_))
    {
    }
    void pack(const km_tiles *kernels, double scale, const km_tile_bound &bound,
              const std::int32_t *order = nullptr)
    {
        const km_tile_centroids to = {tiles.get(), init.get(),  raise.get(),
                                      near.get(),  norm2.get(), near_ld};
        for (std::int64_t q = 0; q < whole / KM_TILE_GROUP; q++)
            kernels->pack_centroids(c.get(), order, k, d, shift.get(), scale, duplicate.get(),
                                    &bound, q, &to);
        EXPECT_TRUE(tiles.intact() && init.intact() && raise.intact() && near.intact() &&
                    norm2.intact());
    }
};

// init >= e - |z|^2/2 and raise >= init + |z|^2/2 + e, both barely; e solves its own equation.
void check_bound(const CentroidProblem &problem, std::int64_t j, double scale,
                 const km_tile_bound &bound)
{
    Wide whole = 0, half = 0, error = 0;
    for (std::int64_t p = 0; p < problem.d; p++) {
        const double z = (problem.c[size(j * problem.d + p)] - problem.shift[size(p)]) * scale;
        const Wide b = bf16_nearest(static_cast<float>(z));
        whole += static_cast<Wide>(z) * z;
        half += b * b;
        error += (z - b) * (z - b);
    }
    const Wide a = bound.a;
    const Wide e = (bound.tau * half / 2 + error / (2 * static_cast<Wide>(bound.sigma)) +
                    a * (whole + half) / 2) /
                   (1 - a / 2);
    const Wide init = problem.init[size(16 * j)], raise = problem.raise[size(j)];
    const Wide room = (e + whole) * 0x1p-20 + 3 * a * e + static_cast<Wide>(0x1p-138);
    ASSERT_GE(init, e - whole / 2);
    ASSERT_LE(init, e - whole / 2 + room);
    ASSERT_GE(raise, init + whole / 2 + e);
    ASSERT_LE(raise, init + whole / 2 + e + room);
}

void check_centroids(const km_tiles *kernels, std::int64_t k, std::int64_t d, Kind kind,
                     const km_tile_bound &bound)
{
    SCOPED_TRACE(::testing::Message()
                 << "k " << k << " d " << d << " kind " << static_cast<int>(kind));
    CentroidProblem problem(k, d);
    Values values(static_cast<std::uint64_t>(k * 1009 + d));
    const double scale = 0x1p-4;
    std::generate(problem.c.begin(), problem.c.end(), [&] { return values.next<double>(kind); });
    std::generate(problem.shift.begin(), problem.shift.end(),
                  [&] { return values.next<double>(kind); });
    for (std::uint8_t &flag : problem.duplicate)
        flag = values.below(5) == 0;
    problem.pack(kernels, scale, bound);
    for (std::int64_t j = 0; j < problem.whole; j++) {
        SCOPED_TRACE(::testing::Message() << "centroid " << j);
        const bool live = j < k && problem.duplicate[size(j)] == 0;
        for (std::int64_t p = 0; p < 32 * problem.slices; p++) {
            const bool there = j < k && p < d;
            const double z =
                there ? (problem.c[size(j * d + p)] - problem.shift[size(p)]) * scale : 0;
            const float got = bf16_value(problem.tiles[centroid_word(problem.slices, j, p)]);
            if (live || j >= k) {
                ASSERT_EQ(got, bf16_nearest(static_cast<float>(z))) << "dimension " << p;
            }
            if (live && p < problem.near_ld) {
                ASSERT_EQ(problem.near[size(j * problem.near_ld + p)], static_cast<float>(z));
            }
        }
        for (std::int64_t lane = 1; lane < 16; lane++)
            ASSERT_EQ(problem.init[size(16 * j + lane)], problem.init[size(16 * j)]);
        if (live) {
            check_bound(problem, j, scale, bound);
        } else {
            ASSERT_EQ(problem.init[size(16 * j)], -std::numeric_limits<float>::infinity());
            ASSERT_EQ(problem.raise[size(j)], 0);
        }
    }
}

TEST(PackTileCentroids, BoundsLayoutPaddingAndDuplicates)
{
    const km_tile_bound usual = {1e-3, 2e-3, 1e-5, 0}, odd = {1e-6, 1e-9, 1e-3, 0},
                        wide = {10, 30, 1e-4, 0};
    for (const TileKernels &kernels : tile_kernels()) {
        SCOPED_TRACE(kernels.name);
        for (const km_tile_bound &bound : {usual, odd, wide}) {
            for (const std::int64_t d : kWidths)
                check_centroids(kernels.t, d % 2 == 0 ? 40 : 33, d, Kind::Uniform, bound);
            for (const std::int64_t k : {1, 31, 32, 64, 65})
                check_centroids(kernels.t, k, 20, Kind::Uniform, bound);
            for (const Kind kind : {Kind::Ties, Kind::Offset, Kind::Denormal, Kind::Mixed})
                check_centroids(kernels.t, 34, 50, kind, bound);
        }
    }
}

// Centroids by a list, duplicates too: as if they were there in that order.
TEST(PackTileCentroids, OrderIsThatOfTheList)
{
    const std::int64_t k = 45, d = 40;
    CentroidProblem given(k, d), sorted(k, d);
    Values values(3);
    std::vector<std::int32_t> order(size(k));
    for (std::int64_t j = 0; j < k; j++) {
        order[size(j)] = static_cast<std::int32_t>(j * 7 % k);
        given.duplicate[size(j)] = j % 5 == 1;
    }
    std::generate(given.c.begin(), given.c.end(),
                  [&] { return values.next<double>(Kind::Uniform); });
    std::fill(given.shift.begin(), given.shift.end(), 0.25);
    std::fill(sorted.shift.begin(), sorted.shift.end(), 0.25);
    for (std::int64_t j = 0; j < k; j++) {
        const double *const from = given.c.get() + order[size(j)] * d;
        std::copy(from, from + d, sorted.c.get() + j * d);
        sorted.duplicate[size(j)] = given.duplicate[size(order[size(j)])];
    }
    for (const TileKernels &kernels : tile_kernels()) {
        given.pack(kernels.t, 0x1p-4, {1e-3, 2e-3, 1e-5, 0}, order.data());
        sorted.pack(kernels.t, 0x1p-4, {1e-3, 2e-3, 1e-5, 0});
        EXPECT_TRUE(std::equal(given.tiles.begin(), given.tiles.end(), sorted.tiles.begin()));
        EXPECT_TRUE(std::equal(given.init.begin(), given.init.end(), sorted.init.begin()));
        EXPECT_TRUE(std::equal(given.raise.begin(), given.raise.end(), sorted.raise.begin()));
        EXPECT_TRUE(std::equal(given.near.begin(), given.near.end(), sorted.near.begin()));
        EXPECT_TRUE(std::equal(given.norm2.begin(), given.norm2.end(), sorted.norm2.begin()));
    }
}

} // namespace
