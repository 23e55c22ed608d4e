// The library's number types in plain C++: how a test writes and reads one number of each.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <kmeans/kmeans.h>

namespace numbers {

const int dtypes[] = {KMEANS_F32, KMEANS_F64, KMEANS_U8,  KMEANS_F16, KMEANS_BF16,
                      KMEANS_I8,  KMEANS_I16, KMEANS_U16, KMEANS_I32};

inline int64_t size_of(int dtype)
{
    switch (dtype) {
    case KMEANS_F64: return 8;
    case KMEANS_F32:
    case KMEANS_I32: return 4;
    case KMEANS_U8:
    case KMEANS_I8: return 1;
    default: return 2;
    }
}

// By the definition of the format.
inline double value_of_half(uint16_t bits)
{
    const int exponent = bits >> 10 & 31, field = bits & 1023;
    double value = 0;
    if (exponent == 31)
        value = field == 0 ? INFINITY : NAN;
    else
        value = exponent == 0 ? std::ldexp(field, -24) : std::ldexp(1024 + field, exponent - 25);
    return bits >> 15 != 0 ? -value : value;
}

// The nearest half, ties to even; NaN and what is too large as they should be.
inline uint16_t half_of(double value)
{
    const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const double size = std::fabs(value);
    if (!(size < 65520))
        return static_cast<uint16_t>(sign | (size != size ? 0x7e00 : 0x7c00));
    const int exponent = size < 0x1p-14 ? -13 : std::ilogb(size) + 1;
    const int unit = exponent - 11;
    const int field = static_cast<int>(std::nearbyint(std::ldexp(size, -unit)));
    return static_cast<uint16_t>(sign | (field + ((unit + 24) << 10)));
}

template <class N> void store(void *to, N number) { std::memcpy(to, &number, sizeof number); }

template <class N> double fetch(const void *from)
{
    N number;
    std::memcpy(&number, from, sizeof number);
    return static_cast<double>(number);
}

// Cut towards 0 and kept within the type.
template <class N> void store_whole(void *to, double value)
{
    const double low = static_cast<double>(std::numeric_limits<N>::min());
    const double high = static_cast<double>(std::numeric_limits<N>::max());
    store(to, static_cast<N>(value < low ? low : value > high ? high : value));
}

// The nearest number of the type; integers as store_whole.
inline void put(int dtype, double value, void *to)
{
    const float single = static_cast<float>(value);
    uint32_t bits = 0;
    std::memcpy(&bits, &single, sizeof bits);
    switch (dtype) {
    case KMEANS_F32: store(to, single); break;
    case KMEANS_F64: store(to, value); break;
    case KMEANS_U8: store_whole<uint8_t>(to, value); break;
    case KMEANS_F16: store(to, half_of(value)); break;
    case KMEANS_BF16: // ties away from even do not matter to a test
        store(to, static_cast<uint16_t>(value != value ? 0x7fc0 : (bits + 0x8000) >> 16));
        break;
    case KMEANS_I8: store_whole<int8_t>(to, value); break;
    case KMEANS_I16: store_whole<int16_t>(to, value); break;
    case KMEANS_U16: store_whole<uint16_t>(to, value); break;
    default: store_whole<int32_t>(to, value); break;
    }
}

inline double get(int dtype, const void *from)
{
    uint16_t half = 0;
    std::memcpy(&half, from, dtype == KMEANS_F16 || dtype == KMEANS_BF16 ? 2 : 0);
    const uint32_t bits = static_cast<uint32_t>(half) << 16;
    switch (dtype) {
    case KMEANS_F32: return fetch<float>(from);
    case KMEANS_F64: return fetch<double>(from);
    case KMEANS_U8: return fetch<uint8_t>(from);
    case KMEANS_F16: return value_of_half(half);
    case KMEANS_BF16: return fetch<float>(&bits);
    case KMEANS_I8: return fetch<int8_t>(from);
    case KMEANS_I16: return fetch<int16_t>(from);
    case KMEANS_U16: return fetch<uint16_t>(from);
    default: return fetch<int32_t>(from);
    }
}

} // namespace numbers
