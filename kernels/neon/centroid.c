#define KM_CENTROID_TABLE km_table_neon_centroid
#include "../centroid_body.h"
