/* Floor 1: integers out of bytes, whatever the machine's order and alignment. */
#ifndef KM_BYTES_H
#define KM_BYTES_H

#include <stdint.h>

static inline uint32_t km_le16(const unsigned char *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static inline uint32_t km_le32(const unsigned char *b) { return km_le16(b) | km_le16(b + 2) << 16; }

static inline uint64_t km_le64(const unsigned char *b)
{
    return (uint64_t)km_le32(b) | (uint64_t)km_le32(b + 4) << 32;
}

static inline uint32_t km_be32(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

#endif
