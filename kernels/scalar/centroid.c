#define KM_CENTROID_TABLE km_table_scalar_centroid
#include "../centroid_body.h"
