#include "kernels/avx512/vec.h"

#define PEAK        km_peak_avx512
#define PEAK_CHAINS 12
#include "probe.h"
