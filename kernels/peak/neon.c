#include "kernels/neon/vec.h"

#define PEAK        km_peak_neon
#define PEAK_CHAINS 12
#include "probe.h"
