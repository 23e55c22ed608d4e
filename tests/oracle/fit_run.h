// One fit through the public interface, everything it returned copied into plain C++ values.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <kmeans/kmeans.h>

#include "oracle/matrix.h"

namespace oracle {

using Options = std::vector<std::pair<std::string, std::string>>;
using OpenSource = std::function<int(kmeans_context *, kmeans_source **)>;

struct Request {
    const Matrix *x = nullptr; // rows in memory, row-major, or
    OpenSource open;           // any other source
    Options options;
    std::vector<double> centroids; // given centroids, k x d, or
    std::vector<int32_t> labels;   // given labels
    std::vector<double> weights;
    std::function<int(const kmeans_progress &)> progress;
    const kmeans_allocator *allocator = nullptr;
    std::string isa; // empty = auto
    int threads = 1;

    Request() = default;
    Request(const Matrix &matrix, int64_t k) : x(&matrix) { set("k", std::to_string(k)); }
    // Start from given centroids.
    Request(const Matrix &matrix, std::vector<double> start)
        : x(&matrix), centroids(std::move(start))
    {
    }

    Request &set(const std::string &name, const std::string &value)
    {
        options.emplace_back(name, value);
        return *this;
    }
    Request &set(const std::string &name, int64_t value)
    {
        return set(name, std::to_string(value));
    }
};

struct Outcome {
    int status = 0;
    std::string detail;
    kmeans_result_info info = {};
    std::string stop_reason;
    std::string isa;
    std::vector<int32_t> labels;
    std::vector<double> centroids;
    std::vector<int64_t> sizes;
    std::vector<double> weights;
    std::vector<double> distances;
    std::vector<double> cluster_inertia;
    std::vector<kmeans_trace_row> trace;
    std::vector<kmeans_restart_row> restarts;
    std::vector<std::string> warnings; // codes
    std::string checksum;
};

template <class T> std::vector<T> copy_of(const T *from, int64_t count)
{
    return from == nullptr ? std::vector<T>() : std::vector<T>(from, from + count);
}

inline int call_progress(void *user, const kmeans_progress *progress)
{
    return (*static_cast<std::function<int(const kmeans_progress &)> *>(user))(*progress);
}

inline void copy_result(const kmeans_result *result, Outcome *out)
{
    out->info.size = sizeof out->info;
    kmeans_result_get_info(result, &out->info);
    const int64_t n = out->info.n;
    const int64_t k = out->info.k;
    out->stop_reason = out->info.stop_reason;
    out->isa = out->info.isa;
    out->labels = copy_of(kmeans_result_labels(result), n);
    out->centroids = copy_of(kmeans_result_centroids(result), k * out->info.d);
    out->sizes = copy_of(kmeans_result_sizes(result), k);
    out->weights = copy_of(kmeans_result_weights(result), k);
    out->distances = copy_of(kmeans_result_distances(result), 2 * n);
    out->cluster_inertia = copy_of(kmeans_result_cluster_inertia(result), k);
    int64_t count = 0;
    const kmeans_trace_row *const trace = kmeans_result_trace(result, &count);
    out->trace = copy_of(trace, count);
    const kmeans_restart_row *const restarts = kmeans_result_restarts(result, &count);
    out->restarts = copy_of(restarts, count);
    const char *code = nullptr;
    for (int64_t w = 0; kmeans_result_warning(result, w, &code) != nullptr; w++) {
        out->warnings.emplace_back(code);
    }
    out->checksum = kmeans_result_checksum(result);
}

// A build without OpenMP has one thread, and says so when asked for more.
inline int usable_threads(int asked)
{
    static const bool built =
        std::string(kmeans_build_info()).find("openmp=yes") != std::string::npos;
    return built ? asked : 1;
}

// Every option of a request into a handle; the first error stops it.
inline int apply_options(const Request &request, int64_t d, kmeans_options *options)
{
    int status = kmeans_options_set_int(options, "threads", usable_threads(request.threads));
    if (status == 0 && !request.isa.empty()) {
        status = kmeans_options_set(options, "isa", request.isa.c_str());
    }
    for (const auto &[name, value] : request.options) {
        if (status == 0)
            status = kmeans_options_set(options, name.c_str(), value.c_str());
    }
    if (status == 0 && !request.centroids.empty()) {
        status =
            kmeans_options_set_centroids(options, request.centroids.data(),
                                         static_cast<int64_t>(request.centroids.size()) / d, d);
    }
    if (status == 0 && !request.labels.empty()) {
        status = kmeans_options_set_labels(options, request.labels.data(),
                                           static_cast<int64_t>(request.labels.size()));
    }
    return status;
}

inline Outcome run(Request request)
{
    Outcome out;
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    kmeans_source *source = nullptr;
    kmeans_result *result = nullptr;
    out.status = kmeans_context_create(request.allocator, &context);
    if (out.status == 0)
        out.status = kmeans_options_create(context, &options);
    if (out.status == 0 && request.open) {
        out.status = request.open(context, &source);
    } else if (out.status == 0) {
        const kmeans_dense view =
            kmeans_dense_rows(request.x->data(), request.x->dtype, request.x->n, request.x->d);
        out.status = kmeans_source_dense(context, &view, &source);
    }
    int64_t d = 1;
    if (out.status == 0)
        kmeans_source_shape(source, nullptr, &d, nullptr);
    if (out.status == 0)
        out.status = apply_options(request, d, options);
    if (out.status == 0 && !request.weights.empty()) {
        out.status = kmeans_source_set_weights(source, request.weights.data());
    }
    if (request.progress)
        kmeans_context_set_progress(context, call_progress, &request.progress);
    if (out.status == 0)
        out.status = kmeans_fit(context, options, source, &result);
    if (result != nullptr)
        copy_result(result, &out);
    out.detail = kmeans_detail(context);
    kmeans_result_free(result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return out;
}

// Whether a fit on this instruction set starts: the operating system may refuse tile registers.
inline bool starts(const std::string &isa)
{
    const Matrix x = from_values(KMEANS_F32, 2, 1, {1, 2});
    Request request(x, 1);
    request.isa = isa;
    return run(request).status != KMEANS_ERROR_UNSUPPORTED;
}

// Names of the instruction sets that this machine can run, best first, and the emulated tiles last.
inline const std::vector<std::string> &isas_with_emulation()
{
    static const std::vector<std::string> found = [] {
        std::vector<std::string> names;
        int usable = 0;
        for (int t = 0; kmeans_isa_name(t, &usable) != nullptr; t++) {
            if (usable != 0 && starts(kmeans_isa_name(t, nullptr)))
                names.emplace_back(kmeans_isa_name(t, nullptr));
        }
        return names;
    }();
    return found;
}

// Without the emulation, which is as slow as plain C can be.
inline std::vector<std::string> usable_isas()
{
    std::vector<std::string> names = isas_with_emulation();
    names.erase(std::remove(names.begin(), names.end(), "emulated"), names.end());
    return names;
}

// With it where so many products (rows times centroids times columns times passes) are few.
inline std::vector<std::string> isas_for(double products)
{
    return products <= 3e6 ? isas_with_emulation() : usable_isas();
}

inline double products_of(const Matrix &x, int64_t k, int64_t passes = 1)
{
    return static_cast<double>(x.n) * static_cast<double>(x.d) * static_cast<double>(k) *
           static_cast<double>(passes);
}

} // namespace oracle
