#include "../kernels.h"
#include "vec.h"

#define KM_TABLE      km_table_avx512
#define KM_TABLE_NAME "avx512"
#include "../table_body.h"
