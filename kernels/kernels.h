/* The kernel tables: one const struct of function pointers per (instruction set, element type).
 * kernels_real.h holds the contract; this file instantiates it for float and double and declares
 * the tables that isa.inc lists: km_table_<isa>_f32 and km_table_<isa>_f64. */
#ifndef KM_KERNELS_H
#define KM_KERNELS_H

#include <stdint.h>

#include "float_rules.h"

/* Leading dimension of packed rows: whole cache lines of either type. */
#define KM_PACKED_LD(d) (((d) + 15) / 16 * 16)

/* The largest d that assign_low takes. */
#define KM_LOW_D 16

/* Leading dimension of its centroids: d components, the half norm, zeros to a multiple of four. */
#define KM_LOW_LD(d) (((d) + 4) / 4 * 4)

/* The largest k and d that assign_few takes. */
#define KM_FEW_K 16
#define KM_FEW_D 1024

/* Entries of a row's list that list_below may write beyond it. */
#define KM_BELOW_MORE 16

#define REAL    float
#define OTHER   double
#define T(name) name##_f32
#include "kernels_real.h"
#undef REAL
#undef OTHER
#undef T

#define REAL    double
#define OTHER   float
#define T(name) name##_f64
#include "kernels_real.h"
#undef REAL
#undef OTHER
#undef T

#define KM_ISA(name, feature, tiles) extern const km_kernels_f32 km_table_##name##_f32;
#include "isa.inc"
#undef KM_ISA
#define KM_ISA(name, feature, tiles) extern const km_kernels_f64 km_table_##name##_f64;
#include "isa.inc"
#undef KM_ISA

#endif
