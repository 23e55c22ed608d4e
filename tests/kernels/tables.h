// The tables of kernels/isa.inc that this machine can run, and values to feed them.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

extern "C" {
#include "kernels/kernels.h"
#include "kernels/pack_panels.h"
}

// Wide enough to hold any product of two doubles exactly.
#if defined __x86_64__
__extension__ typedef __float128 Wide;
#else
typedef long double Wide;
#endif

template <class R> struct Types;
template <> struct Types<float> {
    using Kernels = km_kernels_f32;
    using Nearest = km_nearest_f32;
    using Below = km_below_f32;
    static constexpr auto pack_panels = km_pack_panels_f32;
    static km_low_f32 low(const float *c, std::int32_t k, const double *shift, double scale,
                          float a0, float tiny)
    {
        return {c, k, shift, scale, a0, tiny, nullptr, nullptr, nullptr, nullptr};
    }
};
template <> struct Types<double> {
    using Kernels = km_kernels_f64;
    using Nearest = km_nearest_f64;
    using Below = km_below_f64;
    static constexpr auto pack_panels = km_pack_panels_f64;
    static km_low_f64 low(const double *c, std::int32_t k, const double *shift, double scale,
                          double a0, double tiny)
    {
        return {c, k, shift, scale, a0, tiny, nullptr, nullptr, nullptr, nullptr};
    }
};

namespace cpu {
#if defined __x86_64__
inline bool avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
inline bool avx512()
{
    return avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
}
#endif
inline bool neon() { return true; }
inline bool scalar() { return true; }
} // namespace cpu

template <class R> std::vector<const typename Types<R>::Kernels *> tables();

template <> inline std::vector<const km_kernels_f32 *> tables<float>()
{
    std::vector<const km_kernels_f32 *> usable;
#define KM_ISA(name, feature, tiles)                                                               \
    if (cpu::feature())                                                                            \
        usable.push_back(&km_table_##name##_f32);
#include "kernels/isa.inc"
#undef KM_ISA
    return usable;
}

template <> inline std::vector<const km_kernels_f64 *> tables<double>()
{
    std::vector<const km_kernels_f64 *> usable;
#define KM_ISA(name, feature, tiles)                                                               \
    if (cpu::feature())                                                                            \
        usable.push_back(&km_table_##name##_f64);
#include "kernels/isa.inc"
#undef KM_ISA
    return usable;
}

enum class Kind { Uniform, Ties, Offset, Denormal, Huge, Mixed };

// Deterministic values; the same on every platform (no std:: distribution).
class Values {
public:
    explicit Values(std::uint64_t seed) : engine_(seed) {}
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-52 - 1.0; }
    std::int64_t below(std::int64_t n)
    {
        return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n));
    }
    template <class R> R next(Kind kind)
    {
        switch (kind) {
        case Kind::Uniform: return static_cast<R>(uniform());
        case Kind::Ties: return static_cast<R>(below(3) - 1);
        case Kind::Offset: return static_cast<R>(1e6 + uniform());
        case Kind::Denormal:
            return static_cast<R>(static_cast<double>(below(9) - 4) *
                                  static_cast<double>(std::numeric_limits<R>::denorm_min()));
        case Kind::Huge: return static_cast<R>(below(2) != 0 ? 1e19 : -1e19);
        default: return static_cast<R>(std::ldexp(uniform(), static_cast<int>(below(80)) - 40));
        }
    }

private:
    std::mt19937_64 engine_;
};

constexpr Kind all_kinds[] = {Kind::Uniform,  Kind::Ties, Kind::Offset,
                              Kind::Denormal, Kind::Huge, Kind::Mixed};

inline std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

inline std::int64_t round_up(std::int64_t n, std::int64_t unit)
{
    return (n + unit - 1) / unit * unit;
}
