// A call of kmeans_measure, and the measures by their definitions in long double.
#pragma once

#include <gtest/gtest.h>

#include <cmath>

#include "oracle/fit_run.h"

namespace measures {

using namespace oracle;

struct Asked {
    std::vector<int32_t> labels;
    int64_t k = 0;
    unsigned wanted = KMEANS_MEASURE_ALL;
    int64_t sample = 0;
};

struct Measured {
    int status = 0;
    std::string detail;
    kmeans_measures found = {};
};

// Opens what a request describes and calls call(context, options, source).
template <class Call> int with_source(const Request &request, std::string *detail, const Call &call)
{
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    int status = kmeans_context_create(request.allocator, &context);
    if (status == 0)
        status = kmeans_options_create(context, &options);
    if (status == 0 && request.open) {
        status = request.open(context, &source);
    } else if (status == 0) {
        const kmeans_dense view =
            kmeans_dense_rows(request.x->data(), request.x->dtype, request.x->n, request.x->d);
        status = kmeans_source_dense(context, &view, &source);
    }
    if (status == 0)
        status = apply_options(request, 1, options);
    if (status == 0 && !request.weights.empty())
        status = kmeans_source_set_weights(source, request.weights.data());
    Request copy = request;
    if (request.progress)
        kmeans_context_set_progress(context, call_progress, &copy.progress);
    if (status == 0)
        status = call(context, options, source);
    *detail = kmeans_detail(context);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return status;
}

inline Measured measure(const Request &request, const Asked &asked)
{
    Measured out;
    out.found.size = sizeof out.found;
    out.status = with_source(
        request, &out.detail,
        [&](kmeans_context *context, const kmeans_options *options, kmeans_source *source) {
            return kmeans_measure(context, options, source, asked.labels.data(), asked.k,
                                  asked.wanted, asked.sample, &out.found);
        });
    return out;
}

// The five numbers, in the order of the header.
inline std::vector<double> values(const kmeans_measures &found)
{
    return {found.inertia, found.calinski_harabasz, found.davies_bouldin, found.silhouette,
            found.silhouette_simplified};
}

// Their bits: NaN equals NaN.
inline std::vector<uint64_t> bits(const kmeans_measures &found)
{
    std::vector<uint64_t> all;
    for (const double value : values(found)) {
        uint64_t word = 0;
        std::memcpy(&word, &value, sizeof word);
        all.push_back(value == value ? word : 1);
    }
    return all;
}

using Real = long double;
using Rows = std::vector<std::vector<Real>>;

inline Real distance(const std::vector<Real> &a, const std::vector<Real> &b)
{
    Real sum = 0;
    for (size_t p = 0; p < a.size(); p++)
        sum += (a[p] - b[p]) * (a[p] - b[p]);
    return std::sqrt(sum);
}

// By the definitions in measures.h, for labels >= 0 that leave no cluster of 0 .. k-1 empty.
struct Reference {
    Rows x, means;
    std::vector<int32_t> label;
    std::vector<Real> size;
    Real n;

    Reference(const Matrix &matrix, const std::vector<int32_t> &labels, int64_t k)
        : label(labels), size(static_cast<size_t>(k)), n(static_cast<Real>(matrix.n))
    {
        for (int64_t i = 0; i < matrix.n; i++) {
            const std::vector<double> row = matrix.row(i);
            x.emplace_back(row.begin(), row.end());
        }
        for (int64_t j = 0; j < k; j++)
            means.push_back(mean([&](size_t i) { return label[i] == j; }));
        for (const int32_t j : label)
            size[static_cast<size_t>(j)]++;
    }

    template <class Picks> std::vector<Real> mean(const Picks &picks) const
    {
        std::vector<Real> sum(x[0].size());
        Real count = 0;
        for (size_t i = 0; i < x.size(); i++) {
            if (!picks(i))
                continue;
            count++;
            for (size_t p = 0; p < sum.size(); p++)
                sum[p] += x[i][p];
        }
        for (Real &value : sum)
            value = static_cast<double>(value / count); // rounded once, as the header says
        return sum;
    }

