#include "peak.h"

#include <stddef.h>
#include <string.h>

#define KM_ISA(name, feature, tiles)                                                               \
    double km_peak_##name##_f32(int64_t steps, double *flops);                                     \
    double km_peak_##name##_f64(int64_t steps, double *flops);
#include "kernels/isa.inc"
#undef KM_ISA

static const struct {
    const char *isa;
    km_peak_fn f32, f64;
} probes[] = {
#define KM_ISA(name, feature, tiles)        {#name, km_peak_##name##_f32, km_peak_##name##_f64},
#define KM_TILED_ISA(name, tables, feature) {#name, km_peak_##tables##_f32, km_peak_##tables##_f64},
#include "kernels/isa.inc"
#undef KM_ISA
};

km_peak_fn km_peak_of(const char *isa, int is_double)
{
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        if (strcmp(probes[i].isa, isa) == 0) {
            return is_double ? probes[i].f64 : probes[i].f32;
        }
    }
    return NULL;
}
