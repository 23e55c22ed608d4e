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

#include "keep_body.h"

/* float64 rows in float32 lanes: need the words of both types, and are defined last. */
static int64_t assign_low_wide(const double *x, int64_t ldx, int64_t m, int64_t d,
                               const km_low_f32 *c, int32_t *label);
static int64_t assign_few_wide(const double *x, int64_t ldx, int64_t m, int64_t d,
                               const km_low_f32 *c, int32_t *label);

#define REAL          float
#define OTHER         double
#define T(name)       name##_f32
#define LOW_OTHER     assign_low_wide
#define FEW_OTHER     assign_few_wide
#define BITS          uint32_t
#define MANTISSA_BITS 23
#define LIMIT_BITS    UINT32_C(0x7f7fffff) /* every finite float is below 2^500 */
#include "table_real.h"
#undef REAL
#undef OTHER
#undef T
#undef LOW_OTHER
#undef FEW_OTHER
#undef BITS
#undef MANTISSA_BITS
#undef LIMIT_BITS

#define REAL          double
#define OTHER         float
#define T(name)       name##_f64
#define LOW_OTHER     NULL
#define FEW_OTHER     NULL
#define BITS          uint64_t
#define MANTISSA_BITS 52
#define LIMIT_BITS    UINT64_C(0x5f30000000000000) /* 2^500 */
#include "table_real.h"
#undef REAL
#undef OTHER
#undef T
#undef LOW_OTHER
#undef FEW_OTHER
#undef BITS
#undef MANTISSA_BITS
#undef LIMIT_BITS

#define REAL     float
#define T(name)  name##_f32
#define ROW      double
#define R(name)  name##_wide
#define LOW_TURN "low_turn_wide.h"
#define FEW_LOAD "few_load_wide.h"
#include "low_rows.h"
#include "few_rows.h"
#undef REAL
#undef T
#undef ROW
#undef R
#undef LOW_TURN
#undef FEW_LOAD
