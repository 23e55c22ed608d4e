// Lloyd's iteration in exact arithmetic, written from the definition alone: labels are the exact
// argmin, centroids the exact mean rounded once, empty clusters by the published rule.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "oracle/argmin.h"

namespace oracle {

// The mean of every cluster, exact and rounded once; clusters without weight keep `before`.
inline std::vector<double> exact_means(const Matrix &x, const std::vector<double> &weights,
                                       const std::vector<int32_t> &labels, int64_t k,
                                       const std::vector<double> &before)
{
    std::vector<double> means = before;
    std::vector<ExactSum> total(static_cast<size_t>(k));
    const auto weight = [&](int64_t i) {
        return weights.empty() ? 1.0 : weights[static_cast<size_t>(i)];
    };
    for (int64_t i = 0; i < x.n; i++) {
        const int32_t j = labels[static_cast<size_t>(i)];
        if (j >= 0)
            total[static_cast<size_t>(j)].add(weight(i));
    }
    for (int64_t p = 0; p < x.d; p++) {
        std::vector<ExactSum> sums(static_cast<size_t>(k));
        for (int64_t i = 0; i < x.n; i++) {
            const int32_t j = labels[static_cast<size_t>(i)];
            if (j >= 0)
                sums[static_cast<size_t>(j)].add_product(x.at(i, p), weight(i));
        }
        for (int64_t j = 0; j < k; j++) {
            if (total[static_cast<size_t>(j)].sign() == 0)
                continue;
            means[static_cast<size_t>(j * x.d + p)] =
                exact_quotient(sums[static_cast<size_t>(j)], total[static_cast<size_t>(j)]);
        }
    }
    return means;
}

// |x_i - c|^2 to about 2^-60 relative.
inline long double wide_d2(const double *x, const double *c, int64_t d)
{
    long double sum = 0;
    for (int64_t p = 0; p < d; p++) {
        const long double t = static_cast<long double>(x[p]) - c[p];
        sum += t * t;
    }
    return sum;
}

// sum_i w_i |x_i - c_label|^2 in long double with a compensated sum over the rows.
inline long double wide_inertia(const Matrix &x, const std::vector<double> &weights,
                                const std::vector<int32_t> &labels,
                                const std::vector<double> &centroids)
{
    long double sum = 0;
    long double lost = 0;
    std::vector<double> row(static_cast<size_t>(x.d));
    for (int64_t i = 0; i < x.n; i++) {
        const int32_t j = labels[static_cast<size_t>(i)];
        if (j < 0)
            continue;
        x.copy_row(i, row.data());
        long double term = wide_d2(row.data(), centroids.data() + j * x.d, x.d);
        if (!weights.empty())
            term *= weights[static_cast<size_t>(i)];
        const long double next = sum + term;
        lost += sum >= term ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return sum + lost;
}

struct Lloyd {
    std::vector<int32_t> labels; // for the returned centroids
    std::vector<double> centroids;
    int64_t iterations = 0;
    bool fixpoint = false;
    int64_t empty_events = 0;
    std::vector<int64_t> changed; // per pass
};

// Rows that fill the empty clusters, in the order of the clusters: weight > 0, D > 0, the row's
// cluster keeps another row of weight > 0, values all different, by (largest D, lowest row).
inline std::vector<int64_t> pick_rows(const Matrix &x, const std::vector<double> &weights,
                                      const std::vector<int32_t> &labels,
                                      const std::vector<double> &centroids, int64_t count)
{
    const auto weight = [&](int64_t i) {
        return weights.empty() ? 1.0 : weights[static_cast<size_t>(i)];
    };
    std::vector<double> far(static_cast<size_t>(x.n)); // D is the nearest float64
    std::vector<int64_t> rows_in(centroids.size() / static_cast<size_t>(x.d));
    for (int64_t i = 0; i < x.n; i++) {
        const int32_t j = labels[static_cast<size_t>(i)];
        if (j < 0 || weight(i) == 0)
            continue;
        rows_in[static_cast<size_t>(j)]++;
        far[static_cast<size_t>(i)] =
            static_cast<double>(wide_d2(x.row(i).data(), centroids.data() + j * x.d, x.d));
    }
    std::vector<int64_t> order(static_cast<size_t>(x.n));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        return far[static_cast<size_t>(a)] > far[static_cast<size_t>(b)];
    });
    std::vector<int64_t> taken;
    for (const int64_t i : order) {
        if (static_cast<int64_t>(taken.size()) == count)
            break;
        if (far[static_cast<size_t>(i)] == 0)
            break;
        int64_t &left = rows_in[static_cast<size_t>(labels[static_cast<size_t>(i)])];
        const bool repeated = std::any_of(taken.begin(), taken.end(),
                                          [&](int64_t t) { return x.row(t) == x.row(i); });
        if (left < 2 || repeated)
            continue;
        left--;
        taken.push_back(i);
    }
    return taken;
}

// The centroids after one pass with these labels, empty clusters relocated.
inline std::vector<double> update(const Matrix &x, const std::vector<double> &weights,
                                  const std::vector<int32_t> &labels, int64_t k,
                                  const std::vector<double> &before, int64_t *empty_events)
{
    std::vector<double> total(static_cast<size_t>(k));
    for (int64_t i = 0; i < x.n; i++) {
        const int32_t j = labels[static_cast<size_t>(i)];
        if (j < 0)
            continue;
        total[static_cast<size_t>(j)] += weights.empty() ? 1.0 : weights[static_cast<size_t>(i)];
    }
    std::vector<int32_t> moved = labels;
    const int64_t empty = std::count(total.begin(), total.end(), 0.0);
    *empty_events += empty;
    if (empty > 0) {
        const std::vector<int64_t> rows = pick_rows(x, weights, labels, before, empty);
        size_t e = 0;
        for (int64_t j = 0; j < k && e < rows.size(); j++) {
            if (total[static_cast<size_t>(j)] != 0)
                continue;
            moved[static_cast<size_t>(rows[e++])] = static_cast<int32_t>(j);
        }
    }
    return exact_means(x, weights, moved, k, before);
}

// `passes` passes, or with 0 until the fixpoint.
inline Lloyd lloyd(const Matrix &x, const std::vector<double> &weights,
                   const std::vector<double> &start, int64_t k, int64_t passes)
{
    Lloyd state;
    state.centroids = start;
    std::vector<int32_t> before;
    while (passes == 0 ? !state.fixpoint : state.iterations < passes) {
        state.labels = exact_argmin(x, state.centroids, k).labels;
        int64_t changed = 0;
        for (size_t i = 0; i < state.labels.size(); i++) {
            changed += before.empty() || before[i] != state.labels[i];
        }
        state.changed.push_back(changed);
        before = state.labels;
        const std::vector<double> next =
            update(x, weights, state.labels, k, state.centroids, &state.empty_events);
        state.fixpoint = std::equal(next.begin(), next.end(), state.centroids.begin(), same_bits);
        state.centroids = next;
        state.iterations++;
    }
    state.labels = exact_argmin(x, state.centroids, k).labels;
    return state;
}

} // namespace oracle
