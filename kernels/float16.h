/* IEEE half precision (binary16) as integers. */
#ifndef KM_FLOAT16_H
#define KM_FLOAT16_H

#include "inline.h"

/* The value, exact. Exponent and significand move to their places in a float and the exponent gets
 * its other bias, 127 - 15 = 112; once more at the top, where it stands for infinity and NaN. A
 * subnormal m * 2^-24 is 2^-14 (1 + m/1024) - 2^-14: no float is ever subnormal on the way, and
 * masks instead of branches let loops vectorise. */
KM_INLINE float km_f16_value(uint16_t half)
{
    const int32_t moved = (int32_t)(half & 0x7fff) << 13, bias = 112 << 23;
    const int32_t small = -(moved < 0x00800000), special = -(moved >= 0x0f800000);
    const int32_t padded = moved | 113 << 23;
    float value;
    memcpy(&value, &padded, sizeof value);
    value -= 0x1p-14F;
    int32_t subnormal;
    memcpy(&subnormal, &value, sizeof subnormal);
    const int32_t normal = moved + bias + (special & bias);
    const int32_t magnitude = (normal & ~small) | (subnormal & small);
    const uint32_t bits = (uint32_t)magnitude | (uint32_t)(half & 0x8000) << 16;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
