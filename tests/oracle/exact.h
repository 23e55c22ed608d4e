// Exact arithmetic for the tests, independent of the library's: a fixed-point sum of products
// of doubles that never rounds, the comparison of two squared distances, and the mean rounded once.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace oracle {

__extension__ typedef unsigned __int128 u128;

// sum of a_t * b_t, a and b any finite doubles: 32-bit limbs held in int64 with lazy carries, limb
// l weighs 2^(32 l - 2176). Products reach from 2^-2148 to 2^2048.
class ExactSum {
public:
    void add(double a) { add_product(a, 1.0); }

    void add_product(double a, double b)
    {
        if (a == 0 || b == 0)
            return;
        int ea = 0;
        int eb = 0;
        const int64_t ma = mantissa(a, &ea);
        const int64_t mb = mantissa(b, &eb);
        const bool negative = (ma < 0) != (mb < 0);
        const u128 m = static_cast<u128>(static_cast<uint64_t>(ma < 0 ? -ma : ma)) *
                       static_cast<uint64_t>(mb < 0 ? -mb : mb);
        const int at = ea + eb + 2176;
        add_bits(static_cast<uint64_t>(m), at, negative);
        add_bits(static_cast<uint64_t>(m >> 64), at + 64, negative);
        if (++pending_ > (1 << 28))
            carry();
    }

    void add_sum(const ExactSum &other)
    {
        ExactSum copy = other;
        copy.carry();
        carry();
        for (size_t l = 0; l < limb_.size(); l++)
            limb_[l] += copy.limb_[l];
        top_ += copy.top_;
        carry();
    }

    int sign()
    {
        carry();
        if (top_ < 0)
            return -1;
        for (const int64_t limb : limb_) {
            if (limb != 0)
                return 1;
        }
        return 0;
    }

    // Near the value, good to about 60 bits; only a starting point for the exact search.
    long double approx()
    {
        const bool negative = sign() < 0;
        ExactSum positive = *this;
        if (negative)
            positive.negate();
        long double value = 0;
        int taken = 0;
        for (int l = static_cast<int>(limb_.size()) - 1; l >= 0 && taken < 4; l--) {
            if (positive.limb_[l] == 0 && taken == 0)
                continue;
            value += std::ldexp(static_cast<long double>(positive.limb_[l]), 32 * l - 2176);
            taken++;
        }
        return negative ? -value : value;
    }

    // Doubles that add up to a non-negative sum exactly (all its bits must lie in double's range).
    std::vector<double> parts()
    {
        carry();
        std::vector<double> result;
        for (size_t l = 0; l < limb_.size(); l++) {
            if (limb_[l] == 0)
                continue;
            result.push_back(
                std::ldexp(static_cast<double>(limb_[l]), 32 * static_cast<int>(l) - 2176));
        }
        return result;
    }

    void negate()
    {
        carry();
        for (int64_t &limb : limb_)
            limb = -limb;
        top_ = -top_;
        carry();
    }

private:
    std::array<int64_t, 138> limb_{};
    int64_t top_ = 0;
    int pending_ = 0;

    static int64_t mantissa(double x, int *exponent)
    {
        uint64_t bits = 0;
        std::memcpy(&bits, &x, 8);
        const int field = static_cast<int>((bits >> 52) & 0x7ff);
        const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
        const uint64_t m = field == 0 ? fraction : fraction | (uint64_t{1} << 52);
        *exponent = (field == 0 ? 1 : field) - 1075;
        return (bits >> 63) != 0 ? -static_cast<int64_t>(m) : static_cast<int64_t>(m);
    }

    void add_bits(uint64_t v, int at, bool negative)
    {
        if (v == 0)
            return;
        const u128 shifted = static_cast<u128>(v) << (at % 32);
        const int64_t piece[3] = {static_cast<int64_t>(static_cast<uint32_t>(shifted)),
                                  static_cast<int64_t>(static_cast<uint32_t>(shifted >> 32)),
                                  static_cast<int64_t>(static_cast<uint32_t>(shifted >> 64))};
        for (int t = 0; t < 3; t++) {
            limb_[static_cast<size_t>(at / 32 + t)] += negative ? -piece[t] : piece[t];
        }
    }

    void carry()
    {
        int64_t over = 0;
        for (int64_t &limb : limb_) {
            const int64_t value = limb + over;
            limb = value & 0xffffffff;
            over = value >> 32;
        }
        top_ += over;
        pending_ = 0;
    }
};

// Sign of |x-a|^2 - |x-b|^2 = sum a^2 - b^2 - 2xa + 2xb, exact.
inline int compare_d2(const double *x, const double *a, const double *b, int64_t d)
{
    ExactSum sum;
    for (int64_t p = 0; p < d; p++) {
        if (a[p] == b[p])
            continue;
        sum.add_product(a[p], a[p]);
        sum.add_product(-b[p], b[p]);
        sum.add_product(-x[p], a[p]);
        sum.add_product(-x[p], a[p]);
        sum.add_product(x[p], b[p]);
        sum.add_product(x[p], b[p]);
    }
    return sum.sign();
}

// |x-c|^2 exactly.
inline ExactSum exact_d2(const double *x, const double *c, int64_t d)
{
    ExactSum sum;
    for (int64_t p = 0; p < d; p++) {
        sum.add_product(x[p], x[p]);
        sum.add_product(-x[p], c[p]);
        sum.add_product(-x[p], c[p]);
        sum.add_product(c[p], c[p]);
    }
    return sum;
}

// Sign of 2s - (a+b)*w, w given as doubles that add up to it.
inline int compare_middle(const ExactSum &s, const std::vector<double> &w, double a, double b)
{
    ExactSum r = s;
    r.add_sum(s);
    for (const double part : w) {
        r.add_product(-a, part);
        r.add_product(-b, part);
    }
    return r.sign();
}

inline bool is_odd(double x)
{
    uint64_t bits = 0;
    std::memcpy(&bits, &x, 8);
    return (bits & 1) != 0;
}

// s / w rounded once to the nearest double, ties to even. w > 0.
inline double exact_quotient(ExactSum s, ExactSum w)
{
    if (s.sign() == 0)
        return 0.0;
    const std::vector<double> parts = w.parts();
    double m = static_cast<double>(s.approx() / w.approx());
    for (;;) {
        const double up = std::nextafter(m, HUGE_VAL);
        const int above = compare_middle(s, parts, m, up);
        if (above > 0 || (above == 0 && is_odd(m))) {
            m = up;
            continue;
        }
        const double down = std::nextafter(m, -HUGE_VAL);
        const int below = compare_middle(s, parts, m, down);
        if (below < 0 || (below == 0 && is_odd(m))) {
            m = down;
            continue;
        }
        return m;
    }
}

inline bool same_bits(double a, double b)
{
    if (a == 0 && b == 0)
        return true; // the checksum, too, takes -0 as +0
    return std::memcmp(&a, &b, 8) == 0;
}

} // namespace oracle
