// Means and terms of the inertia: the bits of the functions they stand for, on every table.
#include "tables.h"

#include <gtest/gtest.h>

extern "C" {
#include "kernels/centroid.h"
#include "kernels/columns.h"
#include "kernels/exact/dd.h"
}

namespace {

struct Table {
    const char *name;
    const km_centroid_kernels *kernels;
};

std::vector<Table> centroid_tables()
{
    std::vector<Table> usable;
#define KM_ISA(name, feature)                                                                      \
    if (cpu::feature())                                                                            \
        usable.push_back({#name, &km_table_##name##_centroid});
#include "kernels/isa.inc"
#undef KM_ISA
    return usable;
}

// Totals of m clusters as sums of some thousand values leave them.
struct Totals {
    std::int32_t limbs;
    std::int64_t d;
    std::vector<std::int64_t> digits; // [m][limbs+1][d]
    std::vector<std::int32_t> exponent;
    std::vector<double> c, middle;
    std::vector<std::int64_t> count;

    Totals(std::int32_t m, std::int32_t limbs_, std::int64_t d_, std::uint64_t seed)
        : limbs(limbs_), d(d_), digits(size(m * (limbs + 1) * d)), exponent(size(d)),
          c(size(m * d)), middle(size(d)), count(size(m))
    {
        Values values(seed);
        const std::int64_t top = std::int64_t(1) << (seed % 3 == 0 ? 60 : 12);
        for (auto &e : exponent)
            e = static_cast<std::int32_t>(values.below(60)) - 60 * limbs;
        for (auto &digit : digits)
            digit = values.below(std::int64_t(1) << 51) >> values.below(seed % 2 == 0 ? 52 : 1);
        for (std::int32_t g = 0; g < m; g++)
            for (std::int64_t p = 0; p < d; p++)
                digits[size((g * (limbs + 1) + limbs) * d + p)] = values.below(2 * top) - top;
        for (std::int64_t p = 0; p < d; p++)
            if (values.below(8) == 0) // a sum of 0
                for (std::int32_t l = 0; l <= limbs; l++)
                    digits[size(l * d + p)] = 0;
        for (auto &value : c)
            value = values.uniform();
        for (auto &value : middle)
            value = values.below(2) == 0 ? 0 : values.uniform();
        for (auto &rows : count)
            rows =
                values.below(3) == 0 ? std::int64_t(1) << values.below(20) : 1 + values.below(9999);
    }
    // Most columns as sparse rows leave them: no sums, and centroids in the middle.
    void empty_columns(std::uint64_t seed)
    {
        Values values(seed);
        for (std::int64_t p = 0; p < d; p++) {
            if (values.below(4) == 0)
                continue;
            for (std::size_t q = size(p); q < digits.size(); q += size(d))
                digits[q] = 0;
            for (std::size_t q = size(p); q < c.size(); q += size(d))
                c[q] = middle[size(p)];
        }
    }
    const std::int64_t *of(std::int32_t g) const { return digits.data() + g * (limbs + 1) * d; }
};

// The loop of km_inertia_term in src/steps/inertia.c.
km_dd term_of(const Totals &t, std::int32_t g)
{
    const km_dd w = {static_cast<double>(t.count[size(g)]), 0};
    km_dd total = {0, 0};
    for (std::int64_t p = 0; p < t.d; p++) {
        const double m = t.middle[size(p)];
        const km_dd sum = km_digits_dd(t.of(g) + p, t.limbs, t.d, t.exponent[size(p)]);
        const km_dd s = km_dd_sub(sum, km_dd_mul_d(w, m));
        const km_dd a = km_two_diff(t.c[size(g * t.d + p)], m);
        const km_dd twice = {2 * s.hi, 2 * s.lo};
        total = km_dd_add(total, km_dd_mul(a, km_dd_sub(km_dd_mul(w, a), twice)));
    }
    return total;
}

void check_terms(const Table &table, const Totals &t, std::int32_t m, int *settled)
{
    km_term_group group = {};
    group.m = m;
    group.limbs = t.limbs;
    group.d = t.d;
    for (std::int32_t g = 0; g < m; g++) {
        group.exponent[g] = t.exponent.data();
        group.middle[g] = t.middle.data();
        group.digits[g] = t.of(g);
        group.c[g] = t.c.data() + g * t.d;
        group.weight[g] = {static_cast<double>(t.count[size(g)]), 0};
    }
    km_dd term[KM_TERM_CLUSTERS] = {};
    const std::uint32_t again = table.kernels->terms(&group, term);
    EXPECT_EQ(again >> m, 0u);
    for (std::int32_t g = 0; g < m; g++) {
        if ((again >> g & 1) != 0)
            continue;
        ++*settled;
        const km_dd wanted = term_of(t, g);
        EXPECT_EQ(term[g].hi, wanted.hi) << table.name << " limbs " << t.limbs << " d " << t.d
                                         << " cluster " << g << " of " << m;
        EXPECT_EQ(term[g].lo, wanted.lo) << table.name;
    }
}

TEST(Centroid, TermsHaveTheBitsOfTheFormula)
{
    for (const Table &table : centroid_tables()) {
        int settled = 0;
        std::uint64_t seed = 1;
        for (std::int32_t limbs = 1; limbs <= KM_MAX_LIMBS; limbs++)
            for (const std::int64_t d : {1, 7, 8, 31, 32, 33, 100})
                for (std::int32_t m = 1; m <= KM_TERM_CLUSTERS; m += 5)
                    for (int trial = 0; trial < 4; trial++) {
                        Totals totals(m, limbs, d, seed++);
                        if (trial % 2 == 1)
                            totals.empty_columns(seed);
                        check_terms(table, totals, m, &settled);
                    }
        EXPECT_GT(settled, 100) << table.name;
    }
}

TEST(Centroid, ColumnsAreThoseThatAreNotZero)
{
    for (const Table &table : centroid_tables())
        for (const std::int64_t d : {1, 7, 63, 64, 65, 200}) {
            Values values(static_cast<std::uint64_t>(d));
            std::vector<double> c(size(d), 0.0);
            std::vector<std::uint64_t> set(size(km_columns_words(d) + 1), 0);
            km_columns_put(set.data(), 0); // what is there stays
            for (double &x : c)
                if (values.below(3) == 0)
                    x = values.below(2) == 0 ? -0.0 : 0x1p-1074;
            table.kernels->columns(c.data(), d, set.data());
            for (std::int64_t p = 0; p < d; p++)
                EXPECT_EQ(set[size(p / 64)] >> p % 64 & 1, p == 0 || c[size(p)] != 0 ? 1u : 0u)
                    << table.name << " d " << d << " column " << p;
            EXPECT_EQ(set[size(km_columns_words(d))], 0u);
            km_columns_walk walk = {set.data(), km_columns_words(d), 0, 0};
            std::int64_t list[5], last = -1, found;
            while ((found = km_columns_next(&walk, list, 5)) > 0)
                for (std::int64_t q = 0; q < found; last = list[q++])
                    for (std::int64_t p = last + 1; p <= list[q]; p++)
                        EXPECT_EQ(set[size(p / 64)] >> p % 64 & 1, p == list[q] ? 1u : 0u);
        }
}

TEST(Centroid, MeansAreTheRoundedQuotients)
{
    for (const Table &table : centroid_tables()) {
        int settled = 0;
        for (std::uint64_t seed = 1; seed <= 400; seed++) {
            const std::int64_t d = 1 + static_cast<std::int64_t>(seed % 70);
            const Totals t(1, 1 + static_cast<std::int32_t>(seed % KM_MAX_LIMBS), d, seed);
            const km_weight_total weight = {t.count[0], nullptr, 0, 0};
            std::vector<double> mean(size(d), -1), wanted(size(d));
            km_digits_mean_wide(t.of(0), t.limbs, d, t.exponent.data(), &weight, wanted.data());
            if (!table.kernels->means(t.of(0), t.limbs, d, t.exponent.data(), km_weight_dd(&weight),
                                      0, mean.data()))
                continue;
            settled++;
            for (std::int64_t p = 0; p < d; p++) {
                EXPECT_EQ(mean[size(p)], wanted[size(p)]) << table.name << " seed " << seed;
                EXPECT_EQ(std::signbit(mean[size(p)]), std::signbit(wanted[size(p)]));
            }
        }
        EXPECT_GT(settled, 100) << table.name;
    }
}

// Where the quotient leaves the normal range nothing is claimed.
TEST(Centroid, MeansOutsideTheNormalRangeAreLeft)
{
    for (const Table &table : centroid_tables()) {
        const std::int64_t digits[2] = {12345, 0};
        const std::int32_t low = -1074, high = 1023;
        double mean;
        EXPECT_EQ(table.kernels->means(digits, 1, 1, &low, {3, 0}, 0, &mean), 0);
        EXPECT_EQ(table.kernels->means(digits, 1, 1, &high, {3, 0}, 0, &mean), 0);
    }
}

// A row against 1 .. 8 candidates: within the bound of the slot `near` of the real distances.
template <class R, class Near> void check_near(const char *name, Near near, std::int64_t d, int m)
{
    Values values(static_cast<std::uint64_t>(d * 10 + m));
    const std::int64_t chunk = KM_NEAR_CHUNK, ld = KM_PACKED_LD(d);
    std::vector<R> x(size(d)), c(size(m * d)), room(size(KM_NEAR_GROUP * ld + 64));
    auto *const packed =
        reinterpret_cast<R *>((reinterpret_cast<std::uintptr_t>(room.data()) + 63) / 64 * 64);
    for (auto &value : x)
        value = values.next<R>(Kind::Offset);
    for (std::int64_t q = 0; q < m; q++)
        for (std::int64_t p = 0; p < d; p++) {
            c[size(q * d + p)] = values.next<R>(q == 0 ? Kind::Mixed : Kind::Offset);
            packed[(p / chunk * KM_NEAR_GROUP + q) * chunk + p % chunk] = c[size(q * d + p)];
        }
    std::vector<R> d2(KM_NEAR_GROUP, R(-1));
    near(x.data(), packed, m, d, d2.data());
    for (std::int64_t q = 0; q < m; q++) {
        Wide wanted = 0;
        for (std::int64_t p = 0; p < d; p++) {
            const Wide t = Wide(x[size(p)]) - Wide(c[size(q * d + p)]);
            wanted += t * t;
        }
        const double error = double(d + 3) * double(std::numeric_limits<R>::epsilon()) / 2;
        EXPECT_NEAR(double(d2[size(q)]), double(wanted), error * double(wanted))
            << name << " d " << d << " candidate " << q << " of " << m;
    }
}

TEST(Centroid, NearStaysWithinItsBound)
{
    for (const Table &table : centroid_tables())
        for (const std::int64_t d : {1, 3, 15, 16, 17, 31, 32, 48, 100, 128})
            for (int m = 1; m <= KM_NEAR_GROUP; m++) {
                check_near<float>(table.name, table.kernels->near_f32, d, m);
                check_near<double>(table.name, table.kernels->near_f64, d, m);
            }
}

// Sets of candidates outside [least, most): what near gives for each row, wherever that lies.
template <class R, class Near, class Open>
void check_open(const char *name, Near near, Open open, std::int64_t d, int m)
{
    const std::int64_t places = 40, rows = 23, ldx = d + 3, ld = KM_PACKED_LD(d);
    Values values(static_cast<std::uint64_t>(d * 10 + m));
    std::vector<R> x(size(places * ldx)), room(size(KM_NEAR_GROUP * ld + 64)), least(size(rows));
    auto *const packed =
        reinterpret_cast<R *>((reinterpret_cast<std::uintptr_t>(room.data()) + 63) / 64 * 64);
    for (auto &value : x)
        value = values.next<R>(Kind::Offset);
    for (std::int64_t at = 0; at < KM_NEAR_GROUP * ld; at++)
        packed[at] = at / KM_NEAR_CHUNK % KM_NEAR_GROUP < m ? values.next<R>(Kind::Offset) : R(0);
    std::vector<std::int32_t> index(size(rows + KM_NEAR_AHEAD), 0);
    std::vector<std::uint8_t> found(size(rows), 0xff), wanted(size(rows), 0);
    std::vector<std::vector<R>> d2(size(rows), std::vector<R>(KM_NEAR_GROUP));
    for (std::int64_t i = 0; i < rows; i++) {
        index[size(i)] = static_cast<std::int32_t>((i * 7 + 3) % places);
        near(x.data() + index[size(i)] * ldx, packed, m, d, d2[size(i)].data());
        least[size(i)] = d2[size(i)][size(i % m)];
    }
    const R most = d2[0][0] * R(1.5);
    for (std::int64_t i = 0; i < rows; i++)
        for (int q = 0; q < m; q++) {
            const R value = d2[size(i)][size(q)];
            const bool inside = value >= least[size(i)] && value < most;
            wanted[size(i)] |= static_cast<std::uint8_t>(inside ? 0 : 1 << q);
        }
    open(x.data(), ldx, index.data(), rows, packed, m, d, least.data(), most, found.data());
    EXPECT_EQ(found, wanted) << name << " d " << d << " candidates " << m;
}

TEST(Centroid, OpenCandidatesAreThoseOutsideTheLimits)
{
    for (const Table &table : centroid_tables())
        for (const std::int64_t d : {1, 3, 15, 16, 17, 31, 32, 48, 100, 128})
            for (int m = 1; m <= KM_NEAR_GROUP; m++) {
                const km_centroid_kernels *const k = table.kernels;
                check_open<float>(table.name, k->near_f32, k->open_f32, d, m);
                check_open<double>(table.name, k->near_f64, k->open_f64, d, m);
            }
}

} // namespace
