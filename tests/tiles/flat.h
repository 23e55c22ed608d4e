// Rows for the screen on leading principal axes.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tiles/tiles.h"

namespace oracle {

// Rows near a few directions, each of less weight than the one before, and noise.
inline Matrix make_flat(int dtype, int64_t n, int64_t d, int64_t directions, double noise,
                        uint64_t seed)
{
    Matrix x(dtype, n, d);
    Random random(seed);
    std::vector<double> axis(static_cast<size_t>(directions * d));
    for (double &value : axis)
        value = random.bell();
    for (int64_t i = 0; i < n; i++) {
        std::vector<double> row(static_cast<size_t>(d));
        for (double &value : row)
            value = 120 + noise * random.bell();
        for (int64_t q = 0; q < directions; q++) {
            const double at = 20 * random.bell() / static_cast<double>(q + 1);
            for (int64_t p = 0; p < d; p++)
                row[static_cast<size_t>(p)] += at * axis[static_cast<size_t>(q * d + p)];
        }
        for (int64_t p = 0; p < d; p++)
            x.set(i, p, std::min(std::max(row[static_cast<size_t>(p)], 0.0), 255.0));
    }
    return x;
}

inline Request random_start(const Matrix &x, int64_t k)
{
    Request request(x, k);
    request.set("init", "random").set("seed", "3");
    return request;
}

inline std::vector<std::string> isas_without_tiles()
{
    std::vector<std::string> names;
    for (const std::string &isa : usable_isas())
        if (isa == "scalar" || isa == "neon")
            names.push_back(isa);
    return names;
}

} // namespace oracle
