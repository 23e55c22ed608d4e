// What must hold of every result, checked against the exact oracle.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

#include "oracle/argmin.h"
#include "oracle/fit_run.h"
#include "oracle/lloyd.h"

namespace oracle {

// The checksum from its definition.
inline uint64_t finalise(uint64_t z)
{
    z ^= z >> 30;
    z *= 0xbf58476d1ce4e5b9u;
    z ^= z >> 27;
    z *= 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

inline std::string checksum(const std::vector<int32_t> &labels,
                            const std::vector<double> &centroids)
{
    uint64_t rows = 0;
    uint64_t values = 0;
    for (size_t i = 0; i < labels.size(); i++) {
        rows += finalise(finalise(i + 1) + static_cast<uint64_t>(static_cast<int64_t>(labels[i])));
    }
    for (size_t q = 0; q < centroids.size(); q++) {
        const double value = centroids[q] + 0.0; // -0 becomes +0
        uint64_t bits = 0;
        std::memcpy(&bits, &value, 8);
        values += finalise(finalise(q + 1) + bits);
    }
    char text[33];
    std::snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, rows, values);
    return text;
}

inline int64_t count_differences(const std::vector<int32_t> &a, const std::vector<int32_t> &b)
{
    int64_t count = a.size() == b.size() ? 0 : -1;
    for (size_t i = 0; i < a.size() && i < b.size(); i++)
        count += a[i] != b[i];
    return count;
}

// Every label is the exact argmin for the centroids that came with it.
inline void expect_exact_labels(const Outcome &out, const Matrix &x)
{
    ASSERT_GE(out.status, 0) << out.detail;
    const Argmin expected = exact_argmin(x, out.centroids, out.info.k);
    EXPECT_EQ(count_differences(out.labels, expected.labels), 0)
        << "n=" << x.n << " d=" << x.d << " k=" << out.info.k << " near ties "
        << expected.near_ties;
}

inline void expect_inertia(const Outcome &out, const Matrix &x, const std::vector<double> &weights)
{
    const long double expected = wide_inertia(x, weights, out.labels, out.centroids);
    EXPECT_GE(out.info.inertia, 0);
    if (expected != 0 && expected < 0x1p-1022L) { // no float64 is within 1e-13 down there
        EXPECT_LE(std::fabs(static_cast<long double>(out.info.inertia) - expected), 0x1p-1074L);
        return;
    }
    EXPECT_EQ(out.info.inertia == 0, expected == 0);
    EXPECT_LE(std::fabs(static_cast<long double>(out.info.inertia) - expected), 1e-13L * expected)
        << "inertia " << out.info.inertia << ", exactly " << static_cast<double>(expected);
}

// Labels, inertia, sizes, checksum and trace agree with each other and with the data.
inline void expect_consistent(const Outcome &out, const Matrix &x,
                              const std::vector<double> &weights = {})
{
    expect_exact_labels(out, x);
    if (out.status < 0)
        return;
    expect_inertia(out, x, weights);
    std::vector<int64_t> sizes(static_cast<size_t>(out.info.k));
    for (size_t i = 0; i < out.labels.size(); i++) {
        // Rows of weight 0 get a label and nothing else.
        const bool counts = out.labels[i] >= 0 && (weights.empty() || weights[i] > 0);
        if (counts)
            sizes[static_cast<size_t>(out.labels[i])]++;
    }
    EXPECT_EQ(out.sizes, sizes);
    EXPECT_EQ(out.checksum, checksum(out.labels, out.centroids));
    ASSERT_FALSE(out.trace.empty());
    EXPECT_EQ(out.trace.back().inertia, out.info.inertia);
    // Beyond four grids sums are rounded, and reported: such means need not lower the inertia.
    const bool rounded =
        std::find(out.warnings.begin(), out.warnings.end(), "rounded_sums") != out.warnings.end();
    for (size_t t = 1; t < out.trace.size() && !rounded; t++) {
        EXPECT_LE(out.trace[t].inertia, out.trace[t - 1].inertia * (1 + 2e-13)) << "pass " << t + 1;
    }
}

inline void expect_same_bits(const std::vector<double> &a, const std::vector<double> &b)
{
    ASSERT_EQ(a.size(), b.size());
    for (size_t q = 0; q < a.size(); q++) {
        ASSERT_TRUE(same_bits(a[q], b[q])) << "number " << q << ": " << a[q] << " " << b[q];
    }
}

// Everything promise 2 covers: labels, centroids, inertia, passes, result columns of the trace.
inline void expect_same_result(const Outcome &a, const Outcome &b)
{
    ASSERT_EQ(a.status, b.status) << a.detail << " / " << b.detail;
    EXPECT_EQ(a.checksum, b.checksum);
    EXPECT_TRUE(same_bits(a.info.inertia, b.info.inertia))
        << a.info.inertia << " " << b.info.inertia;
    EXPECT_EQ(a.info.iterations, b.info.iterations);
    EXPECT_EQ(a.stop_reason, b.stop_reason);
    EXPECT_EQ(a.info.empty_events, b.info.empty_events);
    ASSERT_EQ(a.trace.size(), b.trace.size());
    for (size_t t = 0; t < a.trace.size(); t++) {
        EXPECT_TRUE(same_bits(a.trace[t].inertia, b.trace[t].inertia)) << "pass " << t + 1;
        EXPECT_TRUE(same_bits(a.trace[t].inertia_updated, b.trace[t].inertia_updated)) << t + 1;
        EXPECT_EQ(a.trace[t].changed, b.trace[t].changed) << "pass " << t + 1;
        EXPECT_TRUE(same_bits(a.trace[t].shift_max, b.trace[t].shift_max)) << "pass " << t + 1;
        EXPECT_TRUE(same_bits(a.trace[t].shift_total, b.trace[t].shift_total)) << "pass " << t + 1;
        EXPECT_EQ(a.trace[t].empty, b.trace[t].empty) << "pass " << t + 1;
    }
}

// Labels of predict.
inline std::vector<int32_t> predict(const Matrix &x, const std::vector<double> &centroids,
                                    const std::string &isa = "", int threads = 1,
                                    std::vector<double> *distances = nullptr,
                                    double *inertia = nullptr)
{
    std::vector<int32_t> labels(static_cast<size_t>(x.n), -9);
    if (distances != nullptr)
        distances->assign(static_cast<size_t>(2 * x.n), -9.0);
    Request request;
    request.isa = isa;
    request.threads = threads;
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    int status = kmeans_context_create(nullptr, &context);
    if (status == 0)
        status = kmeans_options_create(context, &options);
    if (status == 0)
        status = apply_options(request, x.d, options);
    const kmeans_dense view = kmeans_dense_rows(x.data(), x.dtype, x.n, x.d);
    if (status == 0)
        status = kmeans_source_dense(context, &view, &source);
    if (status == 0) {
        status = kmeans_predict(context, options, source, centroids.data(),
                                static_cast<int64_t>(centroids.size()) / x.d, x.d, labels.data(),
                                distances == nullptr ? nullptr : distances->data(), inertia);
    }
    EXPECT_EQ(status, 0) << kmeans_detail(context);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return labels;
}

// predict on every usable table gives the exact argmin.
inline void expect_exact_predict(const Matrix &x, const std::vector<double> &centroids)
{
    const int64_t k = static_cast<int64_t>(centroids.size()) / x.d;
    const Argmin expected = exact_argmin(x, centroids, k);
    for (const std::string &isa : isas_for(products_of(x, k))) {
        EXPECT_EQ(count_differences(predict(x, centroids, isa), expected.labels), 0)
            << isa << " " << kmeans_dtype_name(x.dtype) << " n=" << x.n << " d=" << x.d
            << " k=" << k;
    }
}

// k rows that differ from each other, spread over the matrix.
inline std::vector<double> distinct_rows(const Matrix &x, int64_t k, uint64_t seed)
{
    Random random(seed);
    std::vector<double> start;
    std::vector<std::vector<double>> taken;
    for (int64_t tries = 0; static_cast<int64_t>(taken.size()) < k && tries < 1000 * k; tries++) {
        const int64_t i = random.below(x.n);
        const std::vector<double> row = x.row(i);
        if (x.row_has_nan(i) || std::find(taken.begin(), taken.end(), row) != taken.end())
            continue;
        taken.push_back(row);
        start.insert(start.end(), row.begin(), row.end());
    }
    return start;
}

} // namespace oracle
