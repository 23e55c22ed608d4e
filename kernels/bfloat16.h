/* bfloat16 as integers: the upper half of a float. */
#ifndef KM_BFLOAT16_H
#define KM_BFLOAT16_H

#include "inline.h"

KM_INLINE float km_bf16_value(uint16_t half)
{
    const uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Nearest, ties to even; subnormals become zero, NaN stays NaN: as VCVTNE2PS2BF16 does it. */
KM_INLINE uint16_t km_bf16_round(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t magnitude = bits & 0x7fffffff, upper = bits >> 16;
    const uint32_t nearest = (bits + 0x7fff + (upper & 1)) >> 16;
    const uint32_t number = magnitude < 0x00800000 ? upper & 0x8000 : nearest;
    return (uint16_t)(magnitude > 0x7f800000 ? upper | 0x40
                                             : number); /* no branch: loops vectorise */
}

#endif
