#include "../kernels.h"
#include "products.h"
#include "vec.h"

#define KM_TABLE      km_table_neon
#define KM_TABLE_NAME "neon"
#include "../table_body.h"
