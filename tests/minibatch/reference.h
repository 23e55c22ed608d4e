// Mini-batch k-means written plainly from include/kmeans/fit.h: exact labels, exact sums rounded
// once, and the update in float64. Of the library it uses the random numbers only.
#pragma once

#include "oracle/check.h"

extern "C" {
#include "services/permutation.h"
#include "services/random.h"
}

namespace minibatch {

using namespace oracle;

// Rows of a matrix in an order.
inline Matrix take_rows(const Matrix &x, const std::vector<int64_t> &rows)
{
    Matrix out(x.dtype, static_cast<int64_t>(rows.size()), x.d);
    const int64_t size = x.d * element_size(x.dtype);
    for (size_t i = 0; i < rows.size(); i++)
        std::memcpy(out.bytes.data() + static_cast<int64_t>(i) * size,
                    x.bytes.data() + rows[i] * size, static_cast<size_t>(size));
    return out;
}

// The rows of batch `number` of an epoch counted from 1.
inline std::vector<int64_t> batch_rows(int64_t n, uint64_t seed, uint32_t restart, uint32_t epoch,
                                       int64_t size, int64_t number)
{
    const km_permutation order = km_permutation_make(n, seed, restart, epoch);
    std::vector<int64_t> rows;
    for (int64_t at = number * size; at < (number + 1) * size && at < n; at++)
        rows.push_back(km_permutation_at(&order, at));
    return rows;
}

// The rows of batch b of epoch 1 times 2^(first + b step): all rows may need more bits than there
// are grids for, a batch does not.
inline Matrix scale_batches(Matrix x, int64_t size, int first, int step)
{
    for (int64_t b = 0; b * size < x.n; b++) {
        for (const int64_t row : batch_rows(x.n, 0, 0, 1, size, b)) {
            for (int64_t p = 0; p < x.d; p++)
                x.set(row, p, std::ldexp(x.at(row, p), first + static_cast<int>(b) * step));
        }
    }
    return x;
}

inline bool warns_of_rounding(const Outcome &out)
{
    return std::find(out.warnings.begin(), out.warnings.end(), "rounded_sums") !=
           out.warnings.end();
}

// The recipe of squared distances (kernels/kernels_real.h, slot d2).
inline double recipe_d2(const double *x, const double *c, int64_t d)
{
    volatile double lane[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int64_t p = 0; p < d; p++) {
        const volatile double t = x[p] - c[p];
        const volatile double square = t * t;
        lane[p % 8] = lane[p % 8] + square;
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

inline double rounded(const ExactSum &sum)
{
    ExactSum one;
    one.add(1);
    return exact_quotient(sum, one);
}

struct Reference {
    int64_t k;
    uint64_t seed = 0;
    uint32_t restart = 0;
    double ratio = 0.01;
    std::vector<double> c;
    std::vector<double> taken;
    int64_t batches = 0;
    int64_t rows_since = 0;
    int64_t placed = 0;          // of the last batch
    double inertia = 0;          // of the last batch
    double weight = 0;           // of the last batch
    std::vector<int32_t> labels; // of the last batch

    Reference(std::vector<double> start, int64_t clusters)
        : k(clusters), c(std::move(start)), taken(static_cast<size_t>(clusters))
    {
    }

    void step(const Matrix &x, const std::vector<double> &weights)
    {
        labels = exact_argmin(x, c, k).labels;
        const auto weight_of = [&](int64_t i) {
            return weights.empty() ? 1.0 : weights[static_cast<size_t>(i)];
        };
        std::vector<ExactSum> total(static_cast<size_t>(k));
        ExactSum all;
        ExactSum distances;
        int64_t rows = 0;
        for (int64_t i = 0; i < x.n; i++) {
            const int32_t j = labels[static_cast<size_t>(i)];
            if (j < 0 || weight_of(i) == 0)
                continue;
            rows++;
            total[static_cast<size_t>(j)].add(weight_of(i));
            all.add(weight_of(i));
            distances.add_product(weight_of(i),
                                  recipe_d2(x.row(i).data(), c.data() + j * x.d, x.d));
        }
        inertia = rounded(distances);
        weight = rounded(all);
        placed = 0;
        if (rows == 0)
            return;
        move(x, weight_of, total);
        place(x, weight_of, rows);
        batches++;
    }

private:
    template <class Weight>
    void move(const Matrix &x, const Weight &weight_of, std::vector<ExactSum> &total)
    {
        for (int64_t j = 0; j < k; j++) {
            if (total[static_cast<size_t>(j)].sign() == 0)
                continue;
            const double w = rounded(total[static_cast<size_t>(j)]);
            double &n = taken[static_cast<size_t>(j)];
            n = n + w;
            for (int64_t p = 0; p < x.d; p++) {
                ExactSum sum;
                for (int64_t i = 0; i < x.n; i++) {
                    if (labels[static_cast<size_t>(i)] == j)
                        sum.add_product(x.at(i, p), weight_of(i));
                }
                volatile double &value = c[static_cast<size_t>(j * x.d + p)];
                const volatile double product = w * value;
                const volatile double rest = rounded(sum) - product;
                const volatile double shift = rest / n;
                value = value + shift;
            }
        }
    }

    template <class Weight> void place(const Matrix &x, const Weight &weight_of, int64_t rows)
    {
        rows_since += rows;
        const bool unused = std::count(taken.begin(), taken.end(), 0.0) > 0;
        if (ratio <= 0 || (!unused && rows_since < 10 * k))
            return;
        rows_since = 0;
        const double limit = ratio * *std::max_element(taken.begin(), taken.end());
        std::vector<std::pair<double, int64_t>> starved;
        for (int64_t j = 0; j < k; j++) {
            if (taken[static_cast<size_t>(j)] < limit)
                starved.emplace_back(taken[static_cast<size_t>(j)], j);
        }
        std::sort(starved.begin(), starved.end());
        starved.resize(std::min<size_t>(starved.size(), static_cast<size_t>(rows / 2)));
        std::vector<bool> marked(static_cast<size_t>(k));
        for (const auto &entry : starved)
            marked[static_cast<size_t>(entry.second)] = true;
        double least = HUGE_VAL;
        for (int64_t j = 0; j < k; j++) {
            if (!marked[static_cast<size_t>(j)])
                least = std::min(least, taken[static_cast<size_t>(j)]);
        }
        const km_random stream = {seed, KM_RANDOM_STARVED, restart, static_cast<uint32_t>(batches)};
        std::vector<std::pair<uint64_t, int64_t>> keys;
        for (int64_t i = 0; i < x.n; i++) {
            if (labels[static_cast<size_t>(i)] >= 0 && weight_of(i) > 0)
                keys.emplace_back(km_random_bits(&stream, static_cast<uint64_t>(i)), i);
        }
        std::sort(keys.begin(), keys.end());
        for (int64_t j = 0; j < k; j++) {
            if (!marked[static_cast<size_t>(j)])
                continue;
            x.copy_row(keys[static_cast<size_t>(placed++)].second, c.data() + j * x.d);
            taken[static_cast<size_t>(j)] = least;
        }
    }
};

struct Epochs {
    std::vector<double> inertia; // of each epoch as the trace has it
    std::string reason;
    int64_t epochs = 0;
    int64_t batches = 0;
};

// A whole restart up to the final labels; most: epochs at most, 0: no limit.
inline Epochs run_epochs(const Matrix &x, const std::vector<double> &weights, int64_t size,
                         int64_t most, int64_t idle_limit, Reference *reference)
{
    Epochs out;
    ExactSum all;
    int64_t used = 0;
    for (int64_t i = 0; i < x.n; i++) {
        if (x.row_has_nan(i))
            continue;
        used++;
        all.add(weights.empty() ? 1.0 : weights[static_cast<size_t>(i)]);
    }
    size = std::min(size, x.n);
    const double a =
        std::min(1.0, 2.0 * static_cast<double>(size) / (static_cast<double>(used) + 1));
    volatile double smoothed = 0;
    double least = 0;
    int64_t idle = 0;
    while (out.reason.empty()) {
        ExactSum inertia;
        ExactSum visited;
        out.epochs++;
        for (int64_t b = 0; b * size < x.n && out.reason.empty(); b++) {
            const std::vector<int64_t> rows =
                batch_rows(x.n, reference->seed, reference->restart,
                           static_cast<uint32_t>(out.epochs), size, b);
            std::vector<double> w;
            for (const int64_t row : rows) {
                if (!weights.empty())
                    w.push_back(weights[static_cast<size_t>(row)]);
            }
            reference->step(take_rows(x, rows), w);
            if (reference->weight == 0)
                continue;
            inertia.add(reference->inertia);
            visited.add(reference->weight);
            if (++out.batches == 1)
                continue;
            const double value = reference->inertia / reference->weight;
            const volatile double old_part = smoothed * (1 - a);
            const volatile double new_part = value * a;
            smoothed = out.batches == 2 ? value : old_part + new_part;
            const bool better = out.batches == 2 || smoothed < least;
            least = better ? static_cast<double>(smoothed) : least;
            idle = better ? 0 : idle + 1;
            if (idle_limit > 0 && idle >= idle_limit)
                out.reason = "no_improvement";
        }
        const double sum = rounded(inertia);
        const double weight = rounded(visited);
        const double total = rounded(all);
        out.inertia.push_back(weight < total ? sum * (total / weight) : sum);
        if (out.reason.empty() && most > 0 && out.epochs >= most)
            out.reason = "max_iterations";
    }
    return out;
}

} // namespace minibatch
