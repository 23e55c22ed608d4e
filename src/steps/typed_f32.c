/* The typed steps on float32 kernels, for float32 and uint8 rows. */
#include "typed.h"

#define REAL    float
#define T(name) name##_f32
#define KM_UNIT 0x1p-24
#define KM_TINY 0x1p-126
#include "typed_real.h"
