#include "narrow.h"

#include <math.h>
#include <string.h>

typedef struct number_type {
    const char *npy;
    int size;
    int digits; /* of the significand of a float, in bits; 0 for integers */
    int lowest; /* exponent of a float's smallest positive value */
    double min, max;
} number_type;

static const number_type types[] = {
    [KMEANS_F32] = {"'<f4'", 4, 24, -149, -0x1.fffffep127, 0x1.fffffep127},
    [KMEANS_F64] = {"'<f8'", 8, 53, -1074, -0x1.fffffffffffffp1023, 0x1.fffffffffffffp1023},
    [KMEANS_U8] = {"'|u1'", 1, 0, 0, 0, 255},
    [KMEANS_F16] = {"'<f2'", 2, 11, -24, -65504, 65504},
    [KMEANS_BF16] = {"'<V2'", 2, 8, -133, -0x1.fep127, 0x1.fep127},
    [KMEANS_I8] = {"'|i1'", 1, 0, 0, -128, 127},
    [KMEANS_I16] = {"'<i2'", 2, 0, 0, -32768, 32767},
    [KMEANS_U16] = {"'<u2'", 2, 0, 0, 0, 65535},
    [KMEANS_I32] = {"'<i4'", 4, 0, 0, -0x1p31, 0x1p31 - 1},
};

int parse_dtype(const char *text)
{
    for (int dtype = 1; kmeans_dtype_name(dtype) != NULL; dtype++) {
        if (strcmp(text, kmeans_dtype_name(dtype)) == 0) {
            return dtype;
        }
    }
    die(EXIT_USAGE, "--dtype: '%s' is none of " NUMBER_TYPES, text);
}

const char *npy_type_of(int dtype) { return types[dtype].npy; }

double narrow(int dtype, double value)
{
    const number_type *const type = &types[dtype];
    if (dtype == KMEANS_F64) {
        return value;
    }
    value = value < type->min ? type->min : value > type->max ? type->max : value;
    int unit = 0; /* exponent of the last bit that is kept */
    if (type->digits > 0) {
        frexp(value, &unit);
        unit = unit - type->digits < type->lowest ? type->lowest : unit - type->digits;
    }
    /* Beyond 2^52 times the unit floats have no smaller bits: adding such a number rounds. */
    const double magic = ldexp(1.5, 52 + unit);
    return (value + magic) - magic;
}

int encode(int dtype, double value, unsigned char bytes[8])
{
    const int size = types[dtype].size;
    const float single = (float)value;
    uint64_t wide = 0;
    uint32_t bits = 0;
    memcpy(&bits, &single, sizeof bits);
    if (dtype == KMEANS_F64) {
        memcpy(&wide, &value, sizeof wide);
    } else if (dtype == KMEANS_F32) {
        wide = bits;
    } else if (dtype == KMEANS_BF16) {
        wide = bits >> 16;
    } else if (dtype == KMEANS_F16) {
        const double magnitude = fabs(value);
        wide = magnitude < 0x1p-14 ? (uint64_t)(magnitude * 0x1p24)
                                   : ((bits & 0x7fffffff) - (112U << 23)) >> 13;
        wide |= bits >> 16 & 0x8000;
    } else {
        wide = (uint64_t)(int64_t)value;
    }
    for (int b = 0; b < size && b < 8; b++) {
        bytes[b] = (unsigned char)(wide >> (8 * b));
    }
    return size;
}
