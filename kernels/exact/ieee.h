/* The bits of a double: taking numbers apart and putting them together without libm. */
#ifndef KM_EXACT_IEEE_H
#define KM_EXACT_IEEE_H

#include <stdint.h>
#include <string.h>

static inline uint64_t km_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double km_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The e with 2^e <= |x| < 2^(e+1) of a normal x; -1023 of zero. */
static inline int32_t km_exponent(double x) { return (int32_t)(km_bits(x) >> 52 & 0x7ff) - 1023; }

/* x == mantissa * 2^exponent with |mantissa| < 2^53 and exponent >= -1074; x finite. */
typedef struct km_parts {
    int64_t mantissa;
    int32_t exponent;
} km_parts;

static inline km_parts km_take_apart(double x)
{
    const uint64_t bits = km_bits(x);
    const int32_t field = (int32_t)(bits >> 52 & 0x7ff);
    const uint64_t fraction = bits & 0xfffffffffffffU;
    const int64_t magnitude = (int64_t)(field > 0 ? fraction | (uint64_t)1 << 52 : fraction);
    const km_parts parts = {bits >> 63 ? -magnitude : magnitude, (field > 0 ? field : 1) - 1075};
    return parts;
}

/* The float64 nearest to mantissa * 2^exponent, ties to even, subnormals and +infinity included.
 * The lowest bit of mantissa may be sticky (stand for anything between 0 and 1 of the next bit)
 * where mantissa >= 2^55. Defined in wide.c. */
#ifdef __cplusplus
extern "C" {
#endif
double km_round_parts(uint64_t mantissa, int32_t exponent);
#ifdef __cplusplus
}
#endif

/* 2^exponent, -1074 <= exponent <= 1023. */
static inline double km_pow2(int32_t exponent)
{
    return exponent >= -1022 ? km_from_bits((uint64_t)(exponent + 1023) << 52)
                             : km_from_bits((uint64_t)1 << (exponent + 1074));
}

/* The larger and the smaller of two numbers; a where b is NaN. */
static inline double km_larger(double a, double b) { return b > a ? b : a; }
static inline double km_smaller(double a, double b) { return b < a ? b : a; }

#endif
