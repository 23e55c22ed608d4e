/* Floor 1: the floating-point mode (MXCSR and x87 control word; FPCR and FPSR). */
#ifndef KM_FPMODE_H
#define KM_FPMODE_H

#include <stdint.h>

typedef struct km_fpmode {
    uint64_t control;
    uint64_t status;
} km_fpmode;

/* Read the caller's mode and flags, then set round-to-nearest, subnormals kept, exceptions
 * masked. */
km_fpmode km_fpmode_enter(void);

/* Put back mode and flags exactly as they were. */
void km_fpmode_leave(km_fpmode saved);

#endif
