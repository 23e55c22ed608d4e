#include "kernels/avx2/vec.h"

#define PEAK        km_peak_avx2
#define PEAK_CHAINS 12
#include "probe.h"
