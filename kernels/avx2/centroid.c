#define KM_CENTROID_TABLE km_table_avx2_centroid
#include "../centroid_body.h"
