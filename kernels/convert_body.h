/* Numbers of other types as REALs, in loops that vectorise as they stand.
 * Parameters: REAL and T(name); a folder's vec.h may define KM_OWN_HALVES and, for floats,
 * halves_own(x, count, out), which converts the first of `count` halves and returns how many. */
#include "bfloat16.h"
#include "float16.h"
#include "numbers.h"

static void T(convert_halves)(const uint16_t *x, int64_t count, REAL *restrict out)
{
    int64_t q = 0;
#ifdef KM_OWN_HALVES
    if (sizeof(REAL) == sizeof(float))
        q = halves_own(x, count, (float *)(void *)out);
#endif
    for (; q < count; q++)
        out[q] = (REAL)km_f16_value(x[q]);
}

static void T(convert_brains)(const uint16_t *x, int64_t count, REAL *restrict out)
{
    for (int64_t q = 0; q < count; q++)
        out[q] = (REAL)km_bf16_value(x[q]);
}

static void T(convert_floats)(const void *x, int32_t number, int64_t count, REAL *restrict out)
{
    const float *const f32 = x;
    const double *const f64 = x;
    if (number == KM_NUMBER_F32)
        for (int64_t q = 0; q < count; q++)
            out[q] = (REAL)f32[q];
    else
        for (int64_t q = 0; q < count; q++)
            out[q] = (REAL)f64[q];
}

static void T(convert_bytes)(const void *x, int32_t number, int64_t count, REAL *restrict out)
{
    const uint8_t *const u8 = x;
    const int8_t *const i8 = x;
    if (number == KM_NUMBER_U8)
        for (int64_t q = 0; q < count; q++)
            out[q] = (REAL)u8[q];
    else
        for (int64_t q = 0; q < count; q++)
            out[q] = (REAL)i8[q];
}

static void T(convert_words)(const void *x, int32_t number, int64_t count, REAL *restrict out)
{
    const uint16_t *const u16 = x;
    const int16_t *const i16 = x;
    const int32_t *const i32 = x;
    if (number == KM_NUMBER_U16)
        for (int64_t q = 0; q < count; q++)
            out[q] = (REAL)u16[q];
    else if (number == KM_NUMBER_I16)
        for (int64_t q = 0; q < count; q++)
            out[q] = (REAL)i16[q];
    else
        for (int64_t q = 0; q < count; q++)
            out[q] = (REAL)i32[q];
}

static void T(convert)(const void *x, int32_t number, int64_t count, REAL *out)
{
    switch (number) {
    case KM_NUMBER_F32:
    case KM_NUMBER_F64: T(convert_floats)(x, number, count, out); return;
    case KM_NUMBER_F16: T(convert_halves)(x, count, out); return;
    case KM_NUMBER_BF16: T(convert_brains)(x, count, out); return;
    case KM_NUMBER_U8:
    case KM_NUMBER_I8: T(convert_bytes)(x, number, count, out); return;
    default: T(convert_words)(x, number, count, out); return;
    }
}
