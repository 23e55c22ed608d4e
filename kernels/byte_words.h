/* Signed bytes as the short numbers of pack_tiles_body.h, BYTE_MOST the largest: see
 * kernels_tiles.h. */
#ifndef KM_BYTE_WORDS_H
#define KM_BYTE_WORDS_H

#include "inline.h"
#include "kernels_tiles.h"

typedef int8_t word;

typedef struct words_unit {
    float unit, inverse;
} words_unit;

KM_INLINE int64_t words_slices(int64_t d) { return (d + 63) / 64; }

KM_INLINE words_unit unit_of(const km_tile_bound *bound)
{
    const float unit = km_tile_unit(bound->largest, BYTE_MOST);
    return (words_unit){unit, unit > 0 ? 1 / unit : 0};
}

/* Nearest integer: adding 1.5 * 2^23 leaves no bits behind the point. */
KM_INLINE word round_word(float z, const words_unit *unit)
{
    const float magic = 0x1.8p23f;
    return (word)(int32_t)((z * unit->inverse + magic) - magic);
}

/* The unit of a row whose largest magnitude this is, and by what to multiply for the bytes: zeros
 * where the row has nothing or cannot be screened (`start` gives it up). */
KM_INLINE void choose_unit(float largest, float *unit, float *inverse)
{
    const int usable = largest > 1e-30f && largest < 0x1p60f;
    *unit = usable ? largest / BYTE_MOST : 0;
    *inverse = usable ? BYTE_MOST / largest : 0;
}

KM_INLINE double word_value(word w, const words_unit *unit)
{
    return (double)w * (double)unit->unit;
}

#endif
