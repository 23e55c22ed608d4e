/* What one core can do with the vectors of a table: independent multiply-adds, nothing else.
 *
 * Parameters: PEAK, km_peak_<isa>, and PEAK_CHAINS, how many independent vectors: enough to hide
 * the latency (4 cycles x 2 units, or more where a product and a sum follow each other), few
 * enough for the registers. The vocabulary of that table is included before. Defines
 *   double PEAK_<type>(int64_t steps, double *flops)
 * which does `steps` rounds, stores the number of operations and returns a value that keeps the
 * work from being optimised away. */

#define PEAK_NAME(name) T(name) /* expands PEAK before T pastes */

#define REAL    float
#define T(name) name##_f32
#include "probe_real.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "probe_real.h"
#undef REAL
#undef T
