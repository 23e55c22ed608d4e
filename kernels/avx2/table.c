#include "../kernels.h"
#include "vec.h"

#define KM_TABLE      km_table_avx2
#define KM_TABLE_NAME "avx2"
#include "../table_body.h"
