// add_rows and add_rows_weighted of kernels_real.h, word by word, for one cluster, and what the
// digits it ends in stand for. The column statistics are taken here as well.
#pragma once

#include "big.h"

#include "kernels/exact/digits.h"
#include "kernels/exact/grid.h"
#include "kernels/exact/ieee.h"

#include <cmath>
#include <cstdint>
#include <vector>

// Largest magnitude and lowest set bit of some values.
struct Statistics {
    double max_abs = 0;
    double low_bit = HUGE_VAL;

    void see(double x)
    {
        if (x == 0)
            return;
        max_abs = std::fmax(max_abs, std::fabs(x));
        int e;
        auto m = static_cast<int64_t>(std::ldexp(std::frexp(x, &e), 53));
        for (e -= 53; m % 2 == 0; m /= 2)
            e++;
        low_bit = std::fmin(low_bit, std::ldexp(1.0, e));
    }
};

struct FixedPoint {
    int64_t d;
    int32_t limbs;
    int64_t rounded = 0;
    std::vector<int32_t> exponent;
    std::vector<double> magic;
    std::vector<uint64_t> acc;
    std::vector<int64_t> digits;
    int64_t patterns = 0; // net
    int64_t taken = 0;    // since the last flush

    FixedPoint(const std::vector<Statistics> &columns, Statistics weight = {1.0, 1.0})
        : d(static_cast<int64_t>(columns.size())), exponent(columns.size())
    {
        std::vector<double> max_abs, low_bit;
        for (const Statistics &s : columns) {
            max_abs.push_back(s.max_abs);
            low_bit.push_back(s.low_bit);
        }
        limbs = km_choose_grids(max_abs.data(), low_bit.data(), d, weight.max_abs, weight.low_bit,
                                exponent.data(), &rounded);
        magic.resize(static_cast<size_t>(limbs * d));
        km_fill_magic(exponent.data(), d, limbs, magic.data());
        acc.assign(static_cast<size_t>(limbs * d), 0);
        digits.assign(static_cast<size_t>((limbs + 1) * d), 0);
    }

    void split(double v, int64_t p, bool subtract)
    {
        for (int32_t l = limbs - 1; l >= 0; l--) {
            const size_t at = static_cast<size_t>(l * d + p);
            const double t = v + magic[at];
            acc[at] += subtract ? -km_bits(t) : km_bits(t);
            v -= t - magic[at];
        }
    }

    void count(int64_t added, bool subtract)
    {
        patterns += subtract ? -added : added;
        taken += added;
    }

    void add_row(const double *x, bool subtract = false)
    {
        for (int64_t p = 0; p < d; p++)
            split(x[p], p, subtract);
        count(1, subtract);
    }

    void add_row_weighted(const double *x, double w, bool subtract = false)
    {
        for (int64_t p = 0; p < d; p++) {
            const double h = w * x[p];
            split(h, p, subtract);
            split(std::fma(w, x[p], -h), p, subtract);
        }
        count(2, subtract);
    }

    bool is_due() const { return taken + 2 > KM_FLUSH_PATTERNS; }

    void flush()
    {
        km_digits_flush(digits.data(), acc.data(), patterns, magic.data(), limbs, d);
        acc.assign(acc.size(), 0);
        patterns = 0;
        taken = 0;
    }

    exact::Number total(int64_t p) const
    {
        exact::Number sum;
        for (int32_t l = 0; l <= limbs; l++)
            sum = sum + exact::Number::integer(digits[static_cast<size_t>(l * d + p)])
                            .scaled(exponent[static_cast<size_t>(p)] + KM_LIMB_BITS * l);
        return sum;
    }

    bool is_normal() const
    {
        for (int64_t i = 0; i < limbs * d; i++)
            if (digits[static_cast<size_t>(i)] >> KM_LIMB_BITS != 0)
                return false;
        return true;
    }
};
