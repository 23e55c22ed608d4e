#include "fits_rows.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

const std::vector<Problem> &problems()
{
    const char *const random = "random";
    static const std::vector<Problem> all = {
        {"n4000_d3_k4", 4000, 3, 4, KMEANS_F32, nullptr, 50, random},
        {"n1e6_d2_k10", 1000000, 2, 10, KMEANS_F32, nullptr, 10, random},
        {"n1e6_d2_k40", 1000000, 2, 40, KMEANS_F32, nullptr, 10, random},
        {"photo_n1e6_d3_k16_u8", 1000000, 3, 16, KMEANS_U8, "kodim23.npy", 10, random},
        {"n1e6_d14_k127", 1000000, 14, 127, KMEANS_F32, nullptr, 20, random},
        {"n1e6_d128_k10", 1000000, 128, 10, KMEANS_F32, nullptr, 10, random},
        {"mnist_n60000_d784_k100_u8", 60000, 784, 100, KMEANS_U8, "mnist_train.npy", 5, random},
        {"n100000_d32_k1024", 100000, 32, 1024, KMEANS_F32, nullptr, 10, random},
        {"n100000_d128_k1024", 100000, 128, 1024, KMEANS_F32, nullptr, 10, random},
        {"n20000_d768_k1024", 20000, 768, 1024, KMEANS_F32, nullptr, 5, random},
        {"n100000_d128_k1024_f64", 100000, 128, 1024, KMEANS_F64, nullptr, 5, random},
        {"n98304_d128_k1024_plusplus", 98304, 128, 1024, KMEANS_F32, nullptr, 5, "k-means++"},
    };
    return all;
}

int64_t value_size(int dtype) { return dtype == KMEANS_F64 ? 8 : dtype == KMEANS_F32 ? 4 : 1; }

namespace {

std::string data_folder()
{
    const char *const folder = std::getenv("KMEANS_DATA_DIR");
    return folder != nullptr ? folder : "../shared/data";
}

void put_value(unsigned char *to, int dtype, double value)
{
    const float single = static_cast<float>(value);
    if (dtype == KMEANS_F64)
        std::memcpy(to, &value, sizeof value);
    else if (dtype == KMEANS_F32)
        std::memcpy(to, &single, sizeof single);
    else
        *to = static_cast<unsigned char>(std::clamp(value, 0.0, 255.0));
}

// Rows around k centres, by a generator of 64-bit states (splitmix64): the same on every machine.
void make_rows(const Problem &problem, unsigned char *bytes)
{
    uint64_t state = 1;
    const auto uniform = [&state] {
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return static_cast<float>((z ^ z >> 31) >> 40) / 16777216.0f;
    };
    const int64_t size = value_size(problem.dtype), d = problem.d;
    const float unit = problem.dtype == KMEANS_U8 ? 60.0f : 1.0f;
    std::vector<float> centres(static_cast<size_t>(problem.k * d));
    for (float &value : centres)
        value = 4 * uniform();
    for (int64_t i = 0; i < problem.n; i++) {
        const int64_t j = static_cast<int64_t>(uniform() * static_cast<float>(problem.k));
        for (int64_t p = 0; p < d; p++) {
            const float spread = uniform() + uniform() + uniform() + uniform() - 2;
            const float centre = centres[static_cast<size_t>(std::min(j, problem.k - 1) * d + p)];
            put_value(bytes + (i * d + p) * size, problem.dtype, unit * (centre + spread));
        }
    }
}

// The rows of the problem's file in its type, repeated; false where it is missing or too wide.
bool read_rows(kmeans_context *context, const Problem &problem, unsigned char *bytes)
{
    kmeans_source *source = nullptr;
    int64_t n = 0, d = 0;
    const std::string path = data_folder() + "/" + problem.file;
    if (kmeans_source_open(context, path.c_str(), nullptr, &source) != KMEANS_OK)
        return false;
    const int64_t size = value_size(problem.dtype);
    bool good = kmeans_source_shape(source, &n, &d, nullptr) == KMEANS_OK && d == problem.d;
    std::vector<double> row(static_cast<size_t>(d));
    for (int64_t i = 0; good && i < std::min(n, problem.n); i++) {
        good = kmeans_source_read(source, i, 1, row.data()) == KMEANS_OK;
        for (int64_t p = 0; p < d; p++)
            put_value(bytes + (i * d + p) * size, problem.dtype, row[static_cast<size_t>(p)]);
    }
    for (int64_t i = n; good && i < problem.n; i++)
        std::memcpy(bytes + i * d * size, bytes + (i - n) * d * size,
                    static_cast<size_t>(d * size));
    kmeans_source_close(source);
    return good;
}

} // namespace

const Rows &rows_of(kmeans_context *context, const Problem &problem)
{
    static const Problem *kept = nullptr;
    static Rows rows;
    if (kept != &problem) {
        rows = Rows();
        rows.bytes.resize(static_cast<size_t>(problem.n * problem.d * value_size(problem.dtype)));
        rows.origin = problem.file == nullptr ? "" : "rows of the file";
        if (problem.file == nullptr || !read_rows(context, problem, rows.bytes.data())) {
            rows.origin = problem.file == nullptr ? "" : "made rows, no file";
            make_rows(problem, rows.bytes.data());
        }
        kept = &problem;
    }
    return rows;
}
