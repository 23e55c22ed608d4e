/* The checksum of labels and centroids: sums modulo 2^64, so that parts may come in any order. */
#include <inttypes.h>
#include <kmeans/fit.h>
#include <kmeans/status.h>
#include <stdio.h>

#include "../../kernels/exact/ieee.h"
#include "../services/hash.h"
#include "../services/memory.h"
#include "checksum.h"

static uint64_t term(int64_t index, uint64_t value)
{
    return km_mix(km_mix((uint64_t)index + 1) + value);
}

int kmeans_checksum(const int32_t *labels, int64_t n, const double *centroids, int64_t k, int64_t d,
                    char text[33])
{
    return km_checksum(NULL, labels, n, centroids, k, d, text);
}

int km_checksum(km_memory *memory, const int32_t *labels, int64_t n, const double *centroids,
                int64_t k, int64_t d, char text[33])
{
    if (labels == NULL || centroids == NULL || text == NULL)
        return KMEANS_ERROR_ARGUMENT;
    if (n < 1 || k < 1 || d < 1 || km_size_mul(k, km_size_mul(d, (int64_t)sizeof(double))) < 0)
        return KMEANS_ERROR_SHAPE;
    uint64_t rows = 0;
    uint64_t values = 0;
    for (int64_t i = 0; i < n; i++) {
        rows += term(i, (uint64_t)(int64_t)labels[i]);
        if (memory != NULL)
            km_memory_step(memory, i);
    }
    for (int64_t q = 0; q < k * d; q++) {
        const uint64_t bits = km_bits(centroids[q]);
        values += term(q, bits == UINT64_C(1) << 63 ? 0 : bits);
    }
    snprintf(text, 33, "%016" PRIx64 "%016" PRIx64, rows, values);
    return KMEANS_OK;
}
