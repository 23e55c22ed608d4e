// Checks on every table with tiles.
#pragma once

#include <string>
#include <vector>

#include "oracle/check.h"

namespace oracle {

// The tables with tiles, and one without.
inline std::vector<std::string> tile_isas() { return isas_with_emulation(); }

// Distances that a fit did without.
inline int64_t avoided(const Outcome &out)
{
    int64_t sum = 0;
    for (const kmeans_trace_row &row : out.trace)
        sum += row.distances_avoided;
    return sum;
}

inline void expect_exact(const Matrix &x, const std::vector<double> &c)
{
    const int64_t k = static_cast<int64_t>(c.size()) / x.d;
    const Argmin expected = exact_argmin(x, c, k);
    for (const std::string &isa : tile_isas()) {
        EXPECT_EQ(count_differences(predict(x, c, isa), expected.labels), 0)
            << isa << " " << kmeans_dtype_name(x.dtype) << " n=" << x.n << " d=" << x.d
            << " k=" << k << " near ties " << expected.near_ties;
    }
    if (k > x.n)
        return;
    Request request(x, c); // bytes of seven bits are for rows that have a centroid only
    request.set("iterations", 1).set("empty", "keep");
    request.isa = "scalar";
    const Outcome plain = run(request);
    expect_exact_labels(plain, x);
    for (const std::string &isa : tile_isas()) {
        SCOPED_TRACE(isa);
        request.isa = isa;
        expect_same_result(plain, run(request));
    }
}

// Fits with every number of passes, so that each pass is checked; all tables return the same bits.
inline void expect_exact_fits(Request request, std::initializer_list<int64_t> passes,
                              const std::vector<std::string> &isas = tile_isas())
{
    const Request plain = request;
    for (const int64_t count : passes) {
        request = plain;
        request.set("iterations", count);
        Outcome first;
        for (const std::string &isa : isas) {
            SCOPED_TRACE(isa + ", passes " + std::to_string(count));
            request.isa = isa;
            const Outcome out = run(request);
            expect_exact_labels(out, *request.x);
            if (first.labels.empty())
                first = out;
            expect_same_result(first, out);
        }
    }
}

} // namespace oracle
