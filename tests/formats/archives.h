// Files of the binary formats, made byte by byte, right and wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "formats.h"
#include "support/numbers.h"

#ifdef KMEANS_HAVE_ZLIB
#include <zlib.h>
#endif

namespace archives {

#ifdef KMEANS_HAVE_ZLIB
constexpr bool has_zlib = true;
#else
constexpr bool has_zlib = false;
#endif
#ifdef KMEANS_HAVE_HDF5
constexpr bool has_hdf5 = true;
#else
constexpr bool has_hdf5 = false;
#endif

inline std::string little(uint64_t value, int bytes)
{
    std::string out;
    for (int b = 0; b < bytes; b++) {
        out += static_cast<char>(value >> (8 * b));
    }
    return out;
}

inline std::string big(uint64_t value, int bytes)
{
    const std::string out = little(value, bytes);
    return std::string(out.rbegin(), out.rend());
}

// Numbers of a type, one after the other.
inline std::string encode(int dtype, const std::vector<double> &values)
{
    const size_t size = static_cast<size_t>(numbers::size_of(dtype));
    std::string out(values.size() * size, '\0');
    for (size_t q = 0; q < values.size(); q++) {
        numbers::put(dtype, values[q], &out[q * size]);
    }
    return out;
}

inline std::string swap_bytes(std::string numbers, size_t size)
{
    for (size_t q = 0; q + size <= numbers.size(); q += size) {
        for (size_t b = 0; b < size / 2; b++) {
            std::swap(numbers[q + b], numbers[q + size - 1 - b]);
        }
    }
    return numbers;
}

inline const char *npy_type(int dtype)
{
    static const char *const types[] = {"",    "<f4", "<f8", "|u1", "<f2",
                                        "<V2", "|i1", "<i2", "<u2", "<i4"};
    return types[dtype];
}

inline std::string npy(int dtype, int64_t n, int64_t d, const std::vector<double> &values)
{
    const std::string shape = "(" + std::to_string(n) + ", " + std::to_string(d) + ")";
    return formats::npy_file(formats::dictionary(npy_type(dtype), false, shape),
                             encode(dtype, values));
}

// .fvecs, .bvecs, .ivecs
inline std::string vecs(int dtype, int64_t d, const std::vector<double> &values)
{
    std::string out;
    for (size_t q = 0; q < values.size(); q += static_cast<size_t>(d)) {
        const std::vector<double> row(values.begin() + static_cast<std::ptrdiff_t>(q),
                                      values.begin() + static_cast<std::ptrdiff_t>(q) + d);
        out += little(static_cast<uint64_t>(d), 4) + encode(dtype, row);
    }
    return out;
}

inline std::string idx(int code, int dtype, const std::vector<int64_t> &dims,
                       const std::vector<double> &values)
{
    std::string out =
        std::string(2, '\0') + static_cast<char>(code) + static_cast<char>(dims.size());
    for (const int64_t size : dims) {
        out += big(static_cast<uint64_t>(size), 4);
    }
    return out + swap_bytes(encode(dtype, values), static_cast<size_t>(numbers::size_of(dtype)));
}

#ifdef KMEANS_HAVE_ZLIB

// window: 15 + 16 = gzip, -15 = plain deflate
inline std::string pack(const std::string &content, int window, int level = 9)
{
    z_stream z = {};
    deflateInit2(&z, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, content.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(content.data()));
    z.avail_in = static_cast<uInt>(content.size());
    z.next_out = reinterpret_cast<Bytef *>(&out[0]);
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

inline uint32_t checksum(const std::string &content)
{
    return static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef *>(content.data()),
                                       static_cast<uInt>(content.size())));
}

#else

inline std::string pack(const std::string &content, int, int = 9) { return content; }
inline uint32_t checksum(const std::string &) { return 0; }

#endif

inline std::string gzip(const std::string &content, int level = 9)
{
    return pack(content, 31, level);
}

// A zip archive of which every number in the list of members may be wrong.
struct Member {
    std::string name, content;
    bool deflated = false;
    int level = 9;
    bool wide = false; // sizes of 64 bits
    int method = -1;
    int flags = 0;
    int64_t packed_off = 0, size_off = 0, offset_off = 0, name_off = 0, crc_off = 0; // errors
};

struct Archive {
    std::vector<Member> members;
    int64_t count_off = 0, list_size_off = 0, list_offset_off = 0;
    std::string comment;

    std::string bytes() const
    {
        std::string out, list;
        for (const Member &m : members) {
            const std::string packed = m.deflated ? pack(m.content, -15, m.level) : m.content;
            const int method = m.method >= 0 ? m.method : m.deflated ? 8 : 0;
            const uint64_t offset = out.size();
            const std::string extra = m.wide ? little(1, 2) + little(16, 2) +
                                                   little(m.content.size(), 8) +
                                                   little(packed.size(), 8)
                                             : "";
            const auto sizes = [&](bool lie) {
                const uint64_t p = packed.size() + static_cast<uint64_t>(lie ? m.packed_off : 0);
                const uint64_t s = m.content.size() + static_cast<uint64_t>(lie ? m.size_off : 0);
                return m.wide ? little(0xffffffff, 4) + little(0xffffffff, 4)
                              : little(p, 4) + little(s, 4);
            };
            const std::string middle =
                little(static_cast<uint64_t>(m.flags), 2) +
                little(static_cast<uint64_t>(method), 2) + little(0, 4) +
                little(checksum(m.content) + static_cast<uint64_t>(m.crc_off), 4);
            out += little(0x04034b50, 4) + little(20, 2) + middle + sizes(false) +
                   little(m.name.size(), 2) + little(extra.size(), 2) + m.name + extra + packed;
            list += little(0x02014b50, 4) + little(20, 2) + little(20, 2) + middle + sizes(true) +
                    little(m.name.size() + static_cast<uint64_t>(m.name_off), 2) +
                    little(extra.size(), 2) + little(0, 2) + little(0, 2) + little(0, 2) +
                    little(0, 4) + little(offset + static_cast<uint64_t>(m.offset_off), 4) +
                    m.name + extra;
        }
        const uint64_t count = members.size() + static_cast<uint64_t>(count_off);
        return out + list + little(0x06054b50, 4) + little(0, 4) + little(count, 2) +
               little(count, 2) + little(list.size() + static_cast<uint64_t>(list_size_off), 4) +
               little(out.size() + static_cast<uint64_t>(list_offset_off), 4) +
               little(comment.size(), 2) + comment;
    }
};

inline std::string npz(const std::vector<Member> &members)
{
    Archive archive;
    archive.members = members;
    return archive.bytes();
}

} // namespace archives
