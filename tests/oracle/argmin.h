// The exact nearest centroid of every row: float64 with an error bound, and exact integers for
// every row where the bound leaves more than one centroid.
#pragma once

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include "oracle/exact.h"
#include "oracle/matrix.h"

namespace oracle {

struct Argmin {
    std::vector<int32_t> labels; // -1 for rows with NaN
    int64_t near_ties = 0;       // rows that needed exact arithmetic
};

class Labeler {
public:
    Labeler(const std::vector<double> &centroids, int64_t k, int64_t d)
        : c_(centroids), k_(k), d_(d), ld_((k + 7) / 8 * 8),
          transposed_(static_cast<size_t>(ld_ * d)), first_(static_cast<size_t>(k))
    {
        for (int64_t j = 0; j < k; j++) {
            for (int64_t p = 0; p < d; p++)
                transposed_[index(p, j)] = at(j)[p];
            int64_t same = 0;
            while (!std::equal(at(same), at(same) + d, at(j)))
                same++;
            first_[static_cast<size_t>(j)] = same;
        }
    }

    // Label of one row; *exact is raised when the float64 bound did not decide. scratch: ld().
    int32_t label(const double *x, double *scratch, int64_t *exact) const
    {
        distances(x, scratch);
        const double smallest = *std::min_element(scratch, scratch + k_);
        // Every computed d2 is within a factor (1 +- u)^(d+2) of the real one, plus 2^-1075 for
        // each square that underflowed.
        const double slack = static_cast<double>(d_ + 4);
        double limit = smallest * (1.0 + slack * 0x1p-51) + slack * 0x1p-1072;
        if (!(smallest <= 0x1p1000))
            limit = HUGE_VAL;
        int64_t best = -1;
        bool tie = false;
        for (int64_t j = 0; j < k_; j++) {
            if (scratch[j] > limit || first_[static_cast<size_t>(j)] != j)
                continue;
            if (best < 0) {
                best = j;
                continue;
            }
            tie = true;
            if (compare_d2(x, at(j), at(best), d_) < 0)
                best = j;
        }
        if (tie)
            ++*exact;
        return static_cast<int32_t>(best);
    }

    int64_t ld() const { return ld_; }

private:
    const std::vector<double> &c_;
    int64_t k_;
    int64_t d_;
    int64_t ld_;
    std::vector<double> transposed_; // [p][j], so that the loop over j needs no reduction
    std::vector<int64_t> first_;     // the lowest index with the same centroid

    const double *at(int64_t j) const { return c_.data() + j * d_; }
    size_t index(int64_t p, int64_t j) const { return static_cast<size_t>(p * ld_ + j); }

    void distances(const double *x, double *out) const
    {
        for (int64_t j0 = 0; j0 < ld_; j0 += 8) {
            double sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
            const double *c = transposed_.data() + j0;
            for (int64_t p = 0; p < d_; p++, c += ld_) {
                for (int t = 0; t < 8; t++)
                    sum[t] += (x[p] - c[t]) * (x[p] - c[t]);
            }
            for (int t = 0; t < 8; t++)
                out[j0 + t] = sum[t];
        }
    }
};

inline Argmin exact_argmin(const Matrix &x, const std::vector<double> &centroids, int64_t k)
{
    const Labeler labeler(centroids, k, x.d);
    Argmin result;
    result.labels.assign(static_cast<size_t>(x.n), -1);
    const int threads = x.n * k * x.d > 2000000 ? 2 : 1;
    std::vector<int64_t> exact(static_cast<size_t>(threads));
    const auto work = [&](int t) {
        std::vector<double> row(static_cast<size_t>(x.d));
        std::vector<double> scratch(static_cast<size_t>(labeler.ld()));
        for (int64_t i = x.n * t / threads; i < x.n * (t + 1) / threads; i++) {
            x.copy_row(i, row.data());
            const bool nan = std::any_of(row.begin(), row.end(), [](double v) { return v != v; });
            if (nan)
                continue;
            result.labels[static_cast<size_t>(i)] =
                labeler.label(row.data(), scratch.data(), &exact[static_cast<size_t>(t)]);
        }
    };
    std::vector<std::thread> pool;
    for (int t = 1; t < threads; t++)
        pool.emplace_back(work, t);
    work(0);
    for (std::thread &thread : pool)
        thread.join();
    for (const int64_t count : exact)
        result.near_ties += count;
    return result;
}

} // namespace oracle
