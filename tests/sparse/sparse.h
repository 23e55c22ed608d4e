// Sparse copies of dense matrices, in every form that the library reads.
#pragma once

#include <memory>
#include <utility>

#include "oracle/check.h"

namespace sparse {

using namespace oracle;

// How a matrix is written down.
struct Form {
    int dtype = KMEANS_F64;
    int index_size = 4;
    int base = 0;
    bool shuffled = false; // the entries of a row in any order
    bool zeros = false;    // some zeros as entries, 0 or -0
};

inline std::string describe(const Form &form)
{
    return std::string(kmeans_dtype_name(form.dtype)) + " int" +
           std::to_string(8 * form.index_size) + " base " + std::to_string(form.base) +
           (form.shuffled ? " shuffled" : "") + (form.zeros ? " with zeros" : "");
}

// The arrays of a CSR matrix, as plain numbers until they are written down.
struct Csr {
    Form form;
    int64_t rows = 0, cols = 0;
    std::vector<int64_t> indptr, indices;
    std::vector<double> values;
    std::vector<unsigned char> indptr_bytes, indices_bytes, value_bytes;

    static std::vector<unsigned char> write_numbers(const std::vector<int64_t> &numbers, int size)
    {
        std::vector<unsigned char> bytes(numbers.size() * static_cast<size_t>(size) + 8);
        for (size_t q = 0; q < numbers.size(); q++) {
            const int32_t narrow = static_cast<int32_t>(numbers[q]);
            std::memcpy(bytes.data() + q * static_cast<size_t>(size),
                        size == 4 ? static_cast<const void *>(&narrow) : &numbers[q],
                        static_cast<size_t>(size));
        }
        return bytes;
    }

    // To be called after a change of the numbers above.
    void write()
    {
        indptr_bytes = write_numbers(indptr, form.index_size);
        indices_bytes = write_numbers(indices, form.index_size);
        const Matrix m = from_values(form.dtype, 1, static_cast<int64_t>(values.size()), values);
        value_bytes = m.bytes;
        value_bytes.resize(value_bytes.size() + 8);
    }

    kmeans_csr view() const
    {
        kmeans_csr view = {};
        view.rows = rows;
        view.cols = cols;
        view.entries = static_cast<int64_t>(values.size());
        view.indptr = indptr_bytes.data();
        view.indices = indices_bytes.data();
        view.values = value_bytes.data();
        view.dtype = form.dtype;
        view.index_size = form.index_size;
        view.base = form.base;
        return view;
    }
};

inline Csr make_csr(const Matrix &x, const Form &form, uint64_t seed = 1)
{
    Random random(seed);
    Csr csr;
    csr.form = form;
    csr.rows = x.n;
    csr.cols = x.d;
    csr.indptr.push_back(form.base);
    for (int64_t i = 0; i < x.n; i++) {
        const std::vector<double> row = x.row(i);
        std::vector<std::pair<int64_t, double>> entries;
        for (int64_t p = 0; p < x.d; p++) {
            const double value = row[static_cast<size_t>(p)];
            if (value != 0)
                entries.emplace_back(p, value);
            else if (form.zeros && random.below(4) == 0)
                entries.emplace_back(p, random.below(2) == 0 ? 0.0 : -0.0);
        }
        for (size_t q = entries.size(); form.shuffled && q > 1; q--)
            std::swap(entries[q - 1], entries[static_cast<size_t>(random.below(int64_t(q)))]);
        for (const auto &[p, value] : entries) {
            csr.indices.push_back(p + form.base);
            csr.values.push_back(value);
        }
        csr.indptr.push_back(static_cast<int64_t>(csr.values.size()) + form.base);
    }
    csr.write();
    return csr;
}

// A source for Request::open; keeps the arrays.
inline OpenSource source_of(Csr csr)
{
    const auto kept = std::make_shared<Csr>(std::move(csr));
    return [kept](kmeans_context *context, kmeans_source **source) {
        const kmeans_csr view = kept->view();
        return kmeans_source_csr(context, &view, source);
    };
}

// The same request on sparse rows.
inline Request sparse_request(const Request &dense, const Csr &csr)
{
    Request request = dense;
    request.open = source_of(csr);
    return request;
}

// Mostly zeros: about `entries` others a row; some rows empty, some repeated; values of the kind.
enum class Values { Small, Real, Wide };

inline Matrix make_sparse(int dtype, int64_t n, int64_t d, double entries, Values kind,
                          uint64_t seed)
{
    Random random(seed);
    Matrix x(dtype, n, d);
    const int64_t bound = static_cast<int64_t>(1000 * static_cast<double>(d) / entries) + 1;
    for (int64_t i = 0; i < n; i++) {
        if (i > 0 && random.below(8) == 0) {
            const int64_t from = random.below(i);
            for (int64_t p = 0; p < d; p++)
                x.set(i, p, x.at(from, p));
            continue;
        }
        for (int64_t p = 0; random.below(10) > 0 && p < d; p++) {
            if (random.below(bound) >= 1000)
                continue;
            const double unit = random.symmetric();
            x.set(i, p,
                  kind == Values::Small ? static_cast<double>(random.below(5) - 2)
                  : kind == Values::Real
                      ? unit
                      : std::ldexp(unit, static_cast<int>(random.below(60) - 30)));
        }
    }
    return x;
}

// A libsvm file as rows; cols 0: as many as are used.
inline Matrix load_libsvm(const std::string &path, int dtype, int64_t most_rows, int64_t *entries)
{
    std::ifstream in(path);
    std::string line;
    std::vector<std::vector<std::pair<int64_t, double>>> rows;
    int64_t cols = 1;
    *entries = 0;
    while (int64_t(rows.size()) < most_rows && std::getline(in, line)) {
        rows.emplace_back();
        const char *at = std::strchr(line.c_str(), ' ');
        long long column = 0;
        double value = 0;
        int length = 0;
        while (at != nullptr && std::sscanf(at, " %lld:%lf%n", &column, &value, &length) == 2) {
            at += length;
            rows.back().emplace_back(column - 1, value);
            cols = std::max<int64_t>(cols, column);
            *entries += 1;
        }
    }
    Matrix x(dtype, static_cast<int64_t>(rows.size()), cols);
    for (size_t i = 0; i < rows.size(); i++) {
        for (const auto &[p, value] : rows[i])
            x.set(static_cast<int64_t>(i), p, value);
    }
    return x;
}

} // namespace sparse
