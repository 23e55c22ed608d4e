/* Floor 1: compressed bytes, by zlib where the build has it. */
#ifndef KM_INFLATE_H
#define KM_INFLATE_H

#include "file.h"

/* Content that is more than KM_UNPACKED_FREE bytes may be at most KM_UNPACKED_RATIO times as large
 * as the compressed bytes: a small file cannot fill the memory. Deflate reaches 1032; numbers of
 * measured data seldom 20. */
#define KM_UNPACKED_FREE  ((int64_t)32 << 20)
#define KM_UNPACKED_RATIO 250

/* Is `bytes` more than `packed` bytes may hold? */
bool km_is_bomb(int64_t bytes, int64_t packed);

/* Unpack `size` bytes at file->data + offset into a block of km_alloc, *out of *count bytes: gzip
 * members, or else one plain deflate stream. They are read twice, first to count, so that nothing
 * is allocated that is not there. Errors: KMEANS_ERROR_FORMAT (damaged, too early an end, a bomb,
 * no zlib in this build) with the byte of the file, KMEANS_ERROR_MEMORY. */
int km_inflate(const km_file *file, int64_t offset, int64_t size, bool gzip, unsigned char **out,
               int64_t *count);

/* zip's checksum; 0 without zlib. */
uint32_t km_crc32(const unsigned char *data, int64_t size);

/* Replace a gzip-compressed content by what it holds; others stay as they are. A raw file is
 * compressed only where its name ends in .gz: its numbers may look like anything. */
int km_file_gunzip(km_file *file, const kmeans_file_options *options);

#endif
