#include "kernels/scalar/vec.h"

#define PEAK        km_peak_scalar
#define PEAK_CHAINS 3
#include "peak.h"
