/* One table: all bodies for one type and the struct that names them.
 *
 * Parameters, set by a folder's table.c:
 *   KM_TABLE       km_table_<isa>
 *   KM_TABLE_NAME  "<isa>"
 * and its vec.h, included before. */

#include <math.h>
#include <stddef.h>
#include "product.h"

#define KM_NAME(name) T(name) /* expands KM_TABLE before T pastes */

#define REAL          float
#define OTHER         double
#define T(name)       name##_f32
#define BITS          uint32_t
#define MANTISSA_BITS 23
#define LIMIT_BITS    UINT32_C(0x7f7fffff) /* every finite float is below 2^500 */
#include "table_real.h"
#undef REAL
#undef OTHER
#undef T
#undef BITS
#undef MANTISSA_BITS
#undef LIMIT_BITS

#define REAL          double
#define OTHER         float
#define T(name)       name##_f64
#define BITS          uint64_t
#define MANTISSA_BITS 52
#define LIMIT_BITS    UINT64_C(0x5f30000000000000) /* 2^500 */
#include "table_real.h"
#undef REAL
#undef OTHER
#undef T
#undef BITS
#undef MANTISSA_BITS
#undef LIMIT_BITS
