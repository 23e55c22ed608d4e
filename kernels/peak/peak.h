/* What one core can do with the vectors of each table: independent multiply-adds, nothing else.
 * Not part of the library: rates that the benchmarks and kmeans bench measure kernels against. */
#ifndef KM_PEAK_H
#define KM_PEAK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does `steps` rounds, stores the number of operations and returns a value that keeps the work from
 * being optimised away. */
typedef double (*km_peak_fn)(int64_t steps, double *flops);

/* That of a table of this build, in float64 or float32; tiles count by the multiply-adds of the
 * tables that they come with. NULL for an unknown name. Runs on processors that have the table. */
km_peak_fn km_peak_of(const char *isa, int is_double);

#ifdef __cplusplus
}
#endif

#endif
