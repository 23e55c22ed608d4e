// Means and terms of the inertia: the bits of the functions they stand for, on every table.
#include "centroid_tables.h"

#include <gtest/gtest.h>

extern "C" {
#include "kernels/columns.h"
#include "kernels/exact/dd.h"
}

namespace {

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

} // namespace
