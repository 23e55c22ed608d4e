/* Floor 5: kmeans_checksum of labels that may lie in a scratch file. */
#ifndef KM_CHECKSUM_H
#define KM_CHECKSUM_H

#include "../services/memory.h"

/* memory: of which scratch blocks are released on the way, or NULL. */
int km_checksum(km_memory *memory, const int32_t *labels, int64_t n, const double *centroids,
                int64_t k, int64_t d, char text[33]);

#endif
