#include "../kernels.h"
#include "vec.h"

#define KM_TABLE      km_table_scalar
#define KM_TABLE_NAME "scalar"
#include "../table_body.h"
