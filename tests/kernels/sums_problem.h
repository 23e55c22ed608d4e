// A block of labelled, weighted rows, and what its fixed-point sums are, found by another way.
#pragma once

#include <algorithm>

#include "kernels/guarded.h"
#include "kernels/product.h"
#include "kernels/tables.h"

constexpr std::int64_t sums_dimensions[] = {0,  1,  2,  3,  4,  5,  7,   8,   9,  13,
                                            15, 16, 17, 31, 33, 40, 127, 128, 129};

inline double magic_of(int exponent) { return std::ldexp(1.5, 52 + exponent); }

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

inline Product exact_product(double a, double b)
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
        : Block(m_, d_, limbs, seed, m_ < 300 ? 2 : 0)
    {
    }

    // gap: columns between two rows.
    Block(std::int64_t m_, std::int64_t d_, int limbs, std::uint64_t seed, std::int64_t gap)
        : m(m_), d(d_), ldx(d_ + gap), k(5), grids{-30 - 51 * (limbs - 1), limbs},
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