    size_t own(size_t i) const { return static_cast<size_t>(label[i]); }

    Real inertia() const
    {
        Real sum = 0;
        for (size_t i = 0; i < x.size(); i++)
            sum += distance(x[i], means[own(i)]) * distance(x[i], means[own(i)]);
        return sum;
    }

    Real calinski_harabasz() const
    {
        const std::vector<Real> middle = mean([](size_t) { return true; });
        const Real k = static_cast<Real>(means.size());
        Real between = 0;
        for (size_t j = 0; j < means.size(); j++)
            between += size[j] * distance(means[j], middle) * distance(means[j], middle);
        return between / (k - 1) / (inertia() / (n - k));
    }

    Real davies_bouldin() const
    {
        std::vector<Real> spread(means.size());
        Real sum = 0;
        for (size_t i = 0; i < x.size(); i++)
            spread[own(i)] += distance(x[i], means[own(i)]) / size[own(i)];
        for (size_t j = 0; j < means.size(); j++) {
            Real worst = 0;
            for (size_t l = 0; l < means.size(); l++) {
                const Real apart = distance(means[j], means[l]);
                if (l != j && apart > 0)
                    worst = std::max(worst, (spread[j] + spread[l]) / apart);
            }
            sum += worst;
        }
        return sum / static_cast<Real>(means.size());
    }

    // s_i from the distances to all clusters.
    Real score(size_t i, Real a, const std::vector<Real> &to) const
    {
        Real b = INFINITY;
        for (size_t j = 0; j < to.size(); j++)
            b = j != own(i) ? std::min(b, to[j]) : b;
        const Real larger = std::max(a, b);
        return size[own(i)] > 1 && larger > 0 ? (b - a) / larger : 0;
    }

    Real silhouette() const
    {
        Real sum = 0;
        for (size_t i = 0; i < x.size(); i++) {
            std::vector<Real> to(means.size());
            for (size_t q = 0; q < x.size(); q++)
                to[own(q)] += distance(x[i], x[q]);
            const Real a = to[own(i)] / (size[own(i)] - 1);
            for (size_t j = 0; j < to.size(); j++)
                to[j] /= size[j];
            sum += score(i, a, to);
        }
        return sum / n;
    }

    Real silhouette_simplified() const
    {
        Real sum = 0;
        for (size_t i = 0; i < x.size(); i++) {
            std::vector<Real> to;
            for (const std::vector<Real> &c : means)
                to.push_back(distance(x[i], c));
            sum += score(i, to[own(i)], to);
        }
        return sum / n;
    }

    std::vector<double> values() const
    {
        std::vector<double> all;
        for (const Real value : {inertia(), calinski_harabasz(), davies_bouldin(), silhouette(),
                                 silhouette_simplified()})
            all.push_back(static_cast<double>(value));
        return all;
    }
};

inline void expect_near(const std::vector<double> &found, const std::vector<double> &expected,
                        double relative, const std::string &what)
{
    static const char *const names[] = {"inertia", "calinski_harabasz", "davies_bouldin",
                                        "silhouette", "silhouette_simplified"};
    for (size_t q = 0; q < expected.size(); q++) {
        EXPECT_NEAR(found[q], expected[q], relative * std::fabs(expected[q]))
            << what << ": " << names[q];
    }
}

inline std::vector<int32_t> random_labels(int64_t n, int64_t k, uint64_t seed)
{
    Random random(seed);
    std::vector<int32_t> labels;
    for (int64_t i = 0; i < n; i++)
        labels.push_back(static_cast<int32_t>(i < k ? i : random.below(k)));
    return labels;
}

// Labels of a fit: clusters that lie apart.
inline std::vector<int32_t> fitted_labels(const Matrix &x, int64_t k)
{
    const Outcome out = run(Request(x, k));
    EXPECT_GE(out.status, 0) << out.detail;
    return out.labels;
}

} // namespace measures
