/* Floor 1: what this CPU can run, and which kernel table a call gets. */
#ifndef KM_CPU_H
#define KM_CPU_H

#include <stdbool.h>

#include "../../kernels/centroid.h"
#include "../../kernels/kernels.h"
#include "../../kernels/kernels_tiles.h"
#include "context.h"

/* Predicates named by kernels/isa.inc: km_cpu_has_<feature>(). Each looks at CPUID (and XGETBV: the
 * operating system must save the registers) or at the auxiliary vector. */
bool km_cpu_has_scalar(void);
bool km_cpu_has_avx2(void);
bool km_cpu_has_avx512(void);
bool km_cpu_has_avx512vnni(void);
bool km_cpu_has_amx(void);
bool km_cpu_has_neon(void);

/* Ask the operating system for what the tables of KM_TILED_ISA need beyond the CPU: the whole
 * process gets it. False: refused. */
bool km_cpu_enable_amx(void);
bool km_cpu_enable_avx512vnni(void);
bool km_cpu_enable_emulated(void);

/* One row of the list of tables. */
typedef struct km_isa {
    const char *name;
    bool (*usable)(void);
    const km_kernels_f32 *f32;
    const km_kernels_f64 *f64;
    const km_centroid_kernels *centroid;
    const km_tiles *tiles; /* or NULL */
    bool (*enable)(void);  /* asks the operating system: where it is named, or needed; or NULL */
} km_isa;

/* Row `index` of the list, best first, or NULL past its end. */
const km_isa *km_isa_at(int index);

/* Choose a table. wanted = NULL or "auto": the environment variable KMEANS_ISA if set, else the
 * best usable. Errors: KMEANS_ERROR_NAME (unknown name; the text lists the valid ones and names
 * KMEANS_ISA when it came from there), KMEANS_ERROR_UNSUPPORTED (not in this build, or the CPU
 * lacks it). */
int km_isa_choose(kmeans_context *context, const char *wanted, const km_isa **isa);

/* Model name of the CPU into text (terminated), "unknown" where it cannot be found. */
void km_cpu_model(char *text, int capacity);

#endif
