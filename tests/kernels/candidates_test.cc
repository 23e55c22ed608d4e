// Rows against candidates of k-means++: within the bounds of the slots near and open, and open's
// sets those that near would give.
#include "centroid_tables.h"

#include <gtest/gtest.h>

namespace {

template <class R> struct Slots {
    void (*near)(const R *, const R *, std::int64_t, std::int64_t, R *);
    void (*open)(const R *, std::int64_t, const std::int32_t *, std::int64_t, const R *,
                 std::int64_t, std::int64_t, const R *, R, std::uint8_t *);
};

template <class R> Slots<R> slots(const Table &table);
template <> Slots<float> slots(const Table &table)
{
    return {table.kernels->near_f32, table.kernels->open_f32};
}
template <> Slots<double> slots(const Table &table)
{
    return {table.kernels->near_f64, table.kernels->open_f64};
}

const std::int64_t kColumns[] = {1, 3, 15, 16, 17, 31, 32, 48, 100, 128};

// A group of candidates as open wants it.
template <class R> class Group {
public:
    Group(const std::vector<R> &c, std::int64_t m, std::int64_t d)
        : d_(d), room_(size(KM_NEAR_SIZE(d) + 64))
    {
        const double s = 1 - error();
        for (std::int64_t q = 0; q < m; q++) {
            double square = 0;
            for (std::int64_t p = 0; p < d; p++) {
                const double e = double(c[size(q * d + p)]) - double(c[size(p)]);
                data()[place(q, p)] = c[size(q * d + p)];
                data()[KM_NEAR_PART(d) + place(q, p)] = static_cast<R>(q > 0 ? e : c[size(p)]);
                square += e * e;
            }
            number(KM_NEAR_SQUARES + q) = static_cast<R>(s * square);
            number(KM_NEAR_FACTORS + q) = static_cast<R>(q > 0 ? 2 : 0);
        }
        number(KM_NEAR_SHRINK) = static_cast<R>(s);
    }
    static double unit() { return double(std::numeric_limits<R>::epsilon()) / 2; }
    double error() const { return 4 * (double(d_) + 12) * unit(); }
    R *data()
    {
        const auto start = reinterpret_cast<std::uintptr_t>(room_.data());
        return reinterpret_cast<R *>((start + 63) / 64 * 64);
    }
    R &number(std::int64_t at) { return data()[2 * KM_NEAR_PART(d_) + at]; }
    // Products prove nothing any more.
    void without_products() { number(KM_NEAR_SHRINK) = -std::numeric_limits<R>::infinity(); }
    // Distances prove nothing any more, but the first's.
    void without_distances(std::int64_t m)
    {
        for (std::int64_t q = 1; q < m; q++)
            data()[place(q, 0)] = std::numeric_limits<R>::quiet_NaN();
    }

private:
    static std::int64_t place(std::int64_t q, std::int64_t p)
    {
        return (p / KM_NEAR_CHUNK * KM_NEAR_GROUP + q) * KM_NEAR_CHUNK + p % KM_NEAR_CHUNK;
    }
    std::int64_t d_;
    std::vector<R> room_;
};

template <class R> std::vector<R> row_of(Values &values, Kind kind, std::int64_t count)
{
    std::vector<R> row(size(count));
    for (R &value : row)
        value = values.next<R>(kind);
    return row;
}

template <class R> Wide real_d2(const R *x, const R *c, std::int64_t d)
{
    Wide sum = 0;
    for (std::int64_t p = 0; p < d; p++) {
        const Wide t = Wide(x[p]) - Wide(c[p]);
        sum += t * t;
    }
    return sum;
}

template <class R> void check_near(const Table &table, std::int64_t d, int m)
{
    Values values(static_cast<std::uint64_t>(d * 10 + m));
    const auto x = row_of<R>(values, Kind::Offset, d);
    auto c = row_of<R>(values, Kind::Mixed, d);
    const auto others = row_of<R>(values, Kind::Offset, (m - 1) * d);
    c.insert(c.end(), others.begin(), others.end());
    Group<R> group(c, m, d);
    std::vector<R> d2(KM_NEAR_GROUP, R(-1));
    slots<R>(table).near(x.data(), group.data(), m, d, d2.data());
    for (std::int64_t q = 0; q < m; q++) {
        const auto wanted = double(real_d2(x.data(), c.data() + q * d, d));
        EXPECT_NEAR(double(d2[size(q)]), wanted, double(d + 3) * Group<R>::unit() * wanted)
            << table.name << " d " << d << " candidate " << q << " of " << m;
    }
}

TEST(Candidates, NearStaysWithinItsBound)
{
    for (const Table &table : centroid_tables())
        for (const std::int64_t d : kColumns)
            for (int m = 1; m <= KM_NEAR_GROUP; m++) {
                check_near<float>(table, d, m);
                check_near<double>(table, d, m);
            }
}

// Rows that lie apart, each with a limit that one of its candidates just reaches, by near's sum.
template <class R> struct Rows {
    static constexpr std::int64_t places = 40, count = 23;
    std::int64_t ldx;
    std::vector<R> x, c, least, d2;
    std::vector<std::int32_t> index;
    std::vector<std::uint8_t> open; // what is asked for

    Rows(Kind kind, std::int64_t d, int m)
        : ldx(d + 3), least(count), d2(size(count) * KM_NEAR_GROUP),
          index(size(count + KM_NEAR_AHEAD), 0), open(count)
    {
        Values values(static_cast<std::uint64_t>(d * 10 + m));
        x = row_of<R>(values, kind, places * ldx);
        c = row_of<R>(values, kind, m * d);
        for (std::int64_t i = 0; i < count; i++) {
            index[size(i)] = static_cast<std::int32_t>((i * 7 + 3) % places);
            open[size(i)] =
                static_cast<std::uint8_t>(i % 3 == 0 ? values.below(1 << m) : (1 << m) - 1);
        }
    }
    const R *row(std::int64_t i) const { return x.data() + index[size(i)] * ldx; }
};

template <class R>
void check_open(const Table &table, Kind kind, std::int64_t d, int m, bool products)
{
    R most = static_cast<R>(sizeof(R) == 4 ? 0x1p127 : 0x1p1000);
    Rows<R> rows(kind, d, m);
    Group<R> group(rows.c, m, d);
    const auto asked = rows.open;
    for (std::int64_t i = 0; i < Rows<R>::count; i++) {
        R *const d2 = rows.d2.data() + i * KM_NEAR_GROUP;
        slots<R>(table).near(rows.row(i), group.data(), m, d, d2);
        rows.least[size(i)] = d2[i % m];
    }
    if (!products) { // then any upper limit is one of the distances themselves
        group.without_products();
        most = rows.d2[0] * R(1.5);
    }
    slots<R>(table).open(rows.x.data(), rows.ldx, rows.index.data(), Rows<R>::count, group.data(),
                         m, d, rows.least.data(), most, rows.open.data());
    for (std::int64_t i = 0; i < Rows<R>::count; i++) {
        const R least = rows.least[size(i)];
        std::uint8_t wanted = 0, certain = 0; // at a limit itself rows in lanes may round otherwise
        for (int q = 0; q < m; q++) {
            const R d2 = rows.d2[size(i * KM_NEAR_GROUP + q)];
            const auto near = d2 * static_cast<R>(d <= KM_LOW_D ? double(d + 4) * group.unit() : 0);
            const bool at_least = d2 >= least - near && d2 < least + near;
            const bool at_most = d2 >= most - near && d2 < most + near;
            wanted |= static_cast<std::uint8_t>(d2 >= least && d2 < most ? 0 : 1 << q);
            certain |= static_cast<std::uint8_t>(at_least || at_most ? 0 : 1 << q);
        }
        EXPECT_EQ(rows.open[size(i)] & certain, asked[size(i)] & wanted & certain)
            << table.name << " kind " << int(kind) << " d " << d << " of " << m << " row " << i;
        EXPECT_EQ(rows.open[size(i)] & ~asked[size(i)], 0);
    }
}

// What products settle must be what distances say as well: where they could not know (rows that are
// far from the first candidate, squares that overflow) distances are asked.
TEST(Candidates, OpenAreThoseOutsideTheLimits)
{
    for (const Table &table : centroid_tables())
        for (const Kind kind : {Kind::Uniform, Kind::Ties, Kind::Offset, Kind::Huge, Kind::Mixed})
            for (const std::int64_t d : kColumns)
                for (int m = 1; m <= KM_NEAR_GROUP; m++) {
                    check_open<float>(table, kind, d, m, m % 3 != 0);
                    check_open<double>(table, kind, d, m, m % 3 != 0);
                }
}

// A row beside candidate `of`, which is far from all others: no rounded product can know how far.
template <class R> void put_beside(Values &values, const R *c, std::int64_t d, R *x)
{
    const double step = sizeof(R) == 4 ? 1e-2 : 1e-9;
    for (std::int64_t p = 0; p < d; p++)
        x[p] = static_cast<R>(double(c[p]) + step * values.uniform());
}

// Products alone, row by row: a candidate below the limit stays, one that is above it by more than
// the bound goes.
template <class R>
void check_products(const Table &table, Kind kind, bool beside, std::int64_t d, int m)
{
    const double tiny = double(std::numeric_limits<R>::min()), lost = 4 * double(d) * tiny;
    Rows<R> rows(kind, d, m);
    Values values(static_cast<std::uint64_t>(d + m));
    for (R &c : rows.c)
        c *= static_cast<R>(beside ? 1000 : 1);
    Group<R> group(rows.c, m, d);
    group.without_distances(m);
    for (std::int64_t i = 0; i < Rows<R>::count; i++) {
        R *const x = rows.x.data() + rows.index[size(i)] * rows.ldx;
        const int of = static_cast<int>(i % m);
        if (beside)
            put_beside(values, rows.c.data() + of * d, d, x);
        const auto limit = 2 * double(real_d2(x, rows.c.data() + of * d, d)) + lost;
        const R least = static_cast<R>(limit * (1 + 4 * Group<R>::unit()));
        std::uint8_t open = 0xff;
        slots<R>(table).open(rows.x.data(), rows.ldx, rows.index.data() + i, 1, group.data(), m, d,
                             &least, std::numeric_limits<R>::max() / 2, &open);
        for (int q = 1; q < m; q++) {
            const R *const c = rows.c.data() + q * d;
            const auto d2 = double(real_d2(x, c, d));
            const auto sizes =
                double(real_d2(x, rows.c.data(), d)) + double(real_d2(c, rows.c.data(), d));
            const bool is_open = (open >> q & 1) != 0;
            EXPECT_TRUE(is_open || d2 + lost >= limit)
                << table.name << " kind " << int(kind) << " d " << d << " candidate " << q;
            EXPECT_FALSE(is_open && d2 > double(least) + 2 * group.error() * sizes + lost)
                << table.name << " kind " << int(kind) << " d " << d << " candidate " << q;
        }
    }
}

TEST(Candidates, ProductsAloneStayWithinTheirBound)
{
    for (const Table &table : centroid_tables())
        for (const std::int64_t d : kColumns)
            for (int m = 2; m <= KM_NEAR_GROUP && d > KM_LOW_D; m++) { // below, without products
                for (const Kind kind :
                     {Kind::Uniform, Kind::Ties, Kind::Offset, Kind::Mixed, Kind::Denormal}) {
                    check_products<float>(table, kind, false, d, m);
                    check_products<double>(table, kind, false, d, m);
                }
                check_products<float>(table, Kind::Uniform, true, d, m);
                check_products<double>(table, Kind::Uniform, true, d, m);
            }
}

} // namespace
