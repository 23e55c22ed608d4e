// The tile kernels that this machine can run, and bfloat16 from its definition.
#pragma once

#include <gtest/gtest.h>

#include "kernels/guarded.h"
#include "kernels/tables.h"
#include "services/services.h"

struct TileKernels {
    const char *name;
    const km_tiles *t;
};

// Those of a table, once the operating system has handed out what they need, or nothing.
inline const km_tiles *tiles_of(const char *name)
{
    services::Context context;
    const km_isa *isa = nullptr;
    return km_isa_choose(context, name, &isa) == KMEANS_OK ? isa->tiles : nullptr;
}

inline const km_tiles *amx_tiles() { return tiles_of("amx"); }

inline std::vector<TileKernels> tile_kernels()
{
    std::vector<TileKernels> usable = {{"emulated", &km_tiles_emulated}};
    if (amx_tiles() != nullptr)
        usable.push_back({"amx", amx_tiles()});
    return usable;
}

// On bytes.
inline std::vector<TileKernels> byte_kernels()
{
    std::vector<TileKernels> usable;
    for (const char *const name : {"avx512vnni", "avx512", "avx2"})
        if (tiles_of(name) != nullptr)
            usable.push_back({name, tiles_of(name)});
    if (amx_tiles() != nullptr)
        usable.push_back({"amx", amx_tiles()->wide});
    return usable;
}

inline float bf16_value(std::uint16_t half)
{
    const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

inline std::uint16_t bf16_upper(float value)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return static_cast<std::uint16_t>(bits >> 16);
}

// Eight significant bits, nearest, ties to even; subnormal numbers are zero.
inline float bf16_nearest(float z)
{
    if (!std::isfinite(z) || z == 0)
        return z;
    if (std::fabs(z) < std::numeric_limits<float>::min())
        return std::copysign(0.0F, z);
    int exponent = 0;
    const double mantissa = std::frexp(static_cast<double>(z), &exponent);
    return static_cast<float>(std::ldexp(std::nearbyint(mantissa * 256), exponent - 8));
}

inline bool same_float(float a, float b)
{
    return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

inline Wide wide_abs(Wide value) { return value < 0 ? -value : value; }

// Element of the row tiles (kernels_tiles.h).
inline std::size_t row_word(std::int64_t slices, std::int64_t i, std::int64_t p)
{
    const std::int64_t g = i / 32, r = i % 32, s = p / 32;
    return size((g * slices + s) * KM_TILE_WORDS + r / 16 * 512 + p % 32 / 2 * 32 + r % 16 * 2 +
                p % 2);
}

inline std::size_t centroid_word(std::int64_t slices, std::int64_t j, std::int64_t p)
{
    return size((j / 32 * slices + p / 32) * KM_TILE_WORDS + j % 32 * 32 + p % 32);
}
