// A dense matrix of one of the library's number types, owned by the test, and the means to fill
// it: the data folder, or integers from a small generator (no libm: the same bits everywhere).
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <kmeans/kmeans.h>

#include "support/numbers.h"
#include "support/paths.h"

namespace oracle {

inline int64_t element_size(int dtype) { return numbers::size_of(dtype); }

struct Matrix {
    int dtype = KMEANS_F64;
    int64_t n = 0;
    int64_t d = 0;
    std::vector<unsigned char> bytes; // row-major, contiguous

    Matrix() = default;
    Matrix(int type, int64_t rows, int64_t cols)
        : dtype(type), n(rows), d(cols),
          bytes(static_cast<size_t>(rows * cols * element_size(type)))
    {
    }

    const void *data() const { return bytes.data(); }

    double at(int64_t i, int64_t p) const
    {
        double value = 0;
        copy_row(i, p, 1, &value);
        return value;
    }

    void set(int64_t i, int64_t p, double value)
    {
        numbers::put(dtype, value, bytes.data() + (i * d + p) * element_size(dtype));
    }

    // Columns p .. p+count-1 of row i as double, exact.
    void copy_row(int64_t i, int64_t p, int64_t count, double *out) const
    {
        const unsigned char *const from = bytes.data() + (i * d + p) * element_size(dtype);
        for (int64_t q = 0; q < count; q++)
            out[q] = numbers::get(dtype, from + q * element_size(dtype));
    }
    void copy_row(int64_t i, double *out) const { copy_row(i, 0, d, out); }

    std::vector<double> row(int64_t i) const
    {
        std::vector<double> values(static_cast<size_t>(d));
        copy_row(i, values.data());
        return values;
    }

    bool row_has_nan(int64_t i) const
    {
        for (const double value : row(i)) {
            if (value != value)
                return true;
        }
        return false;
    }
};

inline Matrix from_values(int dtype, int64_t n, int64_t d, const std::vector<double> &values)
{
    Matrix m(dtype, n, d);
    for (int64_t q = 0; q < n * d; q++)
        m.set(q / d, q % d, values[static_cast<size_t>(q)]);
    return m;
}

// The same numbers in another type (float: rounded).
inline Matrix convert(const Matrix &from, int dtype)
{
    Matrix to(dtype, from.n, from.d);
    for (int64_t i = 0; i < from.n; i++) {
        for (int64_t p = 0; p < from.d; p++)
            to.set(i, p, from.at(i, p));
    }
    return to;
}

inline Matrix first_rows(const Matrix &from, int64_t rows)
{
    Matrix to(from.dtype, rows < from.n ? rows : from.n, from.d);
    std::memcpy(to.bytes.data(), from.bytes.data(), to.bytes.size());
    return to;
}

inline Matrix columns_of(const Matrix &from, const std::vector<int64_t> &columns)
{
    Matrix to(from.dtype, from.n, static_cast<int64_t>(columns.size()));
    for (int64_t i = 0; i < to.n; i++) {
        for (int64_t p = 0; p < to.d; p++) {
            to.set(i, p, from.at(i, columns[static_cast<size_t>(p)]));
        }
    }
    return to;
}

inline std::vector<double> rows_of(const Matrix &m, const std::vector<int64_t> &rows)
{
    std::vector<double> values;
    for (const int64_t i : rows) {
        const std::vector<double> row = m.row(i);
        values.insert(values.end(), row.begin(), row.end());
    }
    return values;
}

// Sets of the data folder: `if (!have(file)) GTEST_SKIP() << missing(file);`
inline bool have(const std::string &file) { return std::ifstream(paths::data(file)).good(); }
inline std::string missing(const std::string &file) { return paths::data(file) + " is missing"; }

// A plain reader of little-endian, C-order .npy files of version 1: all that the folder holds.
inline Matrix load_npy(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    const std::vector<char> all((std::istreambuf_iterator<char>(in)),
                                std::istreambuf_iterator<char>());
    if (all.size() < 12)
        throw std::runtime_error("cannot read " + path);
    const size_t length =
        static_cast<unsigned char>(all[8]) + 256u * static_cast<unsigned char>(all[9]);
    const std::string header(all.data() + 10, length);
    long long n = 0;
    long long d = 0;
    const char *const shape = std::strchr(std::strstr(header.c_str(), "shape"), '(');
    if (std::sscanf(shape, "(%lld, %lld)", &n, &d) != 2)
        throw std::runtime_error(path);
    const int dtype = header.find("<f8") != std::string::npos   ? KMEANS_F64
                      : header.find("<f4") != std::string::npos ? KMEANS_F32
                                                                : KMEANS_U8;
    Matrix m(dtype, n, d);
    if (all.size() - 10 - length != m.bytes.size())
        throw std::runtime_error(path);
    std::memcpy(m.bytes.data(), all.data() + 10 + length, m.bytes.size());
    return m;
}

inline Matrix load(const std::string &file) { return load_npy(paths::data(file)); }

// Raw float64 of known width.
inline Matrix load_raw(const std::string &path, int64_t cols)
{
    std::ifstream in(path, std::ios::binary);
    const std::vector<char> all((std::istreambuf_iterator<char>(in)),
                                std::istreambuf_iterator<char>());
    Matrix m(KMEANS_F64, static_cast<int64_t>(all.size()) / 8 / cols, cols);
    std::memcpy(m.bytes.data(), all.data(), m.bytes.size());
    return m;
}

// splitmix64: integers from a counter, the same on every machine.
class Random {
public:
    explicit Random(uint64_t seed) : state_(seed) {}
    uint64_t next()
    {
        uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    int64_t below(int64_t bound)
    {
        return static_cast<int64_t>(next() % static_cast<uint64_t>(bound));
    }
    // In [-1, 1), a multiple of 2^-52.
    double symmetric()
    {
        return static_cast<double>(static_cast<int64_t>(next() >> 11)) * 0x1p-52 - 1.0;
    }
    // Roughly normal, variance 1: the sum of twelve uniforms.
    double bell()
    {
        double sum = 0;
        for (int t = 0; t < 12; t++)
            sum += symmetric();
        return sum * 0.5;
    }

private:
    uint64_t state_;
};

// `centres` blobs of spread 1 in a cube of edge `box`, around `offset`.
inline Matrix make_blobs(int dtype, int64_t n, int64_t d, int64_t centres, double box,
                         double offset, uint64_t seed)
{
    Random random(seed);
    std::vector<double> middle(static_cast<size_t>(centres * d));
    for (double &value : middle)
        value = offset + box * random.symmetric();
    Matrix m(dtype, n, d);
    for (int64_t i = 0; i < n; i++) {
        const int64_t j = random.below(centres);
        for (int64_t p = 0; p < d; p++) {
            m.set(i, p, middle[static_cast<size_t>(j * d + p)] + random.bell());
        }
    }
    return m;
}

} // namespace oracle
