/* The library's number types as the command names and writes them. */
#ifndef KMEANS_CLI_NARROW_H
#define KMEANS_CLI_NARROW_H

#include "cli.h"

/* The types by name, for help and errors; parse_dtype takes what it names (a test compares). */
#define NUMBER_TYPES "f32 f64 u8 f16 bf16 i8 i16 u16 i32"

/* The value of --dtype. */
int parse_dtype(const char *text);

/* The type as .npy headers write it: "'<f8'". bfloat16 has no name there: two raw bytes. */
const char *npy_type_of(int dtype);

/* The value of the type that is nearest to `value`, ties to even, within its finite range: what
 * lies beyond becomes the largest or the smallest. */
double narrow(int dtype, double value);

/* Its bytes, little-endian; the value is one of the type. Returns the size. */
int encode(int dtype, double value, unsigned char bytes[8]);

#endif
