// Doubles that are hard on exact arithmetic: any exponent, few or many significant bits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

class RandomDoubles {
public:
    explicit RandomDoubles(uint64_t seed) : bits_(seed) {}

    // 0 <= result < n.
    int64_t below(int64_t n) { return static_cast<int64_t>(bits_() % static_cast<uint64_t>(n)); }

    // Magnitude in [2^lowest, 2^(highest + 1)), or now and then 0; random number of significant
    // bits, often runs of ones or zeros.
    double next(int lowest, int highest)
    {
        if (below(40) == 0)
            return 0.0;
        uint64_t fraction = bits_() >> 12;
        const int64_t kept = below(54);
        switch (below(3)) {
        case 0: fraction = fraction >> kept << kept; break;
        case 1: fraction = (uint64_t{1} << std::min<int64_t>(kept, 52)) - 1; break;
        default: break;
        }
        const double m = 1.0 + std::ldexp(static_cast<double>(fraction), -52);
        const int e = lowest + static_cast<int>(below(highest - lowest + 1));
        return std::ldexp(below(2) ? m : -m, e);
    }

    double uniform() { return std::ldexp(static_cast<double>(bits_() >> 11), -53); }

    std::vector<double> row(int64_t d, int lowest, int highest)
    {
        std::vector<double> x(static_cast<size_t>(d));
        for (double &v : x)
            v = next(lowest, highest);
        return x;
    }

private:
    std::mt19937_64 bits_;
};
