#define KM_CENTROID_TABLE km_table_avx512_centroid
#include "../centroid_body.h"
