// A particle code in C++ that keeps x[], y[] and z[] apart: the columns are read in place. The
// handles are owned by unique_ptr, so that every way out frees them.
#include <kmeans/kmeans.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

template <typename Handle> struct deleter {
    void (*release)(Handle *);
    void operator()(Handle *handle) const { release(handle); }
};
template <typename Handle> using owned = std::unique_ptr<Handle, deleter<Handle>>;

void check(int status, const kmeans_context *context)
{
    if (status < 0) {
        throw std::runtime_error(std::string(kmeans_strerror(status)) + ": " +
                                 kmeans_detail(context));
    }
}

void run()
{
    std::vector<double> x, y, z;
    for (int i = 0; i < 1000; i++) {
        const int corner = i % 4;
        x.push_back(10.0 * (corner & 1) + 0.001 * (i % 7));
        y.push_back(10.0 * (corner >> 1) + 0.001 * (i % 11));
        z.push_back(0.001 * (i % 13));
    }
    const void *const columns[] = {x.data(), y.data(), z.data()};
    const kmeans_columns view = {columns, KMEANS_F64, static_cast<int64_t>(x.size()), 3, 1};

    kmeans_context *raw_context = nullptr;
    check(kmeans_context_create(nullptr, &raw_context), nullptr);
    const owned<kmeans_context> context{raw_context, {kmeans_context_free}};
    kmeans_options *raw_options = nullptr;
    check(kmeans_options_create(context.get(), &raw_options), context.get());
    const owned<kmeans_options> options{raw_options, {kmeans_options_free}};
    check(kmeans_options_set(options.get(), "k", "4"), context.get());
    check(kmeans_options_set(options.get(), "restarts", "3"), context.get());
    kmeans_source *raw_source = nullptr;
    check(kmeans_source_columns(context.get(), &view, &raw_source), context.get());
    const owned<kmeans_source> source{raw_source, {kmeans_source_close}};

    kmeans_result *raw_result = nullptr;
    check(kmeans_fit(context.get(), options.get(), source.get(), &raw_result), context.get());
    const owned<kmeans_result> result{raw_result, {kmeans_result_free}};
    for (int j = 0; j < 4; j++) {
        const double *const c = kmeans_result_centroids(result.get()) + 3 * j;
        std::printf("cluster %d: %d rows at %.3f %.3f %.3f\n", j,
                    static_cast<int>(kmeans_result_sizes(result.get())[j]), c[0], c[1], c[2]);
    }
}

} // namespace

int main()
{
    try {
        run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
